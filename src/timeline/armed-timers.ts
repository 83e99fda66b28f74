import { readDescriptor, readNumber } from './info.js';

const MAX_TIMERS = 64;

/** The call that arms a timer, in rows that tell for how long (`value_ns=`). */
export const ARMS_TIMER = 'timerfd_settime';

/** When a thread's timers are due, where the trace tells what they were armed for. Times in ns on the trace's clock. */
export class ArmedTimers {
  readonly #due = new Map<number, number>();

  /**
   * A row of {@link ARMS_TIMER}: `fd=5 flags=0 value_ns=1000000000 `. A time on the timer's own clock (flags=1,
   * TFD_TIMER_ABSTIME) tells nothing here; 0 disarms. Rows without `value_ns` are passed over.
   */
  arm(time: number, info: string): void {
    const value = readNumber(info, 'value_ns');
    if (value === null) return;
    const timer = readDescriptor(info)?.number ?? -1;
    this.#due.delete(timer);
    if (value <= 0 || ((readNumber(info, 'flags') ?? 0) & 1) !== 0) return;
    if (this.#due.size >= MAX_TIMERS) this.#due.clear();
    this.#due.set(timer, time + value);
  }

  /**
   * When a wait that began at `from` is due to end: by a timer, or by its own timeout (`wait_ns=`).
   *
   * @returns null where nothing tells
   */
  dueIn(from: number, info: string): number | null {
    const timeout = readNumber(info, 'wait_ns');
    let due = timeout === null ? Number.POSITIVE_INFINITY : from + timeout;
    for (const time of this.#due.values()) due = Math.min(due, time);
    return due === Number.POSITIVE_INFINITY ? null : due;
  }

  /** A wait ended: timers that were due have fired. */
  expire(time: number): void {
    for (const [timer, due] of this.#due) if (due <= time) this.#due.delete(timer);
  }
}

import { Days } from '../trace/days.js';

/** Makes of times as strace writes them, in file order, times on one scale. */
export class StraceClock {
  // The first day is day 0: before it there is none.
  readonly #days = new Days(0);
  #seconds = 0;
  #nanos = 0;

  /** Take a time, the next one of the text: since 1970 (`epoch`) or midnight, which may be passed in both directions. */
  take(form: 'epoch' | 'time-of-day', seconds: number, nanos: number): void {
    this.#seconds = form === 'epoch' ? seconds : this.#days.unroll(seconds);
    this.#nanos = nanos;
  }

  /** Of the time taken last: since 1970, or midnight of the first day; an integer. */
  get seconds(): number {
    return this.#seconds;
  }

  /** 0 to 999,999,999. */
  get nanos(): number {
    return this.#nanos;
  }
}

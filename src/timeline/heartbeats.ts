import { MOST_LANES } from './caps.js';
import { SilenceLog } from './silence.js';

/** So many heartbeats show that a CPU is given them for good. */
const MIN_BEATS = 20;
/** Silences that all CPUs together may have. */
const MOST_SILENCES = 131_072;
/** Rows after which it is asked how many there are. */
const CHECKED_AFTER = 8192;

/**
 * When each CPU stood still, where the recorder has every CPU write a heartbeat row on a timer's interrupt: no thread of
 * the VM can keep it from that, so a CPU without a row for several beats did not run. CPUs without heartbeats tell
 * nothing: a quiet CPU has no rows either.
 */
export class Heartbeats {
  readonly #cpus = new Map<number, { beats: number; log: SilenceLog }>();

  #unchecked = 0;

  /** Silences that were forgotten because there were too many. */
  get forgotten(): number {
    let sum = 0;
    for (const { log } of this.#cpus.values()) sum += log.forgotten;
    return sum;
  }

  /** Whether there were heartbeats at all. */
  get any(): boolean {
    return this.#cpus.size > 0;
  }

  /** A heartbeat of a CPU at `time` (ns). */
  note(cpu: number, time: number, num: number, line: number): void {
    let known = this.#cpus.get(cpu);
    if (!known) {
      if (this.#cpus.size >= MOST_LANES) return;
      this.#cpus.set(cpu, (known = { beats: 0, log: new SilenceLog() }));
    }
    if (++this.#unchecked >= CHECKED_AFTER) this.#check();
    known.beats++;
    known.log.note(time, num, line);
  }

  /** Any other row of a CPU: it ran then. */
  noteRow(cpu: number, time: number, num: number, line: number): void {
    this.#cpus.get(cpu)?.log.note(time, num, line);
  }

  #check(): void {
    this.#unchecked = 0;
    let sum = 0;
    for (const { log } of this.#cpus.values()) sum += log.size;
    if (sum > MOST_SILENCES) for (const { log } of this.#cpus.values()) log.halve();
  }

  /** Take out what was no standstill but the clock being set forward ({@link SilenceLog.takeAt}). */
  takeAt(time: number, slack: number): void {
    for (const { log } of this.#cpus.values()) log.takeAt(time, slack);
  }

  /** When a CPU stood still; null where it had no heartbeats to tell by. */
  standstillsOf(cpu: number | null): SilenceLog | null {
    const known = cpu === null ? undefined : this.#cpus.get(cpu);
    return known && known.beats >= MIN_BEATS ? known.log : null;
  }
}

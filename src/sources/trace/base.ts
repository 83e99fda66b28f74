import type { Columns } from './columns.js';

export const NS_PER_SECOND = 1e9;
/** Times this far from the base are exact in a double (2^53 ns). */
export const REACH_SECONDS = Math.floor(2 ** 53 / NS_PER_SECOND) - 1;

/**
 * The second that a trace's times are relative to: the middle one of its first batch, so that a single wrong time does
 * not put all others out of reach. Until that batch is whole there is none.
 */
export class TraceBase {
  #seconds: number | null;

  /** @param seconds since the epoch, where another thread has found it */
  constructor(seconds: number | null = null) {
    this.#seconds = seconds;
  }

  get seconds(): number | null {
    return this.#seconds;
  }

  /** ns since the epoch; null until the first batch was settled. */
  get ns(): bigint | null {
    return this.#seconds === null ? null : BigInt(this.#seconds) * BigInt(NS_PER_SECOND);
  }

  /** Whether a time can be told from the base exactly; always, as long as there is none. */
  reaches(seconds: number): boolean {
    return this.#seconds === null || Math.abs(seconds - this.#seconds) <= REACH_SECONDS;
  }

  /** Write the time of event `i`: seconds since the epoch and the ns behind them. */
  writeTime(columns: Columns, i: number, seconds: number, nanos: number): void {
    if (this.#seconds === null) {
      columns.time[i] = seconds;
      columns.nanos[i] = nanos;
    } else columns.time[i] = (seconds - this.#seconds) * NS_PER_SECOND + nanos;
  }

  /**
   * With the first events of the trace, be they in one batch or several: take the middle second of the first batch, and
   * out of them what is too far from that.
   *
   * @returns how many were too far
   */
  settle(batches: readonly Columns[]): number {
    const first = batches.find(({ length }) => length > 0);
    if (this.#seconds !== null || !first) return 0;
    const base = first.time.slice(0, first.length).sort()[first.length >> 1] ?? 0;
    this.#seconds = base;
    let far = 0;
    for (const columns of batches) {
      const { time, nanos } = columns;
      far += columns.filter((i) => this.reaches(time[i] ?? 0));
      for (let i = 0; i < columns.length; i++) time[i] = ((time[i] ?? 0) - base) * NS_PER_SECOND + (nanos[i] ?? 0);
    }
    return far;
  }
}

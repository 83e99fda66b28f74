/** Windows of a thread whose interval is not known yet are all kept in full. */
const LEARNING_WINDOWS = 16;

/** The advertisement interval (ns) that each sending thread keeps. */
export class IntervalTable {
  readonly #hint: number | null;
  readonly #gapsOf = new Map<number, number[]>();

  /** @param hint the interval (ns) where it is known before the trace is read, else null */
  constructor(hint: number | null) {
    this.#hint = hint;
  }

  /** A thread is gone: its number may become another's. */
  forget(tid: number): void {
    this.#gapsOf.delete(tid);
  }

  /**
   * The interval a thread keeps: as told, else the median of its gaps so far; 1 s until there are some.
   *
   * @param gap ns since the thread's attempt before, 0 where there was none
   * @returns the interval, and whether too few gaps are known yet to trust it
   */
  learn(tid: number, gap: number): { interval: number; learning: boolean } {
    if (this.#hint !== null) return { interval: this.#hint, learning: false };
    let gaps = this.#gapsOf.get(tid);
    if (!gaps) this.#gapsOf.set(tid, (gaps = []));
    if (gap > 0 && gaps.length < 4 * LEARNING_WINDOWS) gaps.push(gap);
    const sorted = [...gaps].sort((a, b) => a - b);
    return { interval: sorted[sorted.length >> 1] ?? 1_000_000_000, learning: gaps.length < LEARNING_WINDOWS };
  }
}

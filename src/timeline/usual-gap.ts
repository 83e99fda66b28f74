const PER_OCTAVE = 8;
const CLASSES = 40 * PER_OCTAVE;
const SECOND = 1_000_000_000;

/**
 * How long the longest gap of an ordinary second is: one count a second in eight classes an octave from 1 us, so that
 * it takes the same memory for any trace.
 */
export class UsualGap {
  readonly #seconds = new Float64Array(CLASSES);
  readonly #share: number;
  /** When the second that is being watched ends, ns: the first gap that ends there or later closes it. */
  secondEnds = Number.NEGATIVE_INFINITY;
  /** The longest gap (ns) of that second so far: shorter ones before its end need not be noted. */
  longestNs = 0;

  /** @param share of the seconds that have no longer gap: 0.5 for the median, less where trouble may last for most of the trace */
  constructor(share = 0.5) {
    this.#share = share;
  }

  /** A gap of `gap` ns ended at `time` (ns). */
  note(time: number, gap: number): void {
    if (this.secondEnds === Number.NEGATIVE_INFINITY) this.secondEnds = time - gap + SECOND;
    if (gap > this.longestNs) this.longestNs = gap;
    if (time < this.secondEnds) return;
    const index = Math.min(CLASSES - 1, Math.max(0, Math.ceil(PER_OCTAVE * Math.log2(this.longestNs / 1000))));
    this.#seconds[index] = (this.#seconds[index] ?? 0) + 1;
    this.secondEnds = time + SECOND;
    this.longestNs = 0;
  }

  /** The quantile over the seconds seen, ns, rounded up by less than a tenth; 0 before the first full second. */
  get ns(): number {
    let total = 0;
    for (const count of this.#seconds) total += count;
    let sum = 0;
    for (let i = 0; i < CLASSES; i++) {
      sum += this.#seconds[i] ?? 0;
      if (total > 0 && sum >= this.#share * total) return Math.round(1000 * 2 ** (i / PER_OCTAVE));
    }
    return 0;
  }
}

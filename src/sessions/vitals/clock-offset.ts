/** How far the wall clock is ahead of the monotonic one. */
export interface OffsetReading {
  /** Realtime minus monotonic, ns. */
  readonly ns: bigint;
  /** It is no farther (ns) from the true offset. */
  readonly within: number;
  /** How often the wall clock was found set since the beginning. */
  readonly steps: number;
}

/** The two clocks; for tests. */
export interface Clocks {
  /** CLOCK_MONOTONIC, ns. */
  readonly monotonic: () => bigint;
  /** CLOCK_REALTIME, whole ms. */
  readonly realtimeMs: () => number;
}

const MS = 1_000_000n;
/** The wall clock's ms is watched for its next tick this long (ns) at most. */
const LONGEST_WATCH = 3_000_000n;
/** Rounding inside the clocks (ns). */
const ROUNDING = 1_000n;

const MACHINE: Clocks = { monotonic: () => process.hrtime.bigint(), realtimeMs: () => Date.now() };

/**
 * Realtime minus monotonic, which Node gives only in whole ms. Rate corrections steer both clocks alike, so the offset is constant until
 * the wall clock is set (a step, a leap second, the end of a suspension). Each look, a ms of realtime between two
 * monotonic times, bounds it from both sides; the bounds hold as long as they agree, and where they stop to, there was a step.
 * At the beginning and after a step the clock is watched up to its next tick, for 1 ms of CPU, which bounds it to about 1 us.
 */
export class ClockOffset {
  readonly #clocks: Clocks;
  #low = 0n;
  #high = 0n;
  #steps = 0;

  constructor(clocks = MACHINE) {
    this.#clocks = clocks;
    this.#watch();
  }

  /**
   * Look at the clocks, some 0.3 us. A step of 1 ms and more is found by the next look, a smaller one sooner or later: by one look in
   * ten if it is 0.1 ms.
   */
  look(): void {
    const { low, high } = this.#bounds();
    if (low > this.#high + ROUNDING || high < this.#low - ROUNDING) {
      this.#steps++;
      this.#watch();
    } else this.#narrow(low, high);
  }

  read(): OffsetReading {
    const half = (this.#high - this.#low) / 2n;
    return { ns: this.#low + half, within: Number(half + ROUNDING), steps: this.#steps };
  }

  /** Forget the bounds, and bound anew while the clock's ms ticks over. */
  #watch(): void {
    const first = this.#bounds();
    this.#low = first.low;
    this.#high = first.high;
    const until = this.#clocks.monotonic() + LONGEST_WATCH;
    for (let ticks = 0, ms = first.ms; ticks === 0 && this.#clocks.monotonic() < until;) {
      const next = this.#bounds();
      this.#narrow(next.low, next.high);
      if (next.ms !== ms) ticks++;
      ms = next.ms;
    }
  }

  #bounds(): { low: bigint; high: bigint; ms: number } {
    const before = this.#clocks.monotonic();
    const ms = this.#clocks.realtimeMs();
    const after = this.#clocks.monotonic();
    const floor = BigInt(ms) * MS;
    return { low: floor - after, high: floor + MS - before, ms };
  }

  /** Bounds that miss each other by rounding meet at a point. */
  #narrow(low: bigint, high: bigint): void {
    if (low > this.#low) this.#low = low < this.#high ? low : this.#high;
    if (high < this.#high) this.#high = high > this.#low ? high : this.#low;
  }
}

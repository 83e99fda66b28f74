import { makeRandom } from '../../model/random.js';

/**
 * Sessions drawn with replacement, as many as there are, so many times over. What is summed over sessions is summed for each draw, so that all
 * figures of a group rest on the same draws. Sessions are drawn whole (clusters): what one has in common stays together (Davison and Hinkley
 * 1997, "Bootstrap Methods and their Application", 3.8).
 */
export class Resamples {
  /** How often each session is in each draw: a row of draws for each session. */
  readonly #times: Uint16Array;
  readonly #sums = new WeakMap<Float64Array, Float64Array>();
  readonly #squares = new WeakMap<Float64Array, Float64Array>();

  /**
   * @param sessions number of sessions, below 65,536
   * @param draws how many times they are drawn
   * @param seed the same draws for the same seed; two groups that are held against each other need two
   */
  constructor(
    readonly sessions: number,
    readonly draws: number,
    seed: number,
  ) {
    const random = makeRandom(seed);
    this.#times = new Uint16Array(sessions * draws);
    for (let draw = 0; draw < draws; draw++) {
      for (let k = 0; k < sessions; k++) {
        const at = Math.floor(random() * sessions) * draws + draw;
        this.#times[at] = (this.#times[at] ?? 0) + 1;
      }
    }
  }

  /**
   * The sum of a column in each draw. Kept for the column (the array itself), which must not change.
   *
   * @param column a value for each session
   */
  sums(column: Float64Array): Float64Array {
    const kept = this.#sums.get(column);
    if (kept) return kept;
    const sums = new Float64Array(this.draws);
    column.forEach((value, session) => {
      if (value === 0) return;
      const times = this.#times.subarray(session * this.draws, (session + 1) * this.draws);
      for (let draw = 0; draw < times.length; draw++) sums[draw] = (sums[draw] ?? 0) + (times[draw] ?? 0) * value;
    });
    this.#sums.set(column, sums);
    return sums;
  }

  /** The sum of the squares of a column in each draw; kept as the sums are. */
  sumsOfSquares(column: Float64Array): Float64Array {
    const kept = this.#squares.get(column) ?? this.sums(column.map((value) => value * value));
    this.#squares.set(column, kept);
    return kept;
  }

  /** The sum of the products of two columns in each draw. */
  sumsOfProducts(a: Float64Array, b: Float64Array): Float64Array {
    return this.sums(a.map((value, session) => value * (b[session] ?? 0)));
  }
}

/** The sums that so many of the scores can have, and how many choices give each. */
export interface RankSums {
  /** The sum of counts[k] is `least + k * step`. */
  readonly least: number;
  readonly step: number;
  /** Numbers of choices; beyond 2^53 they are rounded. */
  readonly counts: Float64Array;
}

const divisor = (a: number, b: number): number => (b === 0 ? a : divisor(b, a % b));

/** Scores as multiples of their common step above the smallest, so that there are as few sums as can be. */
const reduce = (scores: Int32Array): { readonly base: number; readonly step: number; readonly small: Int32Array } => {
  const base = scores.reduce((least, score) => Math.min(least, score), scores[0] ?? 0);
  const step = Math.max(
    1,
    scores.reduce((common, score) => divisor(common, score - base), 0),
  );
  return { base, step, small: scores.map((score) => (score - base) / step).sort() };
};

const sumOfLast = (sorted: Int32Array, count: number): number =>
  sorted.subarray(sorted.length - count).reduce((sum, score) => sum + score, 0);

/** About how many additions `rankSums` takes; a million take 1 to 2 ms. */
export const workOf = (scores: Int32Array, chosen: number): number =>
  scores.length * chosen * (1 + sumOfLast(reduce(scores).small, chosen));

/**
 * In how many ways each sum can come from choosing `chosen` of the scores: the shift algorithm of Streitberg and Röhmel 1986, "Exact
 * distributions for permutation and rank tests". With midranks as scores it is the distribution of the rank sum given the ties.
 *
 * @param scores whole numbers
 * @param chosen 1 or more
 */
export const rankSums = (scores: Int32Array, chosen: number): RankSums => {
  const { base, step, small } = reduce(scores);
  const width = sumOfLast(small, chosen) + 1;
  const table = Array.from({ length: chosen + 1 }, () => new Float64Array(width));
  const [none] = table;
  if (none) none[0] = 1;
  let seen = 0;
  let reach = 0;
  for (const score of small) {
    for (let k = Math.min(seen, chosen - 1); k >= 0; k--) {
      const from = table[k];
      const to = table[k + 1];
      if (!from || !to) continue;
      const end = Math.min(width - score, reach + 1);
      for (let sum = 0; sum < end; sum++) to[sum + score] = (to[sum + score] ?? 0) + (from[sum] ?? 0);
    }
    seen++;
    reach = Math.min(width - 1, reach + score);
  }
  return { least: base * chosen, step, counts: table[chosen] ?? new Float64Array() };
};

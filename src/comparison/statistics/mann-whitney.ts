import { normalSurvival } from './normal.js';
import { rankSums, workOf } from './rank-sums.js';
import { rankAll, type Ranks } from './ranks.js';

export interface MannWhitney {
  /** Of the second group: pairs in which its value is the larger, equal ones count half. */
  readonly u: number;
  /** Two-sided, above 0 and at most 1. */
  readonly p: number;
  readonly method: 'exact' | 'normal';
}

/** Additions up to which the exact distribution is made: some 30 values in each group without ties, 5 ms at most. */
const MOST_WORK = 3_000_000;

/** The probability of a rank sum as far from its mean, or farther, to either side. */
const exactP = ({ doubled }: Ranks, chosen: number, observed: number): number => {
  const { least, step, counts } = rankSums(doubled, chosen);
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  const distanceOf = (sum: number): number => Math.abs(sum * doubled.length - chosen * total);
  const limit = distanceOf(observed);
  let all = 0;
  let far = 0;
  counts.forEach((count, k) => {
    all += count;
    if (distanceOf(least + k * step) >= limit) far += count;
  });
  return Math.min(1, far / all);
};

const normalP = (u: number, a: number, b: number, ties: number): number => {
  const n = a + b;
  const variance = ((a * b) / 12) * (n + 1 - ties / (n * (n - 1)));
  if (!(variance > 0)) return 1;
  const z = (Math.abs(u - (a * b) / 2) - 0.5) / Math.sqrt(variance);
  return Math.min(1, 2 * normalSurvival(z));
};

/**
 * Mann and Whitney's test that neither group tends to larger values. Exact where it is quick: the distribution of the rank sum over all ways to
 * deal the values to the groups, given the ties (Streitberg and Röhmel 1986), two-sided by the distance from the mean. Without ties that is
 * scipy's mannwhitneyu(method='exact') and R's wilcox.test(exact = TRUE), with ties coin::wilcox_test(distribution = "exact"). Otherwise the normal
 * approximation with corrections for ties and continuity (scipy: method='asymptotic', R: wilcox.test(exact = FALSE)).
 *
 * @param mostWork additions up to which the exact distribution is made; 0: never
 * @returns p = 1 where a group has no values, or all values are equal
 */
export const mannWhitney = (a: readonly number[], b: readonly number[], mostWork = MOST_WORK): MannWhitney => {
  if (a.length === 0 || b.length === 0) return { u: 0, p: 1, method: 'exact' };
  const ranks = rankAll([...a, ...b]);
  const { doubled } = ranks;
  const sumOf = (part: Int32Array): number => part.reduce((sum, rank) => sum + rank, 0);
  const sumB = sumOf(doubled.subarray(a.length));
  const u = sumB / 2 - (b.length * (b.length + 1)) / 2;
  const isFewer = a.length < b.length;
  const chosen = isFewer ? a.length : b.length;
  if (workOf(doubled, chosen) > mostWork) {
    return { u, p: normalP(u, a.length, b.length, ranks.ties), method: 'normal' };
  }
  const observed = isFewer ? sumOf(doubled.subarray(0, a.length)) : sumB;
  return { u, p: exactP(ranks, chosen, observed), method: 'exact' };
};

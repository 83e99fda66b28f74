import { makeRandom } from '../../model/random.js';
import { countArrangements } from './arrangements.js';
import { chiSquareSurvival } from './gamma.js';
import { rankAll } from './ranks.js';

export interface KruskalWallis {
  /** With the correction for ties; 0 where all values are equal. */
  readonly h: number;
  /** 0: the groups do not differ, 1: ranks differ between groups only. */
  readonly epsilonSquared: number;
  readonly p: number;
  readonly method: 'chi-square' | 'exact' | 'permutation';
}

/** Chi-square is not to be trusted where a group has fewer values. */
const LARGE = 5;
/** Arrangements up to which all are gone through. */
const MOST_ARRANGEMENTS = 20_000;
/** Random arrangements otherwise: p is a multiple of 1/10,000. */
export const PERMUTATIONS = 9_999;
/** Sums of the same ranks differ by this much at most by the order they are added in. */
const SLACK = 1e-9;

/** Calls `visit` with the sum of squares (squared rank sum by size) of each way to deal the ranks. */
const dealAll = (ranks: Int32Array, sizes: readonly number[], visit: (squares: number) => void): void => {
  const left = [...sizes];
  const sums = sizes.map(() => 0);
  const deal = (index: number): void => {
    const rank = ranks[index];
    if (rank === undefined) {
      visit(squaresOf(sums, sizes));
      return;
    }
    for (const [group, room] of left.entries()) {
      if (room === 0) continue;
      left[group] = room - 1;
      sums[group] = (sums[group] ?? 0) + rank;
      deal(index + 1);
      left[group] = room;
      sums[group] = (sums[group] ?? 0) - rank;
    }
  };
  deal(0);
};

const squaresOf = (sums: readonly number[], sizes: readonly number[]): number =>
  sums.reduce((total, sum, group) => total + (sum * sum) / (sizes[group] ?? 1), 0);

/** The same of one random way: only what the groups but the largest get is drawn. */
const dealRandomly = (ranks: Int32Array, sizes: readonly number[], total: number, random: () => number): number => {
  const largest = sizes.indexOf(Math.max(...sizes));
  const sums = sizes.map(() => 0);
  let next = 0;
  let rest = total;
  for (const [group, size] of sizes.entries()) {
    if (group === largest) continue;
    let sum = 0;
    for (const end = next + size; next < end; next++) {
      const other = next + Math.floor(random() * (ranks.length - next));
      const rank = ranks[other] ?? 0;
      ranks[other] = ranks[next] ?? 0;
      ranks[next] = rank;
      sum += rank;
    }
    sums[group] = sum;
    rest -= sum;
  }
  sums[largest] = rest;
  return squaresOf(sums, sizes);
};

/**
 * Kruskal and Wallis' test that no group tends to larger values than the others (R: kruskal.test, scipy: kruskal), with the effect size epsilon
 * squared, H / (N - 1) (Tomczak and Tomczak 2014). Where a group has fewer than 5 values, p is no chi-square: all ways to deal the values to the groups
 * are gone through where they are 20,000 or fewer, else 9,999 random ones, the one observed counted among them (Phipson and Smyth 2010).
 *
 * @param groups values of each; groups without values do not count
 * @param seed for the random arrangements
 * @returns p = 1 for fewer than two groups, or where all values are equal
 */
export const kruskalWallis = (groups: readonly (readonly number[])[], seed: number): KruskalWallis => {
  const filled = groups.filter((group) => group.length > 0);
  const sizes = filled.map((group) => group.length);
  const { doubled, ties } = rankAll(filled.flat());
  const n = doubled.length;
  const spread = 1 - ties / (n ** 3 - n);
  if (filled.length < 2 || !(spread > 0)) return { h: 0, epsilonSquared: 0, p: 1, method: 'exact' };
  let next = 0;
  const sums = sizes.map((size) => doubled.subarray(next, (next += size)).reduce((sum, rank) => sum + rank, 0));
  const observed = squaresOf(sums, sizes);
  const h = Math.max(0, (3 * observed) / (n * (n + 1)) - 3 * (n + 1)) / spread;
  const epsilonSquared = Math.min(1, h / (n - 1));
  if (sizes.every((size) => size >= LARGE)) {
    return { h, epsilonSquared, p: chiSquareSurvival(h, filled.length - 1), method: 'chi-square' };
  }
  const limit = observed * (1 - SLACK);
  const arrangements = countArrangements(sizes);
  let far = 0;
  if (arrangements <= MOST_ARRANGEMENTS) {
    dealAll(doubled, sizes, (squares) => {
      if (squares >= limit) far++;
    });
    return { h, epsilonSquared, p: far / arrangements, method: 'exact' };
  }
  const random = makeRandom(seed);
  const total = doubled.reduce((sum, rank) => sum + rank, 0);
  for (let k = 0; k < PERMUTATIONS; k++) if (dealRandomly(doubled, sizes, total, random) >= limit) far++;
  return { h, epsilonSquared, p: (far + 1) / (PERMUTATIONS + 1), method: 'permutation' };
};

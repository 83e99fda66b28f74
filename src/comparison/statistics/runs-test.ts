import { makeRandom, shuffled } from '../../model/random.js';
import { logGamma } from './gamma.js';

export interface RunsTest {
  /** Stretches of the same label. */
  readonly runs: number;
  /** One-sided: the probability of so few, or fewer, in a random order. */
  readonly p: number;
  readonly method: 'exact' | 'permutation';
}

/** Labels up to which more than two groups are counted exactly (10 ms). */
const MOST_EXACT = 100;
/** Random orders otherwise. */
const PERMUTATIONS = 9_999;

const countRuns = (labels: readonly unknown[]): number =>
  labels.reduce<number>((runs, label, index) => (index === 0 || label !== labels[index - 1] ? runs + 1 : runs), 0);

const logChoose = (n: number, k: number): number => logGamma(n + 1) - logGamma(k + 1) - logGamma(n - k + 1);

/** Wald and Wolfowitz 1940: the probability of `most` runs or fewer of a and b labels. */
const twoGroups = (a: number, b: number, most: number): number => {
  const all = logChoose(a + b, a);
  const ways = (inA: number, inB: number): number =>
    inA < 1 || inB < 1 || inA > a || inB > b
      ? 0
      : Math.exp(logChoose(a - 1, inA - 1) + logChoose(b - 1, inB - 1) - all);
  let p = 0;
  for (let runs = 2; runs <= most; runs++) {
    const half = runs >> 1;
    p += runs % 2 === 0 ? 2 * ways(half, half) : ways(half, half + 1) + ways(half + 1, half);
  }
  return Math.min(1, p);
};

/** Pascal's triangle. */
const chooseTable = (size: number): Float64Array[] => {
  const rows: Float64Array[] = [];
  for (let n = 0; n <= size; n++) {
    const row = new Float64Array(size + 1);
    const above = rows[n - 1];
    row[0] = 1;
    for (let k = 1; k <= n; k++) row[k] = (above?.[k - 1] ?? 0) + (above?.[k] ?? 0);
    rows.push(row);
  }
  return rows;
};

/**
 * For any number of groups: puts one group after the other, in blocks, into the row of those before it. What is counted is the orders by their
 * number of neighbours with the same label: a block goes to the ends, between two different labels, or between two of the same.
 */
const manyGroups = (sizes: readonly number[], most: number): number => {
  const total = sizes.reduce((sum, size) => sum + size, 0);
  const table = chooseTable(total + 1);
  const choose = (n: number, k: number): number => table[n]?.[k] ?? 0;
  let ways = new Float64Array(total + 1);
  ways[0] = 1;
  let placed = 0;
  for (const size of sizes) {
    const next = new Float64Array(total + 1);
    for (let same = 0; same <= Math.max(0, placed - 1); same++) {
      const before = ways[same] ?? 0;
      if (before === 0) continue;
      for (let blocks = 1; blocks <= size; blocks++) {
        const cut = choose(size - 1, blocks - 1);
        for (let parted = 0; parted <= Math.min(same, blocks); parted++) {
          const kinds = choose(same, parted) * choose(placed + 1 - same, blocks - parted);
          const after = same - parted + size - blocks;
          next[after] = (next[after] ?? 0) + before * cut * kinds;
        }
      }
    }
    ways = next;
    placed += size;
  }
  let few = 0;
  let all = 0;
  ways.forEach((count, same) => {
    all += count;
    if (total - same <= most) few += count;
  });
  return Math.min(1, few / all);
};

const byShuffling = (labels: readonly unknown[], most: number, seed: number): number => {
  const random = makeRandom(seed);
  let few = 0;
  for (let k = 0; k < PERMUTATIONS; k++) if (countRuns(shuffled(labels, random)) <= most) few++;
  return (few + 1) / (PERMUTATIONS + 1);
};

/**
 * Whether labels in the order of time are mixed: the number of runs, and the probability that a random order has so few (Wald and Wolfowitz 1940;
 * R: randtests::runs.test(alternative = "left.sided", pvalue = "exact")). Exact for two groups, and for more up to 100 labels; else by 9,999 random
 * orders, the one observed counted among them.
 *
 * @param labels one for each session, in order of time
 * @param seed for the random orders
 * @returns p = 1 where there is one group, or none
 */
export const runsTest = (labels: readonly string[], seed: number): RunsTest => {
  const runs = countRuns(labels);
  const counts = new Map<string, number>();
  for (const label of labels) counts.set(label, (counts.get(label) ?? 0) + 1);
  const sizes = [...counts.values()];
  const [a, b] = sizes;
  if (a === undefined || b === undefined) return { runs, p: 1, method: 'exact' };
  if (sizes.length === 2) return { runs, p: twoGroups(a, b, runs), method: 'exact' };
  if (labels.length <= MOST_EXACT) return { runs, p: manyGroups(sizes, runs), method: 'exact' };
  return { runs, p: byShuffling(labels, runs, seed), method: 'permutation' };
};

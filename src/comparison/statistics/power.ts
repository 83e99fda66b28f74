import { incompleteBeta } from './beta.js';
import { lateDistribution, type BetaBinomial } from './beta-binomial.js';
import { normalQuantile } from './normal.js';
import { rankSums, workOf } from './rank-sums.js';

/** Two groups of sessions of the same length whose late rates differ, as Mann and Whitney's test sees them. */
export interface Contrast {
  /** Probability that a session of the second group is later, equal ones count half. */
  readonly favour: number;
  /** Variance of what one pair adds to U. */
  readonly pair: number;
  /** Covariance of two pairs with the same session of the first group, and of the second. */
  readonly sameFirst: number;
  readonly sameSecond: number;
  /** Variance of U without a difference, as a share of that without ties. */
  readonly untied: number;
  /** Probabilities of 0, 1, 2 ... late ones in a session of the first group, and of the second. */
  readonly first: Float64Array;
  readonly second: Float64Array;
}

/** Additions up to which the critical value is exact: up to 20 sessions in each group, 0.5 ms. */
const MOST_WORK = 400_000;
/** Numbers of sessions that are tried one by one; from there on power only grows. */
const ONE_BY_ONE = 20;
/** Nobody records more sessions than this in each group. */
const MOST_SESSIONS = 10_000;

/**
 * A group of sessions as the model describes them against one whose mean late rate is `ratio` times as high.
 *
 * @param gaps in each session
 * @param ratio above 0
 * @returns null where a rate is not between 0 and 1, or the correlation is not below 1
 */
export const contrastOf = (model: BetaBinomial, gaps: number, ratio: number): Contrast | null => {
  const mean = model.mean * ratio;
  if (!(model.mean > 0 && model.mean < 1 && mean > 0 && mean < 1 && model.icc < 1 && gaps >= 1)) return null;
  const first = lateDistribution(model, gaps);
  const second = lateDistribution({ mean, icc: model.icc }, gaps);
  let [below, above, favour, square, ofFirst, ofSecond, cubes] = [0, 1, 0, 0, 0, 0, 0];
  for (let late = 0; late < Math.max(first.length, second.length); late++) {
    const x = first[late] ?? 0;
    const y = second[late] ?? 0;
    above -= y;
    const beats = below + x / 2;
    const beaten = Math.max(0, above) + y / 2;
    favour += y * beats;
    square += y * (below + x / 4);
    ofSecond += y * beats * beats;
    ofFirst += x * beaten * beaten;
    cubes += ((x + y) / 2) ** 3;
    below += x;
  }
  const level = favour * favour;
  return {
    favour,
    pair: square - level,
    sameFirst: ofFirst - level,
    sameSecond: ofSecond - level,
    untied: 1 - cubes,
    first,
    second,
  };
};

/** The distance of U from its mean from which p is below alpha, without ties; infinite where there is none. */
const criticalDistance = (a: number, b: number, alpha: number): number => {
  const ranks = Int32Array.from({ length: a + b }, (_, index) => index);
  const chosen = Math.min(a, b);
  if (workOf(ranks, chosen) > MOST_WORK) {
    return -normalQuantile(alpha / 2) * Math.sqrt((a * b * (a + b + 1)) / 12) + 0.5;
  }
  const { counts } = rankSums(ranks, chosen);
  const all = counts.reduce((sum, count) => sum + count, 0);
  let tail = 0;
  let distance = Number.POSITIVE_INFINITY;
  for (const [u, count] of counts.subarray((chosen * (chosen - 1)) / 2).entries()) {
    tail += count;
    if ((2 * tail) / all >= alpha || u >= (a * b) / 2) break;
    distance = (a * b) / 2 - u;
  }
  return distance;
};

/** The probability that all sessions of the second group are later than all of the first. */
const apart = ({ first, second }: Contrast, a: number, b: number): number => {
  let [below, upTo, above, sum] = [0, 0, 1, 0];
  for (const [late, p] of first.entries()) {
    upTo += p;
    above = Math.max(0, above - (second[late] ?? 0));
    sum += (upTo ** a - below ** a) * above ** b;
    below = upTo;
  }
  return sum;
};

/**
 * The probability that Mann and Whitney's test finds the difference: p below alpha, and the second group the later one. U has the mean and variance
 * that it has under the difference (Noether 1987 with the variance of the alternative; Lehmann 1975, 2.3) and the shape of a beta distribution
 * between 0 and mn; the critical value is exact up to 20 sessions in each group. Where only groups that are wholly apart will do (four and four at 5 %),
 * it is the probability of that. Within 0.05 of simulation, see docs/statistics.md.
 *
 * @param a sessions of the first group
 * @param b sessions of the second
 * @param alpha what p is held against, 0 to 1
 */
export const powerOf = (contrast: Contrast, a: number, b: number, alpha: number): number => {
  if (a < 1 || b < 1) return 0;
  const { favour, pair, sameFirst, sameSecond, untied } = contrast;
  const pairs = a * b;
  const critical = criticalDistance(a, b, alpha);
  if (critical > pairs / 2) return 0;
  if (critical === pairs / 2) return apart(contrast, a, b);
  const distance = critical * Math.sqrt(Math.max(0, untied));
  const variance = (pairs * (pair + (b - 1) * sameFirst + (a - 1) * sameSecond)) / (pairs + 1) ** 2;
  const mean = (pairs * favour + 0.5) / (pairs + 1);
  const from = (pairs / 2 + distance) / (pairs + 1);
  const size = (mean * (1 - mean)) / variance - 1;
  if (!(size > 0)) return mean > from ? 1 : 0;
  return incompleteBeta(1 - from, (1 - mean) * size, mean * size);
};

/**
 * The fewest sessions in each of two groups of the same size with which the difference is found with probability `power`.
 *
 * @param alpha what p is held against
 * @returns null where 10,000 would not do
 */
export const sessionsNeeded = (contrast: Contrast, alpha: number, power = 0.8): number | null => {
  const isEnough = (sessions: number): boolean => powerOf(contrast, sessions, sessions, alpha) >= power;
  for (let sessions = 2; sessions <= ONE_BY_ONE; sessions++) if (isEnough(sessions)) return sessions;
  let [few, enough] = [ONE_BY_ONE, 2 * ONE_BY_ONE];
  while (!isEnough(enough)) {
    if (enough >= MOST_SESSIONS) return null;
    [few, enough] = [enough, Math.min(MOST_SESSIONS, 2 * enough)];
  }
  while (enough - few > 1) {
    const middle = (few + enough) >> 1;
    if (isEnough(middle)) enough = middle;
    else few = middle;
  }
  return enough;
};

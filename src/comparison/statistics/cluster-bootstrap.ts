import type { Estimate } from '../../model/comparison.js';
import { studentQuantile } from './beta.js';
import type { Resamples } from './resamples.js';

/** A ratio of sums over sessions, and what it comes to in each draw. */
export interface ResampledRatio {
  readonly value: number;
  /** Standard error. */
  readonly error: number;
  readonly sessions: number;
  /** Whether no session can pull it below zero. */
  readonly isPositive: boolean;
  /** In each draw: the ratio (NaN where there is none), and its standard error. */
  readonly draws: Float64Array;
  readonly errors: Float64Array;
}

/** With fewer sessions there is no interval to trust. */
export const LEAST_SESSIONS = 3;
/** Squares that cancel to less than this share of themselves are nought. */
const CANCELLED = 1e-12;
/** A draw whose standard error is less than this share of the whole one's has missed what makes the spread: it tells nothing of it. */
const SPREADLESS = 0.01;

const total = (column: Float64Array): number => column.reduce((sum, value) => sum + value, 0);

/** Standard error of a ratio of sums from sums of squares and products (Cochran 1977, "Sampling Techniques", 6.4). */
const errorOf = (ratio: number, sum: number, squares: readonly [number, number, number], sessions: number): number => {
  const [yy, yx, xx] = squares;
  const left = yy - 2 * ratio * yx + ratio * ratio * xx;
  return left <= CANCELLED * yy ? 0 : Math.sqrt((left * sessions) / (sessions - 1)) / sum;
};

/**
 * The ratio of two sums over the sessions of a group: late by gaps, takeovers by hours, ns of a cause by hours.
 *
 * @param numerator a value for each session
 * @param denominator 0 or more for each session
 * @returns null where the denominators are all 0
 */
export const ratioOfSums = (
  resamples: Resamples,
  numerator: Float64Array,
  denominator: Float64Array,
): ResampledRatio | null => {
  const below = total(denominator);
  if (!(below > 0)) return null;
  const { sessions } = resamples;
  const value = total(numerator) / below;
  const product = (a: Float64Array, b: Float64Array): number => total(a.map((entry, k) => entry * (b[k] ?? 0)));
  const squares = [
    product(numerator, numerator),
    product(numerator, denominator),
    product(denominator, denominator),
  ] as const;
  const [tops, bottoms] = [resamples.sums(numerator), resamples.sums(denominator)];
  const yy = resamples.sumsOfSquares(numerator);
  const yx = resamples.sumsOfProducts(numerator, denominator);
  const xx = resamples.sumsOfSquares(denominator);
  const draws = tops.map((top, k) => top / (bottoms[k] ?? 0));
  return {
    value,
    error: errorOf(value, below, squares, sessions),
    sessions,
    isPositive: numerator.every((entry) => entry >= 0),
    draws,
    errors: draws.map((ratio, k) => errorOf(ratio, bottoms[k] ?? 0, [yy[k] ?? 0, yx[k] ?? 0, xx[k] ?? 0], sessions)),
  };
};

/**
 * How many standard errors the draws lie from the value, at both ends of the interval; infinite where too many have no error. A draw that has no value
 * may lie beyond either end.
 */
const endsOf = (
  { value, error, draws, errors }: Pick<ResampledRatio, 'value' | 'error' | 'draws' | 'errors'>,
  confidence: number,
): { readonly low: number; readonly high: number } => {
  const distances = draws
    .map((draw, k) => {
      const own = errors[k] ?? 0;
      return draw === value ? 0 : (draw - value) / (own < SPREADLESS * error ? 0 : own);
    })
    .filter((distance) => !Number.isNaN(distance))
    .sort();
  const lost = draws.length - distances.length;
  const beyond = Math.max(1, Math.floor(((1 - confidence) / 2) * (draws.length + 1))) - lost;
  return {
    low: Math.min(0, distances[beyond - 1] ?? Number.NEGATIVE_INFINITY),
    high: Math.max(0, (beyond > 0 ? distances[distances.length - beyond] : undefined) ?? Number.POSITIVE_INFINITY),
  };
};

const withoutInterval = (value: number | null): Estimate => ({ value, lower: null, upper: null, method: 'none' });

/**
 * A ratio with its interval: the studentised cluster bootstrap (bootstrap t: Efron 1982; Davison and Hinkley 1997, 5.2.1; Hesterberg 2015, "What
 * Teachers Should Know About the Bootstrap"), which knows that rates are skewed and that few sessions know their own spread badly. Where more than
 * 2.5 % of the draws have no spread, the bound is Student's, on the logarithm. Measured coverage: docs/statistics.md.
 *
 * @param confidence 0.95, say
 * @returns an upper bound may exceed 1 where the ratio is a share: it does not know that. Method `none` with fewer than 3 sessions, and where all sessions have the same ratio (nothing was seen in any: see `noneInTime`)
 */
export const estimateRatio = (ratio: ResampledRatio | null, confidence: number): Estimate => {
  if (ratio === null) return withoutInterval(null);
  const { value, error, sessions, isPositive } = ratio;
  if (sessions < LEAST_SESSIONS || error === 0) return withoutInterval(value);
  const { low, high } = endsOf(ratio, confidence);
  const student = studentQuantile((1 + confidence) / 2, sessions - 1);
  const byStudent = (sign: number): number =>
    isPositive ? value * Math.exp((sign * student * error) / value) : value + sign * student * error;
  const lower = Number.isFinite(high) ? value - high * error : byStudent(-1);
  return {
    value,
    lower: isPositive ? Math.max(0, lower) : lower,
    upper: Number.isFinite(low) ? value - low * error : byStudent(1),
    method: 'cluster-bootstrap',
  };
};

/** Welch's degrees of freedom (Satterthwaite 1946). */
const degreesOf = (a: readonly [number, number], b: readonly [number, number]): number =>
  (a[0] ** 2 + b[0] ** 2) ** 2 / (a[0] ** 4 / (a[1] - 1) + b[0] ** 4 / (b[1] - 1));

/** Bounds of second less first, both with errors. */
const boundsOf = (a: ResampledRatio, b: ResampledRatio, confidence: number): readonly [number, number] => {
  const value = b.value - a.value;
  const error = Math.hypot(a.error, b.error);
  const draws = b.draws.map((draw, k) => draw - (a.draws[k] ?? 0));
  const errors = b.errors.map((own, k) => Math.hypot(own, a.errors[k] ?? 0));
  const { low, high } = endsOf({ value, error, draws, errors }, confidence);
  const student = studentQuantile((1 + confidence) / 2, degreesOf([a.error, a.sessions], [b.error, b.sessions]));
  return [
    value - (Number.isFinite(high) ? high : student) * error,
    value - (Number.isFinite(low) ? low : -student) * error,
  ];
};

const areEnough = (a: ResampledRatio, b: ResampledRatio): boolean => Math.min(a.sessions, b.sessions) >= LEAST_SESSIONS;

/**
 * The ratio of the second group less that of the first, with the interval of `estimateRatio`. A group without spread (nothing was seen in any of its
 * sessions) counts as known exactly.
 *
 * @param a of resamples with another seed than those of `b`, and as many draws
 * @returns method `none` with fewer than 3 sessions in a group, or no spread in either
 */
export const estimateDifference = (
  a: ResampledRatio | null,
  b: ResampledRatio | null,
  confidence: number,
): Estimate => {
  if (a === null || b === null) return withoutInterval(null);
  const value = b.value - a.value;
  if (!areEnough(a, b) || (a.error === 0 && b.error === 0)) return withoutInterval(value);
  const [lower, upper] = boundsOf(a, b, confidence);
  return { value, lower, upper, method: 'cluster-bootstrap' };
};

const logarithm = (ratio: ResampledRatio): ResampledRatio => ({
  ...ratio,
  value: Math.log(ratio.value),
  error: ratio.error / ratio.value,
  draws: ratio.draws.map(Math.log),
  errors: ratio.errors.map((error, k) => (error === 0 ? 0 : error / (ratio.draws[k] ?? 0))),
});

/**
 * The ratio of the second group by that of the first: the interval of `estimateDifference` on logarithms.
 *
 * @returns without value where the first is 0; method `none` where the second is 0, with fewer than 3 sessions in a group, or no spread in one
 */
export const estimateQuotient = (a: ResampledRatio | null, b: ResampledRatio | null, confidence: number): Estimate => {
  if (a === null || b === null || !(a.value > 0)) return withoutInterval(null);
  const value = b.value / a.value;
  if (!areEnough(a, b) || !(b.value > 0) || a.error === 0 || b.error === 0) return withoutInterval(value);
  const [lower, upper] = boundsOf(logarithm(a), logarithm(b), confidence);
  return { value, lower: Math.exp(lower), upper: Math.exp(upper), method: 'cluster-bootstrap' };
};

import type { Estimate } from '../../model/comparison.js';
import { studentQuantile } from './beta.js';

const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);

/** For each value: how many others are below it less how many are above it. */
const countLead = (values: readonly number[], others: readonly number[]): number[] => {
  const sorted = Float64Array.from(others).sort();
  const countBelow = (value: number, orEqual: boolean): number => {
    let low = 0;
    let high = sorted.length;
    while (low < high) {
      const middle = (low + high) >>> 1;
      const other = sorted[middle] ?? 0;
      if (other < value || (orEqual && other === value)) low = middle + 1;
      else high = middle;
    }
    return low;
  };
  return values.map((value) => countBelow(value, false) + countBelow(value, true) - sorted.length);
};

const countEqual = (a: readonly number[], b: readonly number[]): number => {
  const counts = new Map<number, number>();
  for (const value of a) counts.set(value, (counts.get(value) ?? 0) + 1);
  return sum(b.map((value) => counts.get(value) ?? 0));
};

/** The unbiased variance of delta around `center`; not below (1 - delta^2) / (mn - 1), Cliff's floor (it can come out negative). */
const varianceOf = (a: readonly number[], b: readonly number[], delta: number, center: number): number => {
  const [m, n] = [a.length, b.length];
  const pairs = m * n;
  const cells = pairs - countEqual(a, b) + pairs * center * (center - 2 * delta);
  const rows = sum(countLead(a, b).map((lead) => (lead + n * center) ** 2));
  const columns = sum(countLead(b, a).map((lead) => (lead - m * center) ** 2));
  return Math.max((rows + columns - cells) / (pairs * (m - 1) * (n - 1)), (1 - center * center) / (pairs - 1));
};

/**
 * Cliff's delta: the probability that a value of the second group is larger than one of the first, less the probability that it is smaller; -1 to 1, 0
 * where neither group tends to larger values. The interval is the asymmetric one of Cliff 1993 and 1996 ("Ordinal Methods for Behavioral Data Analysis",
 * chapter 5) with Student's t (Feng and Cliff 2004), as R's effsize::cliff.delta gives it. Where the groups do not overlap at all, the interval is
 * that of a delta one half pair less than whole, up to 1 (as there).
 *
 * @param confidence 0.95, say
 * @returns method `none` and no bounds where a group has fewer than two values; no value where one has none
 */
export const cliffsDelta = (a: readonly number[], b: readonly number[], confidence: number): Estimate => {
  const [m, n] = [a.length, b.length];
  if (m === 0 || n === 0) return { value: null, lower: null, upper: null, method: 'none' };
  const delta = sum(countLead(b, a)) / (m * n);
  if (m < 2 || n < 2) return { value: delta, lower: null, upper: null, method: 'none' };
  const isWhole = Math.abs(delta) === 1;
  const center = isWhole ? delta * (1 - 1 / (m * n)) : delta;
  const t = studentQuantile((1 + confidence) / 2, m + n - 2);
  const variance = varianceOf(a, b, delta, center);
  const rest = 1 - center * center;
  const middle = center * rest;
  const half = t * Math.sqrt(variance) * Math.sqrt(rest * rest + t * t * variance);
  const scale = rest + t * t * variance;
  return {
    value: delta,
    lower: delta === -1 ? -1 : Math.max(-1, (middle - half) / scale),
    upper: delta === 1 ? 1 : Math.min(1, (middle + half) / scale),
    method: 'cliff',
  };
};

// @ts-check
/** Intervals that the studentised bootstrap is measured against (Hesterberg 2015; Efron and Tibshirani 1993, chapters 13 and 14). */
import { studentQuantile } from '../../dist/comparison/statistics/beta.js';
import { normalCdf, normalQuantile } from '../../dist/comparison/statistics/normal.js';
import { nearestRank } from '../../dist/comparison/statistics/quantile.js';

/**
 * @typedef {import('../../dist/comparison/statistics/cluster-bootstrap.js').ResampledRatio} ResampledRatio
 * @typedef {{ lower: number | null, upper: number | null }} Interval
 */

/**
 * @param {ResampledRatio} ratio
 * @param {number} low
 * @param {number} high
 * @returns {Interval}
 */
const between = ({ draws, error }, low, high) => {
  const sorted = Float64Array.from(draws).sort();
  return error === 0
    ? { lower: null, upper: null }
    : { lower: nearestRank(sorted, low), upper: nearestRank(sorted, high) };
};

/**
 * @param {ResampledRatio} ratio
 * @param {number} confidence
 */
export const percentile = (ratio, confidence) => between(ratio, (1 - confidence) / 2, (1 + confidence) / 2);

/**
 * @param {ResampledRatio} ratio
 * @param {number} confidence
 */
export const expandedPercentile = (ratio, confidence) => {
  const { sessions } = ratio;
  const z = Math.sqrt(sessions / (sessions - 1)) * studentQuantile((1 + confidence) / 2, sessions - 1);
  return between(ratio, normalCdf(-z), normalCdf(z));
};

/**
 * @param {ResampledRatio} ratio
 * @param {readonly number[]} late of each session; all have the same number of gaps
 * @param {number} confidence
 */
export const bca = (ratio, late, confidence) => {
  const mean = late.reduce((sum, own) => sum + own, 0) / late.length;
  // A session left out moves the mean the other way.
  const squares = late.reduce((sum, own) => sum + (own - mean) ** 2, 0);
  const cubes = late.reduce((sum, own) => sum + (own - mean) ** 3, 0);
  const acceleration = squares > 0 ? cubes / (6 * squares ** 1.5) : 0;
  const below = ratio.draws.reduce((sum, own) => sum + (own < ratio.value ? 1 : own === ratio.value ? 0.5 : 0), 0);
  const bias = normalQuantile(below / ratio.draws.length);
  const z = normalQuantile((1 + confidence) / 2);
  const shareAt = (/** @type {number} */ own) => normalCdf(bias + (bias + own) / (1 - acceleration * (bias + own)));
  return between(ratio, shareAt(-z), shareAt(z));
};

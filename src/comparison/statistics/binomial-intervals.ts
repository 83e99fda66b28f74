import type { Estimate } from '../../model/comparison.js';
import { inverseIncompleteBeta } from './beta.js';

const NONE: Estimate = { value: null, lower: null, upper: null, method: 'none' };

/**
 * The share of successes with the exact two-sided interval of Clopper and Pearson 1934 (R: binom.test, scipy: binomtest.proportion_ci('exact')). Assumes
 * that the trials are independent of each other: sessions are, advertisements of one session are not.
 *
 * @param successes 0 to `trials`
 * @param confidence 0.95, say
 * @returns method `none` without trials
 */
export const clopperPearson = (successes: number, trials: number, confidence: number): Estimate => {
  if (trials === 0) return NONE;
  const tail = (1 - confidence) / 2;
  const failures = trials - successes;
  return {
    value: successes / trials,
    lower: successes === 0 ? 0 : inverseIncompleteBeta(tail, successes, failures + 1),
    upper: failures === 0 ? 1 : 1 - inverseIncompleteBeta(tail, failures, successes + 1),
    method: 'clopper-pearson',
  };
};

/**
 * Nothing was seen in so much time: the rate that would have shown something with probability `confidence` (one-sided). Exact for the rule of three
 * (Hanley and Lippman-Hand 1983): -ln(0.05) = 2.9957 an exposure. Assumes that what was not seen comes at a constant rate, one apart from the
 * other; where it comes in bursts, it bounds the rate of bursts.
 *
 * @param exposure time, 0 or more; the bound is per unit of it
 * @returns method `none` without exposure
 */
export const noneInTime = (exposure: number, confidence: number): Estimate =>
  exposure > 0 ? { value: 0, lower: 0, upper: -Math.log1p(-confidence) / exposure, method: 'rule-of-three' } : NONE;

/**
 * Nothing was seen in so many trials: the share that would have shown something with probability `confidence` (one-sided): 1 - 0.05^(1/n) (Louis 1981;
 * Clopper and Pearson's one-sided bound). Assumes that trials are independent of each other: exact for sessions; for the gaps of sessions it is too
 * low where late ones come together.
 *
 * @param trials 0 or more
 * @returns method `none` without trials
 */
export const noneInTrials = (trials: number, confidence: number): Estimate =>
  trials > 0
    ? { value: 0, lower: 0, upper: -Math.expm1(Math.log1p(-confidence) / trials), method: 'rule-of-three' }
    : NONE;

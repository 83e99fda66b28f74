import type { Estimate, PairVerdict } from '../model/comparison.js';
import { intraSessionCorrelation, pooledRate, type SessionRate } from './statistics/beta-binomial.js';
import { countArrangements } from './statistics/arrangements.js';
import { cliffsDelta } from './statistics/cliffs-delta.js';
import { mannWhitney } from './statistics/mann-whitney.js';
import { contrastOf, powerOf, sessionsNeeded } from './statistics/power.js';

/** The difference that matters: a late rate so many times as high. */
const RATIO = 2;
/** A difference that is found so often would most likely have been found. */
export const ENOUGH_POWER = 0.8;

export interface DifferenceOptions {
  /** What p is held against, 0 to 1. With Holm's correction over several pairs: alpha by their number. */
  readonly alpha: number;
  /** Of the interval of Cliff's delta; 0.95 where it is not given. */
  readonly confidence?: number;
}

/** Whether sessions of two groups differ in how much is late. */
export interface Difference {
  /** Mann and Whitney's U of the second group. */
  readonly u: number;
  readonly method: 'exact' | 'normal';
  /** Two-sided. */
  readonly p: number;
  /** Above zero: sessions of the second group are later. */
  readonly cliffsDelta: Estimate;
  /** Whether so many sessions can differ with p below alpha at all. */
  readonly isPossible: boolean;
  readonly power: {
    /** The difference that would have mattered: so many times the first group's late rate. */
    readonly ratio: number;
    /** How probable it was that it would be found with these sessions; null where the rates say nothing of it. */
    readonly reached: number | null;
    /** Sessions in each group with which it would be found four times out of five; null where that cannot be said. */
    readonly sessionsNeeded: number | null;
  };
}

/** The least p that so many sessions can have: all of one group above all of the other, 2 by the ways to deal them. */
const leastP = (a: number, b: number): number => (a === 0 || b === 0 ? 1 : 2 / countArrangements([a, b]));

const powerFor = (a: readonly SessionRate[], b: readonly SessionRate[], alpha: number): Difference['power'] => {
  const none = { ratio: RATIO, reached: null, sessionsNeeded: null };
  const all = [...a, ...b];
  const mean = pooledRate(a) || pooledRate(all);
  const icc = intraSessionCorrelation([a, b]);
  if (mean === null || icc === null) return none;
  const gaps = Math.round(all.reduce((sum, session) => sum + session.gaps, 0) / all.length);
  const contrast = contrastOf({ mean, icc }, gaps, RATIO);
  if (contrast === null) return none;
  return {
    ratio: RATIO,
    reached: powerOf(contrast, a.length, b.length, alpha),
    sessionsNeeded: sessionsNeeded(contrast, alpha, ENOUGH_POWER),
  };
};

/**
 * How two groups of sessions differ in their late rates (late by gaps): Mann and Whitney's test and Cliff's delta, a session being one value, and how
 * probable it was that twice the rate of `a` would be found with these sessions. For that, rates and intra-session correlation are taken from the
 * sessions; where nothing was late in `a`, the rate is that of both groups together.
 *
 * @param a sessions; those without gaps do not count
 * @param b the same
 */
export const findDifference = (
  a: readonly SessionRate[],
  b: readonly SessionRate[],
  { alpha, confidence = 0.95 }: DifferenceOptions,
): Difference => {
  const hasGaps = ({ gaps }: SessionRate): boolean => gaps > 0;
  const [first, second] = [a.filter(hasGaps), b.filter(hasGaps)];
  const rateOf = ({ late, gaps }: SessionRate): number => late / gaps;
  const [x, y] = [first.map(rateOf), second.map(rateOf)];
  return {
    ...mannWhitney(x, y),
    cliffsDelta: cliffsDelta(x, y, confidence),
    isPossible: leastP(x.length, y.length) < alpha,
    power: powerFor(first, second, alpha),
  };
};

/**
 * What a difference comes to.
 *
 * @param adjustedP its p after the correction for the number of pairs
 * @param rates late rates of the groups (all gaps together), null without gaps
 * @param alpha what `adjustedP` is held against
 */
export const judgePair = (
  { cliffsDelta: { value: delta }, power }: Difference,
  adjustedP: number,
  rates: { readonly a: number | null; readonly b: number | null },
  alpha: number,
): PairVerdict => {
  if (adjustedP < alpha) return (delta ?? 0) > 0 ? 'worse' : 'better';
  if (rates.a === 0 && rates.b === 0) return 'none-late';
  return power.reached !== null && power.reached >= ENOUGH_POWER ? 'no-difference-found' : 'too-few-sessions';
};

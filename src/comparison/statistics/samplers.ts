import type { Random } from '../../model/random.js';
import { shapesOf, type BetaBinomial } from './beta-binomial.js';

/** Below 1, and above 0. */
const inside = (random: Random): number => random() + 2 ** -33;

/** A standard normal number (Marsaglia's polar method). */
const drawNormal = (random: Random): number => {
  for (;;) {
    const x = 2 * inside(random) - 1;
    const y = 2 * inside(random) - 1;
    const square = x * x + y * y;
    if (square < 1) return x * Math.sqrt((-2 * Math.log(square)) / square);
  }
};

/** A gamma number of scale 1 (Marsaglia and Tsang 2000, with their way for shapes below 1). */
export const drawGamma = (shape: number, random: Random): number => {
  if (shape < 1) return drawGamma(shape + 1, random) * inside(random) ** (1 / shape);
  const d = shape - 1 / 3;
  const c = 1 / Math.sqrt(9 * d);
  for (;;) {
    const x = drawNormal(random);
    const v = (1 + c * x) ** 3;
    if (v > 0 && Math.log(inside(random)) < (x * x) / 2 + d - d * v + d * Math.log(v)) return d * v;
  }
};

/** A beta number, 0 to 1. */
export const drawBeta = (a: number, b: number, random: Random): number => {
  const x = drawGamma(a, random);
  return x / (x + drawGamma(b, random));
};

/** Successes expected up to which they are counted up from none; beyond, e^-expected loses digits. */
const MOST_COUNTED = 60;

/** From none upwards: takes as many steps as there are successes. */
const countUp = (trials: number, p: number, random: Random): number => {
  const odds = p / (1 - p);
  let probability = Math.exp(trials * Math.log1p(-p));
  let left = inside(random);
  let k = 0;
  while (left > probability && k < trials) {
    left -= probability;
    k++;
    probability *= (odds * (trials - k + 1)) / k;
  }
  return k;
};

/**
 * A binomial number, exact: counted up where few are expected, otherwise the trials are parted at their median, which is a beta number (Relles 1972;
 * Devroye 1986, "Non-Uniform Random Variate Generation", X.4.4).
 */
export const drawBinomial = (trials: number, p: number, random: Random): number => {
  if (p <= 0) return 0;
  if (p >= 1) return trials;
  if (p > 0.5) return trials - drawBinomial(trials, 1 - p, random);
  if (trials * p <= MOST_COUNTED) return countUp(trials, p, random);
  const middle = (trials + 1) >> 1;
  const cut = drawBeta(middle, trials + 1 - middle, random);
  return cut <= p
    ? middle + drawBinomial(trials - middle, (p - cut) / (1 - cut), random)
    : drawBinomial(middle - 1, p / cut, random);
};

/** Late ones among the gaps of one session whose late rate is drawn from the beta distribution of the model. */
export const drawLate = (model: BetaBinomial, gaps: number, random: Random): number => {
  if (model.icc <= 0) return drawBinomial(gaps, model.mean, random);
  const { a, b } = shapesOf(model);
  return drawBinomial(gaps, drawBeta(a, b, random), random);
};

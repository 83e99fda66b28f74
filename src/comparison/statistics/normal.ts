import { incompleteGamma } from './gamma.js';

/** Probability that a standard normal variable exceeds z; exact in the tail, where 1 - cdf would be 0 (scipy: norm.sf). */
export const normalSurvival = (z: number): number => {
  const { lower, upper } = incompleteGamma(0.5, (z * z) / 2);
  return z >= 0 ? upper / 2 : (1 + lower) / 2;
};

/** Probability that a standard normal variable is z or less (R: pnorm). */
export const normalCdf = (z: number): number => normalSurvival(-z);

const density = (z: number): number => Math.exp((-z * z) / 2) / Math.sqrt(2 * Math.PI);

/** Abramowitz and Stegun 1964, 26.2.23: within 4.5e-4, for p up to 1/2. */
const roughUpper = (p: number): number => {
  const t = Math.sqrt(-2 * Math.log(p));
  return t - (2.515517 + t * (0.802853 + t * 0.010328)) / (1 + t * (1.432788 + t * (0.189269 + t * 0.001308)));
};

/** The z that a standard normal variable exceeds with probability p, p up to 1/2. */
const upperQuantile = (p: number): number => {
  let z = roughUpper(p);
  for (let step = 0; step < 4; step++) {
    const error = (normalSurvival(z) - p) / density(z);
    z += error / (1 - (z * error) / 2);
  }
  return z;
};

/**
 * The z at or below which a standard normal variable lies with probability p (R: qnorm): a rough value, made exact by Halley's steps.
 *
 * @param p 0 to 1; at the ends the answer is infinite
 */
export const normalQuantile = (p: number): number => {
  if (p <= 0) return Number.NEGATIVE_INFINITY;
  if (p >= 1) return Number.POSITIVE_INFINITY;
  if (p === 0.5) return 0;
  return p < 0.5 ? -upperQuantile(p) : upperQuantile(1 - p);
};

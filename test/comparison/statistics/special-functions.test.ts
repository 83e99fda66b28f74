import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { incompleteBeta, inverseIncompleteBeta, studentQuantile } from '../../../src/comparison/statistics/beta.js';
import { chiSquareSurvival, incompleteGamma, logGamma } from '../../../src/comparison/statistics/gamma.js';
import { normalCdf, normalQuantile, normalSurvival } from '../../../src/comparison/statistics/normal.js';
import { expectClose } from './close.js';

/** Figures of scipy 1.17.1 (scipy.special and scipy.stats), unless another source stands beside them. */
describe('special functions', () => {
  it('log gamma: scipy.special.gammaln, and Abramowitz and Stegun 6.1.8', () => {
    expectClose(logGamma(0.5), Math.log(Math.sqrt(Math.PI)));
    expectClose(logGamma(10.3), 13.482036786138359);
    expectClose(logGamma(1234.5), 7550.550901077894);
  });

  it('incomplete gamma: scipy.special.gammainc and gammaincc', () => {
    expectClose(incompleteGamma(2.5, 1.3).upper, 0.761365267845014);
    expectClose(incompleteGamma(0.5, 9).upper, 2.2090496998585475e-5);
    expectClose(incompleteGamma(100, 80).lower, 0.0171083130351331);
    expect(incompleteGamma(3, 0)).toEqual({ lower: 0, upper: 1 });
    expect(incompleteGamma(3, Number.POSITIVE_INFINITY)).toEqual({ lower: 1, upper: 0 });
  });

  it('chi-square: scipy.stats.chi2.sf, and the 3.841 of every table', () => {
    expectClose(chiSquareSurvival(3.841458820694124, 1), 0.05);
    expectClose(chiSquareSurvival(29.26658, 4), 6.900702188602891e-6);
    expectClose(chiSquareSurvival(0.3, 7), 0.9998999626177479);
  });

  it('incomplete beta and its inverse: scipy.special.betainc and betaincinv', () => {
    expectClose(incompleteBeta(0.3, 2, 3), 0.3483);
    expectClose(incompleteBeta(0.05, 60, 997), 0.171372716081631);
    expectClose(incompleteBeta(0.9, 0.5, 7), 0.9999999780702157);
    expectClose(inverseIncompleteBeta(0.3, 2, 3), 0.27238394207510536);
    expectClose(inverseIncompleteBeta(0.975, 683, 243), 0.7654065582415253);
    expectClose(inverseIncompleteBeta(0.001, 0.5, 7), 1.1627583069569645e-7);
    expect([incompleteBeta(0, 2, 3), incompleteBeta(1, 2, 3)]).toEqual([0, 1]);
    expect([inverseIncompleteBeta(0, 2, 3), inverseIncompleteBeta(1, 2, 3)]).toEqual([0, 1]);
  });

  it('normal: scipy.stats.norm.cdf, sf and ppf', () => {
    expectClose(normalCdf(-1.3), 0.09680048458561036);
    expectClose(normalSurvival(6), 9.865876450376946e-10);
    expectClose(normalQuantile(0.975), 1.959963984540054);
    expectClose(normalQuantile(1e-10), -6.361340902404056);
    expect([normalQuantile(0), normalQuantile(0.5), normalQuantile(1)]).toEqual([-Infinity, 0, Infinity]);
  });

  it('Student: scipy.stats.t.ppf', () => {
    expectClose(studentQuantile(0.975, 1), 12.706204736174694);
    expectClose(studentQuantile(0.975, 4), 2.7764451051977934);
    expectClose(studentQuantile(0.6, 3), 0.2766706623326898);
    expectClose(studentQuantile(0.01, 18.5), -2.5457423668213086);
    expect(studentQuantile(0.5, 3)).toBe(0);
  });

  const shape = fc.double({ min: 0.1, max: 3000, noNaN: true });
  const share = fc.double({ min: 1e-6, max: 1 - 1e-6, noNaN: true });

  it('what is inverted comes back', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, p) => {
        const x = inverseIncompleteBeta(p, a, b);
        // Next to 1 the spacing of numbers is coarser than the slope allows for.
        fc.pre(x > 1e-300 && x < 1 - 1e-5);
        expectClose(incompleteBeta(x, a, b), p, 1e-8);
      }),
    );
    fc.assert(
      fc.property(share, (p) => {
        expectClose(normalCdf(normalQuantile(p)), p, 1e-12);
      }),
    );
  });

  it('the tails of a beta variable add up, mirrored', () => {
    fc.assert(
      fc.property(shape, shape, share, (a, b, x) => {
        expect(incompleteBeta(x, a, b) + incompleteBeta(1 - x, b, a)).toBeCloseTo(1, 9);
      }),
    );
  });
});

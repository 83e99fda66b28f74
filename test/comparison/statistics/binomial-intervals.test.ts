import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { clopperPearson, noneInTime, noneInTrials } from '../../../src/comparison/statistics/binomial-intervals.js';
import { expectClose } from './close.js';

describe('Clopper and Pearson', () => {
  it('R: binom.test(682, 925) of its example (Conover 1971, p. 97): 0.7076683 0.7654066; scipy 1.17.1', () => {
    const { value, lower, upper } = clopperPearson(682, 925, 0.95);
    expect([value, lower?.toFixed(7), upper?.toFixed(7)]).toEqual([682 / 925, '0.7076683', '0.7654066']);
    expectClose(lower, 0.707668264079039);
    expectClose(upper, 0.7654065582415253);
  });

  it("scipy 1.17.1: binomtest(k, n).proportion_ci(method='exact')", () => {
    const figures: readonly (readonly [number, number, number, number, number])[] = [
      [3, 10, 0.95, 0.06673951117773447, 0.652452850060008],
      [7, 500, 0.95, 0.005646761070671558, 0.02863161618333614],
      [1, 3600, 0.95, 7.032699703876594e-6, 0.0015466963776933022],
      [3, 20, 0.9, 0.042169407885778595, 0.34366380431470434],
    ];
    for (const [successes, trials, confidence, lower, upper] of figures) {
      const interval = clopperPearson(successes, trials, confidence);
      expectClose(interval.lower, lower);
      expectClose(interval.upper, upper);
    }
  });

  it('at the ends: 1 - (alpha/2)^(1/n), scipy 1.17.1: 0.3084971 for none of ten', () => {
    expectClose(clopperPearson(0, 10, 0.95).upper, 0.30849710781876294);
    expect(clopperPearson(0, 10, 0.95).lower).toBe(0);
    expectClose(clopperPearson(10, 10, 0.95).lower, 0.6915028921812371);
    expect(clopperPearson(10, 10, 0.95).upper).toBe(1);
    expect(clopperPearson(0, 0, 0.95)).toEqual({ value: null, lower: null, upper: null, method: 'none' });
  });

  it('contains the share, and mirrors', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 400 }), fc.nat(), (trials, draw) => {
        const successes = draw % (trials + 1);
        const { value, lower, upper } = clopperPearson(successes, trials, 0.95);
        expect(lower).toBeLessThanOrEqual(value!);
        expect(upper).toBeGreaterThanOrEqual(value!);
        expect(clopperPearson(trials - successes, trials, 0.95).lower).toBeCloseTo(1 - upper!, 9);
      }),
    );
  });
});

describe('rule of three', () => {
  it('Hanley and Lippman-Hand 1983, table: none of 10, 20, 30, 50, 100: 26, 14, 10, 6 and 3 %', () => {
    const percent = [10, 20, 30, 50, 100].map((n) => Math.round(100 * (noneInTrials(n, 0.95).upper ?? 0)));
    expect(percent).toEqual([26, 14, 10, 6, 3]);
    expectClose(noneInTrials(100, 0.95).upper, 1 - 0.05 ** 0.01);
    expectClose(noneInTrials(1, 0.95).upper, 0.95);
  });

  it('none in so many hours: -ln(0.05) = 2.9957 an exposure', () => {
    expectClose(noneInTime(1, 0.95).upper, 2.995732273553991);
    expectClose(noneInTime(24, 0.95).upper, 2.995732273553991 / 24);
    expect(noneInTime(24, 0.95)).toMatchObject({ value: 0, lower: 0, method: 'rule-of-three' });
  });

  it('says nothing where nobody looked', () => {
    const none = { value: null, lower: null, upper: null, method: 'none' };
    expect([noneInTime(0, 0.95), noneInTrials(0, 0.95)]).toEqual([none, none]);
  });
});

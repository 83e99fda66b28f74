import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { nearestRank } from '../../../src/comparison/statistics/quantile.js';

const sorted = (values: readonly number[]): Float64Array => Float64Array.from(values).sort();

describe('nearest rank', () => {
  it("is numpy 2.4.6's quantile(method='inverted_cdf'), R's type 1", () => {
    const values = sorted([0.5, 1.5, 2, 7, 9, 11]);
    expect([0, 0.1, 0.5, 0.51, 0.99, 1].map((q) => nearestRank(values, q))).toEqual([0.5, 0.5, 2, 7, 11, 11]);
  });

  it('takes a share of whole values for whole: 7 % of 100 is the 7th, not the 8th', () => {
    const values = sorted(Array.from({ length: 1000 }, (_, k) => k + 1));
    expect(100 * 0.07).toBeGreaterThan(7);
    expect(nearestRank(values.subarray(0, 100), 0.07)).toBe(7);
    expect([nearestRank(values, 0.999), nearestRank(values, 0.99), nearestRank(values, 0.5)]).toEqual([999, 990, 500]);
  });

  it('is null without values', () => {
    expect(nearestRank(new Float64Array(), 0.5)).toBeNull();
  });

  it('is the smallest measured value with so many at or below it', () => {
    const values = fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 1 });
    fc.assert(
      fc.property(values, fc.integer({ min: 0, max: 1000 }), (list, perMille) => {
        const found = nearestRank(sorted(list), perMille / 1000) ?? Number.NaN;
        const atOrBelow = (limit: number): number => list.filter((v) => v <= limit).length * 1000;
        expect(list).toContain(found);
        expect(atOrBelow(found)).toBeGreaterThanOrEqual(perMille * list.length);
        for (const less of list.filter((v) => v < found)) expect(atOrBelow(less)).toBeLessThan(perMille * list.length);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { cliffsDelta } from '../../../src/comparison/statistics/cliffs-delta.js';
import { mannWhitney } from '../../../src/comparison/statistics/mann-whitney.js';
import { expectClose } from './close.js';

/** The example of R's effsize::cliff.delta (Hogarty and Kromrey 1999). */
const TREATMENT = [10, 10, 20, 20, 20, 30, 30, 30, 40, 50];
const CONTROL = [10, 20, 30, 40, 40, 50];

describe("Cliff's delta", () => {
  it('R: effsize::cliff.delta(treatment, control): -0.25, -0.7265846 0.3890062', () => {
    const { value, lower, upper, method } = cliffsDelta(CONTROL, TREATMENT, 0.95);
    expect([value, lower?.toFixed(7), upper?.toFixed(7), method]).toEqual([-0.25, '-0.7265846', '0.3890062', 'cliff']);
    expectClose(lower, -0.726584588889944);
    expectClose(upper, 0.38900619019874255);
  });

  it("R: effsize's tests: -0.06666 where the largest is an outlier", () => {
    const outlier = [10, 20, 20, 20, 30, 30, 30, 40, 50, 100];
    expect(cliffsDelta(CONTROL, outlier, 0.95).value).toBeCloseTo(-0.06666, 4);
  });

  it('is whole where groups are apart, with an interval to one side', () => {
    const { value, lower, upper } = cliffsDelta([1, 2, 3, 4, 5], [6, 7, 8, 9, 10], 0.95);
    expect([value, upper]).toEqual([1, 1]);
    expect(lower).toBeGreaterThan(0);
    expect(lower).toBeLessThan(1);
    expect(cliffsDelta([6, 7, 8], [1, 2, 3], 0.95)).toMatchObject({ value: -1, lower: -1 });
  });

  it('knows little where all values are equal', () => {
    const { value, lower, upper } = cliffsDelta([0, 0, 0, 0], [0, 0, 0, 0], 0.95);
    expect(value).toBe(0);
    expect(upper).toBeGreaterThan(0.2);
    expect(lower).toBeCloseTo(-upper!, 12);
  });

  it('has no interval with fewer than two values, and no value without any', () => {
    expect(cliffsDelta([1], [2, 3], 0.95)).toEqual({ value: 1, lower: null, upper: null, method: 'none' });
    expect(cliffsDelta([], [2, 3], 0.95)).toEqual({ value: null, lower: null, upper: null, method: 'none' });
  });

  const values = fc.array(fc.integer({ min: 0, max: 12 }), { minLength: 2, maxLength: 20 });

  it('is 2 U / mn - 1, in its interval, and mirrors', () => {
    fc.assert(
      fc.property(values, values, (a, b) => {
        const { value, lower, upper } = cliffsDelta(a, b, 0.95);
        expect(value).toBeCloseTo((2 * mannWhitney(a, b).u) / (a.length * b.length) - 1, 12);
        expect(lower).toBeGreaterThanOrEqual(-1);
        expect(lower).toBeLessThanOrEqual(value!);
        expect(upper).toBeGreaterThanOrEqual(value!);
        expect(upper).toBeLessThanOrEqual(1);
        const mirrored = cliffsDelta(b, a, 0.95);
        expect(mirrored.value).toBeCloseTo(-value!, 12);
        expect(mirrored.lower).toBeCloseTo(-upper!, 12);
        expect(mirrored.upper).toBeCloseTo(-lower!, 12);
      }),
    );
  });
});

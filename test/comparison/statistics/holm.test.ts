import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { holm } from '../../../src/comparison/statistics/holm.js';
import { expectClose } from './close.js';

const shares = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 1, maxLength: 12 });

describe("Holm's correction", () => {
  it('is the worked example of Wikipedia ("Holm-Bonferroni method"), and of R: p.adjust(c(.01, .04, .03, .005), "holm")', () => {
    const adjusted = holm([0.01, 0.04, 0.03, 0.005]);
    [0.03, 0.06, 0.06, 0.02].forEach((expected, k) => {
      expectClose(adjusted[k] ?? null, expected);
    });
  });

  it('is R: p.adjust(c(.01, .02, .03, .04, .05), "holm"): .05 .08 .09 .09 .09', () => {
    const adjusted = holm([0.01, 0.02, 0.03, 0.04, 0.05]);
    [0.05, 0.08, 0.09, 0.09, 0.09].forEach((expected, k) => {
      expectClose(adjusted[k] ?? null, expected);
    });
  });

  it('leaves one alone, and nothing nothing', () => {
    expect([holm([0.2]), holm([]), holm([0.6, 0.9])]).toEqual([[0.2], [], [1, 1]]);
  });

  it('keeps the order, makes none smaller, and stays between one and all times', () => {
    fc.assert(
      fc.property(shares, (ps) => {
        const adjusted = holm(ps);
        ps.forEach((p, i) => {
          const own = adjusted[i]!;
          expect(own).toBeGreaterThanOrEqual(p);
          expect(own).toBeLessThanOrEqual(Math.min(1, p * ps.length));
          ps.forEach((q, j) => {
            if (p < q) expect(own).toBeLessThanOrEqual(adjusted[j]!);
          });
        });
        expect(Math.min(...adjusted)).toBe(Math.min(1, ps.length * Math.min(...ps)));
      }),
    );
  });
});

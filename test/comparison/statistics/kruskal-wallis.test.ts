import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { kruskalWallis } from '../../../src/comparison/statistics/kruskal-wallis.js';
import { mannWhitney } from '../../../src/comparison/statistics/mann-whitney.js';
import { expectClose } from './close.js';
import { AUGUST, JULY, JUNE, MAY, SEPTEMBER } from './ozone.js';

describe("Kruskal and Wallis' test", () => {
  it('R: kruskal.test(Ozone ~ Month, data = airquality): 29.267, df = 4, p-value = 6.901e-06; scipy 1.17.1', () => {
    const { h, p, method } = kruskalWallis([MAY, JUNE, JULY, AUGUST, SEPTEMBER], 1);
    expect([h.toFixed(3), p.toExponential(3), method]).toEqual(['29.267', '6.901e-6', 'chi-square']);
    expectClose(h, 29.26657630611694);
    expectClose(p, 6.900714118546782e-6);
  });

  it('R: kruskal.test of Hollander and Wolfe 1973, p. 116 (mucociliary efficiency): 0.77143; chi-square 0.68, dealt at random 0.7', () => {
    const groups = [
      [2.9, 3, 2.5, 2.6, 3.2],
      [3.8, 2.7, 4, 2.4],
      [2.8, 3.4, 3.7, 2.2, 2],
    ];
    const { h, epsilonSquared, p, method } = kruskalWallis(groups, 1);
    expectClose(h, 0.7714285714285722);
    expectClose(epsilonSquared, 0.7714285714285722 / 13);
    expect(method).toBe('permutation');
    expect(p).toBeGreaterThan(0.68);
    expect(p).toBeLessThan(0.74);
    expect(kruskalWallis(groups, 1)).toEqual(kruskalWallis(groups, 1));
  });

  it('exact: scipy 1.17.1 kruskal over all arrangements, 58 of 560 with ties; Kruskal and Wallis 1952: H = 7.2 of 3, 3, 3 has p = .004', () => {
    const tied = kruskalWallis([[1, 2, 2], [3, 4, 9], [5, 2]], 1); // prettier-ignore
    expectClose(tied.h, 4.316666666666663);
    expectClose(tied.p, 58 / 560);
    const apart = kruskalWallis([[1, 2, 3], [4, 5, 6], [7, 8, 9]], 1); // prettier-ignore
    expectClose(apart.h, 7.2);
    expectClose(apart.p, 6 / 1680);
    expect(apart.method).toBe('exact');
    expectClose(apart.epsilonSquared, 0.9);
  });

  it('is p = 1 where all values are equal, or there is one group', () => {
    expect(kruskalWallis([[1, 1], [1, 1]], 1)).toEqual({ h: 0, epsilonSquared: 0, p: 1, method: 'exact' }); // prettier-ignore
    expect(kruskalWallis([[1, 2, 3], []], 1).p).toBe(1);
    expect(kruskalWallis([], 1).p).toBe(1);
  });

  const few = fc.array(fc.integer({ min: 0, max: 5 }), { minLength: 1, maxLength: 4 });

  it("of two groups is Mann and Whitney's", () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        expectClose(kruskalWallis([a, b], 1).p, mannWhitney(a, b).p);
      }),
    );
  });

  it('does not depend on the order of groups or the scale', () => {
    fc.assert(
      fc.property(few, few, few, (a, b, c) => {
        const one = kruskalWallis([a, b, c], 1);
        const other = kruskalWallis(
          [c, a, b].map((group) => group.map((v) => v ** 3 + 1)),
          1,
        );
        fc.pre(one.method === 'exact');
        expect(other.h).toBeCloseTo(one.h, 9);
        expect(other.p).toBeCloseTo(one.p, 9);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { mannWhitney } from '../../../src/comparison/statistics/mann-whitney.js';
import { expectClose } from './close.js';
import { AUGUST, MAY } from './ozone.js';

/** Permeability of the human chorioamnion at term and at 12 to 26 weeks: Hollander and Wolfe 1973, p. 69; R: example(wilcox.test). */
const TERM = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46];
const EARLY = [1.15, 0.88, 0.9, 0.74, 1.21];

/** Late rates of 12 and 15 sessions, without ties. */
const A12 = [0.0285, 0.0067, 0.0039, 0.0072, 0.0111, 0.0082, 0.0064, 0.0074, 0.0153, 0.0035, 0.0058, 0.0207];
const B15 = [
  0.0146, 0.0151, 0.0351, 0.0097, 0.0376, 0.0197, 0.0205, 0.0114, 0.0296, 0.008, 0.0109, 0.0057, 0.0318, 0.0164, 0.0166,
];

/** All ways to choose the second group's ranks, one by one: how many are as far from the mean, of how many. */
const enumerate = (a: readonly number[], b: readonly number[]): readonly [number, number] => {
  const all = [...a, ...b];
  const rank = (v: number): number => 2 * all.filter((w) => w < v).length + all.filter((w) => w === v).length + 1;
  const ranks = all.map(rank);
  const mean = (b.length * ranks.reduce((s, r) => s + r, 0)) / all.length;
  const limit = Math.abs(b.map(rank).reduce((s, r) => s + r, 0) - mean) - 1e-9;
  let far = 0;
  let ways = 0;
  for (let mask = 0; mask < 1 << all.length; mask++) {
    const chosen = ranks.filter((_, k) => (mask >> k) & 1);
    if (chosen.length !== b.length) continue;
    ways++;
    if (Math.abs(chosen.reduce((s, r) => s + r, 0) - mean) >= limit) far++;
  }
  return [far, ways];
};

describe("Mann and Whitney's test, exact", () => {
  it('R: wilcox.test(x, y, alternative = "g") of its example: W = 35, p-value = 0.1272; scipy 1.17.1 two-sided', () => {
    const { u, p, method } = mannWhitney(EARLY, TERM);
    expect([u, method]).toEqual([35, 'exact']);
    expectClose(p, 0.2544122544122544);
    expect((p / 2).toFixed(4)).toBe('0.1272');
  });

  it("scipy's documentation of mannwhitneyu: ages of males and females, U1 = 17, p = 1/9", () => {
    const { u, p } = mannWhitney([20, 11, 17, 12], [19, 22, 16, 29, 24]);
    expect(u).toBe(17);
    expectClose(p, 1 / 9);
  });

  it("scipy 1.17.1: mannwhitneyu(method='exact') of 9 and 9, and of 15 and 12 late rates", () => {
    const a = [1.83, 0.5, 1.62, 2.48, 1.68, 1.88, 1.55, 3.06, 1.3];
    const b = [0.878, 0.647, 0.598, 2.05, 1.06, 1.29, 1.06001, 3.14, 1.2901];
    expect(mannWhitney(b, a).u).toBe(58);
    expectClose(mannWhitney(b, a).p, 0.13591114767585355);
    expect(mannWhitney(A12, B15).u).toBe(140);
    expectClose(mannWhitney(A12, B15).p, 0.013871487690305835);
  });

  it('Mann and Whitney 1947, table I: five and five wholly apart 2 * .004, U = 2 is 2 * 4/252', () => {
    expectClose(mannWhitney([1, 2, 3, 4, 5], [6, 7, 8, 9, 10]).p, 2 / 252);
    expectClose(mannWhitney([1, 2, 3, 4, 7], [5, 6, 8, 9, 10]).p, 8 / 252);
    expectClose(mannWhitney([1, 2, 3], [4, 5, 6]).p, 0.1);
  });

  it('with ties: scipy 1.17.1 permutation_test over all arrangements, 414 of 1,716 and 72 of 3,432', () => {
    const first = mannWhitney([0, 0, 0, 1, 2, 2, 5], [0, 1, 2, 3, 5, 8]);
    expect(first.u).toBe(29.5);
    expectClose(first.p, 0.24125874125874125);
    const second = mannWhitney([0, 0, 0, 0, 0, 0, 1], [0, 0, 2, 3, 3, 7, 9]);
    expect(second.u).toBe(41);
    expectClose(second.p, 72 / 3432);
  });

  it('is p = 1 where all values are equal, or a group has none', () => {
    expect(mannWhitney([3, 3, 3], [3, 3])).toEqual({ u: 3, p: 1, method: 'exact' });
    expect(mannWhitney([], [1, 2])).toEqual({ u: 0, p: 1, method: 'exact' });
  });

  it('stays exact for few sessions against very many', () => {
    const many = Array.from({ length: 300 }, (_, k) => k);
    const { p, method } = mannWhitney(many, [300, 301]);
    expect(method).toBe('exact');
    expectClose(p, (2 * 2) / (302 * 301));
  });

  it('is quick', () => {
    const many = (from: number): number[] => Array.from({ length: 30 }, (_, k) => (k * 37 + from) % 101);
    mannWhitney(many(0), many(1));
    const begun = performance.now();
    for (let k = 0; k < 10; k++) mannWhitney(many(k), many(2 * k + 1));
    expect((performance.now() - begun) / 10).toBeLessThan(40);
  });
});

describe("Mann and Whitney's test, normal", () => {
  it('R: wilcox.test(Ozone ~ Month, subset = Month %in% c(5, 8)): W = 127.5, p-value = 0.0001208; scipy 1.17.1', () => {
    const { u, p, method } = mannWhitney(AUGUST, MAY, 0);
    expect([u, method]).toEqual([127.5, 'normal']);
    expect(p.toFixed(7)).toBe('0.0001208');
    expectClose(p, 0.00012080783076877434);
    expectClose(mannWhitney([20, 11, 17, 12], [19, 22, 16, 29, 24], 0).p, 0.11134688653314041);
    expectClose(mannWhitney([0, 0, 0, 0, 0, 0, 1], [0, 0, 2, 3, 3, 7, 9], 0).p, 0.023383768322268267);
    expectClose(mannWhitney(A12, B15, 0).p, 0.015719980210024593);
  });

  it("scipy 1.17.1: mannwhitneyu(method='asymptotic') of 60 and 50 values with ties", () => {
    const a = Array.from({ length: 60 }, (_, k) => (7 * k) % 17);
    const b = Array.from({ length: 50 }, (_, k) => (k * k) % 19);
    const { u, p, method } = mannWhitney(a, b);
    expect([u, method]).toEqual([1485.5, 'normal']);
    expectClose(p, 0.9328615698661682);
  });
});

describe("Mann and Whitney's test, always", () => {
  const few = fc.array(fc.integer({ min: 0, max: 6 }), { minLength: 1, maxLength: 7 });
  const any = fc.array(fc.integer({ min: 0, max: 50 }), { minLength: 1, maxLength: 60 });

  it('is what going through all arrangements gives, with ties too', () => {
    fc.assert(
      fc.property(few, few, (a, b) => {
        const [far, ways] = enumerate(a, b);
        expectClose(mannWhitney(a, b).p, far / ways);
      }),
      { numRuns: 60 },
    );
  });

  it('counts the pairs, and knows the groups from each other only by U', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const one = mannWhitney(a, b);
        const other = mannWhitney(b, a);
        const half = (x: number, y: number): number => (y > x ? 1 : y === x ? 0.5 : 0);
        expect(one.u).toBe(a.flatMap((x) => b.map((y) => half(x, y))).reduce((sum, v) => sum + v, 0));
        expect(one.u + other.u).toBe(a.length * b.length);
        expectClose(one.p, other.p);
        expect(one.p).toBeGreaterThan(0);
        expect(one.p).toBeLessThanOrEqual(1);
      }),
    );
  });

  it('does not change when values are put on another scale that keeps their order', () => {
    fc.assert(
      fc.property(any, any, (a, b) => {
        const grow = (v: number): number => Math.exp(v / 7) - 3;
        expect(mannWhitney(a.map(grow), b.map(grow))).toEqual(mannWhitney(a, b));
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  estimateDifference,
  estimateQuotient,
  estimateRatio,
  ratioOfSums,
} from '../../../src/comparison/statistics/cluster-bootstrap.js';
import { Resamples } from '../../../src/comparison/statistics/resamples.js';
import { expectClose } from './close.js';

const LATE = Float64Array.from([30, 4, 52, 18, 41, 9, 77, 25]);
const GAPS = Float64Array.from([3600, 3590, 3600, 1800, 3600, 3601, 3600, 900]);

/** Which sessions each draw has: one column of ones and zeros a session. */
const countsOf = (resamples: Resamples): readonly Float64Array[] =>
  Array.from({ length: resamples.sessions }, (_, session) => {
    const own = new Float64Array(resamples.sessions);
    own[session] = 1;
    return resamples.sums(own);
  });

/** A sample's ratio and its error, written out (Cochran 1977, 6.4). */
const plainRatio = (late: readonly number[], gaps: readonly number[]): readonly [number, number] => {
  const all = gaps.reduce((sum, v) => sum + v, 0);
  const ratio = late.reduce((sum, v) => sum + v, 0) / all;
  const squares = late.reduce((sum, v, k) => sum + (v - ratio * gaps[k]!) ** 2, 0);
  return [ratio, Math.sqrt((squares * late.length) / (late.length - 1)) / all];
};

describe('resamples', () => {
  it('draw as many sessions as there are, each as often as the others', () => {
    const counts = countsOf(new Resamples(8, 4000, 3));
    for (let draw = 0; draw < 4000; draw++) expect(counts.reduce((sum, own) => sum + own[draw]!, 0)).toBe(8);
    for (const own of counts) {
      // Poisson-like: mean 1, variance 7/8.
      expect(Math.abs(own.reduce((sum, v) => sum + v, 0) / 4000 - 1)).toBeLessThan(5 * Math.sqrt(7 / 8 / 4000));
    }
  });

  it('sum every column over the same draws', () => {
    const resamples = new Resamples(8, 200, 5);
    const counts = countsOf(resamples);
    const sums = resamples.sums(LATE);
    const products = resamples.sumsOfProducts(LATE, GAPS);
    const squares = resamples.sumsOfSquares(GAPS);
    for (let draw = 0; draw < 200; draw++) {
      const add = (column: (k: number) => number): number =>
        counts.reduce((s, own, k) => s + own[draw]! * column(k), 0);
      expect(sums[draw]).toBe(add((k) => LATE[k]!));
      expect(products[draw]).toBe(add((k) => LATE[k]! * GAPS[k]!));
      expect(squares[draw]).toBe(add((k) => GAPS[k]! ** 2));
    }
  });

  it('are the same for the same seed', () => {
    const sums = (seed: number) => [...new Resamples(8, 50, seed).sums(LATE)];
    expect(sums(1)).toEqual(sums(1));
    expect(sums(1)).not.toEqual(sums(2));
  });

  it('are quick: 20 ratios of 500 sessions, 2,000 draws', () => {
    const gaps = new Float64Array(500).fill(3600);
    const begun = performance.now();
    const resamples = new Resamples(500, 2000, 1);
    for (let column = 0; column < 20; column++) {
      estimateRatio(ratioOfSums(resamples, gaps.map((_, k) => (k * 31 + column) % 97), gaps), 0.95); // prettier-ignore
    }
    expect(performance.now() - begun).toBeLessThan(1500);
  });
});

describe('interval of a ratio', () => {
  it('of what all but one session hardly have is not measured in the little spread of the others', () => {
    const ns = Float64Array.from([4e9, 3, 1, 2, 1, 3, 2, 1, 2, 1]);
    const hours = new Float64Array(10).fill(0.1);
    const { value, upper, lower } = estimateRatio(ratioOfSums(new Resamples(10, 2000, 1), ns, hours), 0.95);
    expect(value).toBeCloseTo(4e9, -3);
    // Student's t with 9 degrees of freedom on the logarithm, its error that of one session among ten.
    expect(upper! / value!).toBeCloseTo(Math.exp(2.262), 1);
    expect(lower!).toBe(0);
  });

  it('is the studentised bootstrap, written out draw by draw', () => {
    const resamples = new Resamples(8, 999, 7);
    const counts = countsOf(resamples);
    const [value, error] = plainRatio([...LATE], [...GAPS]);
    const distances = Array.from({ length: 999 }, (_, draw) => {
      const picked = counts.flatMap((own, k) => new Array<number>(own[draw]!).fill(k));
      const [ratio, own] = plainRatio(picked.map((k) => LATE[k]!), picked.map((k) => GAPS[k]!)); // prettier-ignore
      return (ratio - value) / own;
    }).sort((x, y) => x - y);
    const estimate = estimateRatio(ratioOfSums(resamples, LATE, GAPS), 0.95);
    expectClose(estimate.value, value);
    expectClose(estimate.lower, value - distances[974]! * error, 1e-7);
    expectClose(estimate.upper, value - distances[24]! * error, 1e-7);
    expect(estimate.method).toBe('cluster-bootstrap');
  });

  it('comes close to Student and the normal distribution with many alike sessions', () => {
    const late = Float64Array.from({ length: 400 }, (_, k) => 30 + ((k * 7) % 11));
    const gaps = new Float64Array(400).fill(3600);
    const [value, error] = plainRatio([...late], [...gaps]);
    const { lower, upper } = estimateRatio(ratioOfSums(new Resamples(400, 4000, 1), late, gaps), 0.95);
    expect(Math.abs((value - lower!) / error / 1.966 - 1)).toBeLessThan(0.08);
    expect(Math.abs((upper! - value) / error / 1.966 - 1)).toBeLessThan(0.08);
  });

  it('does without where sessions are too few, all alike, or without gaps', () => {
    const rate = (late: readonly number[], gaps: readonly number[]) =>
      estimateRatio(ratioOfSums(new Resamples(late.length, 200, 1), Float64Array.from(late), Float64Array.from(gaps)), 0.95); // prettier-ignore
    const none = (value: number | null) => ({ value, lower: null, upper: null, method: 'none' });
    expect(rate([1, 3], [100, 100])).toEqual(none(0.02));
    expect(rate([0, 0, 0, 0], [100, 100, 90, 100])).toEqual(none(0));
    expect(rate([2, 2, 2, 4], [100, 100, 100, 200])).toEqual(none(0.02));
    expect(rate([0, 0, 0], [0, 0, 0])).toEqual(none(null));
    expect(rate([], [])).toEqual(none(null));
  });

  it('is finite and above nothing where most sessions have none', () => {
    const late = Float64Array.from([0, 0, 0, 0, 5]);
    const { lower, upper } = estimateRatio(ratioOfSums(new Resamples(5, 2000, 1), late, new Float64Array(5).fill(100)), 0.95); // prettier-ignore
    expect(lower).toBeGreaterThanOrEqual(0);
    expect(upper).toBeGreaterThan(0.05);
    expect(upper).toBeLessThan(1);
  });

  it('may lie below zero for what may be negative', () => {
    const ns = Float64Array.from([-5, 3, -2, 4, -1, 2]);
    const { lower, upper } = estimateRatio(
      ratioOfSums(new Resamples(6, 500, 1), ns, new Float64Array(6).fill(1)),
      0.95,
    );
    expect(lower).toBeLessThan(0);
    expect(upper).toBeGreaterThan(0);
  });
});

describe('two groups', () => {
  const gaps = new Float64Array(8).fill(3600);
  const ratio = (late: Float64Array, seed: number) => ratioOfSums(new Resamples(8, 999, seed), late, gaps);
  const [a, b] = [ratio(LATE, 1), ratio(LATE.map((v) => 3 * v + 100), 2)]; // prettier-ignore
  const none = ratio(new Float64Array(8), 3);

  it('difference and quotient of what differs lie to one side', () => {
    const difference = estimateDifference(a, b, 0.95);
    expect(difference.value).toBeCloseTo(b!.value - a!.value, 12);
    expect(difference.lower).toBeGreaterThan(0);
    const quotient = estimateQuotient(a, b, 0.95);
    expect(quotient.value).toBeCloseTo(b!.value / a!.value, 12);
    expect(quotient.lower).toBeGreaterThan(1);
    expect(estimateQuotient(a, ratio(LATE, 9), 0.95).lower).toBeLessThan(1);
  });

  it('say what can be said where nothing was late', () => {
    expect(estimateDifference(a, none, 0.95)).toMatchObject({ value: -a!.value, method: 'cluster-bootstrap' });
    expect(estimateDifference(none, none, 0.95)).toMatchObject({ value: 0, method: 'none' });
    expect(estimateQuotient(a, none, 0.95)).toEqual({ value: 0, lower: null, upper: null, method: 'none' });
    expect(estimateQuotient(none, a, 0.95)).toEqual({ value: null, lower: null, upper: null, method: 'none' });
    expect(estimateDifference(null, a, 0.95).value).toBeNull();
  });

  it('contain what was measured, whatever it is; the difference mirrors', () => {
    const column = fc.array(fc.integer({ min: 0, max: 40 }), { minLength: 3, maxLength: 12 });
    fc.assert(
      fc.property(column, column, (first, second) => {
        const make = (late: readonly number[], seed: number) =>
          ratioOfSums(new Resamples(late.length, 299, seed), Float64Array.from(late), new Float64Array(late.length).fill(50)); // prettier-ignore
        const [x, y] = [make(first, 1), make(second, 2)];
        const mirrored = estimateDifference(y, x, 0.95);
        const difference = estimateDifference(x, y, 0.95);
        for (const { value, lower, upper, method } of [
          estimateRatio(x, 0.95),
          difference,
          estimateQuotient(x, y, 0.95),
        ]) {
          if (method === 'none') continue;
          expect(lower).toBeLessThanOrEqual(value!);
          expect(upper).toBeGreaterThanOrEqual(value!);
        }
        fc.pre(difference.method !== 'none');
        expect(mirrored.lower).toBeCloseTo(-difference.upper!, 9);
      }),
      { numRuns: 60 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { lateDistribution, type BetaBinomial } from '../../../src/comparison/statistics/beta-binomial.js';
import { mannWhitney } from '../../../src/comparison/statistics/mann-whitney.js';
import { contrastOf, powerOf, sessionsNeeded } from '../../../src/comparison/statistics/power.js';
import { drawLate } from '../../../src/comparison/statistics/samplers.js';
import { makeRandom } from '../../../src/model/random.js';

const MODEL = { mean: 0.01, icc: 0.005 };
const contrast = (ratio: number, model: BetaBinomial = MODEL, gaps = 3600) => {
  const found = contrastOf(model, gaps, ratio);
  if (!found) throw new Error('no contrast');
  return found;
};

/** How often the test finds it, of so many runs. */
const simulate = (model: BetaBinomial, ratio: number, a: number, b: number, alpha: number, runs: number): number => {
  const random = makeRandom(21);
  const rates = (mean: number, count: number): number[] =>
    Array.from({ length: count }, () => drawLate({ ...model, mean }, 3600, random));
  let found = 0;
  for (let run = 0; run < runs; run++) {
    const { u, p } = mannWhitney(rates(model.mean, a), rates(model.mean * ratio, b));
    if (p < alpha && u > (a * b) / 2) found++;
  }
  return found / runs;
};

describe('power', () => {
  it('sees the pairs as they are: favour and covariances by adding up all cases', () => {
    const [model, gaps] = [{ mean: 0.2, icc: 0.1 }, 12];
    const [f, g] = [lateDistribution(model, gaps), lateDistribution({ ...model, mean: 0.4 }, gaps)];
    const h = (x: number, y: number): number => (y > x ? 1 : y === x ? 0.5 : 0);
    const sums = { favour: 0, square: 0, sameFirst: 0, sameSecond: 0 };
    f.forEach((px, x) => {
      g.forEach((py, y) => {
        sums.favour += px * py * h(x, y);
        sums.square += px * py * h(x, y) ** 2;
        g.forEach((pz, z) => (sums.sameFirst += px * py * pz * h(x, y) * h(x, z)));
        f.forEach((pw, w) => (sums.sameSecond += px * py * pw * h(x, y) * h(w, y)));
      });
    });
    const found = contrast(2, model, gaps);
    const level = sums.favour ** 2;
    expect(found.favour).toBeCloseTo(sums.favour, 9);
    expect(found.pair).toBeCloseTo(sums.square - level, 9);
    expect(found.sameFirst).toBeCloseTo(sums.sameFirst - level, 9);
    expect(found.sameSecond).toBeCloseTo(sums.sameSecond - level, 9);
    expect(found.untied).toBeCloseTo(1 - f.reduce((sum, px, k) => sum + ((px + (g[k] ?? 0)) / 2) ** 3, 0), 9);
  });

  it('is that of 1,000 simulated comparisons, within 0.06', () => {
    const cases = [
      { model: MODEL, ratio: 2, a: 10, b: 10, alpha: 0.05 },
      { model: MODEL, ratio: 3, a: 5, b: 5, alpha: 0.05 },
      { model: MODEL, ratio: 2, a: 6, b: 25, alpha: 0.05 },
      { model: MODEL, ratio: 0.5, a: 12, b: 12, alpha: 0.05 },
      { model: MODEL, ratio: 3, a: 10, b: 10, alpha: 0.05 / 3 },
      { model: { mean: 0.0002, icc: 0.0005 }, ratio: 5, a: 10, b: 10, alpha: 0.05 },
    ];
    for (const { model, ratio, a, b, alpha } of cases) {
      const reversed = ratio < 1;
      const seen = reversed
        ? simulate({ ...model, mean: model.mean * ratio }, 1 / ratio, b, a, alpha, 1000)
        : simulate(model, ratio, a, b, alpha, 1000);
      const told = reversed
        ? powerOf(contrast(1 / ratio, { ...model, mean: model.mean * ratio }), b, a, alpha)
        : powerOf(contrast(ratio, model), a, b, alpha);
      expect(seen).toBeGreaterThan(0.2);
      expect(Math.abs(told - seen)).toBeLessThan(0.06);
    }
  });

  it('is none where no arrangement of so few sessions is below alpha: three and three at 5 %, four and four at 1 %', () => {
    expect(powerOf(contrast(100, { mean: 0.001, icc: 0.0001 }), 3, 3, 0.05)).toBe(0);
    expect(powerOf(contrast(100, { mean: 0.001, icc: 0.0001 }), 4, 4, 0.05)).toBeGreaterThan(0.99);
    expect(powerOf(contrast(100, { mean: 0.001, icc: 0.0001 }), 4, 4, 0.01)).toBe(0);
    expect(powerOf(contrast(2), 0, 5, 0.05)).toBe(0);
  });

  it('tells the sessions needed: the fewest that reach it', () => {
    const needed = sessionsNeeded(contrast(2), 0.05)!;
    expect(needed).toBeGreaterThan(10);
    expect(needed).toBeLessThan(16);
    expect(powerOf(contrast(2), needed, needed, 0.05)).toBeGreaterThanOrEqual(0.8);
    expect(powerOf(contrast(2), needed - 1, needed - 1, 0.05)).toBeLessThan(0.8);
    expect(sessionsNeeded(contrast(50, { mean: 0.001, icc: 0.0001 }), 0.05)).toBe(4);
    const many = sessionsNeeded(contrast(1.2), 0.05)!;
    expect(powerOf(contrast(1.2), many, many, 0.05)).toBeGreaterThanOrEqual(0.8);
    expect(powerOf(contrast(1.2), many - 1, many - 1, 0.05)).toBeLessThan(0.8);
    expect(sessionsNeeded(contrast(1), 0.05)).toBeNull();
  });

  it('knows where there is nothing to tell', () => {
    expect(contrastOf({ mean: 0, icc: 0.1 }, 3600, 2)).toBeNull();
    expect(contrastOf({ mean: 0.6, icc: 0.1 }, 3600, 2)).toBeNull();
    expect(contrastOf({ mean: 0.01, icc: 1 }, 3600, 2)).toBeNull();
    expect(contrastOf({ mean: 0.01, icc: 0.1 }, 0, 2)).toBeNull();
  });

  it('is at most alpha without a difference, and grows with it', () => {
    const ratio = fc.double({ min: 1, max: 4, noNaN: true });
    fc.assert(
      fc.property(ratio, ratio, fc.integer({ min: 4, max: 60 }), (r, s, sessions) => {
        const [less, more] = [Math.min(r, s), Math.max(r, s)].map((v) =>
          powerOf(contrast(v), sessions, sessions, 0.05),
        );
        expect(more! - less!).toBeGreaterThan(-1e-9);
        expect(powerOf(contrast(1), sessions, sessions, 0.05)).toBeLessThan(0.05);
      }),
      { numRuns: 30 },
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  intraSessionCorrelation,
  lateDistribution,
  pooledRate,
} from '../../../src/comparison/statistics/beta-binomial.js';
import { drawBeta, drawBinomial, drawGamma, drawLate } from '../../../src/comparison/statistics/samplers.js';
import { makeRandom } from '../../../src/model/random.js';
import { expectClose } from './close.js';

const sessions = (...pairs: readonly (readonly [number, number])[]) => pairs.map(([late, gaps]) => ({ late, gaps }));
const UNEQUAL = sessions([3, 40], [0, 35], [9, 50], [1, 20], [6, 60]);

describe('late ones among the gaps of a session', () => {
  it('scipy 1.17.1: betabinom.pmf(k, 3600, 1.99, 197.01), mean 1 %, correlation 0.005', () => {
    const p = lateDistribution({ mean: 0.01, icc: 0.005 }, 3600);
    expectClose(p[0] ?? null, 0.0027860952376625114);
    expectClose(p[1] ?? null, 0.005258043651797626);
    expectClose(p[36] ?? null, 0.014670188858775208);
    expectClose(p[100] ?? null, 0.0012508083544107915);
  });

  it('scipy 1.17.1: betabinom.pmf(k, 20, 0.3, 0.9)', () => {
    const p = lateDistribution({ mean: 0.25, icc: 1 / 2.2 }, 20);
    expectClose(p[0] ?? null, 0.3469288591299804);
    expectClose(p[7] ?? null, 0.030506518005935977);
    expectClose(p[20] ?? null, 0.020475447990932396);
  });

  it('without correlation it is the binomial distribution', () => {
    expect(lateDistribution({ mean: 0.3, icc: 0 }, 10)[3]).toBeCloseTo(120 * 0.3 ** 3 * 0.7 ** 7, 7);
  });

  it('adds up, with its mean', () => {
    const share = fc.double({ min: 1e-4, max: 0.9, noNaN: true });
    fc.assert(
      fc.property(share, share, fc.integer({ min: 1, max: 400 }), (mean, icc, gaps) => {
        const p = lateDistribution({ mean, icc }, gaps);
        expect(p.reduce((sum, v) => sum + v, 0)).toBeCloseTo(1, 9);
        expect(p.reduce((sum, v, k) => sum + v * k, 0)).toBeCloseTo(mean * gaps, 6);
      }),
    );
  });
});

describe('intra-session correlation', () => {
  it('is (F - 1) / (F - 1 + n0) with F of scipy 1.17.1: f_oneway over the single gaps (Ridout et al. 1999)', () => {
    expectClose(intraSessionCorrelation([UNEQUAL]), 0.029771098580125218);
    expectClose(pooledRate(UNEQUAL), 19 / 205);
  });

  it('is never negative, and null where nothing tells', () => {
    expect(intraSessionCorrelation([sessions([5, 100], [5, 100], [5, 100])])).toBe(0);
    expect(intraSessionCorrelation([sessions([5, 100])])).toBeNull();
    expect(intraSessionCorrelation([sessions([0, 100], [0, 90])])).toBeNull();
    expect(intraSessionCorrelation([sessions([0, 1], [1, 1])])).toBeNull();
    expect(intraSessionCorrelation([[], sessions([0, 0], [0, 0])])).toBeNull();
    expect([pooledRate([]), pooledRate(sessions([0, 0]))]).toEqual([null, null]);
  });

  it('does not take a difference between groups for correlation within', () => {
    const low = sessions([10, 1000], [11, 1000], [9, 1000]);
    const high = sessions([100, 1000], [101, 1000], [99, 1000]);
    expect(intraSessionCorrelation([low, high])).toBe(0);
    expect(intraSessionCorrelation([[...low, ...high]])).toBeGreaterThan(0.03);
  });

  it('finds what the sampler was given, also where sessions differ in length', () => {
    const random = makeRandom(11);
    for (const model of [
      { mean: 0.01, icc: 0.005 },
      { mean: 0.2, icc: 0.1 },
    ]) {
      const drawn = Array.from({ length: 3000 }, (_, k) => {
        const gaps = 200 + 400 * (k % 5);
        return { late: drawLate(model, gaps, random), gaps };
      });
      expect(pooledRate(drawn)! / model.mean).toBeCloseTo(1, 1);
      expect(intraSessionCorrelation([drawn])! / model.icc).toBeGreaterThan(0.9);
      expect(intraSessionCorrelation([drawn])! / model.icc).toBeLessThan(1.1);
    }
  });
});

/** Mean and variance of so many draws. */
const momentsOf = (count: number, draw: () => number): readonly [number, number] => {
  const values = Array.from({ length: count }, draw);
  const mean = values.reduce((sum, v) => sum + v, 0) / count;
  return [mean, values.reduce((sum, v) => sum + (v - mean) ** 2, 0) / count];
};

describe('samplers', () => {
  it('gamma numbers have the mean and the variance of their shape', () => {
    const random = makeRandom(2);
    for (const shape of [0.2, 1, 2.5, 40]) {
      const [mean, variance] = momentsOf(20_000, () => drawGamma(shape, random));
      expect(Math.abs(mean - shape)).toBeLessThan(5 * Math.sqrt(shape / 20_000));
      expect(variance / shape).toBeGreaterThan(0.85);
      expect(variance / shape).toBeLessThan(1.15);
    }
  });

  it('beta numbers have the mean and the variance of their shapes', () => {
    const random = makeRandom(3);
    const [mean, variance] = momentsOf(20_000, () => drawBeta(1.99, 197.01, random));
    expect(Math.abs(mean / 0.01 - 1)).toBeLessThan(0.03);
    expect(variance / ((0.01 * 0.99) / 200)).toBeGreaterThan(0.9);
    expect(variance / ((0.01 * 0.99) / 200)).toBeLessThan(1.1);
  });

  it('binomial numbers fit their distribution, counted up and parted (chi-square below its 99.9 % point)', () => {
    const random = makeRandom(4);
    for (const [trials, p] of [
      [12, 0.3],
      [12, 0.8],
      [3600, 0.001],
      [200, 0.45],
    ] as const) {
      const seen = new Map<number, number>();
      for (let k = 0; k < 20_000; k++) {
        const drawn = drawBinomial(trials, p, random);
        seen.set(drawn, (seen.get(drawn) ?? 0) + 1);
      }
      let chiSquare = 0;
      let cells = 0;
      let probability = (1 - p) ** trials;
      for (let k = 0; k <= trials; k++) {
        const expected = 20_000 * probability;
        if (expected >= 10) {
          chiSquare += ((seen.get(k) ?? 0) - expected) ** 2 / expected;
          cells++;
        }
        probability *= ((trials - k) / (k + 1)) * (p / (1 - p));
      }
      expect(cells).toBeGreaterThan(7);
      expect(chiSquare).toBeLessThan(cells + 3.1 * Math.sqrt(2 * cells) + 4);
    }
    expect([drawBinomial(9, 0, random), drawBinomial(9, 1, random), drawBinomial(0, 0.5, random)]).toEqual([0, 9, 0]);
  });
});

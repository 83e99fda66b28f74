import { describe, expect, it } from 'vitest';
import { findDifference, judgePair, type Difference } from '../../src/comparison/difference.js';
import { pooledRate } from '../../src/comparison/statistics/beta-binomial.js';

const sessions = (late: readonly number[], gaps = 3600) => late.map((own) => ({ late: own, gaps }));
const judge = (a: ReturnType<typeof sessions>, b: ReturnType<typeof sessions>, alpha = 0.05) => {
  const difference = findDifference(a, b, { alpha });
  return judgePair(difference, difference.p, { a: pooledRate(a), b: pooledRate(b) }, alpha);
};

const LOW = sessions([10, 12, 31, 25, 18]);
const HIGH = sessions([80, 95, 120, 77, 210]);

describe('difference of two groups', () => {
  it('is told of rates of sessions, not of their late ones', () => {
    const short = HIGH.map(({ late }) => ({ late: late / 10, gaps: 360 }));
    expect(findDifference(LOW, short, { alpha: 0.05 })).toMatchObject({ u: 25, p: 2 / 252, method: 'exact' });
    expect(findDifference(LOW, HIGH, { alpha: 0.05 }).cliffsDelta).toMatchObject({
      value: 1,
      upper: 1,
      method: 'cliff',
    });
  });

  it('does not count sessions without gaps', () => {
    const empty = [...LOW, { late: 0, gaps: 0 }];
    expect(findDifference(empty, HIGH, { alpha: 0.05 })).toEqual(findDifference(LOW, HIGH, { alpha: 0.05 }));
  });

  it('knows whether so many sessions can tell at all', () => {
    const possible = (a: number, b: number, alpha: number): boolean =>
      findDifference(LOW.slice(0, a), HIGH.slice(0, b), { alpha }).isPossible;
    expect([possible(3, 3, 0.05), possible(4, 4, 0.05), possible(4, 4, 0.05 / 3), possible(3, 5, 0.05)]).toEqual([
      false,
      true,
      false,
      true,
    ]);
    expect(possible(0, 5, 0.05)).toBe(false);
  });

  it('says worse and better from the first group on', () => {
    expect([judge(LOW, HIGH), judge(HIGH, LOW)]).toEqual(['worse', 'better']);
  });

  it('says too few sessions where twice the rate would hardly have been found', () => {
    expect(judge(LOW, sessions([11, 14, 30, 24, 17]))).toBe('too-few-sessions');
    const three = judge(sessions([1, 2, 3]), sessions([500, 600, 700]));
    expect(three).toBe('too-few-sessions');
    expect(judge(sessions([4]), sessions([9]))).toBe('too-few-sessions');
    expect(judge([], HIGH)).toBe('too-few-sessions');
  });

  it('says that no difference was found where it would have been', () => {
    const alike = sessions([30, 31, 33, 35, 36, 38, 40, 41]);
    const { power } = findDifference(alike, alike, { alpha: 0.05 });
    expect(power.reached).toBeGreaterThan(0.99);
    expect(power.sessionsNeeded).toBeLessThanOrEqual(8);
    expect(judge(alike, alike)).toBe('no-difference-found');
  });

  it('says that nothing was late in either, and needs no power for that', () => {
    const none = sessions([0, 0, 0, 0]);
    expect(findDifference(none, none, { alpha: 0.05 })).toMatchObject({
      p: 1,
      power: { ratio: 2, reached: null, sessionsNeeded: null },
    });
    expect(judge(none, none)).toBe('none-late');
  });

  it('takes the rate of both where nothing was late in the first', () => {
    const { power } = findDifference(sessions([0, 0, 0, 0]), sessions([0, 1, 0, 2]), { alpha: 0.05 });
    expect(power.reached).toBeLessThan(0.2);
    expect(power.sessionsNeeded).toBeGreaterThan(10);
  });

  it('needs more sessions where there are more pairs', () => {
    const needed = (alpha: number): number => findDifference(LOW, HIGH, { alpha }).power.sessionsNeeded!;
    expect(needed(0.05 / 6)).toBeGreaterThan(needed(0.05));
  });

  it('goes by the p that is corrected', () => {
    const difference = findDifference(LOW, HIGH, { alpha: 0.05 });
    const rates = { a: 0.005, b: 0.03 };
    expect(judgePair(difference, 0.049, rates, 0.05)).toBe('worse');
    expect(judgePair(difference, 0.05, rates, 0.05)).not.toBe('worse');
    const sure: Difference = { ...difference, power: { ratio: 2, reached: 0.8, sessionsNeeded: 5 } };
    expect(judgePair(sure, 0.2, rates, 0.05)).toBe('no-difference-found');
  });

  it('is quick: 500 sessions each', () => {
    const many = (from: number) => sessions(Array.from({ length: 500 }, (_, k) => 20 + ((k * from) % 41)));
    const begun = performance.now();
    findDifference(many(7), many(11), { alpha: 0.05 });
    expect(performance.now() - begun).toBeLessThan(500);
  });
});

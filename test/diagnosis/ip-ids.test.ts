import { describe, expect, it } from 'vitest';
import type { CapturedAdvertisement } from '../../src/model/advertisement.js';
import { IdSeries } from '../../src/diagnosis/ip-ids.js';

const S = 1_000_000_000;

const seriesOf = (ids: readonly (number | null)[], times?: readonly number[]): IdSeries =>
  new IdSeries({
    interval: S,
    advertisements: ids.map((ipId, i) => ({
      time: (times?.[i] ?? i) * S,
      send: null,
      seen: [null, { ipId, priority: 100 } as CapturedAdvertisement],
    })),
  });

const missing = (ids: readonly (number | null)[], times?: readonly number[]): unknown =>
  seriesOf(ids, times).missingBetween(0, 1e6 * S);

describe('IP identifications', () => {
  it('that count tell what is missing', () => {
    expect(missing([6, 7, 8, 14, 15, 16], [0, 1, 2, 8, 9, 10])).toEqual({ count: 5, first: 9, last: 13 });
    expect(missing([6, 7, 8, 10, 11, 12, 15, 16, 17, 18], [0, 1, 2, 4, 5, 6, 9, 10, 11, 12])).toEqual({
      count: 3,
      first: 9,
      last: 14,
    });
  });

  it('are told between two moments alone', () => {
    const series = seriesOf([6, 7, 8, 10, 11, 12, 15, 16, 17, 18], [0, 1, 2, 4, 5, 6, 9, 10, 11, 12]);
    expect(series.missingBetween(2 * S, 4 * S)).toEqual({ count: 1, first: 9, last: 9 });
    expect(series.missingBetween(4 * S, 6 * S)).toBeNull();
  });

  it('without a hole miss nothing, however late', () => {
    expect(missing([6, 7, 8, 9, 10], [0, 1, 7, 8, 9])).toBeNull();
  });

  it('start anew with the sender', () => {
    expect(missing([11, 12, 13, 14, 1, 2, 3], [0, 1, 2, 3, 8, 9, 10])).toBeNull();
  });

  it('overflow to 1, since 0 is the kernel’s to fill', () => {
    expect(missing([65_533, 65_534, 65_535, 1, 2, 3])).toBeNull();
    expect(missing([65_532, 65_533, 65_534, 2, 3, 4], [0, 1, 2, 5, 6, 7])).toEqual({
      count: 2,
      first: 65_535,
      last: 1,
    });
  });

  it('go by the number of unicast peers', () => {
    expect(missing([3, 6, 9, 12, 18, 21], [0, 1, 2, 3, 5, 6])).toEqual({ count: 1, first: 15, last: 15 });
  });

  it('that jump farther than the time allows do not count', () => {
    expect(missing([6, 7, 8, 9, 400, 401, 402])).toBeNull();
  });

  it.each([
    ['of IPv6 or text', [null, null, null, null, null]],
    ['that are all 0', [0, 0, 0, 0, 0, 0]],
    ['of the kernel', [32_517, 32_524, 32_531, 32_538, 32_540, 32_551, 32_560, 32_562]],
    ['too few to tell', [5, 6, 9]],
  ])('%s tell nothing', (_, ids) => {
    expect(missing(ids)).toBeNull();
  });
});

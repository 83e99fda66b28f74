import { describe, expect, it } from 'vitest';
import type { LiveAdvertisement } from '../../../src/sources/capture/index.js';
import { LateWatch, type LateWatchOptions } from '../../../src/sessions/watch/late-watch.js';

const MS = 1_000_000n;

const advertisement = (atMs: number, more: Partial<LiveAdvertisement> = {}): LiveAdvertisement => ({
  atNs: BigInt(atMs) * MS,
  family: 'ipv4',
  version: 3,
  vrid: 51,
  priority: 101,
  source: '192.168.0.8',
  destination: '224.0.0.18',
  intervalNs: 1e9,
  ipId: null,
  ...more,
});

const watchOf = (more: Partial<LateWatchOptions> = {}): LateWatch =>
  new LateWatch({ vrid: 51, address: null, intervalNs: null, lateAfterNs: null, ...more });

/** When late ones came (ms) and by how much. */
const lateIn = (watch: LateWatch, all: readonly LiveAdvertisement[]): [number, number][] =>
  all.flatMap((one) => {
    const late = watch.push(one);
    return late ? [[Number(late.atNs / MS), Number(late.latenessNs / MS)] as [number, number]] : [];
  });

const backup = { source: '192.168.0.9', priority: 100 };

describe('the watch for late advertisements', () => {
  it('sees a gap that is longer than the interval by more than a tenth', () => {
    const times = [0, 1000, 2000, 3099, 4201, 5201];
    expect(
      lateIn(
        watchOf(),
        times.map((at) => advertisement(at)),
      ),
    ).toEqual([[4201, 102]]);
  });

  it('takes another limit', () => {
    const times = [0, 1000, 2000, 3099];
    expect(
      lateIn(
        watchOf({ lateAfterNs: 50e6 }),
        times.map((at) => advertisement(at)),
      ),
    ).toEqual([[3099, 99]]);
  });

  it('sees the master that comes back after a backup took over', () => {
    const all = [0, 1000, 2000].map((at) => advertisement(at));
    const taken = [advertisement(5610, backup), advertisement(6610, backup)];
    expect(lateIn(watchOf(), [...all, ...taken, advertisement(7000), advertisement(8000)])).toEqual([[7000, 4000]]);
  });

  it('takes no backup for late that was silent while the master was there', () => {
    const once = [0, 1000, 2000].map((at) => advertisement(at, backup));
    const master = [2500, 3500, 4500].map((at) => advertisement(at));
    const again = [9000, 10_000, 11_000].map((at) => advertisement(at, backup));
    expect(lateIn(watchOf(), [...once, ...master, ...again])).toEqual([]);
  });

  it('tells equal priorities apart by the address', () => {
    const lower = { source: '192.168.0.7' };
    const higher = { source: '192.168.0.10' };
    const all = [0, 1000, 2000].map((at) => advertisement(at));
    expect(lateIn(watchOf(), [...all, advertisement(3000, lower), advertisement(4000)])).toEqual([[4000, 1000]]);
    expect(lateIn(watchOf(), [...all, advertisement(3000, higher), advertisement(4000)])).toEqual([]);
  });

  it('begins anew behind a goodbye', () => {
    const all = [0, 1000, 2000].map((at) => advertisement(at));
    expect(lateIn(watchOf(), [...all, advertisement(2500, { priority: 0 }), advertisement(9000)])).toEqual([]);
  });

  it('looks at its virtual router, and its sender where one is named, only', () => {
    const other = [0, 1000, 2000, 9000].map((at) => advertisement(at, { vrid: 52 }));
    expect(lateIn(watchOf(), other)).toEqual([]);
    const own = [0, 1000, 2000, 9000].map((at) => advertisement(at));
    expect(lateIn(watchOf({ address: '192.168.0.9' }), own)).toEqual([]);
    expect(lateIn(watchOf({ address: '192.168.0.8' }), own)).toEqual([[9000, 6000]]);
  });
});

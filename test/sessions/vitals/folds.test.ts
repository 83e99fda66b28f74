import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Changes, type Counts } from '../../../src/sessions/vitals/changes.js';
import { ClockOffset } from '../../../src/sessions/vitals/clock-offset.js';
import { Throttling, type CpuStat } from '../../../src/sessions/vitals/cpu-stat.js';

const stat = (nr_periods: number, nr_throttled: number, throttled_ns: number): CpuStat => ({
  nr_periods,
  nr_throttled,
  throttled_ns,
});
const groups = (of: Record<string, CpuStat>): Map<string, CpuStat> => new Map(Object.entries(of));

describe('Throttling', () => {
  it('is the group’s own at first, and grows with a parent that stops it', () => {
    const throttling = new Throttling();
    expect(throttling.next(groups({ '/p/a': stat(40, 3, 210), '/p': stat(9, 9, 900) }))).toEqual(stat(40, 3, 210));
    expect(throttling.next(groups({ '/p/a': stat(41, 4, 250), '/p': stat(10, 9, 900) }))).toEqual(stat(41, 4, 250));
    expect(throttling.next(groups({ '/p/a': stat(42, 5, 260), '/p': stat(12, 11, 990) }))).toEqual(stat(43, 6, 340));
  });

  it('neither falls nor leaps when the sender is moved', () => {
    const throttling = new Throttling();
    throttling.next(groups({ '/a': stat(1, 1, 100) }));
    expect(throttling.next(groups({ '/b': stat(900, 900, 90_000) }))).toEqual(stat(1, 1, 100));
    expect(throttling.next(groups({ '/b': stat(901, 901, 90_050) }))).toEqual(stat(2, 2, 150));
    expect(throttling.next(groups({ '/b': stat(0, 0, 0) }))).toEqual(stat(2, 2, 150));
    expect(throttling.next(groups({}))).toBeNull();
    expect(throttling.next(groups({ '/b': stat(7, 7, 70) }))).toEqual(stat(2, 2, 150));
  });

  it('never falls', () => {
    const counts = fc.tuple(fc.nat(9), fc.nat(9), fc.nat(99)).map(([a, b, c]) => stat(a, b, c));
    fc.assert(
      fc.property(fc.array(fc.dictionary(fc.constantFrom('/', '/a', '/a/b'), counts)), (samples) => {
        const throttling = new Throttling();
        let before = stat(0, 0, 0);
        for (const sample of samples) {
          const now = throttling.next(groups(sample)) ?? before;
          expect(now.throttled_ns).toBeGreaterThanOrEqual(before.throttled_ns);
          expect(now.nr_throttled).toBeGreaterThanOrEqual(before.nr_throttled);
          before = now;
        }
      }),
    );
  });
});

describe('Changes', () => {
  it('tells what differs, with its present value', () => {
    const changes = new Changes();
    expect(changes.since({ 0: { RX: 1, TX: 2 }, 1: { RX: 3, TX: 4 } })).toEqual({
      0: { RX: 1, TX: 2 },
      1: { RX: 3, TX: 4 },
    });
    expect(changes.since({ 0: { RX: 1, TX: 2 }, 1: { RX: 9, TX: 4 } })).toEqual({ 1: { RX: 9 } });
    expect(changes.since({ 0: { RX: 1, TX: 2 }, 1: { RX: 9, TX: 4 } })).toBeNull();
    expect(changes.since({ 1: { RX: 9, TX: 4 } })).toBeNull();
    expect(changes.since({ 0: { RX: 1, TX: 2 }, 1: { RX: 9, TX: 4 } })).toEqual({ 0: { RX: 1, TX: 2 } });
  });

  it('put together make what there was', () => {
    const counters = fc.record({ a: fc.nat(2), b: fc.record({ c: fc.nat(2), d: fc.nat(2) }) });
    fc.assert(
      fc.property(fc.array(counters), (samples) => {
        const changes = new Changes();
        let known: Counts = {};
        for (const sample of samples) {
          known = merge(known, changes.since(sample) ?? {});
          expect(known).toEqual(sample);
        }
      }),
    );
  });
});

const merge = (old: Counts, changed: Counts): Counts => {
  if (typeof old === 'number' || typeof changed === 'number') return changed;
  const merged: Record<string, Counts> = { ...old };
  for (const [name, value] of Object.entries(changed)) merged[name] = merge(merged[name] ?? {}, value);
  return merged;
};

/** Two clocks of which each reading takes `tick` ns. */
class FakeClocks {
  now: bigint;
  offset: bigint;
  readonly #tick: bigint;

  constructor(now: bigint, offset: bigint, tick: bigint) {
    this.now = now;
    this.offset = offset;
    this.#tick = tick;
  }

  readonly monotonic = (): bigint => (this.now += this.#tick);
  readonly realtimeMs = (): number => Number((this.monotonic() + this.offset) / 1_000_000n);
}

const distance = (a: bigint, b: bigint): number => Number(a > b ? a - b : b - a);

describe('ClockOffset', () => {
  const START = 1_795_879_423_094_033_061n;

  it('knows the offset to about 1 us at once, and never tells more than it knows', () => {
    fc.assert(
      fc.property(
        fc.bigInt(0n, 10n ** 15n),
        fc.bigInt(0n, 10n ** 9n),
        fc.array(fc.nat(10 ** 9)),
        (now, more, pauses) => {
          const clocks = new FakeClocks(now, START + more, 100n);
          const offset = new ClockOffset(clocks);
          for (const pause of pauses) {
            clocks.now += BigInt(pause);
            offset.look();
          }
          const { ns, within, steps } = offset.read();
          expect(distance(ns, clocks.offset)).toBeLessThanOrEqual(within);
          expect(within).toBeLessThan(2_000);
          expect(steps).toBe(0);
        },
      ),
    );
  });

  it('sees every step of 1.1 ms and more at the next look', () => {
    const step = fc.bigInt(1_100_000n, 10n ** 12n);
    fc.assert(
      fc.property(fc.bigInt(0n, 10n ** 9n), step, fc.boolean(), (now, size, isBack) => {
        const clocks = new FakeClocks(now, START, 100n);
        const offset = new ClockOffset(clocks);
        clocks.offset += isBack ? -size : size;
        offset.look();
        const { ns, within, steps } = offset.read();
        expect(steps).toBe(1);
        expect(distance(ns, clocks.offset)).toBeLessThanOrEqual(within);
      }),
    );
  });

  it('sees a step of 50 us within a hundred looks', () => {
    const clocks = new FakeClocks(0n, START, 100n);
    const offset = new ClockOffset(clocks);
    clocks.offset += 50_000n;
    for (let looks = 0; looks < 100; looks++) {
      clocks.now += 100_137_911n;
      offset.look();
    }
    expect(offset.read().steps).toBe(1);
    expect(distance(offset.read().ns, clocks.offset)).toBeLessThanOrEqual(offset.read().within);
  });
});

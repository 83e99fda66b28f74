import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Lane, type LaneSpan } from '../../src/timeline/lane.js';
import { addOccupancy, emptyOccupancy, UNKNOWN_THREAD } from '../../src/timeline/occupancy.js';

/** One time, as the lane wants it. */
const at = (time: number): Float64Array => Float64Array.of(time);

interface Slice {
  readonly tid: number;
  readonly ns: number;
}

/** A lane on which the slices follow each other from time 0; returns its last switch too. */
const runSlices = (slices: readonly Slice[]): { lane: Lane; end: number } => {
  const lane = new Lane(0, 0);
  let time = 0;
  let current = UNKNOWN_THREAD;
  for (const { tid, ns } of slices) {
    lane.change(at(time), 0, current, tid, tid + 1);
    current = tid;
    time += ns;
  }
  lane.change(at(time), 0, current, 0, 0);
  return { lane, end: time };
};

/** Many slices in little room: a pattern repeated with lengths that differ. */
const manySlices = (count: number, threads: number, seed: number): Slice[] => {
  let state = seed;
  const next = (): number => (state = (state * 1_103_515_245 + 12_345) % 2 ** 31);
  return Array.from({ length: count }, () => ({ tid: (next() >> 8) % threads, ns: (next() >> 4) % 1_000_000 }));
};

const totalsOf = (slices: readonly Slice[]): Map<number, number> => {
  const totals = new Map<number, number>();
  for (const { tid, ns } of slices) totals.set(tid, (totals.get(tid) ?? 0) + ns);
  return totals;
};

const sumOf = (spans: readonly LaneSpan[]) => {
  const sum = emptyOccupancy();
  for (const { occupancy } of spans) addOccupancy(sum, occupancy);
  return sum;
};

/** Spans follow each other from `from` to `to` and account for their own lengths. */
const expectWhole = (spans: readonly LaneSpan[], from: number, to: number): void => {
  let at = from;
  for (const span of spans) {
    if (span.from !== at || span.to <= span.from) expect([span.from, span.to]).toEqual([at, 'later']);
    const { totalNs, idleNs, unknownNs, longestIdleNs, threads } = span.occupancy;
    const named = [...threads.values()].reduce((sum, { ns }) => sum + ns, 0);
    const length = span.to - span.from;
    if (Math.abs(totalNs - length) > 1e-6 * length) expect(totalNs).toBe(length);
    if (Math.abs(idleNs + unknownNs + named - totalNs) > 1e-6 * length)
      expect(idleNs + unknownNs + named).toBe(totalNs);
    if (longestIdleNs > idleNs + 1e-6 * length) expect(longestIdleNs).toBeLessThanOrEqual(idleNs);
    at = span.to;
  }
  expect(at).toBe(to);
};

const folded = fc.record({
  count: fc.integer({ min: 8_000, max: 30_000 }),
  threads: fc.integer({ min: 2, max: 50 }),
  seed: fc.nat({ max: 2 ** 30 }),
});

describe('Lane', () => {
  it('keeps every slice of the recent past as it was', () => {
    const some = fc.array(fc.record({ tid: fc.nat({ max: 5 }), ns: fc.integer({ min: 1, max: 1e9 }) }), {
      minLength: 1,
      maxLength: 100,
    });
    fc.assert(
      fc.property(some, (slices) => {
        const { lane, end } = runSlices(slices);
        const spans = lane.spans(0, end);
        expectWhole(spans, 0, end);
        expect(spans.map(({ from, to }) => to - from)).toEqual(slices.map(({ ns }) => ns));
      }),
    );
  });

  it('keeps the time of each thread exact when it folds', () => {
    fc.assert(
      fc.property(folded, ({ count, threads, seed }) => {
        const slices = manySlices(count, threads, seed);
        const { lane, end } = runSlices(slices);
        const sum = sumOf(lane.spans(0, end));
        const totals = totalsOf(slices);
        expect(sum.idleNs).toBe(totals.get(0) ?? 0);
        expect(sum.unknownNs).toBe(0);
        totals.delete(0);
        expect(new Map([...sum.threads].map(([tid, { ns }]) => [tid, ns]))).toEqual(totals);
      }),
      { numRuns: 10 },
    );
  });

  it('covers any stretch without a hole, folded or not', () => {
    const share = fc.double({ min: 0, max: 1, noNaN: true });
    fc.assert(
      fc.property(folded, fc.array(fc.tuple(share, share), { minLength: 5, maxLength: 5 }), (how, cuts) => {
        const { lane, end } = runSlices(manySlices(how.count, how.threads, how.seed));
        expectWhole(lane.spans(0, end), 0, end);
        for (const [a, b] of cuts) {
          const [from, to] = [Math.round(Math.min(a, b) * end), Math.round(Math.max(a, b) * end) + 1];
          expectWhole(lane.spans(from, to), from, to);
        }
      }),
      { numRuns: 10 },
    );
  });

  it('goes on with whom it was left with', () => {
    const { lane } = runSlices([{ tid: 5, ns: 100 }]);
    lane.change(at(150), 0, 0, 7, 8);
    const spans = lane.spans(50, 400);
    expectWhole(spans, 50, 400);
    expect(spans.at(-1)).toMatchObject({ from: 150, to: 400 });
    expect([...spans.at(-1)!.occupancy.threads]).toEqual([[7, { comm: 8, ns: 250 }]]);
  });

  it('takes bounded room for a trace of any length and any number of threads', () => {
    const slices = Array.from({ length: 300_000 }, (_, i) => ({ tid: 1 + (i % 5000), ns: 1000 }));
    const { lane, end } = runSlices(slices);
    const spans = lane.spans(0, end);
    expectWhole(spans, 0, end);
    expect(spans.length).toBeLessThan(8192 + 1100);
    for (const { occupancy } of spans) expect(occupancy.threads.size).toBeLessThanOrEqual(64);
    expect(sumOf(spans).totalNs).toBe(end);
  });

  it('keeps what lies after the time it was told to forget before', () => {
    fc.assert(
      fc.property(folded, fc.double({ min: 0, max: 1, noNaN: true }), ({ count, threads, seed }, share) => {
        const { lane, end } = runSlices(manySlices(count, threads, seed));
        const from = Math.round(share * end);
        const before = lane.spans(from, end);
        lane.trim(from);
        expect(lane.spans(from, end)).toEqual(before);
      }),
      { numRuns: 10 },
    );
  });

  it('blames nobody across a broken chain', () => {
    const lane = new Lane(0, 0);
    expect(lane.change(at(0), 0, 0, 5, 1)).toBe(true);
    expect(lane.change(at(100), 0, 6, 7, 2)).toBe(false);
    expect(lane.change(at(150), 0, 7, 0, 0)).toBe(true);
    const sum = sumOf(lane.spans(0, 150));
    expect(sum.unknownNs).toBe(100);
    expect([...sum.threads.keys()]).toEqual([7]);
  });

  it('stands times that step back', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.nat({ max: 1000 }), fc.nat({ max: 4 })), { minLength: 1 }), (changes) => {
        const lane = new Lane(0, 0);
        let current = UNKNOWN_THREAD;
        for (const [time, tid] of changes) {
          lane.change(at(time), 0, current, tid, 0);
          current = tid;
        }
        expectWhole(lane.spans(0, 1001), 0, 1001);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { foldSegments, MAX_SEGMENTS } from '../../src/timeline/fold-segments.js';
import { makeSegment, type Segment } from '../../src/timeline/segments.js';

const segment = (from: number, to: number, more: Partial<Segment> = {}): Segment => ({
  ...makeSegment('run', from, to, { lane: 0, laneIn: 0 }),
  ...more,
});

const parts = fc.array(
  fc.record({
    ns: fc.integer({ min: 0, max: 1e9 }),
    kind: fc.constantFrom<Segment['kind']>('run', 'wait', 'off'),
    call: fc.constantFrom('', 'fsync'),
    target: fc.constantFrom(null, '/a', '/b'),
    stopSignal: fc.constant(null),
    majorFaults: fc.integer({ min: -1, max: 3 }),
  }),
  { minLength: 1, maxLength: 300 },
);

const inRow = (made: readonly (Partial<Segment> & { ns: number })[]): Segment[] => {
  let at = 0;
  return made.map(({ ns, ...more }) => segment(at, (at += ns), more));
};

const sumsOf = (segments: readonly Segment[]): Map<string, number> => {
  const sums = new Map<string, number>();
  for (const { kind, call, target, stopSignal, from, to } of segments) {
    const key = JSON.stringify([kind, call, target, stopSignal]);
    sums.set(key, (sums.get(key) ?? 0) + to - from);
  }
  return sums;
};

describe('foldSegments', () => {
  it('keeps the time of every kind, call, target and stop', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const segments = inRow(made);
        expect(sumsOf(foldSegments(segments))).toEqual(sumsOf(segments));
      }),
    );
  });

  it('leaves segments in a row, without holes or overlaps', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const segments = inRow(made);
        const out = foldSegments(segments);
        expect(out[0]?.from).toBe(0);
        expect(out.at(-1)?.to).toBe(segments.at(-1)?.to);
        out.forEach(({ from }, i) => {
          if (i > 0) expect(from).toBe(out[i - 1]?.to);
        });
      }),
    );
  });

  it('touches neither the newer half nor what it was given', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const segments = inRow(made);
        const before = structuredClone(segments);
        const out = foldSegments(segments);
        const newer = segments.length - (segments.length >> 1);
        expect(out.slice(out.length - newer)).toEqual(before.slice(segments.length - newer));
        expect(segments).toEqual(before);
      }),
    );
  });

  it('never forgets that there were major faults', () => {
    fc.assert(
      fc.property(parts, (made) => {
        const segments = inRow(made);
        const faulted = (all: readonly Segment[]): boolean => all.some(({ majorFaults }) => majorFaults > 0);
        expect(faulted(foldSegments(segments))).toBe(faulted(segments));
      }),
    );
  });

  it('makes room when everything differs, so that a stall of any length fits in memory', () => {
    const segments = Array.from({ length: MAX_SEGMENTS }, (_, i) =>
      segment(i, i + 1, { kind: 'off', call: 'openat', target: `/spool/${i}` }),
    );
    expect(foldSegments(segments).length).toBeLessThan(0.9 * MAX_SEGMENTS);
  });
});

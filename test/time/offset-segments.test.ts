import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  convert,
  offsetSegments as fitSegments,
  quantile,
  type ClockPair,
  type OffsetSegment,
} from '../../src/time/offsets.js';
import { label, makePairs, MS, otherClock, sceneArbitrary, SECOND, type Scene } from './pairs.js';

/** Segments of pairs as they come, with the latest time at which each packet can have left. */
const offsetSegments = (
  pairs: readonly ClockPair[],
  latest: readonly (number | null)[] = [],
  ordered = true,
): OffsetSegment[] => fitSegments(label(pairs.map((pair, i) => ({ ...pair, latest: latest[i] ?? null }))), ordered);

/** How far converted times of the other clock lie from the truth beyond what the segment admits, ns; at most 0 is right. */
const excess = (made: Scene, segments: readonly OffsetSegment[], span: number): number => {
  let worst = Number.NEGATIVE_INFINITY;
  for (let i = 0; i <= 20; i++) {
    const reference = (i / 20) * span;
    const converted = convert(segments, otherClock(made, reference));
    worst = Math.max(worst, Math.abs(converted - reference) - (segments[0]?.uncertainty ?? 0));
  }
  // Beyond 2^53 ns a double holds no single nanoseconds.
  return worst - (Math.abs(made.offset) > 2 ** 53 ? 512 : 2);
};

const spanOf = (made: Scene): number => Math.floor((made.count - 1) / made.together) * made.interval;

describe('offsetSegments and convert', () => {
  it('have nothing to say of no pairs', () => {
    expect(offsetSegments([])).toEqual([]);
    expect(convert([], 42)).toBe(42);
  });

  it('stay within the stated uncertainty where clocks only differ', () => {
    fc.assert(
      fc.property(sceneArbitrary(60, 200, 5 * MS), (made) => {
        const steady = { ...made, driftPpm: 0 };
        const segments = offsetSegments(makePairs(steady));
        expect(segments).toHaveLength(1);
        // Transit has a least value here that the pairs cannot show; the rest must be within the uncertainty.
        const least = Math.min(...made.transit.slice(0, made.count)) * made.jitter;
        expect(excess(steady, segments, spanOf(steady))).toBeLessThanOrEqual(least);
      }),
    );
  });

  it('stay within the stated uncertainty over an hour of drift', () => {
    const transit = fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 101, maxLength: 101 });
    fc.assert(
      fc.property(
        fc.double({ min: -200, max: 200, noNaN: true }),
        fc.integer({ min: -1e15, max: 1e15 }),
        fc.integer({ min: 200_000, max: 2 * MS }),
        transit,
        (driftPpm, offset, jitter, shares) => {
          const made = {
            offset,
            driftPpm,
            interval: SECOND,
            count: 3600,
            transit: [0, ...shares],
            jitter,
            together: 1,
          };
          const segments = offsetSegments(makePairs(made));
          expect(segments).toHaveLength(1);
          expect(segments[0]?.driftPpm).toBeCloseTo(driftPpm, 0);
          // The slope is only as good as the jitter it is read through.
          expect(excess(made, segments, spanOf(made))).toBeLessThanOrEqual(0.1 * jitter);
        },
      ),
      { numRuns: 40 },
    );
  });

  it('convert a time far into the capture as exactly as one at its beginning when nothing jitters', () => {
    const made = { offset: 7, driftPpm: 200, interval: SECOND, count: 3600, transit: [0], jitter: 0, together: 1 };
    expect(excess(made, offsetSegments(makePairs(made)), spanOf(made))).toBeLessThanOrEqual(2000);
  });

  it('narrow the range by the exits of the sends, and keep the truth in it', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: -1e15, max: 1e15 }),
        fc.array(fc.double({ min: 0.2, max: 1, noNaN: true }), { minLength: 40, maxLength: 60 }),
        fc.integer({ min: 10_000, max: 100_000 }),
        (offset, transit, inside) => {
          const made = { offset, driftPpm: 0, interval: SECOND, count: 60, transit, jitter: inside, together: 1 };
          const pairs = makePairs(made);
          const exits = pairs.map(({ reference }) => reference + inside);
          const [segment] = offsetSegments(pairs, exits);
          expect(Math.abs(-(segment?.offset ?? NaN) - offset)).toBeLessThanOrEqual((segment?.uncertainty ?? 0) + 1);
          expect(segment?.uncertainty).toBeLessThanOrEqual(Math.max(1000, 2 * inside));
        },
      ),
    );
  });

  it('keep the truth in the range though one packet in ten leaves only after its send returned', () => {
    const sends = Array.from({ length: 100 }, (_, i) => ({ sent: i * SECOND, delay: i % 10 === 3 ? 75_000 : 30_000 }));
    const pairs = sends.map(({ sent, delay }) => ({ at: sent + delay + 1234, reference: sent }));
    const [segment] = offsetSegments(
      pairs,
      sends.map(({ sent }) => sent + 50_000),
    );
    expect(Math.abs(-(segment?.offset ?? NaN) - 1234)).toBeLessThanOrEqual(segment?.uncertainty ?? 0);
  });

  it('do without exits that are not known', () => {
    const pairs = Array.from({ length: 30 }, (_, i) => ({ at: i * SECOND + 40_000, reference: i * SECOND }));
    const [segment] = offsetSegments(
      pairs,
      pairs.map(({ reference }, i) => (i === 7 ? reference + 60_000 : null)),
    );
    expect(segment).toMatchObject({ offset: -10_000, uncertainty: 30_000 });
  });

  it('are unmoved by held packets', () => {
    fc.assert(
      fc.property(sceneArbitrary(60, 150, MS), fc.integer({ min: 1, max: 5 }), (made, many) => {
        const steady = { ...made, driftPpm: 0, transit: [0, ...made.transit] };
        const at = (tick: number): number => tick * steady.interval;
        const pairs = makePairs(steady, (sent) => (sent >= at(8) && sent < at(8 + many) ? at(8 + many - 0.5) : sent));
        const kept = pairs.filter(({ at: seen, reference }) => seen - reference - steady.offset <= 2 * MS);
        expect(offsetSegments(pairs)[0]?.offset).toBeGreaterThanOrEqual((offsetSegments(kept)[0]?.offset ?? 0) - 512);
        expect(excess(steady, offsetSegments(pairs), spanOf(steady))).toBeLessThanOrEqual(0);
      }),
    );
  });

  it('are unmoved by held packets also where nothing else scatters but one early packet', () => {
    const transit = Array.from({ length: 53 }, (_, i) => (i === 2 ? 0.7 : 0));
    const made = { offset: 123_456_789, driftPpm: 0, interval: 200 * MS, count: 60, transit, jitter: MS, together: 1 };
    for (const many of [3, 4, 5]) {
      const at = (tick: number): number => tick * made.interval;
      const pairs = makePairs(made, (sent) => (sent >= at(8) && sent < at(8 + many) ? at(8 + many - 0.5) : sent));
      expect(excess(made, offsetSegments(pairs), spanOf(made)), `${String(many)} held`).toBeLessThanOrEqual(0);
    }
  });

  it('give each side of a step its own offset', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 100 * MS, max: 3000 * SECOND }),
        fc.boolean(),
        fc.integer({ min: 0, max: 100_000 }),
        (size, back, jitter) => {
          const by = back ? -size : size;
          const made = {
            offset: 5 * SECOND,
            driftPpm: 0,
            interval: SECOND,
            count: 60,
            transit: [0, 1, 0.5],
            jitter,
            together: 1,
          };
          const segments = offsetSegments(makePairs(made, (sent) => sent, [{ at: 30 * SECOND, by }]));
          expect(segments).toHaveLength(2);
          const [before, after] = segments;
          expect(Math.abs(-(before?.offset ?? NaN) - made.offset)).toBeLessThanOrEqual(before?.uncertainty ?? 0);
          expect(Math.abs(-(after?.offset ?? NaN) - made.offset - by)).toBeLessThanOrEqual(after?.uncertainty ?? 0);
          if (!back) {
            expect(Math.abs(convert(segments, 10 * SECOND + made.offset) - 10 * SECOND)).toBeLessThanOrEqual(51_000);
            expect(Math.abs(convert(segments, 50 * SECOND + made.offset + by) - 50 * SECOND)).toBeLessThanOrEqual(
              51_000,
            );
          }
        },
      ),
    );
  });

  it('serve what lies before the first pair by the first segment', () => {
    const segment = { offset: -100, uncertainty: 1000, driftPpm: 0 };
    const segments = [
      { ...segment, from: 1000 },
      { ...segment, from: 2000, offset: -500 },
    ];
    expect(convert(segments, 0)).toBe(-100);
    expect(convert(segments, 1999)).toBe(1899);
    expect(convert(segments, 2000)).toBe(1500);
  });
});

describe('quantile', () => {
  it('is one of the values, between the least and the greatest, and leaves the values as they are', () => {
    const values = fc.array(fc.double({ noNaN: true }), { minLength: 1, maxLength: 50 });
    fc.assert(
      fc.property(values, fc.double({ min: 0, max: 1, noNaN: true }), (given, at) => {
        const before = [...given];
        const found = quantile(given, at);
        expect(given.some((value) => value === found || Object.is(value, found))).toBe(true);
        expect(given).toEqual(before);
        expect(quantile(given, 0)).toBeLessThanOrEqual(found);
        expect(quantile(given, 1)).toBeGreaterThanOrEqual(found);
      }),
    );
  });

  it('sorts by value, and is 0 of nothing', () => {
    expect(quantile([10, 9, 100], 0.5)).toBe(10);
    expect(quantile([], 0.5)).toBe(0);
  });
});

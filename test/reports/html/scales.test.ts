import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mergeCpuSpans } from '../../../src/reports/html/cpu-spans.js';
import { groupGaps } from '../../../src/reports/html/columns.js';
import { listClockTicks } from '../../../src/reports/html/clock-ticks.js';
import { makeStripScale } from '../../../src/reports/html/strip-scale.js';
import { listLogTicks, listTicks, makeLinearScale, makeLogScale } from '../../../src/reports/html/svg.js';
import type { CpuSpan } from '../../../src/model/picture.js';

const S = 1_000_000_000;

describe('scales', () => {
  test('even and logarithmic', () => {
    expect(makeLinearScale(10, 20, 100, 200)(15)).toBe(150);
    expect(makeLogScale(1, 100, 0, 100)(10)).toBeCloseTo(50);
    expect(makeLogScale(1, 100, 0, 100)(-5)).toBe(0);
  });

  test('ticks are round, inside, and few', () => {
    expect(listTicks(0, 3.7 * S, 8)).toEqual([0, 0.5, 1, 1.5, 2, 2.5, 3, 3.5].map((seconds) => seconds * S));
    expect(listLogTicks(1, 100)).toEqual([1, 2, 5, 10, 20, 50, 100]);
    fc.assert(
      fc.property(fc.integer({ min: -1000, max: 1000 }), fc.integer({ min: 1, max: 1e9 }), (from, range) => {
        const ticks = listTicks(from, from + range, 8);
        expect(ticks.length).toBeLessThanOrEqual(9);
        for (const tick of ticks) expect(tick >= from - 1e-6 * range && tick <= from + range * (1 + 1e-6)).toBe(true);
      }),
    );
  });

  test('the strip rises with lateness, without a jump at its bend', () => {
    const { scale } = makeStripScale({ bend: 0.1 * S, most: 3 * S }, { bottom: 200, top: 20 });
    const places = [-1, 1e4, 1e6, 0.0999 * S, 0.1001 * S, S, 3 * S].map(scale);
    places.slice(1).forEach((place, i) => {
      expect(place).toBeLessThanOrEqual(places[i]!);
    });
    expect(places[3]! - places[4]!).toBeLessThan(1);
  });
});

test('clock ticks stand on round times, and a new date is called by it', () => {
  const base = 1_410_393_540_500_000_000n;
  expect(listClockTicks(base, { from: 0, to: 120 * S, most: 4, zone: 'utc' }).map(({ label }) => label)).toEqual(
    ['23:59:30', '2014-09-11', '00:00:30', '00:01:00'].slice(0, 4),
  );
});

describe('gaps in columns', () => {
  test('each counts once, with the extremes of its column', () => {
    const gaps = {
      baseNs: 0n,
      at: Float64Array.of(1, 2, 3, 99, 100),
      gap: Float64Array.of(10, 30, 20, 5, 7),
      lateness: Float64Array.of(0, 20, 10, -5, -3),
    };
    const columns = groupGaps(gaps, { from: 0, to: 100, columns: 10 });
    expect(columns.map(({ count, shortest, longest }) => [count, shortest, longest])).toEqual([
      [3, 10, 30],
      [2, 5, 7],
    ]);
    expect(groupGaps(gaps, { from: 0, to: 100, columns: 10, keep: (lateness) => lateness > 5 })).toHaveLength(1);
  });
});

describe('stretches of a CPU', () => {
  const span = (from: number, to: number, process: string | null, kind: CpuSpan['kind'] = 'busy'): CpuSpan => ({
    from,
    to,
    kind,
    process,
    tid: 1,
    ns: to - from,
  });

  test('neighbours that say the same are one', () => {
    expect(mergeCpuSpans([span(0, 5, 'a'), span(5, 9, 'a'), span(9, 12, 'b')], 0)).toEqual([
      span(0, 9, 'a'),
      span(9, 12, 'b'),
    ]);
    expect(mergeCpuSpans([span(0, 5, null, 'idle'), span(5, 9, 'x', 'idle')], 0)).toHaveLength(1);
  });

  test('short ones are put together, and all time stays', () => {
    fc.assert(
      fc.property(fc.array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.constantFrom('a', 'b', 'c'))), (parts) => {
        let at = 0;
        const spans = parts.map(([length, process]) => {
          const made = span(at, at + length, process);
          at += length;
          return made;
        });
        const merged = mergeCpuSpans(spans, 10);
        expect(merged.reduce((sum, { from, to }) => sum + to - from, 0)).toBe(at);
        merged.slice(1).forEach(({ from }, i) => {
          expect(from).toBe(merged[i]!.to);
        });
      }),
    );
  });
});

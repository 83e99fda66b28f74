import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { SilenceLog } from '../../src/timeline/silence.js';
import { UsualGap } from '../../src/timeline/usual-gap.js';

const MS = 1_000_000;

/** A log of events every `rhythm` ns up to `end`, with none inside the silences. */
const record = (rhythm: number, end: number, silences: readonly (readonly [number, number])[] = []): SilenceLog => {
  const log = new SilenceLog();
  let line = 0;
  for (let time = 0; time <= end; time += rhythm) {
    if (!silences.some(([from, to]) => time > from && time < to)) log.note(time, 100 + line, ++line);
  }
  return log;
};

describe('UsualGap', () => {
  it('knows nothing before a second has passed', () => {
    const gap = new UsualGap();
    gap.note(10 * MS, 10 * MS);
    expect(gap.ns).toBe(0);
  });

  it('is the rhythm rounded up by less than a tenth', () => {
    fc.assert(
      fc.property(fc.integer({ min: 100_000, max: 900 * MS }), (rhythm) => {
        const usual = new UsualGap();
        for (let time = rhythm; time < 20_000 * MS; time += rhythm) usual.note(time, rhythm);
        expect(usual.ns).toBeGreaterThanOrEqual(rhythm - 1);
        expect(usual.ns).toBeLessThan(1.1 * rhythm);
      }),
      { numRuns: 30 },
    );
  });

  it('is of the ordinary second: long gaps in fewer than half of them do not count', () => {
    const usual = new UsualGap();
    let time = 0;
    for (let second = 0; second < 100; second++) {
      const gaps = second % 3 === 0 ? [500 * MS, 500 * MS] : Array.from({ length: 100 }, () => 10 * MS);
      for (const gap of gaps) usual.note((time += gap), gap);
    }
    expect(usual.ns).toBeLessThan(20 * MS);
  });

  it('may be of the quieter seconds, which long trouble leaves', () => {
    const usual = new UsualGap(0.1);
    let time = 0;
    for (let second = 0; second < 100; second++) {
      const gaps =
        second % 5 > 0 ? Array.from({ length: 10 }, () => 100 * MS) : Array.from({ length: 100 }, () => 10 * MS);
      for (const gap of gaps) usual.note((time += gap), gap);
    }
    expect(usual.ns).toBeLessThan(20 * MS);
  });

  it('stands gaps of nothing and of years', () => {
    const usual = new UsualGap();
    usual.note(0, 0);
    usual.note(2_000 * MS, 0);
    usual.note(1e18, 1e18);
    expect(Number.isFinite(usual.ns)).toBe(true);
  });
});

describe('SilenceLog', () => {
  it('finds an unusual silence, with the rows around it', () => {
    const log = record(10 * MS, 10_000 * MS, [[3_000 * MS, 4_500 * MS]]);
    expect(log.between(0, 10_000 * MS)).toEqual([
      { from: 3_000 * MS, to: 4_500 * MS, before: { num: 400, line: 301 }, after: { num: 401, line: 302 } },
    ]);
  });

  it('finds none in a trace that only has its rhythm', () => {
    expect(record(10 * MS, 10_000 * MS).between(0, 10_000 * MS)).toEqual([]);
    expect(record(120 * MS, 30_000 * MS).between(0, 30_000 * MS)).toEqual([]);
  });

  it('measures against the rhythm of the trace', () => {
    const gap = 160 * MS;
    for (const [rhythm, found] of [
      [10 * MS, 1],
      [125 * MS, 0],
    ] as const) {
      const log = record(rhythm, 20_000 * MS);
      log.note(20_000 * MS + gap, 0, 0);
      expect(log.between(0, 30_000 * MS)).toHaveLength(found);
    }
  });

  it('cuts silences to the stretch asked for, and gives those that overlap it only', () => {
    const log = record(10 * MS, 10_000 * MS, [
      [3_000 * MS, 4_500 * MS],
      [6_000 * MS, 7_000 * MS],
    ]);
    const stretch = fc.tuple(fc.nat({ max: 10_000 }), fc.nat({ max: 10_000 }));
    fc.assert(
      fc.property(stretch, ([a, b]) => {
        const [from, to] = [Math.min(a, b) * MS, Math.max(a, b) * MS];
        for (const silence of log.between(from, to)) {
          expect(silence.from).toBeGreaterThanOrEqual(from);
          expect(silence.to).toBeLessThanOrEqual(to);
          expect(silence.to).toBeGreaterThan(silence.from);
        }
        const both = from < 4_500 * MS && to > 6_000 * MS;
        if (both) expect(log.between(from, to)).toHaveLength(2);
      }),
    );
  });

  it('takes no step back in time for a silence', () => {
    const log = record(10 * MS, 10_000 * MS);
    for (const time of [9_000, 10_005, 9_500, 10_010]) log.note(time * MS, 0, 0);
    expect(log.between(0, 20_000 * MS)).toEqual([]);
    log.note(11_000 * MS, 0, 0);
    expect(log.between(0, 20_000 * MS).map(({ from, to }) => [from, to])).toEqual([[10_010 * MS, 11_000 * MS]]);
  });

  it('keeps the longest when there are too many', () => {
    const log = new SilenceLog();
    let time = 0;
    const pass = (gap: number): void => {
      log.note((time += gap), 0, 0);
    };
    for (let k = 0; k < 7_000; k++) {
      for (let i = 0; i < 10; i++) pass(k === 3_500 && i === 5 ? 3_000 * MS : 100 * MS);
      for (let i = 0; i < 70; i++) pass(30 * MS);
    }
    const kept = log.between(0, time);
    expect(kept.some(({ from, to }) => to - from === 3_000 * MS)).toBe(true);
    expect(kept.length).toBeLessThanOrEqual(65_536);
    kept.forEach(({ from }, i) => {
      if (i > 0 && from < kept[i - 1]!.to) expect(from).toBeGreaterThanOrEqual(kept[i - 1]!.to);
    });
  });
});

describe('slices of time', () => {
  /** From 3 s on: `count` silences of `off` ms with bits of `on` ms between them. */
  const sliced = (count: number, on: number, off: number): SilenceLog =>
    record(
      10 * MS,
      20_000 * MS,
      Array.from(
        { length: count },
        (_, i) => [(3_000 + i * (on + off)) * MS, (3_000 + i * (on + off) + off) * MS] as const,
      ),
    );
  const found = (log: SilenceLog): number[][] =>
    log.slicesBetween(0, 20_000 * MS).map(({ from, to }) => [from / MS, to / MS]);

  it.each([
    ['enough silences with short bits', 5, 50, 100, [[3_000, 3_700]]],
    ['bits half as long again', 3, 150, 100, [[3_000, 3_600]]],
    ['longer bits', 8, 160, 100, []],
    ['bits that are long whatever the silences', 4, 600, 1_000, []],
    ['two silences', 2, 10, 100, []],
    ['the rhythm of a recorder', 90, 10, 50, []],
  ])('%s', (_, count, on, off, expected) => {
    expect(found(sliced(count, on, off))).toEqual(expected);
  });

  it('are cut to the stretch asked for', () => {
    expect(sliced(5, 50, 100).slicesBetween(3_110 * MS, 3_140 * MS)).toEqual([{ from: 3_110 * MS, to: 3_140 * MS }]);
  });

  it('are none where a clock that was set made the silence', () => {
    const log = sliced(3, 50, 100);
    expect(found(log)).toHaveLength(1);
    log.takeAt(3_200 * MS, 0);
    expect(found(log)).toEqual([]);
  });
});

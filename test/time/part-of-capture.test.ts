import fc from 'fast-check';
import { expect, it } from 'vitest';
import { alignSeries } from '../../src/time/align-series.js';

const INTERVAL = 1_000_000_000;

/** Sends an interval apart, some of them late by so many ms. */
const sendsWith = (count: number, late: readonly { at: number; ms: number }[]): number[] => {
  const times: number[] = [];
  let time = 0;
  for (let i = 0; i < count; i++) {
    times.push(time);
    time += INTERVAL + (late.find(({ at }) => at === i)?.ms ?? 0) * 1_000_000 + ((i * 7919) % 13) * 10_000;
  }
  return times;
};

it('finds how a trace lies on a capture that began before it and ended after it, whatever their clocks, counts or not', () => {
  const lateness = fc.integer({ min: 300, max: 3000 });
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 20 }),
      fc.integer({ min: 0, max: 20 }),
      lateness,
      lateness,
      fc.boolean(),
      fc.integer({ min: -1e15, max: 1e15 }),
      (before, behind, first, second, counted, apart) => {
        const packets = sendsWith(before + 25 + behind, [
          { at: before + 5, ms: first },
          { at: before + 12, ms: second },
        ]);
        const reference = packets.slice(before, before + 25).map((time) => time + apart - 20_000);
        const counts = counted ? packets.map((_, i) => 100 + i) : null;
        const found = alignSeries({ reference, packets, counts, partners: null }, () => 0);
        expect(found?.track.pairs.map((pair) => pair.packet - pair.reference)).toEqual(reference.map(() => before));
      },
    ),
    { numRuns: 200 },
  );
});

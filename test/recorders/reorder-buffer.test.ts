import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ReorderBuffer } from '../../scripts/recorders/reorder-buffer.js';

interface Event {
  readonly cpu: number;
  readonly time: number;
  readonly id: number;
}

const MILLISECOND = 1e6;

/** Events of CPUs that beat every 30 ms, read CPU after CPU in turns of `turn` ms. */
const readInTurns = (cpus: number, seconds: number, turn: number, between: readonly number[]): Event[] => {
  const events: Event[] = [];
  let id = 0;
  for (let from = 0; from < seconds * 1000; from += turn) {
    for (let cpu = 0; cpu < cpus; cpu++) {
      for (let at = Math.ceil(from / 30) * 30; at < from + turn; at += 30) {
        events.push({ cpu, time: at * MILLISECOND, id: id++ });
        for (const part of between) events.push({ cpu, time: (at + part * 29) * MILLISECOND, id: id++ });
      }
    }
  }
  return events;
};

const passThrough = (buffer: ReorderBuffer<Event>, events: readonly Event[]): Event[] => {
  const out: Event[] = [];
  for (const event of events) out.push(...buffer.push(event));
  return [...out, ...buffer.end()];
};

const inOrder = (events: readonly Event[]): Event[] => [...events].sort((a, b) => a.time - b.time);

describe('ReorderBuffer', () => {
  it('puts what comes CPU after CPU in order, seconds apart', () => {
    fc.assert(
      fc.property(
        fc.integer({ min: 1, max: 6 }),
        fc.integer({ min: 30, max: 4000 }),
        fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { maxLength: 20 }),
        (cpus, turn, between) => {
          const events = readInTurns(
            cpus,
            8,
            turn,
            [...between].sort((a, b) => a - b),
          );
          const buffer = new ReorderBuffer<Event>();
          const out = passThrough(buffer, events);
          expect(out).toHaveLength(events.length);
          // A CPU that was not seen at all for the first seconds is not waited for.
          if (turn <= 2000) {
            expect(out).toEqual(inOrder(events));
            expect(buffer.late).toBe(0);
          }
        },
      ),
      { numRuns: 40 },
    );
  });

  it('loses nothing and keeps within its bound, whatever comes', () => {
    fc.assert(
      fc.property(
        fc.array(fc.record({ cpu: fc.nat(5), time: fc.integer({ min: -1e9, max: 1e13 }) }), { maxLength: 500 }),
        fc.integer({ min: 2, max: 200 }),
        (raw, limit) => {
          const events = raw.map((event, id) => ({ ...event, id }));
          const buffer = new ReorderBuffer<Event>(limit);
          const out: Event[] = [];
          for (const event of events) {
            out.push(...buffer.push(event));
            expect(buffer.size).toBeLessThanOrEqual(limit);
          }
          out.push(...buffer.end());
          expect(out.map(({ id }) => id).sort((a, b) => a - b)).toEqual(events.map(({ id }) => id));
          let newest = Number.NEGATIVE_INFINITY;
          let late = 0;
          for (const { time } of out) {
            if (time < newest) late++;
            else newest = time;
          }
          expect(buffer.late).toBe(late);
        },
      ),
    );
  });

  it('goes on without a CPU that stays silent, once it is full', () => {
    const events = readInTurns(1, 600, 30, [0.5]);
    const silent = { cpu: 9, time: 0, id: -1 };
    const buffer = new ReorderBuffer<Event>(6000);
    const out: Event[] = [...buffer.push(silent)];
    for (const event of events) out.push(...buffer.push(event));
    expect(out.length).toBeGreaterThan(events.length - 6000);
    expect(buffer.late).toBe(0);
  });

  it('keeps events of one time in the order in which they came', () => {
    const events = Array.from({ length: 20_000 }, (_, id) => ({ cpu: id % 2, time: Math.floor(id / 10) * 1e7, id }));
    expect(passThrough(new ReorderBuffer<Event>(), events)).toEqual(events);
  });

  it('is not led astray by one damaged time', () => {
    const events = readInTurns(2, 20, 300, [0.3, 0.6]);
    const damaged = { cpu: 0, time: 1e15, id: -1 };
    const mixed = [...events.slice(0, 500), damaged, ...events.slice(500)];
    const buffer = new ReorderBuffer<Event>();
    expect(passThrough(buffer, mixed)).toEqual([...inOrder(events), damaged]);
    expect(buffer.late).toBe(0);
  });
});

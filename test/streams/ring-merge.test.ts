import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import type { EventBatch } from '../../src/model/event-batch.js';
import type { OrderedEvents } from '../../src/streams/ordered-events.js';
import { RingMerge } from '../../src/streams/ring-merge.js';
import { batchesOf, batchOf, type PlainRow } from '../timeline/batches.js';

const MS = 1_000_000;
const OUT_OF_ORDER = 'trace_events_out_of_order';

interface MergedRow {
  readonly batch: EventBatch;
  readonly i: number;
  readonly time: number;
  readonly info: string;
}

interface Merged {
  readonly times: number[];
  readonly infos: string[];
  readonly late: number;
  readonly rows: MergedRow[];
}

/** The rows of events in time order, taken down as they come: what hands them out fills the same object again. */
const rowsOf = (ordered: Iterable<OrderedEvents>): MergedRow[] => {
  const rows: MergedRow[] = [];
  for (const events of ordered) {
    for (let k = 0; k < events.length; k++) {
      const batch = events.batchOf(k);
      for (let i = events.froms[k]!; i < events.tos[k]!; i++) {
        rows.push({ batch, i, time: batch.time[i] ?? NaN, info: batch.info(i) });
      }
    }
  }
  return rows;
};

const merge = (given: Iterable<EventBatch>): Merged => {
  const counters = new CounterTable();
  const merging = new RingMerge(counters);
  const rows: MergedRow[] = [];
  for (const batch of given) rows.push(...rowsOf(merging.push(batch)));
  rows.push(...rowsOf(merging.flush()));
  return {
    times: rows.map(({ time }) => time),
    infos: rows.map(({ info }) => info),
    late: counters.get(OUT_OF_ORDER),
    rows,
  };
};

const row = (time: number, cpu: number, info = `${cpu}@${time}`): PlainRow => ({ time, cpu, type: 'read', info });

const isSorted = (times: readonly number[]): boolean =>
  times.every((time, i) => i === 0 || time >= (times[i - 1] ?? NaN));

/** Steps back in a series: rows before which something newer stood. */
const countLate = (times: readonly number[]): number => {
  let newest = Number.NEGATIVE_INFINITY;
  let late = 0;
  for (const time of times) {
    if (time < newest) late++;
    else newest = time;
  }
  return late;
};

const gaps = (least: number, most: number, longest: number) =>
  fc.array(fc.integer({ min: 0, max: longest }), { minLength: least, maxLength: most });

/** Queues of two to four ring buffers, sorted each, all in use within the first 40 ms. */
const queues = fc.array(gaps(1, 60, 40 * MS), { minLength: 2, maxLength: 4 }).map((rings) =>
  rings.map((ring, cpu) => {
    let time = 0;
    return ring.map((gap) => row((time += gap), cpu));
  }),
);

/**
 * The queues interleaved as a recorder that serves whichever it likes would do, but leaves none of them waiting for
 * `lag` ns while others have gone ahead.
 */
const interleave = (rings: readonly PlainRow[][], choices: readonly number[], lag: number): PlainRow[] => {
  const heads = rings.map(() => 0);
  const out: PlainRow[] = [];
  let newest = 0;
  for (let turn = 0; ; turn++) {
    const left = rings.flatMap((ring, r) => (ring[heads[r]!] ? [r] : []));
    if (left.length === 0) return out;
    const waiting = left.find((r) => rings[r]![heads[r]!]!.time < newest - lag);
    const ring = waiting ?? left[choices[turn % choices.length]! % left.length]!;
    const taken = rings[ring]![heads[ring]!++]!;
    newest = Math.max(newest, taken.time);
    out.push(taken);
  }
};

const choices = fc.array(fc.nat({ max: 11 }), { minLength: 1, maxLength: 80 });
const sizes = fc.integer({ min: 1, max: 40 });

describe('RingMerge', () => {
  it('hands out nothing of an empty trace and of empty batches', () => {
    expect(merge([])).toMatchObject({ times: [], late: 0 });
    expect(merge([batchOf([]), batchOf([])])).toMatchObject({ times: [], late: 0 });
  });

  it('hands out each row once, with its own info, whatever the order', () => {
    const any = fc.array(
      fc.record({ time: fc.integer({ min: -1e12, max: 1e12 }), cpu: fc.integer({ min: -1, max: 3 }) }),
      { maxLength: 200 },
    );
    fc.assert(
      fc.property(any, sizes, (plain, size) => {
        const rows = plain.map(({ time, cpu }, i) => row(time, cpu, `${i}/${time}`));
        const merged = merge(batchesOf(rows, size));
        expect([...merged.infos].sort()).toEqual(rows.map(({ info }) => info).sort());
        expect(merged.infos.map((info) => Number(info.split('/')[1]))).toEqual(merged.times);
        expect(merged.late).toBe(countLate(merged.times));
      }),
    );
  });

  it('keeps every column with its row', () => {
    const rows: PlainRow[] = [
      { time: 30, cpu: 0, type: 'switch', tid: 5, comm: 'five', info: 'next=6(six) pgft_maj=0 ', num: 11 },
      { time: 10, cpu: 1, type: 'read', dir: '<', tid: 7, comm: 'seven', info: 'res=1 ', num: 12 },
      { time: 20, cpu: 1, type: 'write', tid: 8, info: 'fd=2 size=1 ', num: 13 },
    ];
    const seen = merge(batchesOf(rows, 2)).rows.map(({ batch, i }) => [
      ...[
        batch.time[i],
        batch.num[i],
        batch.line[i]! + batch.firstLine,
        batch.cpu[i],
        batch.tid[i],
        batch.dir[i],
        batch.nextTid[i],
      ],
      batch.names.nameOf(batch.type[i]!),
      batch.names.nameOf(batch.comm[i]!),
      batch.names.nameOf(batch.nextComm[i]!),
      batch.info(i),
    ]);
    expect(seen).toEqual([
      [10, 12, 2, 1, 7, 1, -1, 'read', 'seven', '', 'res=1 '],
      [20, 13, 3, 1, 8, 0, -1, 'write', '', '', 'fd=2 size=1 '],
      [30, 11, 1, 0, 5, 0, 6, 'switch', 'five', 'six', 'next=6(six) pgft_maj=0 '],
    ]);
  });

  it('sorts sorted queues however they are interleaved', () => {
    fc.assert(
      fc.property(queues, choices, sizes, (rings, turns, size) => {
        const begun = rings.map((ring, cpu) => [row(0, cpu), ...ring]);
        const first = begun.map((ring) => ring[0]!);
        const rest = interleave(
          begun.map((ring) => ring.slice(1)),
          turns,
          1_100 * MS,
        );
        const rows = [...first, ...rest];
        const merged = merge(batchesOf(rows, Math.max(size, first.length)));
        expect(isSorted(merged.times)).toBe(true);
        expect(merged.late).toBe(0);
        expect([...merged.infos].sort()).toEqual(rows.map(({ info }) => info).sort());
      }),
      { numRuns: 300 },
    );
  });

  it('sorts queues of which one shows up late, as far as recorders are known to fall behind', () => {
    fc.assert(
      fc.property(queues, choices, sizes, (rings, turns, size) => {
        const merged = merge(batchesOf(interleave(rings, turns, 1_100 * MS), size));
        expect({ sorted: isSorted(merged.times), late: merged.late }).toEqual({ sorted: true, late: 0 });
      }),
      { numRuns: 300 },
    );
  });

  it('sorts what CPUs that share a buffer put into it up to 50 ms late', () => {
    const rows = fc.array(
      fc.record({ gap: fc.integer({ min: 0, max: 20 * MS }), late: fc.integer({ min: 0, max: 50 * MS }) }),
      { minLength: 1, maxLength: 150 },
    );
    fc.assert(
      fc.property(rows, fc.integer({ min: 1, max: 3 }), sizes, (plain, rings, size) => {
        let time = 0;
        const given = plain
          .map(({ gap, late }, i) => ({ written: (time += gap) + late, row: row(time, i % rings) }))
          .sort((a, b) => a.written - b.written)
          .map((entry) => entry.row);
        const begun = Array.from({ length: rings }, (_, cpu) => row(0, cpu, `begin ${cpu}`));
        const merged = merge(batchesOf([...begun, ...given], Math.max(size, rings)));
        expect({ sorted: isSorted(merged.times), late: merged.late }).toEqual({ sorted: true, late: 0 });
        expect(merged.times).toHaveLength(rings + plain.length);
      }),
      { numRuns: 300 },
    );
  });

  it('does not wait for a buffer that stays silent, and takes it up again', () => {
    const counters = new CounterTable();
    const merging = new RingMerge(counters);
    merging.push(batchOf([row(0, 0), row(0, 1)]));
    let out = 0;
    let longest = 0;
    for (let i = 1; i <= 2000; i++) {
      out += rowsOf(merging.push(batchOf([row(i * 10 * MS, 0)]))).length;
      longest = Math.max(longest, i + 2 - out);
    }
    expect(longest).toBeLessThan(400);
    const times = [
      ...rowsOf(merging.push(batchOf([row(20_005 * MS, 1), row(20_010 * MS, 0)]))),
      ...rowsOf(merging.flush()),
    ].map(({ time }) => time);
    expect(isSorted(times)).toBe(true);
    expect(times.at(-2)).toBe(20_005 * MS);
    expect(counters.get(OUT_OF_ORDER)).toBe(0);
  });

  it('counts what comes too late, and loses none of it', () => {
    const rows = [...Array.from({ length: 1000 }, (_, i) => row(i * 10 * MS, 0)), row(5 * MS, 1), row(15 * MS, 1)];
    const merged = merge(batchesOf(rows, 100));
    expect(merged.times).toHaveLength(1002);
    expect(merged.infos).toContain('1@5000000');
    expect(merged.late).toBe(2);
  });

  it('loses nothing when one time lies far in the future', () => {
    const rows = Array.from({ length: 500 }, (_, i) => row(i === 250 ? 1e15 : i * MS, i % 2));
    const merged = merge(batchesOf(rows, 50));
    expect(new Set(merged.infos).size).toBe(500);
    expect(merged.times.at(-1)).toBe(1e15);
    expect(merged.late).toBe(countLate(merged.times));
  });

  it('never holds more rows than its bound, however far a buffer is behind', () => {
    const merging = new RingMerge(new CounterTable());
    merging.push(batchOf([row(0, 0), row(0, 1)]));
    let held = 2;
    let most = 0;
    for (let round = 0; round < 120; round++) {
      const rows = Array.from({ length: 4096 }, (_, i) => row((round * 4096 + i) * 1000, 0, ''));
      held += 4096 - rowsOf(merging.push(batchOf(rows))).length;
      most = Math.max(most, held);
    }
    expect(most).toBeGreaterThan(100_000);
    expect(most).toBeLessThan(160_000);
    expect(rowsOf(merging.flush())).toHaveLength(held);
  });

  it('releases a batch when all of its rows have been used up, and not before', () => {
    const some = fc.array(
      fc.record({ time: fc.integer({ min: 0, max: 4_000 * MS }), cpu: fc.integer({ min: 0, max: 3 }) }),
      { minLength: 1, maxLength: 200 },
    );
    fc.assert(
      fc.property(some, sizes, (plain, size) => {
        const merging = new RingMerge(new CounterTable());
        const released = new Set<EventBatch>();
        const left = new Map<EventBatch, number>();
        const use = (ordered: Iterable<OrderedEvents>): void => {
          for (const events of ordered) {
            for (let k = 0; k < events.length; k++) {
              const batch = events.batchOf(k);
              expect(released.has(batch)).toBe(false);
              left.set(batch, left.get(batch)! - events.tos[k]! + events.froms[k]!);
            }
          }
          for (const [batch, rows] of left) expect(released.has(batch)).toBe(rows === 0);
        };
        for (const batch of batchesOf(
          plain.map(({ time, cpu }) => row(time, cpu)),
          size,
        )) {
          batch.release = () => {
            expect(released.has(batch)).toBe(false);
            released.add(batch);
          };
          left.set(batch, batch.length);
          use(merging.push(batch));
        }
        use(merging.flush());
        expect(released.size).toBe(left.size);
      }),
    );
  });

  it('has of equal times the buffer that appeared first in front, and rows of one buffer as they stand', () => {
    const rows = [row(0, 3), row(0, 1), row(5, 1, 'a'), row(5, 3, 'b'), row(5, 1, 'c'), row(5, 3, 'd'), row(4, 1, 'e')];
    for (const size of [1, 2, 3, 7]) {
      expect(merge(batchesOf(rows, size)).infos).toEqual(['3@0', '1@0', 'e', 'b', 'd', 'a', 'c']);
    }
  });
});

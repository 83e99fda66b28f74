import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { Cpus } from '../../src/timeline/cpus.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { batchesOf, batchOf, switchRow, type PlainRow } from './batches.js';

const US = 1000;
const KERNEL_THREAD = 40;

/**
 * What one CPU records: threads of its own in turn, each making some calls while it runs, now and then a kernel thread,
 * then idle.
 */
const recordCpu = (cpu: number, turns: number, seed: number): PlainRow[] => {
  let state = seed + 7919 * (cpu + 1);
  const random = (below: number): number => {
    state = (state * 1_103_515_245 + 12_345) % 2 ** 31;
    return (state >> 8) % below;
  };
  const rows: PlainRow[] = [];
  let time = cpu * 137;
  for (let turn = 0; turn < turns; turn++) {
    const tid = 100 * (cpu + 1) + random(5);
    const viaKernel = random(3) === 0;
    time += (20 + random(500)) * US;
    rows.push(switchRow(time, 0, viaKernel ? KERNEL_THREAD + cpu : tid, { cpu }));
    if (viaKernel) rows.push(switchRow((time += (5 + random(50)) * US), KERNEL_THREAD + cpu, tid, { cpu }));
    for (let call = 0; call < 3; call++) {
      time += (5 + random(100)) * US;
      rows.push({ time, type: 'read', cpu, tid, dir: call % 2 === 0 ? '>' : '<', info: 'fd=3 size=1 ' });
    }
    rows.push(switchRow((time += (5 + random(50)) * US), tid, 0, { cpu }));
  }
  return rows;
};

const summaryOf = (rows: readonly PlainRow[]) => {
  const timeline = new Timeline(null);
  for (const batch of batchesOf(rows, 500)) timeline.push(batch);
  return timeline.end();
};

const byTime = (rows: readonly PlainRow[]): PlainRow[] => [...rows].sort((a, b) => a.time - b.time);
const seeds = fc.nat({ max: 2 ** 20 });
const twoCpus = (seed: number, shared: boolean): PlainRow[] => {
  const rows = byTime([...recordCpu(0, 400, seed), ...recordCpu(1, 400, seed)]);
  return shared ? rows.map((row) => ({ ...row, cpu: 0 })) : rows;
};

describe('Cpus', () => {
  it('sees that two CPUs share a buffer, and then names no CPU number', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const summary = summaryOf(twoCpus(seed, true));
        expect(summary.sharedRings).toBe(true);
        expect(summary.cpuNumber(0)).toBeNull();
      }),
      { numRuns: 30 },
    );
  });

  it('sees that buffers of one CPU each are not shared, and numbers their lanes', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const summary = summaryOf(twoCpus(seed, false));
        expect(summary.sharedRings).toBe(false);
        expect(summary.brokenChains).toBe(0);
        expect([summary.cpuNumber(0), summary.cpuNumber(1)].sort()).toEqual([0, 1]);
      }),
      { numRuns: 30 },
    );
  });

  it.each([
    ['a kernel thread comes', (row: PlainRow) => (row.info ?? '').startsWith('next=4')],
    ['a kernel thread leaves', (row: PlainRow) => row.tid === KERNEL_THREAD || row.tid === KERNEL_THREAD + 1],
    ['a kernel thread or the idle one leaves', (row: PlainRow) => (row.tid ?? 0) < 100],
  ])('does not take missing rows for a shared buffer: those where %s', (_, isMissing) => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = twoCpus(seed, false).filter((row) => row.type !== 'switch' || !isMissing(row));
        expect(summaryOf(rows).sharedRings).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  it('does not take lost rows for a shared buffer', () => {
    fc.assert(
      fc.property(seeds, (seed) => {
        const rows = twoCpus(seed, false).filter((_, i) => (i * 2_654_435_761) % 1000 > 10);
        const summary = summaryOf(rows);
        expect(summary.sharedRings).toBe(false);
        expect(summary.brokenChains).toBeGreaterThan(0);
      }),
      { numRuns: 30 },
    );
  });

  it('tells the CPUs behind a shared buffer apart by who leaves and who comes', () => {
    const rows = twoCpus(5, true);
    const cpus = new Cpus();
    for (const row of rows) {
      if (row.type !== 'switch') cpus.noteRow(0, row.tid!);
      else cpus.noteSwitch(batchOf([row]), 0);
    }
    const from = rows[1200]!.time;
    const to = rows.at(-1)!.time;
    const lanes = cpus.lanes.map((lane) => lane.spans(from, to));
    const busy = (tid: number): number =>
      lanes.flat().reduce((sum, { occupancy }) => sum + (occupancy.threads.get(tid)?.ns ?? 0), 0);
    const truth = new Map<number, number>();
    for (const cpu of [0, 1]) {
      const own = recordCpu(cpu, 400, 5).filter(({ type }) => type === 'switch');
      own.forEach((row, i) => {
        const end = Math.min(to, own[i + 1]?.time ?? row.time);
        const tid = Number(/^next=(\d+)/.exec(row.info!)?.[1]);
        truth.set(tid, (truth.get(tid) ?? 0) + Math.max(0, end - Math.max(from, row.time)));
      });
    }
    for (const [tid, ns] of truth) {
      if (tid === 0) continue;
      expect(Math.abs(busy(tid) - ns), `thread ${tid}`).toBeLessThanOrEqual(0.05 * ns + 200 * US);
    }
    expect(cpus.lanes.length).toBeGreaterThanOrEqual(2);
  });

  it('counts switches and breaks', () => {
    const cpus = new Cpus();
    cpus.noteSwitch(batchOf([switchRow(0, 0, 5, { cpu: 0 })]), 0);
    cpus.noteSwitch(batchOf([switchRow(10, 5, 6, { cpu: 0 })]), 0);
    cpus.noteSwitch(batchOf([switchRow(20, 7, 0, { cpu: 0 })]), 0);
    cpus.noteSwitch(batchOf([switchRow(30, 0, 8, { cpu: 1 })]), 0);
    expect([cpus.switches, cpus.brokenChains, cpus.lanes.length]).toEqual([4, 1, 2]);
    expect(cpus.cpuNumber(99)).toBeNull();
  });
});

import { describe, expect, it } from 'vitest';
import { Heartbeats } from '../../src/timeline/heartbeats.js';
import { Timeline } from '../../src/timeline/timeline.js';
import { batchOf, switchRow, type PlainRow } from './batches.js';

const MS = 1_000_000;
const BEAT = 30 * MS;

const beats = (cpu: number, from: number, to: number): PlainRow[] => {
  const rows: PlainRow[] = [];
  for (let time = from; time < to; time += BEAT) rows.push({ time, type: 'heartbeat', cpu, tid: -1, comm: 'bpftrace' });
  return rows;
};

describe('Heartbeats', () => {
  it('know nothing of a CPU without, or with only a few', () => {
    const heartbeats = new Heartbeats();
    for (let i = 0; i < 5; i++) heartbeats.note(0, i * BEAT, i, i);
    heartbeats.noteRow(1, 5_000 * MS, 9, 9);
    expect(heartbeats.standstillsOf(0)).toBeNull();
    expect(heartbeats.standstillsOf(1)).toBeNull();
    expect(heartbeats.standstillsOf(null)).toBeNull();
  });

  it('take any row of a CPU for a sign of life, and none of another', () => {
    const rows = (other: number): Heartbeats => {
      const heartbeats = new Heartbeats();
      for (let time = 0; time < 9_000 * MS; time += BEAT) {
        if (time < 4_000 * MS || time > 5_000 * MS) heartbeats.note(0, time, 1, 1);
        else heartbeats.noteRow(other, time, 1, 1);
        heartbeats.note(1, time + 1, 1, 1);
      }
      return heartbeats;
    };
    const still = rows(1)
      .standstillsOf(0)!
      .between(0, 9_000 * MS);
    expect(still.map(({ from, to }) => [from / MS, to / MS])).toEqual([[3_990, 5_010]]);
    expect(
      rows(0)
        .standstillsOf(0)!
        .between(0, 9_000 * MS),
    ).toEqual([]);
  });
});

describe('heartbeat rows in the timeline', () => {
  const switches = Array.from({ length: 400 }, (_, i) =>
    switchRow(i * 25 * MS + 7, i % 2 === 0 ? 0 : 800, i % 2 === 0 ? 800 : 0),
  );
  const summarize = (rows: PlainRow[]) => {
    const timeline = new Timeline(null);
    timeline.push(batchOf([...rows].sort((a, b) => a.time - b.time)));
    return timeline.end();
  };

  it('say nothing of who runs', () => {
    const summary = summarize([...switches, ...beats(0, 0, 10_000 * MS)]);
    expect(summary).toMatchObject({ switches: 400, sharedRings: false, brokenChains: 0 });
    expect(summary.usualIdleNs(0)).toBe(summarize(switches).usualIdleNs(0));
    expect(summary.processes.nameOf(-1)).toBe('');
  });

  it('tell when a CPU stood still while another ran', () => {
    const still = [...beats(0, 0, 5_000 * MS), ...beats(0, 7_000 * MS, 10_000 * MS), ...beats(1, 5 * MS, 10_000 * MS)];
    const active = switches.filter(({ time }) => time < 5_000 * MS || time > 7_000 * MS);
    const summary = summarize([...active, ...still]);
    expect(summary.standstills(0)!.between(0, 10_000 * MS)).toHaveLength(1);
    expect(summary.silences.between(0, 10_000 * MS)).toEqual([]);
    expect(summarize(switches).standstills(0)).toBeNull();
  });
});

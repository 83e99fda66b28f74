import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import type { Vitals } from '../../src/model/vitals.js';
import { GrowthSeries } from '../../src/sources/growth-series.js';
import { recognise } from '../../src/sources/recognise.js';
import { readVitals } from '../../src/sources/vitals.js';
import { printVitals } from '../support/vitals-file.js';
import { countsOf } from './reading-traces.js';

const START = 1_795_344_000_000_000_000n;
const MS = 1_000_000;
const S = 1_000 * MS;

const read = async (text: string, chunk = 1000): Promise<{ vitals: Vitals; counts: Record<string, number> }> => {
  const counters = new CounterTable();
  const bytes = Buffer.from(text);
  const chunks = async function* (): AsyncGenerator<Uint8Array> {
    for (let at = 0; at < bytes.length; at += chunk) yield await Promise.resolve(bytes.subarray(at, at + chunk));
  };
  return { vitals: await readVitals(chunks(), counters), counts: countsOf(counters) };
};

const sample = (ms: number, steal: Record<number, number>, more: object = {}): string =>
  `${JSON.stringify({
    ns: String(START + BigInt(ms * MS)),
    clock: 'realtime',
    cpu: Object.fromEntries(Object.entries(steal).map(([cpu, ns]) => [cpu, { user: 5, steal: ns }])),
    ...more,
  })}\n`;

describe('vitals', () => {
  it('tell how much of a stretch the host stole, CPU by CPU', async () => {
    const from = START + 2n * BigInt(S);
    const to = from + BigInt(1.9 * S);
    const text = printVitals({
      from: START,
      to: START + BigInt(6 * S),
      stolen: [{ from, to, cpus: [0] }],
      silent: [{ from, to }],
    });
    const { vitals, counts } = await read(text, 77);
    expect(counts).toEqual({});
    expect(vitals).toMatchObject({ baseNs: START, samples: 43, first: 0, last: 6 * S });
    expect(vitals.steal.get(1)?.growthIn(0, 6 * S)).toBeNull();
    const growth = vitals.steal.get(0)?.growthIn(2 * S, 3.9 * S + 15 * MS);
    expect(growth?.grown).toBeGreaterThan(1.89 * S);
    expect(growth).toMatchObject({ total: 1.9 * S, fromLine: 21, toLine: 22 });
    expect(vitals.steal.get(0)?.growthIn(0, 1.9 * S)).toBeNull();
    expect(vitals.steal.get(0)?.growthIn(4 * S, 6 * S)).toBeNull();
    const half = vitals.steal.get(0)?.growthIn(2 * S, 2.95 * S)?.grown ?? 0;
    expect(Math.abs(half - 0.95 * S)).toBeLessThan(20 * MS);
  });

  it('tell throttling and late heartbeats', async () => {
    const stat = (nr: number, ns: number): object => ({ sender: { cpu_stat: { nr_throttled: nr, throttled_ns: ns } } });
    const { vitals } = await read(
      sample(0, {}, { ...stat(4, 100), heartbeat: { 0: { late_ns: 900 } } }) +
        sample(100, {}, { ...stat(4, 100), heartbeat: { 0: { late_ns: 19 * MS } } }) +
        sample(1300, {}, { ...stat(9, 100 + 800 * MS), heartbeat: { 0: { late_ns: 1100 * MS }, 1: { late_ns: 0 } } }),
    );
    expect(vitals.throttled.growthIn(0, 2 * S)).toMatchObject({ grown: 800 * MS, fromLine: 2, toLine: 3 });
    expect(vitals.throttlings.growthIn(0, 2 * S)).toMatchObject({ grown: 5 });
    expect(vitals.heartbeat.get(0)?.growthIn(200 * MS, 1300 * MS)?.grown).toBeGreaterThan(0.9 * 1000 * MS);
    expect(vitals.heartbeat.has(1)).toBe(false);
  });

  it('may hold their counters as texts, and what no one knows', async () => {
    const { vitals, counts } = await read(
      '{"ns":"1000","clock":"realtime","cpu":{"0":{"steal":"0"},"x":{"steal":9},"1":7},"who":[1]}\n' +
        '\r\n{"ns":"2000","clock":"realtime","cpu":{"0":{"steal":"500"},"1":{"steal":-3}},"sender":null}\n',
    );
    expect(counts).toEqual({});
    expect([...vitals.steal.keys()]).toEqual([0]);
    expect(vitals.steal.get(0)?.growthIn(0, 1000)).toMatchObject({ grown: 500, fromLine: 1, toLine: 3 });
  });

  it('count what cannot be used, and go on', async () => {
    const { vitals, counts } = await read(
      `rubbish\n[]\nnull\n{"clock":"realtime"}\n{"ns":17,"clock":"realtime"}\n{"ns":"17"}\n${sample(0, { 0: 0 })}` +
        `{"ns":"5","clock":"monotonic"}\n${sample(-9_100_000_000, { 0: 5 })}${sample(100, { 0: 30 * MS })}` +
        `${sample(50, { 0: 60 * MS })}${sample(150, { 0: 10 * MS })}{"ns":"18`,
    );
    expect(counts).toEqual({
      vitals_bad_line: 7,
      vitals_counter_backwards: 1,
      vitals_cut_line: 1,
      vitals_other_clock: 1,
      vitals_time_backwards: 1,
    });
    expect(vitals.samples).toBe(4);
    expect(vitals.steal.get(0)?.growthIn(0, S)?.total).toBe(30 * MS);
  });

  it('are recognised by their first keys', () => {
    const lines = printVitals({ from: START, to: START + BigInt(S) });
    expect(recognise(Buffer.from(lines))).toBe('vitals');
    expect(recognise(Buffer.from(`cut":1}\n${lines}`))).toBe('vitals');
    expect(recognise(Buffer.from('{"clock":"realtime"}\n'))).toBe('unknown');
    expect(recognise(Buffer.from('{"evt.num":1,"evt.info":"{\\"ns\\":\\"1\\",\\"clock\\":\\"realtime\\"}"}\n'))).toBe(
      'sysdig-json',
    );
  });

  it('with nothing in them hold nothing', async () => {
    const { vitals } = await read('\n');
    expect(vitals).toMatchObject({ samples: 0, first: null, last: null });
    expect(vitals.throttled.growthIn(0, 10)).toBeNull();
  });
});

describe('a counter that always grows', () => {
  it('is kept in bounded memory: less exactly placed, nothing lost', () => {
    const series = new GrowthSeries(true);
    const count = 300_000;
    for (let i = 0; i < count; i++) series.note(i * 100 * MS, (i + 1) * 100 * MS, 10 * MS, i + 1, i + 2);
    const end = count * 100 * MS;
    const all = series.growthIn(0, end);
    expect(all?.total).toBe(count * 10 * MS);
    expect(all).toMatchObject({ fromLine: 1, toLine: count + 1 });
    expect(series.growthIn(end / 4, (3 * end) / 4)?.grown).toBeCloseTo((count * 10 * MS) / 2, -8);
    expect(series.growthIn(end - 1000 * MS, end)?.grown).toBeCloseTo(100 * MS, -3);
  });

  it('and was brought up to date late is placed before the sample', () => {
    const series = new GrowthSeries(true);
    series.note(2000 * MS, 2050 * MS, 1500 * MS, 20, 21);
    expect(series.growthIn(1000 * MS, 2000 * MS)?.grown).toBeGreaterThan(950 * MS);
    expect(series.growthIn(0, 550 * MS)).toBeNull();
  });
});

import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { groupBy } from '../../../src/model/group-by.js';
import { openContinued, type ContinuedTrace } from '../../../src/sources/continued.js';
import { resolveInputs, type TraceInput } from '../../../src/sources/inputs.js';
import { openTraceInput } from '../../../src/sources/traces.js';
import { collectWindows } from '../../../src/streams/read-trace.js';
import { Timeline } from '../../../src/timeline/timeline.js';
import { chunked, countsOf, plainEvents, recording, rowOf, type PlainEvent } from '../reading-traces.js';

let folder: string;
let rows: string[];
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-continued-'));
  rows = gunzipSync(readFileSync(recording('clean/trace.jsonl.gz')))
    .toString('utf8')
    .trimEnd()
    .split('\n');
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const inputsOf = async (files: Record<string, readonly string[]>): Promise<readonly TraceInput[]> => {
  const traces = Object.entries(files).map(([name, lines]) => {
    const text = `${lines.join('\n')}\n`;
    writeFileSync(join(folder, name), name.endsWith('.gz') ? gzipSync(text) : text);
    return join(folder, name);
  });
  return (await resolveInputs({ files: [], traces, captures: [], logs: [] }, new CounterTable())).trace;
};

interface Read {
  readonly trace: ContinuedTrace;
  readonly events: PlainEvent[];
  readonly counts: Record<string, number>;
}

const readAll = async (inputs: readonly TraceInput[]): Promise<Read> => {
  const counters = new CounterTable();
  const trace = await openContinued(inputs, { counters }, () => undefined);
  const events: PlainEvent[] = [];
  for await (const batch of trace.batches) {
    for (const event of plainEvents(batch, trace.header.baseNs)) events.push(event);
    batch.release?.();
  }
  return { trace, events, counts: countsOf(counters) };
};

/** Lines at which the recording is cut. */
const CUTS = [2000, 4100] as const;
const SECOND = 1_000_000_000;
/** Rows a millisecond apart, from `ms` on. */
const rowsFrom = (ms: number, count: number, comm = 'keepalived'): string[] =>
  Array.from({ length: count }, (_, i) => rowOf((ms + i) * 1e6, { 'proc.name': `"${comm}"` }));

describe('files that continue each other', () => {
  it('are the trace that they were cut from, compressed ones too, in whatever order they are given', async () => {
    const [whole] = await inputsOf({ 'whole.jsonl': rows });
    const parts = await inputsOf({
      'trace.json2': rows.slice(CUTS[1]),
      'trace.json0': rows.slice(0, CUTS[0]),
      'trace.json1.gz': rows.slice(...CUTS),
    });
    const expected = await openTraceInput(whole!, { where: 'whole', counters: new CounterTable() }, () => undefined);
    const expectedEvents: PlainEvent[] = [];
    for await (const batch of expected.batches)
      for (const event of plainEvents(batch, expected.header.baseNs)) expectedEvents.push(event);
    const { trace, events, counts } = await readAll(parts);
    expect(events.length).toBe(expectedEvents.length);
    expect(
      events.findIndex((event, i) => JSON.stringify(event, toText) !== JSON.stringify(expectedEvents[i], toText)),
    ).toBe(-1);
    expect(counts).toEqual({ trace_files_reordered: 1, trace_files_continued: 2 });
    expect(trace.parts.map(({ input, records }) => [input.path.slice(folder.length + 1), records])).toEqual([
      ['trace.json0', 2000],
      ['trace.json1.gz', 2100],
      ['trace.json2', rows.length - 4100],
    ]);
    const places = [1, 2000, 2001, 4100, 4101, rows.length].map((line) => trace.locate(line));
    expect(places.map(({ input, line }) => [input.path.slice(folder.length + 1), line])).toEqual([
      ['trace.json0', 1],
      ['trace.json0', 2000],
      ['trace.json1.gz', 1],
      ['trace.json1.gz', 2100],
      ['trace.json2', 1],
      ['trace.json2', rows.length - 4100],
    ]);
    const times = expectedEvents.map(({ time }) => time).sort((a, b) => (a < b ? -1 : 1));
    expect(trace.parts[0]!.firstNs).toBe(times[0]);
    expect(trace.parts[2]!.lastNs).toBe(times.at(-1));
  });

  it('give the same windows, late ones across the cut among them', async () => {
    const windowsOf = async (inputs: readonly TraceInput[]): Promise<unknown> => {
      const counters = new CounterTable();
      const { batches } = await openContinued(inputs, { counters }, () => undefined);
      const timeline = new Timeline(SECOND);
      const windows = await collectWindows(batches, timeline, counters);
      expect(timeline.end().drops).toEqual([]);
      return windows.map(({ attempt, segments }) => [attempt.witness, attempt.vrid, segments?.length]);
    };
    const whole = await windowsOf(await inputsOf({ 'whole.jsonl': rows }));
    const cut = rows.length >> 1;
    const parts = await inputsOf({ 'trace.0.jsonl': rows.slice(0, cut), 'trace.1.jsonl': rows.slice(cut) });
    // The base is the first file's own.
    const shift = await baseShift(parts, rows);
    expect(shift).toBe(0);
    expect(await windowsOf(parts)).toEqual(whole);
  });

  const baseShift = async (parts: readonly TraceInput[], all: readonly string[]): Promise<number> => {
    const [whole] = await inputsOf({ 'base.jsonl': all });
    const opened = await openTraceInput(whole!, { where: 'base', counters: new CounterTable() }, () => undefined);
    await opened.batches[Symbol.asyncIterator]().return?.();
    const continued = await openContinued(parts, { counters: new CounterTable() }, () => undefined);
    await continued.batches[Symbol.asyncIterator]().return?.();
    return Number(continued.header.baseNs - opened.header.baseNs);
  };

  it('have a drop row where there is a gap between them, and one table of names', async () => {
    const parts = await inputsOf({
      a: rowsFrom(0, 5, 'one'),
      b: rowsFrom(2000, 5, 'two'),
      c: rowsFrom(2010, 5, 'one'),
    });
    const { events, counts } = await readAll(parts);
    expect(counts).toEqual({ trace_files_continued: 2, trace_gap_between_files: 1 });
    expect(events.map(({ comm }) => comm)).toEqual([
      ...Array<string>(5).fill('one'),
      '',
      ...Array<string>(5).fill('two'),
      ...Array<string>(5).fill('one'),
    ]);
    const drop = events[5]!;
    expect(drop).toMatchObject({ type: 'drop', tid: -1 });
    expect(drop.time).toBe((events[4]!.time + events[6]!.time) / 2n);
  });

  it('may overlap by the disorder of ring buffers, and not by more', async () => {
    const near = await inputsOf({ a: rowsFrom(0, 3000), b: rowsFrom(1500, 3000) });
    expect((await readAll(near)).events).toHaveLength(6000);
    const far = await inputsOf({ a: rowsFrom(0, 5000), b: rowsFrom(1500, 5000) });
    await expect(readAll(far)).rejects.toThrow(/b: covers the same time as .*a, a trace of the same kind; give one/);
    const twice = await inputsOf({ a: rowsFrom(0, 50), b: rowsFrom(0, 50) });
    await expect(readAll(twice)).rejects.toThrow(/covers the same time/);
  });

  it('are missed by their numbers', async () => {
    const rowsOfFile = (i: number): string[] => rowsFrom(i * 10, 5);
    const missingOf = async (names: readonly string[]): Promise<number | undefined> =>
      (await readAll(await inputsOf(Object.fromEntries(names.map((name, i) => [name, rowsOfFile(i)]))))).counts[
        'trace_file_missing'
      ];
    expect(await missingOf(['trace.scap0', 'trace.scap2'])).toBe(1);
    expect(await missingOf(['trace.0.jsonl', 'trace.1.jsonl.gz', 'trace.5.jsonl'])).toBe(3);
    expect(await missingOf(['trace.scap9', 'trace.scap10'])).toBeUndefined();
    expect(await missingOf(['w103834.jsonl', 'w103850.jsonl'])).toBeUndefined();
    expect(await missingOf(['a1.jsonl', 'b9.jsonl'])).toBeUndefined();
  });

  it('are refused where their times cannot be compared', async () => {
    const since = (count: number): string[] =>
      Array.from({ length: count }, (_, i) => rowOf(i, { 'evt.outputtime': null, 'evt.reltime': String(i) }));
    await expect(readAll(await inputsOf({ a: since(3), b: since(3) }))).rejects.toThrow(
      /cannot be compared with those of/,
    );
    await expect(readAll(await inputsOf({ a: rowsFrom(0, 3), b: since(3) }))).rejects.toThrow(/cannot be compared/);
    const later = rowsFrom(0, 3).map((row) => row.replace('"evt.outputtime":17', '"evt.outputtime":18'));
    await expect(readAll(await inputsOf({ a: rowsFrom(0, 3), b: later }))).rejects.toThrow(/more than 104 days after/);
  });

  it('may be pipes, and are closed when they are left', async () => {
    const closed: string[] = [];
    const pipe = (path: string, lines: readonly string[]): TraceInput => ({
      path,
      role: 'trace',
      kind: 'sysdig-json',
      storage: 'once',
      statsPath: null,
      open: async function* () {
        try {
          yield* chunked(`${lines.join('\n')}\n`, 300);
        } finally {
          closed.push(path);
        }
      },
    });
    const { events } = await readAll([pipe('b', rowsFrom(10, 5)), pipe('a', rowsFrom(0, 5))]);
    expect(events).toHaveLength(10);
    expect(closed.sort()).toEqual(['a', 'b']);
    closed.length = 0;
    const { batches } = await openContinued(
      [pipe('a', rowsFrom(0, 5)), pipe('b', rowsFrom(10, 5))],
      { counters: new CounterTable() },
      () => undefined,
    );
    await batches[Symbol.asyncIterator]().next();
    await batches[Symbol.asyncIterator]().return?.();
    expect(closed.sort()).toEqual(['a', 'b']);
  });

  it('are of one kind', async () => {
    const [a, b] = await inputsOf({ a: rowsFrom(0, 5), b: rowsFrom(10, 5) });
    const other = { ...b!, kind: 'strace' } as TraceInput;
    expect([...groupBy([a!, other, b!], ({ kind }) => kind).values()]).toEqual([[a, b], [other]]);
  });
});

const toText = (_: string, value: unknown): unknown => (typeof value === 'bigint' ? String(value) : value);

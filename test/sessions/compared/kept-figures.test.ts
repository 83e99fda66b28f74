import {
  appendFileSync,
  cpSync,
  existsSync,
  mkdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  utimesSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { listSession } from '../../../src/sources/session-folder.js';
import { load, makeKept, makeSession } from './load.js';
import { age, copyRecording, figures, makeFolder, writeFiles } from './session-folders.js';

/** The content of a session's figures.json. */
const keptIn = (folder: string): Record<string, unknown> =>
  JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8')) as Record<string, unknown>;

describe('figures', () => {
  it('are made once, then read', async () => {
    const folder = makeSession();
    const first = await load([folder]);
    expect(first.analysed).toEqual([folder]);
    expect(first.sessions[0]).toMatchObject({ path: folder, from: 'analysed', figures: figures() });
    const second = await load([folder]);
    expect(second.analysed).toEqual([]);
    expect(second.sessions).toEqual([{ ...first.sessions[0], from: 'kept' }]);
    expect(second.counters.list()).toEqual([]);
  });

  it('are kept for all that an analysis reads, and for no more', async () => {
    const folder = await makeKept({ 'keepalived.conf': 'x', 'tracer.messages.txt': 'x' });
    const { inputs } = keptIn(folder) as { inputs: { name: string; bytes: number; sha256: string }[] };
    expect(inputs.map(({ name }) => name)).toEqual([
      'capture.receiver.pcap',
      'capture.sender.pcap',
      'keepalived.log',
      'session.json',
      'trace.jsonl',
      'trace.stats.txt',
      'vitals.ndjson',
    ]);
    // sha256sum of 'a line\n'
    expect(inputs[2]).toMatchObject({
      bytes: 7,
      sha256: '786e184927ec9ddac3079c24999ac461b7cb89888f69efc053848f2d6dee7dd6',
    });
  });

  it('of a real recording are found again, and are no input of it', async () => {
    const folder = copyRecording('sigstop', join(makeFolder(), 'sigstop'));
    await load([folder]);
    expect((await load([folder])).analysed).toEqual([]);
    const { traces, captures } = await listSession(folder, new CounterTable());
    expect([...traces, ...captures].map(({ path }) => path)).toEqual(
      ['trace.jsonl.gz', 'capture.sender.pcap', 'capture.receiver.pcap'].map((name) => join(folder, name)),
    );
  });

  it('are found without reading the inputs', async () => {
    const folder = await makeKept();
    const trace = join(folder, 'trace.jsonl');
    const before = statSync(trace);
    // Other content that looks the same is not noticed: proof that it was not read.
    writeFileSync(trace, ' '.repeat(before.size));
    utimesSync(trace, before.atime, before.mtime);
    expect((await load([folder])).analysed).toEqual([]);
  });

  it.each([
    'trace.jsonl',
    'trace.stats.txt',
    'capture.receiver.pcap',
    'session.json',
    'keepalived.log',
    'vitals.ndjson',
  ])('are made anew when %s changed, be it by one letter', async (name) => {
    const folder = await makeKept();
    const path = join(folder, name);
    const bytes = readFileSync(path);
    bytes[bytes.length - 2] = 0x20 ^ (bytes[bytes.length - 2] ?? 0);
    // Not valid JSON any more in the session.json: the analysis has to find out what that means.
    writeFileSync(path, bytes);
    age(path, 30);
    expect((await load([folder])).analysed).toEqual([folder]);
    expect((await load([folder])).analysed).toEqual([]);
  });

  it('stay when a file was only touched, and what it looks like now is noted', async () => {
    const folder = await makeKept();
    const before = keptIn(folder);
    age(join(folder, 'trace.jsonl'), 30);
    const { analysed, sessions } = await load([folder]);
    expect(analysed).toEqual([]);
    expect(sessions[0]?.from).toBe('kept');
    const after = keptIn(folder);
    expect(after).not.toEqual(before);
    expect(after['figures']).toEqual(before['figures']);
    await load([folder]);
    expect(keptIn(folder)).toEqual(after);
  });

  it('stay with a copied folder, whose files are all of another time', async () => {
    const folder = await makeKept();
    const copy = join(makeFolder(), 'copy');
    cpSync(folder, copy, { recursive: true });
    expect((await load([copy])).analysed).toEqual([]);
  });

  it('are made anew when an input comes or goes', async () => {
    const folder = await makeKept();
    writeFiles(folder, { 'capture.tap.pcap': 'pcap'.repeat(20) });
    expect((await load([folder])).analysed).toEqual([folder]);
    rmSync(join(folder, 'keepalived.log'));
    expect((await load([folder])).analysed).toEqual([folder]);
    renameSync(join(folder, 'capture.tap.pcap'), join(folder, 'capture.tap2.pcap'));
    expect((await load([folder])).analysed).toEqual([folder]);
    expect((await load([folder])).analysed).toEqual([]);
  });

  it('are made anew for other options and another version', async () => {
    const folder = await makeKept();
    expect((await load([folder], { request: { vrid: 205, late: null } })).analysed).toEqual([]);
    expect((await load([folder], { request: { vrid: 206, late: null } })).analysed).toEqual([folder]);
    expect((await load([folder], { request: { vrid: 206, late: null }, version: '0.2.0' })).analysed).toEqual([folder]);
    expect((await load([folder], { request: { vrid: 206, late: null }, version: '0.2.0' })).analysed).toEqual([]);
  });

  it('are made anew, and kept, when kept ones are not wanted', async () => {
    const folder = await makeKept();
    const other = figures({ late: 0 });
    const { sessions } = await load([folder], { useKept: false, analyseSession: () => Promise.resolve(other) });
    expect(sessions[0]).toMatchObject({ from: 'analysed', figures: other });
    expect((await load([folder])).sessions[0]).toMatchObject({ from: 'kept', figures: other });
  });

  it('are made anew when the caller cannot use them', async () => {
    const folder = await makeKept();
    const { analysed, counters } = await load([folder], { acceptsFigures: ({ lateness }) => lateness !== 'AAAA' });
    expect(analysed).toEqual([folder]);
    expect(counters.get('session_figures_ignored')).toBe(1);
  });
});

describe('a file too young to be trusted', () => {
  it('is read again, until it is old enough', async () => {
    const folder = makeSession();
    const trace = join(folder, 'trace.jsonl');
    const young = new Date();
    utimesSync(trace, young, young);
    await load([folder]);
    const { size } = statSync(trace);
    writeFileSync(trace, 'x'.repeat(size));
    utimesSync(trace, young, young);
    expect((await load([folder])).analysed).toEqual([folder]);
  });

  it('does not have its session analysed again when it is the same', async () => {
    const folder = makeSession();
    const young = new Date();
    utimesSync(join(folder, 'trace.jsonl'), young, young);
    await load([folder]);
    const noted = keptIn(folder)['hashedNs'];
    expect((await load([folder])).analysed).toEqual([]);
    expect(keptIn(folder)['hashedNs']).not.toBe(noted);
  });
});

describe('a session that changes while it is analysed', () => {
  it.each<[string, (folder: string) => void]>([
    ['grows', (folder) => { appendFileSync(join(folder, 'trace.jsonl'), '{}\n'); }],
    ['is rewritten', (folder) => { age(join(folder, 'capture.sender.pcap'), 5); }],
    ['gains an input', (folder) => { writeFiles(folder, { 'capture.tap.pcap': 'pcap'.repeat(20) }); }],
    ['loses an input', (folder) => { rmSync(join(folder, 'keepalived.log')); }],
  ])('counts, and is not kept, when it %s', async (_, change) => {
    const folder = makeSession();
    const { sessions, counters } = await load([folder], {
      analyseSession: (path) => {
        change(path);
        return Promise.resolve(figures());
      },
    });
    expect(sessions).toHaveLength(1);
    expect(counters.get('session_changed_while_analysed')).toBe(1);
    expect(existsSync(join(folder, 'figures.json'))).toBe(false);
    expect((await load([folder])).analysed).toEqual([folder]);
  }); // prettier-ignore
});

describe('a figures.json', () => {
  it('that cannot be written is counted, and no error', async () => {
    const folder = makeSession();
    mkdirSync(join(folder, 'figures.json/full'), { recursive: true });
    const { sessions, counters } = await load([folder]);
    expect(sessions).toHaveLength(1);
    expect(counters.get('session_figures_not_kept')).toBe(1);
    expect(counters.list().map(({ severity }) => severity)).toEqual(['notice', 'notice']);
  });

  it.each<[string, (kept: Record<string, unknown>) => unknown]>([
    ['is no object', () => [1]],
    ['has no figures', ({ figures: _, ...kept }) => kept],
    ['has a count that is a text', (kept) => ({ ...kept, figures: { ...figures(), gaps: '10' } })],
    ['has a count below zero', (kept) => ({ ...kept, figures: { ...figures(), late: -1 } })],
    ['has a time that is none', (kept) => ({ ...kept, figures: { ...figures(), recordedNs: '1e9' } })],
    ['has a cause that is none', (kept) => ({ ...kept, figures: { ...figures(), causes: [{ cause: 'x', late: 1, ns: '1' }] } })],
    ['has lateness that is no text', (kept) => ({ ...kept, figures: { ...figures(), lateness: [0, 1] } })],
    ['has inputs that are none', (kept) => ({ ...kept, inputs: 7 })],
    ['does not say when', (kept) => ({ ...kept, hashedNs: null })],
  ])('that %s is ignored, counted and written anew', async (_, damage) => {
    const folder = await makeKept();
    writeFiles(folder, { 'figures.json': damage(keptIn(folder)) });
    const { analysed, counters } = await load([folder]);
    expect(analysed).toEqual([folder]);
    expect(counters.get('session_figures_ignored')).toBe(1);
    expect((await load([folder])).analysed).toEqual([]);
  }); // prettier-ignore

  it.each(['', '{"format":1,', '\0\0\0\0'])('that reads %j is ignored', async (text) => {
    const folder = await makeKept();
    writeFiles(folder, { 'figures.json': text });
    expect((await load([folder])).analysed).toEqual([folder]);
    expect((await load([folder])).analysed).toEqual([]);
  });

  it('does not speak for files it does not name, or names twice', async () => {
    const folder = await makeKept();
    const { inputs, ...rest } = keptIn(folder) as { inputs: { name: string }[] };
    const twice = inputs.map((input, i) => (inputs[i]?.name === 'trace.jsonl' ? inputs[0] : input));
    for (const others of [[], inputs.slice(1), [...inputs, ...inputs], twice]) {
      writeFiles(folder, { 'figures.json': { ...rest, inputs: others } });
      expect((await load([folder])).analysed).toEqual([folder]);
    }
  });

  it('cannot have files elsewhere read', async () => {
    const folder = await makeKept();
    const { inputs, ...rest } = keptIn(folder) as { inputs: { name: string }[] };
    const elsewhere = inputs.map((input, i) => (i === 0 ? { ...input, name: '../../etc/passwd' } : input));
    writeFiles(folder, { 'figures.json': { ...rest, inputs: elsewhere } });
    expect((await load([folder])).analysed).toEqual([folder]);
  });
});

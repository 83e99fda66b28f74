import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { CounterTable } from '../../../src/model/counters.js';
import { InputError } from '../../../src/model/input-error.js';
import { findSessions } from '../../../src/sessions/compared/index.js';
import { makeFolder, writeFiles } from './session-folders.js';

const find = (...given: string[]): Promise<string[]> => findSessions(given, new CounterTable());

/** OUT/arm-1, OUT/arm-2 and OUT/arm-10, as `record --out OUT` leaves them. */
const makeRecording = (): string => {
  const out = join(makeFolder(), 'OUT');
  for (const run of ['arm-2', 'arm-1', 'arm-10']) writeFiles(join(out, run), { 'session.json': {} });
  return out;
};

describe('what is a session', () => {
  it.each(['session.json', 'trace.jsonl', 'trace.jsonl.gz', 'trace.scap', 'capture.tap.pcap', 'capture.a.pcapng.zst'])(
    'a folder with %s',
    async (file) => {
      const folder = writeFiles(makeFolder(), { [file]: 'x' });
      expect(await find(folder)).toEqual([folder]);
    },
  );

  it.each(['trace.stats.txt', 'capture.tap.stats.txt', 'trace.jsonl.gz.tmp', 'vitals.ndjson', 'figures.json', 'trace'])(
    'not one with only %s',
    async (file) => {
      const folder = writeFiles(makeFolder(), { [file]: 'x' });
      await expect(find(folder)).rejects.toThrow(InputError);
    },
  );
});

describe('a folder of sessions', () => {
  it('stands for those in it, by name', async () => {
    const out = makeRecording();
    expect(await find(out)).toEqual(['arm-1', 'arm-10', 'arm-2'].map((run) => join(out, run)));
  });

  it('is looked into three levels down, no farther', async () => {
    const folder = makeFolder();
    const near = writeFiles(join(folder, 'a/b/c'), { 'session.json': {} });
    writeFiles(join(folder, 'a/b/d/e'), { 'session.json': {} });
    expect(await find(folder)).toEqual([near]);
    await expect(find(join(folder, 'a/b/d/e'))).resolves.toHaveLength(1);
  });

  it('is passed over where it is hidden or holds packages', async () => {
    const folder = makeFolder();
    const plain = writeFiles(join(folder, 'plain'), { 'session.json': {} });
    writeFiles(join(folder, '.arm-3.recording'), { 'session.json': {} });
    writeFiles(join(folder, 'node_modules/x'), { 'session.json': {} });
    expect(await find(folder)).toEqual([plain]);
    expect(await find(join(folder, '.arm-3.recording'))).toHaveLength(1);
  });

  it('does not stand for what lies in a session', async () => {
    const flight = writeFiles(makeFolder(), { 'session.json': { kind: 'flight' } });
    writeFiles(join(flight, 'late-0001'), { 'session.json': { kind: 'late' } });
    expect(await find(flight)).toEqual([flight]);
  });

  it('may be a link, also one that leads back', async () => {
    const out = makeRecording();
    const links = makeFolder();
    symlinkSync(out, join(links, 'linked'));
    symlinkSync('.', join(links, 'loop'));
    expect(await find(links)).toEqual(['arm-1', 'arm-10', 'arm-2'].map((run) => join(links, 'linked', run)));
  });
});

describe('patterns', () => {
  it('fit folders', async () => {
    const out = makeRecording();
    writeFiles(out, { 'arm-notes.txt': 'x' });
    expect(await find(`${out}/arm-?`)).toEqual([join(out, 'arm-1'), join(out, 'arm-2')]);
    expect(await find(`${out}/arm-{10,2}`)).toEqual([join(out, 'arm-10'), join(out, 'arm-2')]);
    expect(await find(`${join(out, '..')}/*`)).toHaveLength(3);
    expect(await find(`${join(out, '..')}/**`)).toHaveLength(3);
  });

  it('are no patterns where there is something of that name', async () => {
    const folder = makeFolder();
    writeFiles(join(folder, 'a'), { 'session.json': {} });
    const odd = writeFiles(join(folder, '[a]*'), { 'session.json': {} });
    expect(await find(odd)).toEqual([odd]);
  });

  it('may be relative', async () => {
    expect(await find('traces/c*an')).toEqual(['traces/clean']);
    expect(await find('./traces/clean')).toEqual(['./traces/clean']);
  });
});

describe('what is given', () => {
  it('counts once, whatever ways lead to it', async () => {
    const out = makeRecording();
    const link = join(makeFolder(), 'again');
    symlinkSync(join(out, 'arm-1'), link);
    const arm2 = join(out, 'arm-2');
    expect(await find(arm2, link, out, `${out}/*`, `${arm2}/`)).toEqual([arm2, link, join(out, 'arm-10')]);
  });

  it('is named where it gives no session', async () => {
    const out = makeRecording();
    const empty = makeFolder();
    mkdirSync(join(empty, 'a/b'), { recursive: true });
    writeFiles(empty, { 'notes.txt': 'x' });
    const errorOf = (argument: string): Promise<unknown> => find(out, argument).catch((error: unknown) => error);
    expect(await errorOf(empty)).toMatchObject({ name: 'InputError', where: empty, what: 'holds no session' });
    expect(await errorOf(`${empty}/a*`)).toMatchObject({ where: `${empty}/a*`, what: 'holds no session' });
    expect(await errorOf(`${empty}/x*`)).toMatchObject({ where: `${empty}/x*`, what: 'fits no folder' });
    expect(await errorOf(join(empty, 'x'))).toMatchObject({ where: join(empty, 'x'), what: 'does not exist' });
    expect(await errorOf(join(empty, 'notes.txt'))).toMatchObject({ what: 'is no folder' });
  });
});

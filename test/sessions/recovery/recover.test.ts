import { spawn } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describe, expect, it } from 'vitest';
import { findMarked, identify, isAlive, MARK } from '../../../src/sessions/processes/mark.js';
import { endMarked } from '../../../src/sessions/processes/end.js';
import { JournalFile, journalFolder, listJournals, readJournal } from '../../../src/sessions/recovery/journal.js';
import { readOthersChanges } from '../../../src/sessions/recovery/others.js';
import { recoverAll, recoverJournal } from '../../../src/sessions/recovery/recover.js';

const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'recovery-'));

const start = (recording: string, script: string): number => {
  const child = spawn('sh', ['-c', script], {
    env: { ...process.env, [MARK]: recording },
    stdio: 'ignore',
    detached: true,
  });
  child.unref();
  return child.pid ?? 0;
};

describe('processes of a recording', () => {
  it('are found by their mark, also those their children started', async () => {
    const pid = start('a1', 'sleep 60 & (setsid sleep 61 &) ; wait');
    start('a12', 'exec sleep 60');
    await sleep(300);
    const found = await findMarked('a1');
    expect(found).toContain(pid);
    expect(found).toHaveLength(3);
    expect(await endMarked('a1')).toBe(0);
    expect(await findMarked('a1')).toEqual([]);
    expect(await findMarked('a12')).toHaveLength(1);
    expect(await endMarked('a12')).toBe(0);
  });

  it('end although they are stopped, or do not want to', async () => {
    const stopped = start('b1', 'exec sleep 60');
    start('b1', "trap '' INT TERM; while :; do sleep 0.1; done");
    await sleep(300);
    process.kill(stopped, 'SIGSTOP');
    const ways = [
      { signal: 'SIGTERM', patience: 500 },
      { signal: 'SIGKILL', patience: 3_000 },
    ] as const;
    expect(await endMarked('b1', ways)).toBe(0);
    expect(await findMarked('b1')).toEqual([]);
  });

  it('are told from others with the same number by when they began', async () => {
    const id = await identify(process.pid);
    expect(id).not.toBeNull();
    if (id === null) return;
    expect(await isAlive(id)).toBe(true);
    expect(await isAlive({ ...id, startTicks: '1' })).toBe(false);
    expect(await identify(2 ** 22 + 1)).toBeNull();
  });
});

/** The journal of a recording whose recorder is gone. */
const abandon = async (folder: string, recording: string): Promise<JournalFile> => {
  const journal = await JournalFile.create(folder, recording);
  const text = readFileSync(journal.path, 'utf8').replace(/"startTicks": "\d+"/, '"startTicks": "1"');
  writeFileSync(journal.path, text);
  return journal;
};

describe('a recording that was cut off', () => {
  it('has its settings put back, the last one first, and its tools ended', async () => {
    const folder = makeFolder();
    const setting = join(folder, 'setting');
    writeFileSync(setting, 'second\n');
    const journal = await JournalFile.create(folder, 'c1');
    await journal.noteUndo({ kind: 'file', name: 'setting', path: setting, before: 'original\n' });
    await journal.noteUndo({ kind: 'command', name: 'pair', restore: ['sh', '-c', `cat ${setting} > ${folder}/seen`] });
    await journal.noteUndo({ kind: 'file', name: 'new', path: join(folder, 'new'), before: null });
    writeFileSync(join(folder, 'new'), '');
    start('c1', 'exec sleep 60');
    const recovered = await recoverJournal(journal.path);
    expect(recovered).toMatchObject({ recording: 'c1', restored: ['new', 'pair', 'setting'], failures: [] });
    expect(readFileSync(setting, 'utf8')).toBe('original\n');
    expect(readFileSync(join(folder, 'seen'), 'utf8')).toBe('second\n');
    expect(existsSync(join(folder, 'new'))).toBe(false);
    expect(await findMarked('c1')).toEqual([]);
    expect(await listJournals(folder)).toEqual([]);
  });

  it('keeps in its journal what could not be put back', async () => {
    const folder = makeFolder();
    const journal = await JournalFile.create(folder, 'd1');
    await journal.noteUndo({ kind: 'command', name: 'good', restore: ['true'] });
    await journal.noteUndo({ kind: 'command', name: 'bad', restore: ['false'] });
    const recovered = await recoverJournal(journal.path);
    expect(recovered?.restored).toEqual(['good']);
    expect(recovered?.failures).toEqual(["what undoes 'bad' failed with exit code 1"]);
    expect((await readJournal(journal.path))?.undo.map(({ name }) => name)).toEqual(['bad']);
  });

  it('from before a reboot has what the kernel forgot left alone, and files put back', async () => {
    const folder = makeFolder();
    const setting = join(folder, 'setting');
    const journal = await JournalFile.create(folder, 'e1');
    await journal.noteUndo({ kind: 'file', name: 'file', path: setting, before: 'original\n' });
    await journal.noteUndo({ kind: 'file', name: 'sysctl', path: '/proc/sys/vm/swappiness', before: '1' });
    writeFileSync(journal.path, readFileSync(journal.path, 'utf8').replace(/"bootId": "[^"]+"/, '"bootId": "another"'));
    expect((await recoverJournal(journal.path))?.restored).toEqual(['file']);
    expect(readFileSync(setting, 'utf8')).toBe('original\n');
    expect(readFileSync('/proc/sys/vm/swappiness', 'utf8')).not.toBe('1\n');
  });

  it('is recovered with all others of the machine, and those that run are left alone', async () => {
    const folder = makeFolder();
    const running = await JournalFile.create(folder, 'f1');
    await abandon(folder, 'f2');
    expect((await recoverAll(folder)).map(({ recording }) => recording)).toEqual(['f2']);
    expect(await listJournals(folder)).toEqual([running.path]);
  });

  it('has its folder finished, and one without a name removed', async () => {
    const folder = makeFolder();
    const staged = join(folder, '.session.recording');
    mkdirSync(staged);
    const journal = await JournalFile.create(folder, 'g1');
    await journal.noteFolder(join(folder, 'session'));
    await recoverJournal(journal.path);
    expect(readdirSync(folder)).toEqual([]);
  });

  it('has a journal that only its user can read', async () => {
    const folder = makeFolder();
    const journal = await JournalFile.create(folder, 'h1');
    const { statSync } = await import('node:fs');
    expect(statSync(journal.path).mode & 0o777).toBe(0o600);
  });

  it('shows which files it changed', async () => {
    const folder = makeFolder();
    const journal = await JournalFile.create(folder, 'i1');
    await journal.noteUndo({ kind: 'file', name: 'x', path: '/proc/sys/x', before: '1' });
    expect(await readOthersChanges(folder, 'i2')).toEqual(new Set(['/proc/sys/x']));
    expect(await readOthersChanges(folder, 'i1')).toEqual(new Set());
  });
});

describe('journals', () => {
  it('lie where a reboot leaves them', () => {
    expect(journalFolder({})).toBe('/var/lib/whylate');
    expect(journalFolder({ WHYLATE_STATE_DIR: '/x' })).toBe('/x');
  });

  it('that are none are an error with a place', async () => {
    const path = join(makeFolder(), 'x.recording.json');
    writeFileSync(path, '{');
    await expect(readJournal(path)).rejects.toThrow(`${path} is not a journal`);
  });
});

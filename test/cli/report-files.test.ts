import { execFileSync, spawn } from 'node:child_process';
import {
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { checkReportFiles, writeReportFile } from '../../src/cli/report-files.js';
import { readSourceDate } from '../../src/cli/source-date.js';

let folder = '';
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-reports-'));
});
afterEach(() => {
  rmSync(folder, { recursive: true, force: true });
});
const at = (name: string): string => join(folder, name);
const check = (...paths: string[]): Promise<void> =>
  checkReportFiles(paths.map((path, i) => ({ flag: ['html', 'junit'][i] ?? 'x', path })));

describe('a report', () => {
  it('takes the place of what was there, and leaves nothing else', async () => {
    writeFileSync(at('page'), 'old');
    await writeReportFile(at('page'), 'new');
    await writeReportFile(at('trace'), Uint8Array.of(1, 2, 255));
    expect(readFileSync(at('page'), 'utf8')).toBe('new');
    expect([...readFileSync(at('trace'))]).toEqual([1, 2, 255]);
    expect(readdirSync(folder)).toEqual(['page', 'trace']);
  });

  it('leaves a link a link', async () => {
    mkdirSync(at('elsewhere'));
    writeFileSync(at('elsewhere/page'), 'old');
    symlinkSync(at('elsewhere/page'), at('page'));
    await writeReportFile(at('page'), 'new');
    expect(lstatSync(at('page')).isSymbolicLink()).toBe(true);
    expect(readFileSync(at('elsewhere/page'), 'utf8')).toBe('new');
  });

  it('goes through a pipe, and leaves it a pipe', async () => {
    execFileSync('mkfifo', [at('pipe')]);
    const reader = spawn('cat', [at('pipe')]);
    let read = '';
    reader.stdout.setEncoding('utf8').on('data', (text: string) => (read += text));
    const ended = new Promise((resolve) => reader.on('close', resolve));
    await writeReportFile(at('pipe'), 'page');
    await ended;
    expect(read).toBe('page');
    expect(statSync(at('pipe')).isFIFO()).toBe(true);
    await writeReportFile('/dev/null', 'page');
    expect(statSync('/dev/null').isCharacterDevice()).toBe(true);
  });

  it('is refused before the work where it cannot be written', async () => {
    await expect(check(folder)).rejects.toThrow(/--html '.*': is a folder; name a file in it/);
    await expect(check(at('none/page'))).rejects.toThrow(/cannot be written there \(ENOENT\)/);
    await expect(check(at('page'), at('page'))).rejects.toThrow(/--html and --junit name the same file/);
    symlinkSync(at('page'), at('link'));
    writeFileSync(at('page'), '');
    await expect(check(at('page'), at('link'))).rejects.toThrow(/name the same file/);
    await expect(check(at('page'), '/dev/null')).resolves.toBeUndefined();
    expect(readFileSync(at('page'), 'utf8')).toBe('');
  });
});

describe('the date of a report', () => {
  it('is that of its sources, or none', () => {
    expect(readSourceDate({})).toBeNull();
    expect(readSourceDate({ SOURCE_DATE_EPOCH: '' })).toBeNull();
    expect(readSourceDate({ SOURCE_DATE_EPOCH: '1410368481' })).toBe('2014-09-10T17:01:21.000Z');
    expect(() => readSourceDate({ SOURCE_DATE_EPOCH: 'today' })).toThrow(/SOURCE_DATE_EPOCH is no number/);
  });
});

/** Every report of a real recording, by the built command. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const recording = (name: string): string => fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));

let folder = '';
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-reports-'));
  cpSync(recording('sigstop'), join(folder, 'session'), { recursive: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const run = (args: readonly string[], env: Record<string, string> = {}) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC', ...env },
  });
  return { code: status, stdout, stderr };
};

const FILES = { html: 'page.html', perfetto: 'late.pftrace', prometheus: 'late.prom', junit: 'late.xml' } as const;
const asked = (prefix: string): string[] =>
  Object.entries(FILES).flatMap(([flag, name]) => [`--${flag}`, `${prefix}${name}`]);
const read = (name: string): Buffer => readFileSync(join(folder, name));

describe('analyze', () => {
  it('writes all reports at once, beside the answer', () => {
    const { code, stdout, stderr } = run(['analyze', 'session', '--json', '--utc', ...asked('a-')]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    const late = (JSON.parse(stdout) as Answer).instances.flatMap((instance) => instance.late);
    expect(late).toHaveLength(2);
    const page = read('a-page.html').toString();
    const junit = read('a-late.xml').toString();
    for (const { id } of late) {
      expect(page).toContain(id);
      expect(junit).toContain(id);
    }
    expect(read('a-late.prom').toString()).toMatch(/^whylate_late_total\{[^}]*cause="stopped"[^}]*\} 2$/m);
    expect(read('a-late.pftrace').length).toBeGreaterThan(1_000);
    expect(readdirSync(folder).filter((name) => name.endsWith('.tmp'))).toEqual([]);
  });

  it('writes the same bytes of the same input, dated only where it is told', () => {
    run(['analyze', 'session', '--utc', ...asked('b-')]);
    run(['analyze', 'session', '--utc', ...asked('c-')]);
    for (const name of Object.values(FILES)) expect(read(`c-${name}`).equals(read(`b-${name}`)), name).toBe(true);
    const dated = { SOURCE_DATE_EPOCH: '1410368481' };
    run(['analyze', 'session', '--utc', '--html', 'd.html'], dated);
    run(['analyze', 'session', '--utc', '--html', 'e.html'], dated);
    expect(read('d.html').equals(read('e.html'))).toBe(true);
    expect(read('d.html').toString()).toContain('2014-09-10');
    expect(read('b-page.html').toString()).not.toContain('2014-09-10');
  });

  it('keeps the whole time for Perfetto with --all', () => {
    run(['analyze', 'session', '--perfetto', 'late.pf']);
    run(['analyze', 'session', '--perfetto', 'all.pf', '--all']);
    expect(read('all.pf').length).toBeGreaterThan(1.5 * read('late.pf').length);
  });

  it('prints a ticket, or one late advertisement a line', () => {
    const ticket = run(['analyze', 'session', '--markdown', '--utc']);
    expect(ticket.stdout).toMatch(/^\|.*stopped.*\|$/m);
    const lines = run(['analyze', 'session', '--ndjson']).stdout.trimEnd().split('\n');
    expect(lines.map((line) => (JSON.parse(line) as { cause: string }).cause)).toEqual(['stopped', 'stopped']);
  });

  it('does not begin where a report cannot be written', () => {
    const { code, stdout, stderr } = run(['analyze', 'session', '--html', 'none/page.html']);
    expect({ code, stdout }).toEqual({ code: 2, stdout: '' });
    expect(stderr).toMatch(/^whylate: --html 'none\/page\.html': cannot be written there \(ENOENT\); [^\n]+\n$/);
    expect(run(['analyze', 'session', '--html', 'x', '--junit', 'x'])).toMatchObject({ code: 2 });
    expect(existsSync(join(folder, 'x'))).toBe(false);
  });

  it('takes its flags from a configuration', () => {
    const printed = run(['analyze', '--late-after', '2s', '--ndjson', '--print-config']).stdout;
    expect(printed).toContain('late-after: 2s');
    const { stdout } = run(['analyze', 'session', '--late-after=3s', '--ndjson', '--print-config']);
    expect(stdout).toContain('late-after: 3s');
  });
});

describe('compare', () => {
  it('writes a page', () => {
    const { code, stderr } = run(['compare', 'session', '--html', 'compared.html']);
    expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
    expect(read('compared.html').toString()).toMatch(/^<!doctype html>/i);
  });
});

describe('bundle', () => {
  it('packs a session without the password', () => {
    const { code, stdout } = run(['bundle', 'session', '--out', 'bundle.tar.gz']);
    expect({ code, stdout }).toEqual({ code: 0, stdout: 'bundle.tar.gz\n' });
    const { stdout: names } = spawnSync('tar', ['-tzf', 'bundle.tar.gz'], { cwd: folder, encoding: 'utf8' });
    expect(names).toContain('REMOVED.txt');
    const { stdout: text } = spawnSync('tar', ['-xzOf', 'bundle.tar.gz'], { cwd: folder, encoding: 'latin1' });
    expect(text).not.toContain('notsecre');
  });
});

/** The built command on real recordings: sessions of two arms, disturbed and quiet ones. */
import { spawnSync } from 'node:child_process';
import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import type { Comparison } from '../../src/model/comparison.js';

const main = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const recording = (name: string): string => fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));

let folder = '';

const run = (...args: string[]) => {
  const { status, stdout, stderr } = spawnSync(process.execPath, [main, ...args], {
    cwd: folder,
    encoding: 'utf8',
    env: { ...process.env, TZ: 'UTC' },
  });
  return { code: status, stdout, stderr };
};

const compare = (...args: string[]): Comparison => {
  const { code, stdout, stderr } = run('compare', '--json', ...args);
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  return JSON.parse(stdout) as Comparison;
};

/** A copy of a recording as a session of its own. */
const makeSession = (name: string, run: string, arm: string): void => {
  const place = join(folder, 'out', run);
  cpSync(recording(name), place, { recursive: true });
  const session = {
    schemaVersion: 1,
    kind: 'session',
    recording: 'abc',
    name: 'test',
    run,
    labels: { arm },
    complete: true,
    outcome: 'finished',
    sender: { vrid: 205, interface: 'eth0' },
    points: [{ name: 'sender' }, { name: 'receiver' }],
    tools: [],
  };
  writeFileSync(join(place, 'session.json'), JSON.stringify(session));
  writeFileSync(join(place, 'environment.json'), JSON.stringify({ 'kernel.release': arm === 'a' ? '6.1' : '6.8' }));
};

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-compare-'));
  ['sigstop', 'cfs-hogs', 'rt-hog', 'throttle'].forEach((name, i) => {
    makeSession(name, `a-${String(i + 1)}`, 'a');
  });
  ['clean', 'busy', 'drop', 'pathdelay'].forEach((name, i) => {
    makeSession(name, `b-${String(i + 1)}`, 'b');
  });
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const sumLate = (session: string): number =>
  (JSON.parse(run('analyze', '--json', session).stdout) as Answer).instances.reduce(
    (sum, { late }) => sum + late.length,
    0,
  );

describe('compare', () => {
  it('analyses sessions, groups them, and keeps their figures', () => {
    const { groups, sessions, confounders, pairs, order } = compare('out', '--by', 'label.arm');
    expect(groups.map(({ name, sessions: count }) => [name, count])).toEqual([
      ['a', 4],
      ['b', 4],
    ]);
    expect(sessions.map(({ from }) => from)).toEqual(new Array(8).fill('analysed'));
    for (const { path, late } of sessions) expect(late, path).toBe(sumLate(path));
    expect(groups[0]?.causes.map(({ cause }) => cause)).toContain('cpu-contention');
    expect(groups[0]?.culprits.map(({ process }) => process)).toContain('bash');
    expect(confounders.map(({ name }) => name)).toEqual(['kernel.release']);
    expect(pairs[0]?.tests[0]?.method).toBe('exact');
    expect(order.kind).not.toBe('unknown');
    const again = compare('out', '--by', 'arm');
    expect(again.sessions.map(({ from }) => from)).toEqual(new Array(8).fill('kept'));
    expect({ ...again, sessions: [] }).toEqual({ ...compare('out/*', '--by', 'label.arm'), sessions: [] });
  });

  it('analyses a session again when its recording has changed, and only that', () => {
    compare('out');
    const trace = join(folder, 'out/a-2/capture.receiver.pcap');
    const bytes = readFileSync(trace);
    // The last packet loses its last byte.
    writeFileSync(trace, bytes.subarray(0, -1));
    utimesSync(trace, 1, 1);
    const { sessions } = compare('out');
    expect(sessions.filter(({ from }) => from === 'analysed').map(({ path }) => path)).toEqual(['out/a-2']);
    writeFileSync(trace, bytes);
    const fresh = compare('out', '--no-cache');
    expect(fresh.sessions.map(({ from }) => from)).toEqual(new Array(8).fill('analysed'));
  });

  it('judges lateness anew for another threshold', () => {
    const lateOf = (...args: string[]): number => compare('out', ...args).groups[0]?.late ?? -1;
    const usual = lateOf();
    expect(lateOf('--late-after', '2s')).toBeLessThan(usual);
    expect(lateOf()).toBe(usual);
  });

  it('is no input of an analysis', () => {
    compare('out/b-1');
    expect(existsSync(join(folder, 'out/b-1/figures.json'))).toBe(true);
    const { inputs, counters } = JSON.parse(run('analyze', '--json', 'out/b-1').stdout) as Answer;
    expect(inputs.map(({ role }) => role)).not.toContain('vitals');
    expect(counters.map(({ name }) => name)).not.toContain('session_file_ignored');
  });

  it('says in one line what it cannot do', () => {
    const oneLine = /^whylate: [^\n]+\n$/;
    const unknown = run('compare', 'out', '--by', 'kernel.releas');
    expect(unknown.code).toBe(2);
    expect(unknown.stderr).toMatch(oneLine);
    expect(unknown.stderr).toMatch(/no session has a setting called kernel\.releas; near to it: kernel\.release/);
    expect(run('compare', 'out', '--by', 'arm', '--baseline', 'c')).toMatchObject({
      code: 2,
      stderr: "whylate: --baseline 'c' is no group; there are 'a', 'b'\n",
    });
    const nothing = run('compare', 'none');
    expect(nothing.code).toBe(3);
    expect(nothing.stderr).toMatch(oneLine);
  });

  it('fails a pipeline where a condition is met', () => {
    const { code, stdout, stderr } = run('compare', 'out', '--by', 'arm', '--fail-if', 'late_rate > 1%', '--markdown');
    expect(code).toBe(4);
    expect(stderr).toMatch(/^whylate: --fail-if 'late_rate > 1%': it is so for a; [^\n]+\n/);
    expect(stdout).toMatch(/^\| .*late/m);
  });
});

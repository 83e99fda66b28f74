import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { analyze } from '../../../src/analysis.js';
import type { Answer, LateAdvertisement } from '../../../src/model/answer.js';
import { requestOf } from '../../../src/model/request.js';
import { causeOf, findLateOf, readTruth, senderOf } from '../../support/recordings.js';
import { recording } from '../reading-traces.js';

const FOLDER = 'every-source';
const truth = readTruth(FOLDER);
const CAPTURES = ['sender', 'receiver'].map((name) => ({ name, path: recording(`${FOLDER}/capture.${name}.pcap`) }));

const analyzeTrace = (path: string, captures = CAPTURES): Promise<Answer> =>
  analyze(requestOf({ traces: [path], captures }));
const lateOf = (answer: Answer): readonly LateAdvertisement[] => senderOf(answer, truth).late;

/** ns of each state. */
const sums = ({ ledger }: LateAdvertisement): Map<string, number> => {
  const all = new Map<string, number>();
  for (const { state, ns } of ledger) all.set(state, (all.get(state) ?? 0) + Number(ns));
  return all;
};

let scratch = '';
beforeAll(() => {
  scratch = mkdtempSync(join(tmpdir(), 'whylate-ftrace-'));
});
afterAll(() => {
  rmSync(scratch, { recursive: true, force: true });
});

describe('perf script of a session', () => {
  const path = recording(`${FOLDER}/perf.txt.gz`);

  it('leads to the same causes and the same ledgers as the bpftrace recorder', async () => {
    const [perf, bpftrace] = [await analyzeTrace(path), await analyzeTrace(recording(`${FOLDER}/trace.jsonl.gz`))];
    expect(perf.inputs[0]).toMatchObject({ kind: 'perf-script', role: 'trace' });
    const [mine, theirs] = [lateOf(perf), lateOf(bpftrace)];
    expect(mine).toHaveLength(theirs.length);
    for (const [i, late] of mine.entries()) {
      const other = theirs[i];
      expect(other).toBeDefined();
      if (!other) continue;
      expect(late.cause).toBe(other.cause);
      expect(late.culprit).toMatchObject({
        process: other.culprit?.process,
        tid: other.culprit?.tid,
        syscall: other.culprit?.syscall,
      });
      expect(late.latenessNs).toBe(other.latenessNs);
      const [own, its] = [sums(late), sums(other)];
      for (const state of new Set([...own.keys(), ...its.keys()]))
        expect(Math.abs((own.get(state) ?? 0) - (its.get(state) ?? 0)), `${late.id} ${state}`).toBeLessThan(300_000);
      for (const { bound } of late.ledger) expect(bound).toBe('exact');
      expect(Math.abs(late.confidence - other.confidence)).toBeLessThan(0.05);
    }
    for (const fault of truth.faults) {
      const late = findLateOf(fault, mine);
      expect(late?.cause).toBe(causeOf(fault));
      expect(late?.culprit?.process).toBe(fault.culprit);
    }
  });

  it('is enough by itself, and says what was assumed', async () => {
    const answer = await analyzeTrace(path, []);
    expect(answer.instances).toHaveLength(1);
    const [instance] = answer.instances;
    expect(instance).toMatchObject({ destination: 'not-recorded', source: null, intervalNs: '1000000000' });
    expect(instance?.late.map(({ cause }) => cause)).toEqual(['stopped', 'blocked-syscall', 'cpu-contention']);
    const counted = answer.counters.find(({ name }) => name === 'ftrace_text_assumed_sends');
    expect(counted).toMatchObject({ severity: 'notice', count: instance?.advertisements });
  });

  it('takes for no advertisement what the captures do not bear out', async () => {
    const text = gunzipSync(readFileSync(path)).toString('utf8');
    const more = text.replace(
      /^( +keepalived 21783 \[000\] \S+ +raw_syscalls:sys_enter: NR 46 \()e(, .*\n)(.*\n)*?( +keepalived 21783 .* NR 46 = 40\n)/gm,
      (all, start: string, rest: string, _between: string, exit: string) => `${all}${start}f${rest}${exit}`,
    );
    expect(more.length).toBeGreaterThan(text.length);
    const changed = join(scratch, 'perf.txt');
    writeFileSync(changed, more);
    const answer = await analyzeTrace(changed);
    expect(answer.instances).toHaveLength(1);
    expect(lateOf(answer).map(({ cause }) => cause)).toEqual(['stopped', 'blocked-syscall', 'cpu-contention']);
    expect(answer.assumptions.map(({ what }) => what).join('\n')).toMatch(
      /\d+ send calls whose destination was not recorded are no advertisements/,
    );
  });
});

describe('trace-cmd report of the same session', () => {
  it('tells the same to the real command, within its microseconds', () => {
    const main = fileURLToPath(new URL('../../../dist/cli/main.js', import.meta.url));
    const captures = CAPTURES.flatMap(({ name, path }) => ['--capture', `${name}=${path}`]);
    const trace = recording(`${FOLDER}/trace-cmd.txt.gz`);
    const { status, stdout, stderr } = spawnSync(process.execPath, [main, 'analyze', '--json', '--trace', trace, ...captures], { encoding: 'utf8' }); // prettier-ignore
    expect(stderr).toBe('');
    expect(status).toBe(0);
    const answer = JSON.parse(stdout) as Answer;
    expect(answer.inputs[0]).toMatchObject({ kind: 'trace-cmd', role: 'trace' });
    const [stopped, blocked] = lateOf(answer);
    expect(stopped).toMatchObject({ cause: 'stopped', culprit: { process: 'nightly-freeze', syscall: 'kill' } });
    expect(blocked).toMatchObject({ cause: 'blocked-syscall', culprit: { process: 'keepalived', syscall: 'sendto' } });
    expect(stopped?.evidence.map(({ text }) => text)).toContain(
      'nightly-freeze (22239) > kill pid=21783(keepalived) sig=19(SIGSTOP)',
    );
    expect(stdout).not.toContain('notsecre');
  });
});

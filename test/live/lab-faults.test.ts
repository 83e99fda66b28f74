/** Real recordings of routers that are really in trouble, and what is answered. */
import { join } from 'node:path';
import { beforeAll, describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { timeIn } from '../support/ledger.js';
import { expectBlamed, expectNothingElse } from './support/judge.js';
import { readTruth, useLab, type InjectedFault } from './support/lab.js';
import { ROOT } from './support/run.js';
import { analyze, record, writeScript, type Injection } from './support/session.js';

/** Each has time to begin late and to end before the next, as on a busy machine. */
const INJECTIONS: readonly Injection[] = [
  [1, 'sigstop', 1],
  [3.5, 'freezer', 1],
  [6, 'log-socket', 1],
  [8.5, 'tbf', 1.2],
  [12, 'throttle', 1.2],
  [15, 'rt-hog', 1],
];

describe('a router with six troubles, one after the other', () => {
  const lab = useLab('socket');
  let answer: Answer;
  let faults: readonly InjectedFault[];
  const faultOf = (kind: string): InjectedFault => {
    const found = faults[INJECTIONS.findIndex(([, injected]) => injected === kind)];
    if (!found) throw new Error(`${kind} was not injected`);
    return found;
  };

  beforeAll(async () => {
    const session = await record(lab(), writeScript(lab(), 'six-troubles', INJECTIONS, { duration: '18s' }));
    answer = await analyze(session);
    faults = readTruth(lab());
    expect(session.outcome).toBe('finished');
    expect(session.loss.trace?.dropped).toBe(0);
    expect(faults).toHaveLength(INJECTIONS.length);
  }, 120_000);

  it.each(INJECTIONS.map(([, kind]) => kind))('is explained: %s', (kind) => {
    expectBlamed(answer, lab(), faultOf(kind));
  });

  it('is known to have been able to run, by its wake-ups', () => {
    const starved = expectBlamed(answer, lab(), faultOf('rt-hog'));
    const waits = starved.ledger.filter(({ state }) => state === 'ready');
    expect(waits.map(({ bound }) => bound)).not.toContain('up-to');
    expect(timeIn(starved, 'ready')).toBeGreaterThan(0.9 * Number(starved.latenessNs));
  });

  it('has no others', () => {
    expectNothingElse(answer, lab(), faults);
  });
});

describe('the session that is there to be tried', () => {
  const lab = useLab('filesystem');

  it('tells of a sender that was blocked by a frozen file system', async () => {
    const script = join(ROOT, 'scripts/sessions/lab.yaml');
    const values = { lab: lab().folder, id: lab().id, fault: 'fsfreeze', seconds: '1', begin: '2s', duration: '5s' };
    const options = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const session = await record(lab(), script, ...options);
    expect(session.outcome).toBe('finished');
    const answer = await analyze(session);
    const faults = readTruth(lab());
    expect(faults.map(({ kind }) => kind)).toEqual(['blocked-syscall']);
    expectBlamed(answer, lab(), faults[0]!);
    expectNothingElse(answer, lab(), faults);
  });
});

describe('a session that waits for late advertisements', () => {
  const lab = useLab('file');

  it('ends when it has seen them', async () => {
    const injections = [
      [1, 'sigstop', 1],
      [3.5, 'sigstop', 1],
    ] as const;
    const script = writeScript(lab(), 'two-late', injections, { until: { late: 2 }, duration: '60s' });
    const session = await record(lab(), script);
    expect(session.outcome).toBe('until-met');
    expect(session.lateSeen).toHaveLength(2);
    const seconds = Number(BigInt(session.endNs) - BigInt(session.startNs)) / 1e9;
    expect(seconds).toBeLessThan(30);
    const answer = await analyze(session);
    const faults = readTruth(lab());
    expect(faults).toHaveLength(2);
    for (const fault of faults) expectBlamed(answer, lab(), fault);
    expectNothingElse(answer, lab(), faults);
  });
});

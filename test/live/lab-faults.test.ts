/** Real recordings of routers that are really in trouble, and what is answered. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { timeIn } from '../support/ledger.js';
import { expectBlamed, expectNothingElse } from './support/judge.js';
import { readTruth, useLab } from './support/lab.js';
import { ROOT } from './support/run.js';
import { analyze, record, writeScript } from './support/session.js';

describe('a sender that logs to a socket', () => {
  const lab = useLab('socket');

  it('was stopped, frozen, blocked by its log, held by the kernel', async () => {
    const script = writeScript(
      lab(),
      'stops',
      [
        [1, 'sigstop', 1],
        [3.5, 'freezer', 1],
        [6, 'log-socket', 1],
        [8.5, 'tbf', 1.2],
      ],
      { duration: '12s' },
    );
    const session = await record(lab(), script);
    expect(session.outcome).toBe('finished');
    expect(session.loss.trace?.dropped).toBe(0);
    const answer = await analyze(session);
    const faults = readTruth(lab());
    expect(faults.map(({ kind }) => kind)).toEqual(['signal-stop', 'frozen', 'blocked-syscall', 'transmit-delay']);
    const [stop, freeze, log, hold] = faults;
    expectBlamed(answer, lab(), stop!);
    expectBlamed(answer, lab(), freeze!);
    // Where a socket leads that was connected before the recording began is not known.
    expectBlamed(answer, lab(), log!, false);
    expectBlamed(answer, lab(), hold!);
    expectNothingElse(answer, lab(), faults);
  });
});

describe('a sender that logs to a file system', () => {
  const lab = useLab('filesystem');

  it('was throttled, and kept from its CPU', async () => {
    const script = writeScript(
      lab(),
      'processors',
      [
        [1, 'throttle', 1.2],
        [4, 'rt-hog', 1],
      ],
      { duration: '7s' },
    );
    const session = await record(lab(), script);
    expect(session.outcome).toBe('finished');
    const answer = await analyze(session);
    const faults = readTruth(lab());
    expect(faults.map(({ kind }) => kind)).toEqual(['cpu-throttled', 'cpu-starved']);
    const [quota, hog] = faults;
    expectBlamed(answer, lab(), quota!);
    const starved = expectBlamed(answer, lab(), hog!);
    expectNothingElse(answer, lab(), faults);
    // With wake-ups in the trace it is known since when it could have run.
    const waits = starved.ledger.filter(({ state }) => state === 'ready');
    expect(waits.map(({ bound }) => bound)).not.toContain('up-to');
    expect(timeIn(starved, 'ready')).toBeGreaterThan(0.9 * Number(starved.latenessNs));
  });

  it('was blocked by the frozen file system, in the session that is there to be tried', async () => {
    const earlier = readTruth(lab()).length;
    const script = join(ROOT, 'scripts/sessions/lab.yaml');
    const values = { lab: lab().folder, id: lab().id, fault: 'fsfreeze', seconds: '1', begin: '2s', duration: '5s' };
    const options = Object.entries(values).flatMap(([name, value]) => ['--set', `${name}=${value}`]);
    const session = await record(lab(), script, ...options);
    expect(session.outcome).toBe('finished');
    const answer = await analyze(session);
    const faults = readTruth(lab()).slice(earlier);
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

import { describe, expect, it } from 'vitest';
import type { Answer, Cause } from '../../src/model/answer.js';
import { checkAllLedgers } from '../support/ledger.js';
import {
  analyzeVariant,
  causeOf,
  describeCulprit,
  expectedCulprit,
  findLateOf,
  lateLines,
  readTruth,
  senderOf,
  type Variant,
} from '../support/recordings.js';
import {
  printAsFields,
  shiftTrace,
  shuffleWithin,
  toExitOnly,
  toSharedRings,
  withoutRowsOf,
  withoutSwitches,
} from '../support/transform-trace.js';
import { shiftCapture } from '../support/transform-capture.js';

/** Recordings whose faults lie inside the sending VM, and three in which nothing was late. */
const FAULTY = [
  'sigstop', 'cfs-hogs', 'rt-hog', 'throttle', 'freezer', 'fsfreeze', 'syslog', 'sendfail', 'restart', 'flood', 'tbf',
  'vm-guest-hog', 'vm-slow-log-disk',
] as const; // prettier-ignore
const QUIET = ['clean', 'busy', 'drop'] as const;
const ALL = [...FAULTY, ...QUIET] as const;

/** Recordings of one fault kind each on which clocks and forms are tried. */
const TIMED = new Set<string>(['sigstop', 'throttle', 'syslog', 'restart', 'flood', 'tbf', 'vm-guest-hog', 'clean']);

const YEARS = 7n * 365n * 86_400n * 1_000_000_000n;
const BACK = -3n * 365n * 86_400n * 1_000_000_000n;

const ACCUSING = new Set<string>(['sender-process', 'sender-vm', 'host']);

/** One line per fault: the cause and the culprit found, in the truth's words. */
const judge = (answer: Answer, name: string, shift = 0n, namelessSockets = false): string[] => {
  const truth = readTruth(name);
  const { late } = senderOf(answer, truth);
  return truth.faults.map((fault) => {
    const found = findLateOf(fault, late, shift);
    return found === undefined ? 'none' : `${found.cause} by ${describeCulprit(found, fault, namelessSockets)}`;
  });
};

const expected = (name: string): string[] =>
  readTruth(name).faults.map((fault) => (fault.late ? `${causeOf(fault)} by ${expectedCulprit(fault)}` : 'none'));

const baselines = new Map<string, Promise<Answer>>();
const baselineOf = (name: string): Promise<Answer> => {
  let known = baselines.get(name);
  if (!known) baselines.set(name, (known = analyzeVariant(name)));
  return known;
};

const tidsOf = async (name: string): Promise<Set<number>> =>
  new Set(senderOf(await baselineOf(name), readTruth(name)).senders.map(({ tid }) => tid));

/** The variant tells of the same late advertisements, by the same length, for the reasons the truth gives. */
const expectSame = async (name: string, variant: Variant, shift = 0n): Promise<Answer> => {
  const namelessSockets = variant.trace === toExitOnly;
  const truth = readTruth(name);
  const answer = await analyzeVariant(name, variant);
  const before = senderOf(await baselineOf(name), truth).late;
  checkAllLedgers(answer);
  expect(lateLines(senderOf(answer, truth).late)).toEqual(lateLines(before));
  expect(judge(answer, name, shift, namelessSockets)).toEqual(expected(name));
  return answer;
};

describe.each(ALL)('%s', (name) => {
  it('as recorded', async () => {
    const answer = await expectSame(name, {});
    if ((QUIET as readonly string[]).includes(name)) {
      expect(answer.instances.flatMap(({ late }) => late).filter(({ where }) => ACCUSING.has(where))).toEqual([]);
    }
  });

  it('without enter rows, as newer recorders write', async () => {
    await expectSame(name, { trace: toExitOnly });
  });

  it('with one ring buffer for all CPUs', async () => {
    const answer = await expectSame(name, { trace: toSharedRings });
    expect(answer.counters.map((counter) => counter.name)).toContain('trace_shared_ring_buffers');
  });

  it('without switches: what needs them stays open', async () => {
    const truth = readTruth(name);
    const answer = await analyzeVariant(name, { trace: withoutSwitches });
    checkAllLedgers(answer);
    const { late } = senderOf(answer, truth);
    expect(lateLines(late)).toEqual(lateLines(senderOf(await baselineOf(name), truth).late));
    const provable: readonly Cause[] = [
      'stopped', 'send-failed', 'sender-restart', 'rearmed-by-packet', 'transmit-delay', 'blocked-syscall',
    ]; // prettier-ignore
    for (const fault of truth.faults) {
      const found = findLateOf(fault, late);
      if (!fault.late) expect(found).toBeUndefined();
      else if (found?.cause !== 'insufficient-evidence') {
        expect(provable).toContain(found?.cause);
        expect(found?.cause).toBe(causeOf(fault));
        expect(describeCulprit(found!, fault)).toBe(expectedCulprit(fault));
      }
    }
    const others = late.filter((one) => !truth.faults.some((fault) => findLateOf(fault, late)?.id === one.id));
    expect(others.map(({ cause }) => cause)).not.toContain('cpu-contention');
    expect(others.map(({ cause }) => cause)).not.toContain('cpu-throttled');
  });

  it("without the sender's own rows: nobody wrong is accused", async () => {
    const truth = readTruth(name);
    const answer = await analyzeVariant(name, { trace: withoutRowsOf(await tidsOf(name)) });
    checkAllLedgers(answer);
    const { late } = senderOf(answer, truth);
    expect(lateLines(late)).toEqual(lateLines(senderOf(await baselineOf(name), truth).late));
    for (const one of late) {
      const fault = truth.faults.find((candidate) => findLateOf(candidate, late)?.id === one.id);
      if (ACCUSING.has(one.where)) expect(`${one.id} ${one.cause}`).toBe(`${one.id} ${fault ? causeOf(fault) : ''}`);
    }
  });
});

describe.each([...TIMED])('%s', (name) => {
  it('years later, on all clocks', async () => {
    const captures = Object.fromEntries(readTruth(name).captures.map((point) => [point, shiftCapture(YEARS)]));
    await expectSame(name, { trace: shiftTrace(YEARS), captures }, YEARS);
  });

  it('with a trace years before its captures', async () => {
    await expectSame(name, { trace: shiftTrace(BACK) }, BACK);
  });

  it('with rows of each ring buffer shuffled within 50 ms', async () => {
    const answer = await expectSame(name, { trace: shuffleWithin(50_000_000n, 11) });
    expect(answer.counters.map((counter) => counter.name)).not.toContain('trace_events_out_of_order');
  });

  it('printed with -p and other keys', async () => {
    await expectSame(name, { print: printAsFields });
  });
});

import { describe, expect, it } from 'vitest';
import type { Answer, LateAdvertisement } from '../../src/model/answer.js';
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
} from '../support/recordings.js';
import {
  doublePackets,
  losePackets,
  printDeltas,
  shiftCapture,
  type CaptureChange,
  type PcapPacket,
} from '../support/transform-capture.js';

const IN_VM = ['sigstop', 'throttle', 'freezer', 'syslog', 'restart', 'flood', 'tbf', 'vm-guest-hog', 'clean'] as const;
const ALL = [...IN_VM, 'cfs-hogs', 'rt-hog', 'fsfreeze', 'sendfail', 'vm-slow-log-disk', 'busy', 'drop'] as const;

const YEARS = 9n * 365n * 86_400n * 1_000_000_000n;
const US = 1000n;

const baselines = new Map<string, Promise<Answer>>();
const baselineOf = (name: string): Promise<Answer> => {
  let known = baselines.get(name);
  if (!known) baselines.set(name, (known = analyzeVariant(name)));
  return known;
};

const causesOf = (late: readonly LateAdvertisement[], name: string): string[] =>
  readTruth(name).faults.map((fault) => {
    const found = findLateOf(fault, late);
    return found ? `${found.cause} by ${describeCulprit(found, fault)}` : 'none';
  });

const expected = (name: string): string[] =>
  readTruth(name).faults.map((fault) => (fault.late ? `${causeOf(fault)} by ${expectedCulprit(fault)}` : 'none'));

const tellsTheSame = async (name: string, answer: Answer): Promise<void> => {
  const truth = readTruth(name);
  checkAllLedgers(answer);
  const { late } = senderOf(answer, truth);
  expect(lateLines(late)).toEqual(lateLines(senderOf(await baselineOf(name), truth).late));
  expect(causesOf(late, name)).toEqual(expected(name));
};

describe.each(IN_VM)('%s', (name) => {
  const { captures } = readTruth(name);
  const far = captures.at(-1)!;

  it('with a far capture whose clock is years off', async () => {
    await tellsTheSame(name, await analyzeVariant(name, { captures: { [far]: shiftCapture(YEARS + 123_456_000n) } }));
  });

  it('with all captures years off', async () => {
    const all = Object.fromEntries(captures.map((point) => [point, shiftCapture(-YEARS)]));
    await tellsTheSame(name, await analyzeVariant(name, { captures: all }));
  });

  it('with a far capture that holds nothing but deltas', async () => {
    const truth = readTruth(name);
    const answer = await analyzeVariant(name, { text: { [far]: printDeltas } });
    checkAllLedgers(answer);
    const { late } = senderOf(answer, truth);
    const before = senderOf(await baselineOf(name), truth).late;
    expect(late.map(({ id }) => id)).toEqual(before.map(({ id }) => id));
    late.forEach(({ latenessNs }, i) => {
      const difference = BigInt(latenessNs) - BigInt(before[i]!.latenessNs);
      expect(difference < 0n ? -difference : difference).toBeLessThanOrEqual(2n * US);
    });
    expect(causesOf(late, name)).toEqual(expected(name));
  });

  it('with a fifth of the packets missing in the near capture', async () => {
    await tellsTheSame(name, await analyzeVariant(name, { captures: { [captures[0]!]: losePackets(0.2, 5) } }));
  });

  it('with a fifth of the packets missing in the far capture: a loss is no fault of the sender', async () => {
    const truth = readTruth(name);
    const answer = await analyzeVariant(name, { captures: { [far]: losePackets(0.2, 23) } });
    checkAllLedgers(answer);
    const { late } = senderOf(answer, truth);
    const known = senderOf(await baselineOf(name), truth).late;
    for (const one of late) {
      if (one.where === 'network' || one.where === 'unknown' || one.cause === 'egress-delay') continue;
      const same = known.find(
        ({ sentNs, previousNs }) => BigInt(sentNs) > BigInt(one.previousNs) && BigInt(previousNs) < BigInt(one.sentNs),
      );
      expect(`${one.id} ${one.cause}`).toBe(`${one.id} ${same?.cause ?? ''}`);
    }
    for (const fault of truth.faults.filter((candidate) => candidate.late)) {
      expect(findLateOf(fault, late), `${fault.kind} is still seen`).toBeDefined();
    }
  });

  it('with every packet doubled', async () => {
    const all = Object.fromEntries(captures.map((point) => [point, doublePackets]));
    await tellsTheSame(name, await analyzeVariant(name, { captures: all }));
  });
});

describe.each(ALL)('%s', (name) => {
  const { captures, faults, sender } = readTruth(name);

  it('from the captures alone: late ones are listed, nobody inside is accused', async () => {
    const answer = await analyzeVariant(name, { withTrace: false });
    checkAllLedgers(answer);
    const { late } = senderOf(answer, readTruth(name));
    const before = senderOf(await baselineOf(name), readTruth(name)).late;
    expect(late.map(({ latenessNs }) => latenessNs)).toEqual(before.map(({ latenessNs }) => latenessNs));
    for (const one of late) {
      expect(['unknown', 'network', 'host'], one.id).toContain(one.where);
      if (one.where === 'unknown') expect(one.cause).toBe('insufficient-evidence');
      expect(one.culprit?.process ?? null).toBeNull();
    }
  });

  it('from the trace alone: the sends are the advertisements', async () => {
    const answer = await analyzeVariant(name, { withCaptures: false });
    checkAllLedgers(answer);
    const truth = readTruth(name);
    const tids = new Set(senderOf(await baselineOf(name), truth).senders.map(({ tid }) => tid));
    const own = answer.instances.filter(({ senders }) => senders.some(({ tid }) => tids.has(tid)));
    expect(own.length, `instances of ${sender}`).toBe(1);
    const late = own[0]!.late;
    expect(late.every(({ measuredAt }) => measuredAt === 'send')).toBe(true);
    for (const fault of faults) {
      const found = findLateOf(fault, late);
      if (fault.kind === 'transmit-delay') expect(found, 'a delay after the send is not seen there').toBeUndefined();
      else if (fault.kind === 'rearmed-by-packet') expect(found?.cause).toBe('rearmed-by-packet');
      else if (!fault.late) expect(found).toBeUndefined();
      else
        expect(found && `${found.cause} by ${describeCulprit(found, fault)}`).toBe(
          `${causeOf(fault)} by ${expectedCulprit(fault)}`,
        );
    }
    expect(captures.length).toBeGreaterThan(0);
  });
});

it('with a far capture that begins or ends at a late one: it is late once', async () => {
  const { late } = senderOf(await baselineOf('sigstop'), readTruth('sigstop'));
  const isLong = (packets: readonly PcapPacket[], i: number): boolean =>
    (packets[i + 1]?.time ?? 0n) - (packets[i]?.time ?? 0n) > 1_500_000_000n;
  const cuts: CaptureChange[] = [
    (packets) => packets.slice(packets.findIndex((_, i) => isLong(packets, i))),
    (packets) => packets.slice(0, packets.findLastIndex((_, i) => isLong(packets, i)) + 2),
  ];
  for (const receiver of cuts) {
    const answer = await analyzeVariant('sigstop', { captures: { receiver } });
    const found = senderOf(answer, readTruth('sigstop')).late;
    expect(found.map(({ sentNs }) => sentNs)).toEqual(late.map(({ sentNs }) => sentNs));
  }
});

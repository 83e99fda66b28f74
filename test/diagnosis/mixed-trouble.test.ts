/** Several causes in one lateness: side by side in the ledger, the largest one named, the others told. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import type { Answer, LateAdvertisement, LedgerState } from '../../src/model/answer.js';
import { requestOf } from '../../src/model/request.js';
import { captureOf } from '../support/build-sender.js';
import { stopBySignal, throttle } from '../support/faults.js';
import { checkAllLedgers, timeIn } from '../support/ledger.js';
import { allLate, MS, S, Scene, US } from '../support/scene.js';

/** What happens to packets behind the sender's interface. Times in ns from the scene's beginning. */
interface Outside {
  /** Packet number (from 1) that is held by so many ns between the capture inside and the tap. */
  readonly held?: readonly [id: number, ns: number];
  /** From this packet on the VM's clocks are behind by so many ns: it was paused. */
  readonly paused?: readonly [id: number, ns: number];
  /** Packets that never reach the farther capture. */
  readonly lost?: readonly number[];
  readonly far?: string;
}

const analyzeMixed = async (scene: Scene, { held, paused, lost = [], far = 'tap' }: Outside): Promise<Answer> => {
  const scratch = mkdtempSync(join(tmpdir(), 'whylate-mixed-'));
  try {
    const trace = join(scratch, 'trace.jsonl');
    const near = join(scratch, 'near.pcap');
    const farther = join(scratch, 'far.pcap');
    writeFileSync(trace, `${scene.machine.lines(0, scene.sender.clock + 400 * MS).join('\n')}\n`);
    writeFileSync(near, captureOf(scene.packets, 5 * US));
    const outside = scene.packets
      .filter(({ id }) => !lost.includes(id))
      .map((packet) => ({
        ...packet,
        at:
          packet.at +
          (held?.[0] === packet.id ? held[1] : 0) +
          (paused !== undefined && packet.id >= paused[0] ? paused[1] : 0),
      }));
    writeFileSync(farther, captureOf(outside, 60 * US));
    const captures = [
      { name: 'sender', path: near },
      { name: far, path: farther },
    ];
    const answer = await analyze(requestOf({ traces: [trace], captures }));
    checkAllLedgers(answer);
    return answer;
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
};

const only = (answer: Answer): LateAdvertisement => {
  const late = allLate(answer);
  expect(late.map(({ id, cause, summary }) => `${id} ${cause} ${summary}`)).toHaveLength(1);
  return late[0]!;
};

/** The states of a ledger's parts of 50 ms and more, in order. */
const large = (late: LateAdvertisement): LedgerState[] =>
  late.ledger.filter(({ ns }) => Number(ns) >= 50 * MS).map(({ state }) => state);

const expectTime = (late: LateAdvertisement, state: LedgerState, ns: number, slack = 40 * MS): void => {
  expect(Math.abs(timeIn(late, state) - ns), `${state}: ${JSON.stringify(late.ledger)}`).toBeLessThan(slack);
};

/** How many advertisements a scene has sent before its trouble. */
const BEFORE = 4;

/** Stopped past its due time for `stopped` ns; then, before it sends, the whole VM stands still for `silent` ns. */
const stopThenSilence = (stopped: number, silent: number): Scene => {
  const scene = new Scene().calm(BEFORE);
  const { machine, sender, router } = scene;
  const { due } = sender;
  const finish = sender.finish.bind(sender);
  sender.finish = () => {
    const from = sender.clock + 2 * MS;
    machine.silence(from, from + silent);
    sender.spend(2 * MS + silent);
    finish(router);
    sender.finish = finish;
  };
  stopBySignal(scene, due - 300 * MS, 300 * MS + stopped);
  return scene.calm(5);
};

describe('several causes in one lateness', () => {
  it('a stop, a VM that the host did not run, a packet held on its way out', async () => {
    const late = only(await analyzeMixed(stopThenSilence(500 * MS, 1.5 * S), { held: [BEFORE + 1, 400 * MS] }));
    expect(late.cause).toBe('vcpu-stall');
    expect(large(late)).toEqual(['stopped', 'vcpu-silent', 'in-flight']);
    expectTime(late, 'stopped', 500 * MS);
    expectTime(late, 'vcpu-silent', 1.5 * S);
    expectTime(late, 'in-flight', 400 * MS);
    expect(late.culprit).toBeNull();
    expect(late.summary).toMatch(/Also: stopped 50\d ms, egress-delay 400 ms\./);
  });

  it('the largest part is named, whichever it is', async () => {
    const stop = only(await analyzeMixed(stopThenSilence(1.5 * S, 500 * MS), { held: [BEFORE + 1, 400 * MS] }));
    expect(stop).toMatchObject({ cause: 'stopped', where: 'sender-vm', culprit: { process: 'bash', syscall: 'kill' } });
    expect(stop.summary).toMatch(/Also: vcpu-stall \d+ ms, egress-delay 400 ms\./);
    const hold = only(await analyzeMixed(stopThenSilence(500 * MS, 600 * MS), { held: [BEFORE + 1, 900 * MS] }));
    expect(hold).toMatchObject({ cause: 'egress-delay', where: 'host', culprit: null });
    expect(hold.summary).toMatch(/Also: vcpu-stall \d+ ms, stopped \d+ ms\./);
  });

  it('and the answer is the less sure the smaller its share', async () => {
    const sureness: number[] = [];
    for (const stopped of [100 * MS, 500 * MS, 1.2 * S])
      sureness.push(only(await analyzeMixed(stopThenSilence(stopped, 1.5 * S), {})).confidence);
    expect(sureness[0]).toBeGreaterThan(sureness[1]!);
    expect(sureness[1]).toBeGreaterThan(sureness[2]!);
    expect(sureness[2]).toBeGreaterThan(0.4);
  });

  it.each([
    [1.6 * S, 600 * MS, 'vm-paused', 'host'],
    [600 * MS, 1.6 * S, 'cpu-contention', 'sender-vm'],
  ])('a pause of %d ns and %d ns of contention', async (paused, contended, cause, where) => {
    const scene = new Scene().calm(BEFORE);
    const { machine, sender, router } = scene;
    const { due } = sender;
    machine.hog(sender.cpu, { tid: 801, comm: 'stress' }, due - 100 * MS, due + contended);
    sender.wake(due + contended);
    sender.finish(router);
    const late = only(await analyzeMixed(scene.calm(6), { paused: [BEFORE + 1, paused] }));
    expect(late).toMatchObject({ cause, where });
    expect(large(late)).toEqual(['ready', 'vm-paused']);
    expectTime(late, 'ready', contended);
    expectTime(late, 'vm-paused', paused);
    if (cause === 'vm-paused') expect(late.culprit).toBeNull();
    else expect(late.culprit).toMatchObject({ process: 'stress' });
    expect(late.summary).toMatch(cause === 'vm-paused' ? /Also: cpu-contention 6\d\d ms/ : /Also: vm-paused 600 ms/);
  });

  it.each([
    [3, 'path-loss', 'network'],
    [1, 'cpu-throttled', 'sender-vm'],
  ])('%d lost advertisements and a spent CPU quota', async (count, cause, where) => {
    const scene = new Scene().calm(BEFORE + count);
    throttle(scene, 1.5 * S, { tid: 802, comm: 'worker' });
    const lost = Array.from({ length: count }, (_, i) => BEFORE + 1 + i);
    const late = only(await analyzeMixed(scene.calm(5), { lost, far: 'receiver' }));
    expect(late).toMatchObject({ cause, where });
    expect(large(late)).toEqual(['lost', 'throttled']);
    expectTime(late, 'lost', count * S);
    expectTime(late, 'throttled', 1.5 * S);
    expect(late.summary).toMatch(cause === 'path-loss' ? /Also: cpu-throttled 1\.5 s/ : /Also: path-loss \d/);
  });
});

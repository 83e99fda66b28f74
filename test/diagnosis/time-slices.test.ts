import { describe, expect, it } from 'vitest';
import type { LateAdvertisement } from '../../src/model/answer.js';
import { contend } from '../support/faults.js';
import { sendInfo } from '../support/build-sender.js';
import { checkAllLedgers, timeIn } from '../support/ledger.js';
import { analyzeVariant, readTruth, senderOf } from '../support/recordings.js';
import { allLate, MS, S, Scene, US } from '../support/scene.js';

const HOG = { tid: 730, comm: 'backup' };

const oneLate = async (trouble: (scene: Scene) => void): Promise<LateAdvertisement> => {
  const scene = new Scene().calm(4);
  trouble(scene);
  const answer = await scene.calm(4).analyze();
  checkAllLedgers(answer);
  const late = allLate(answer);
  expect(late.map(({ summary }) => summary)).toHaveLength(1);
  return late[0]!;
};

/** The host runs the VM for `on` ns of each `on + off`, from `from` to `to`; a busy loop is what it finds on CPU 0. */
const slice = ({ machine, sender, router }: Scene, from: number, to: number, on: number, off: number): void => {
  for (let at = from; at < to; at += on + off) {
    machine.run(0, HOG, at, at + on + off - 10 * US);
    machine.run(0, machine.kernelThread(0), at + on + off - 10 * US, at + on + off);
    machine.silence(at + on, at + on + off);
  }
  sender.wake(to + 5 * MS);
  sender.finish(router);
};

/** Every CPU writes a heartbeat every 30 ms, but for one that stands still. */
const beat = ({ machine, sender }: Scene, still: readonly { cpu: number; from: number; to: number }[] = []): void => {
  for (let cpu = 0; cpu < machine.cpus; cpu++) {
    for (let at = cpu * 7 * MS; at < sender.due + 8 * S; at += 30 * MS) {
      if (still.some((one) => one.cpu === cpu && at > one.from && at < one.to)) continue;
      machine.row(at, { tid: -1, comm: 'bpftrace' }, '>', 'heartbeat', '', cpu);
    }
  }
};

describe('a host that gives the VM time in slices', () => {
  it.each([
    ['a quota', 30 * MS, 90 * MS],
    ['a small quota', 10 * MS, 90 * MS],
    ['a duty cycle of halves', 80 * MS, 80 * MS],
    ['long slices', 100 * MS, 400 * MS],
  ])('is the one cause, and whoever was left on the CPU none (%s)', async (_, on, off) => {
    const periods = Math.ceil((1.6 * S) / (on + off));
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      slice(scene, due - 400 * MS, due - 400 * MS + periods * (on + off), on, off);
    });
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
    expect(late.summary).toContain('time only in slices');
    expect(timeIn(late, 'ready')).toBeLessThan(20 * MS);
  });

  it('is not one that let a busy guest run but for a moment', async () => {
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      scene.machine.silence(due + 400 * MS, due + 485 * MS);
      contend(scene, due - 200 * MS, due + 1.5 * S, HOG);
    });
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
    expect(late.summary).not.toContain('slices');
  });

  it('is not one that stalled twice while a process had the CPU', async () => {
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      for (const at of [300, 1100]) scene.machine.silence(due + at * MS, due + (at + 100) * MS);
      contend(scene, due - 200 * MS, due + 2 * S, HOG);
    });
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
  });
});

describe('heartbeats', () => {
  const hogged = (still: boolean) => async () =>
    await oneLate((scene) => {
      const { machine, sender, router } = scene;
      const from = sender.due - 100 * MS;
      const back = sender.due + 1.5 * S;
      beat(scene, still ? [{ cpu: 0, from, to: back - 5 * MS }] : []);
      machine.run(0, HOG, from, back);
      sender.wake(back);
      sender.finish(router);
    });

  it('that stop on the sender’s CPU alone tell that it stood still, whoever was on it', async () => {
    const late = await hogged(true)();
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
    expect(late.confidence).toBeGreaterThan(0.9);
    const silent = late.ledger.find(({ state }) => state === 'vcpu-silent')!;
    expect(silent).toMatchObject({ bound: 'exact', cpu: 0 });
    expect(Number(silent.ns)).toBeGreaterThan(1.4 * S);
    expect(silent.evidence.map((index) => late.evidence[index]!.text)).toContain(
      'last event of CPU 0 before the silence',
    );
  });

  it('that go on tell that the busy loop had it', async () => {
    expect(await hogged(false)()).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
  });

  it('that stop on another CPU accuse nobody of it', async () => {
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      beat(scene, [{ cpu: 1, from: due - 100 * MS, to: due + 1.4 * S }]);
      contend(scene, due - 200 * MS, due + 1.5 * S, HOG);
    });
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
  });

  it('that go on show a quiet VM to be alive', async () => {
    const scene = new Scene().calm(4);
    beat(scene);
    scene.machine.silence(scene.sender.due - 900 * MS, scene.sender.due - 100 * MS);
    expect(allLate(await scene.calm(4).analyze())).toEqual([]);
  });
});

describe('a packet that waited behind its send call', () => {
  const name = 'vm-egress-hold';
  const HELD_UNTIL = [1_795_344_587_336_942_770n, 1_795_344_597_737_605_076n] as const;
  const causes = async (silent: bigint): Promise<string[]> => {
    const answer = await analyzeVariant(name, {
      trace: (rows) => rows.filter(({ time }) => !HELD_UNTIL.some((end) => time > end - silent && time < end)),
    });
    checkAllLedgers(answer);
    return senderOf(answer, readTruth(name)).late.map(({ cause }) => cause);
  };

  it('was held where the VM ran meanwhile', async () => {
    expect(await causes(0n)).toEqual(['egress-delay', 'egress-delay']);
  });

  it('was not sent because nothing of the VM ran, where none of its CPUs recorded anything', async () => {
    expect(await causes(1_500_000_000n)).toEqual(['vcpu-stall', 'vcpu-stall']);
  });
});

describe('a sender that lost its CPU inside the send call', () => {
  const preempted = async (state: string): Promise<LateAdvertisement> => {
    const scene = new Scene().calm(4);
    const { machine, sender, router } = scene;
    const destination = router.destinations[0]!;
    sender.wake();
    sender.enter('sendmsg', sendInfo(router, destination));
    const left = sender.clock + 4 * US;
    sender.goOff();
    machine.hog(0, HOG, left, left + 800 * MS);
    sender.comeIn(left + 800 * MS);
    sender.exit('sendmsg', 'res=40 data= ');
    sender.post(router, destination, router.priority, sender.clock - 2 * US);
    sender.arm(router.interval);
    sender.wait();
    const lines = machine.lines.bind(machine);
    machine.lines = (from, to) =>
      lines(from, to).map((line) =>
        line.replace(/ pgft_maj=/, ` prev_state=${line.includes('"thread.tid":500') ? state : 'S'} pgft_maj=`),
      );
    const answer = await scene.calm(4).analyze();
    checkAllLedgers(answer);
    return allLate(answer)[0]!;
  };

  it('was ready, if it left able to run, and blocked, if asleep', async () => {
    const ready = await preempted('R+');
    expect(ready).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
    expect(timeIn(ready, 'blocked')).toBe(0);
    const asleep = await preempted('S');
    expect(asleep).toMatchObject({ cause: 'blocked-syscall' });
    expect(timeIn(asleep, 'ready')).toBe(0);
  });
});

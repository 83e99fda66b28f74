import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { LateAdvertisement } from '../../src/model/answer.js';
import { block, contend, LOG_WRITE, oversleep, silenceAll, stopBySignal } from '../support/faults.js';
import { checkAllLedgers, timeIn } from '../support/ledger.js';
import { allLate, MS, S, Scene, US } from '../support/scene.js';
import { BASE } from '../support/build-trace.js';

const HOG = { tid: 730, comm: 'backup' };

/** The sender is put on a run queue at `at`, as a recorder with wake-ups writes it. */
const wakeUp = (scene: Scene, at: number, type = 'sched_wakeup', info = 'tid=500(keepalived) target_cpu=0 '): void => {
  scene.machine.row(at, { tid: 0, comm: null }, '>', type, info, scene.sender.cpu);
};

/** Every switch row says how its thread left: asleep, unless `stateAt` (ns from BASE) knows better of the sender. */
const printStates = (scene: Scene, stateAt: (time: number) => string = () => 'S'): void => {
  const { machine } = scene;
  const lines = machine.lines.bind(machine);
  machine.lines = (from, to) =>
    lines(from, to).map((line) => {
      if (!line.includes('"switch"')) return line;
      const time = Number(BigInt(/"evt\.outputtime":(\d+)/.exec(line)![1]!) - BASE);
      const state = /"thread\.tid":500\b/.test(line) ? stateAt(time) : 'S';
      return line.replace(' pgft_maj=', ` prev_state=${state} pgft_maj=`);
    });
};

const oneLate = async (
  trouble: (scene: Scene) => void,
  captures: 'both' | 'none' = 'both',
): Promise<LateAdvertisement> => {
  const scene = new Scene().calm(4);
  trouble(scene);
  const answer = await scene.calm(4).analyze({ captures });
  checkAllLedgers(answer);
  const late = allLate(answer);
  expect(late.map(({ summary }) => summary)).toHaveLength(1);
  return late[0]!;
};

const partOf = (late: LateAdvertisement, state: string) => {
  const parts = late.ledger.filter((part) => part.state === state && Number(part.ns) > MS);
  expect(parts, JSON.stringify(late.ledger)).toHaveLength(1);
  return { ...parts[0]!, rows: parts[0]!.evidence.map((index) => late.evidence[index]!.text).join('\n') };
};

describe('a sender that was woken in time and did not run', () => {
  const contended = (scene: Scene): void => {
    const { due } = scene.sender;
    contend(scene, due - 200 * MS, due + 1.5 * S, HOG);
  };

  it.each([
    ['sched_wakeup', 'tid=500(keepalived) target_cpu=0 '],
    ['sched_waking', 'comm=keepalived pid=500 prio=120 target_cpu=000'],
    ['sched_wakeup_new', 'pid=500 cpu=0 '],
    ['wakeup', 'woken=500 '],
  ])('waited for its CPU for just that long (%s %s)', async (type, info) => {
    const late = await oneLate((scene) => {
      wakeUp(scene, scene.sender.due + 20 * US, type, info);
      contended(scene);
    });
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup', tid: 730 } });
    const ready = partOf(late, 'ready');
    expect(ready).toMatchObject({ bound: 'exact', process: 'backup' });
    expect(ready.rows).toContain(`> ${type} tid=500(keepalived)`);
    expect(late.summary).toContain('had been woken');
    expect(late.summary).not.toContain('up to');
    expect(Math.abs(Number(ready.ns) - 1.5 * S)).toBeLessThan(100 * US);
  });

  it('is a little surer than without wake-ups, which say "up to"', async () => {
    const known = await oneLate((scene) => {
      wakeUp(scene, scene.sender.due + 20 * US);
      contended(scene);
    });
    const unknown = await oneLate(contended);
    expect(partOf(unknown, 'ready').bound).toBe('up-to');
    expect(known.confidence).toBeGreaterThan(unknown.confidence);
  });

  it('was throttled where its CPU idled, and its CPU did not stand still', async () => {
    const silent = (wokenAt: number) => (scene: Scene) => {
      const { sender, machine, router } = scene;
      const { due } = sender;
      machine.silence(due - 100 * MS, due + 1.5 * S, [0]);
      wakeUp(scene, due + wokenAt);
      sender.wake(due + 1.5 * S);
      sender.finish(router);
    };
    const inTime = await oneLate(silent(20 * US));
    expect(inTime.cause).toBe('cpu-throttled');
    expect(partOf(inTime, 'throttled').bound).toBe('exact');
    const late = await oneLate(silent(1.5 * S - 40 * US));
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
    expect(partOf(late, 'vcpu-silent').bound).toBe('exact');
    expect(late.summary).toContain('woken only after it');
    const unknown = await oneLate((scene) => {
      const { due } = scene.sender;
      scene.machine.silence(due - 100 * MS, due + 1.5 * S, [0]);
      oversleepSilently(scene, 1.5 * S);
    });
    expect(unknown.cause).toBe('vcpu-stall');
    expect(late.confidence).toBeGreaterThan(unknown.confidence);
  });

  const oversleepSilently = ({ sender, router }: Scene, length: number): void => {
    sender.wake(sender.due + length);
    sender.finish(router);
  };

  it('was not run by the host where all CPUs fell silent after its wake-up', async () => {
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      wakeUp(scene, due + 20 * US);
      silenceAll(scene, due + 40 * US, due + 1.3 * S);
    });
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host' });
  });
});

describe('a sender that was woken late', () => {
  it('shows a silence of all CPUs to be the host', async () => {
    const stall = (known: boolean) => (scene: Scene) => {
      const { due } = scene.sender;
      if (known) wakeUp(scene, due + 1.3 * S + 60 * US);
      silenceAll(scene, due - 400 * MS, due + 1.3 * S);
    };
    const known = await oneLate(stall(true));
    expect(known).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
    expect(partOf(known, 'vcpu-silent')).toMatchObject({ bound: 'exact' });
    expect(partOf(known, 'vcpu-silent').rows).toContain('sched_wakeup');
    expect(known.confidence).toBeGreaterThan((await oneLate(stall(false))).confidence);
  });

  it('did not wait for a process that had its CPU meanwhile', async () => {
    const late = await oneLate((scene) => {
      const { due } = scene.sender;
      wakeUp(scene, due + 1.4 * S);
      contend(scene, due - 200 * MS, due + 1.5 * S, HOG);
    });
    expect(late).toMatchObject({ cause: 'timer-late', culprit: null });
    expect(partOf(late, 'overslept')).toMatchObject({ bound: 'exact' });
    expect(Math.abs(timeIn(late, 'ready') - 0.1 * S)).toBeLessThan(MS);
  });

  it('was on a CPU that stood still with a busy loop on it', async () => {
    const late = await oneLate((scene) => {
      const { machine, sender, router } = scene;
      const { due } = sender;
      const back = due + 1.5 * S;
      machine.run(0, HOG, due - 100 * MS, back);
      wakeUp(scene, back - 2 * MS);
      sender.wake(back);
      sender.finish(router);
    });
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
  });

  it('was on a CPU that stood still for no longer than it may idle', async () => {
    const late = await oneLate((scene) => {
      const { machine, sender, router } = scene;
      const { due } = sender;
      machine.silence(due, due + 140 * MS, [0]);
      wakeUp(scene, due + 140 * MS);
      sender.wake(due + 141 * MS);
      sender.finish(router);
    });
    expect(late).toMatchObject({ cause: 'vcpu-stall', where: 'host', culprit: null });
    expect(late.confidence).toBeLessThanOrEqual(0.7);
    expect(late.summary).toContain('up to');
  });

  it('had a late timer where its CPU was alive', async () => {
    const late = await oneLate((scene) => {
      wakeUp(scene, scene.sender.due + 1.5 * S - 30 * US);
      oversleep(scene, 1.5 * S);
    });
    expect(late.cause).toBe('timer-late');
    expect(partOf(late, 'overslept').bound).toBe('exact');
    expect(late.summary).toContain('woken late');
  });
});

describe('a sender in a call', () => {
  it('is blocked until it is woken, and ready from then on', async () => {
    const late = await oneLate((scene) => {
      const { sender, machine } = scene;
      printStates(scene);
      const start = sender.due + 100 * US;
      wakeUp(scene, start + 0.5 * S);
      machine.hog(0, HOG, start + 0.2 * S, start + 1.5 * S);
      block(scene, start + 1.5 * S - (sender.due + 70 * US), LOG_WRITE);
    });
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
    expect(partOf(late, 'blocked')).toMatchObject({ bound: 'exact', syscall: 'write' });
    expect(Math.abs(timeIn(late, 'blocked') - 0.5 * S)).toBeLessThan(MS);
    expect(Math.abs(timeIn(late, 'ready') - 1 * S)).toBeLessThan(MS);
    expect(partOf(late, 'ready').bound).toBe('exact');
  });

  it.each([
    ['S', 'blocked-syscall', 'keepalived'],
    ['R+', 'cpu-contention', 'backup'],
    ['256', 'cpu-contention', 'backup'],
  ])('that left its CPU in state %s: %s', async (state, cause, process) => {
    const late = await oneLate((scene) => {
      const { sender, machine } = scene;
      const { due } = sender;
      printStates(scene, (time) => (time > due && time < due + 1 * S ? state : 'S'));
      machine.hog(0, HOG, due + 0.1 * S, due + 1.3 * S);
      block(scene, 1.3 * S, LOG_WRITE);
    });
    expect(late).toMatchObject({ cause, culprit: { process } });
  });
});

describe('a sender that left its CPU outside any call', () => {
  const away = (state: string, busy: boolean) => (scene: Scene) => {
    const { sender, machine, router } = scene;
    const { due } = sender;
    printStates(scene, (time) => (time > due && time < due + 0.5 * S ? state : 'S'));
    sender.wake();
    const from = sender.clock + 20 * US;
    if (busy) machine.hog(0, HOG, from, from + 1.3 * S);
    sender.awayUntil(from + 1.3 * S);
    sender.finish(router);
  };

  it('able to run, while others did, was ready', async () => {
    const late = await oneLate(away('R', true));
    expect(late).toMatchObject({ cause: 'cpu-contention', culprit: { process: 'backup' } });
    expect(partOf(late, 'ready').bound).toBe('exact');
  });

  it('able to run, while nobody did, was throttled', async () => {
    const late = await oneLate(away('R', false));
    expect(late.cause).toBe('cpu-throttled');
    expect(partOf(late, 'throttled').bound).toBe('exact');
  });

  it('asleep, accuses nobody who ran meanwhile', async () => {
    const late = await oneLate(away('D', true));
    expect(late).toMatchObject({ cause: 'insufficient-evidence', culprit: null });
  });

  it.each([
    ['T', 'by a stop signal'],
    ['t', 'by the debugger'],
  ])('in state %s was stopped, by whomever', async (state, words) => {
    const late = await oneLate(away(state, true));
    expect(late).toMatchObject({ cause: 'stopped', culprit: null });
    expect(late.summary).toContain(words);
  });

  it('was stopped until its wake-up by somebody known', async () => {
    const late = await oneLate((scene) => {
      const at = scene.sender.due - 300 * MS;
      printStates(scene, (time) => (time > at && time < at + S ? 'T' : 'S'));
      wakeUp(scene, at + 1.6 * S + 15 * US);
      stopBySignal(scene, at, 1.6 * S);
    });
    expect(late).toMatchObject({ cause: 'stopped', culprit: { process: 'bash' } });
  });
});

describe('any wake-up and any state', () => {
  it('leave a ledger that adds up, and planned sleep out of it', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.array(fc.integer({ min: -900, max: 2100 }), { maxLength: 3 }),
        fc.constantFrom('S', 'D', 'R', 'R+', 'T', 't', 'X', '?'),
        fc.integer({ min: -800, max: 1900 }),
        fc.integer({ min: 0, max: 1900 }),
        fc.constantFrom('both', 'none'),
        async (wakes, state, busyFrom, busyFor, captures) => {
          const scene = new Scene().calm(4);
          const { sender, machine, router } = scene;
          const { due } = sender;
          printStates(scene, () => state);
          for (const at of wakes) wakeUp(scene, due + at * MS);
          const back = due + 2 * S;
          const from = due + busyFrom * MS;
          if (busyFor > 0) machine.hog(0, HOG, from, Math.min(back, from + busyFor * MS));
          sender.wake(back);
          sender.finish(router);
          const answer = await scene.calm(4).analyze({ captures });
          checkAllLedgers(answer);
          const late = allLate(answer).filter(({ latenessNs }) => Number(latenessNs) > S);
          expect(late).toHaveLength(1);
          expect(Math.abs(Number(late[0]!.latenessNs) - 2 * S)).toBeLessThan(2 * MS);
        },
      ),
      { numRuns: 40, seed: 20_140_910 },
    );
  });
});

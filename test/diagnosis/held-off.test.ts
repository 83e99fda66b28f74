import { describe, expect, it } from 'vitest';
import { checkAllLedgers } from '../support/ledger.js';
import { expectEverywhere, expectOneLate } from '../support/expect-cause.js';
import {
  contend,
  freeze,
  holdByStrace,
  silenceAll,
  stopByDebugger,
  stopBySignal,
  throttle,
  type StopBy,
} from '../support/faults.js';
import { allLate, MS, S, Scene } from '../support/scene.js';
import { renderTerminal } from '../../src/reports/terminal/index.js';

const scene = (trouble: (made: Scene) => void, options?: ConstructorParameters<typeof Scene>[1]) => (): Scene => {
  const made = new Scene({}, options).calm(4);
  trouble(made);
  return made.calm(4);
};

const stopped = { cause: 'stopped', where: 'sender-vm', states: ['stopped'] } as const;

describe('a stopped sender', () => {
  it.each<[string, StopBy, string]>([
    ['SIGSTOP by kill', {}, 'kill'],
    ['SIGSTOP by tgkill', { call: 'tgkill' }, 'tgkill'],
    ['SIGTSTP by a shell', { signal: 'SIGTSTP' }, 'kill'],
    ['SIGTSTP to its process group', { signal: 'SIGTSTP', group: true }, 'kill'],
  ])('%s', async (_, how, syscall) => {
    await expectEverywhere(
      scene((made) => {
        stopBySignal(made, made.sender.due - 300 * MS, 1.6 * S, how);
      }),
      { ...stopped, lateness: 1.3 * S, culprit: { process: 'bash', tid: 700, syscall } },
    );
  });

  it.each([
    ['gdb attaches', 'attach', 'gdb'],
    ['strace seizes it', 'seize', 'strace'],
  ] as const)('%s', async (_, how, process) => {
    await expectEverywhere(
      scene((made) => {
        stopByDebugger(made, made.sender.due - 300 * MS, 1.6 * S, how);
      }),
      { ...stopped, lateness: 1.3 * S, culprit: { process, syscall: 'ptrace' } },
    );
  });

  it('strace follows its calls and is held up itself', async () => {
    await expectEverywhere(
      scene((made) => {
        holdByStrace(made, 1.3 * S);
      }),
      { ...stopped, lateness: 1.3 * S, culprit: { process: 'strace' } },
    );
  });

  it('its control group is frozen by runc', async () => {
    await expectEverywhere(
      scene((made) => {
        freeze(made, made.sender.due - 300 * MS, 1.6 * S);
      }),
      { ...stopped, lateness: 1.3 * S, culprit: { process: 'runc', syscall: 'write' } },
    );
  });
});

describe('a sender that others keep off its CPU', () => {
  const contended = { cause: 'cpu-contention', where: 'sender-vm', states: ['ready'] } as const;

  it('a process', async () => {
    await expectEverywhere(
      scene((made) => {
        contend(made, made.sender.due - 200 * MS, made.sender.due + 1.5 * S, { tid: 730, comm: 'backup' });
      }),
      { ...contended, lateness: 1.5 * S, culprit: { process: 'backup', tid: 730 } },
    );
  });

  it('a kernel thread without a name', async () => {
    const make = scene((made) => {
      contend(made, made.sender.due - 200 * MS, made.sender.due + 1.5 * S, { tid: 57, comm: null });
    });
    await expectEverywhere(make, { ...contended, lateness: 1.5 * S, culprit: { tid: 57 } });
    const [one] = allLate(await make().analyze());
    expect(one!.summary).not.toContain('null');
    expect(one!.culprit!.process ?? '').toMatch(/^$|57/);
  });

  it('a process, while it sleeps in select (keepalived 1.2)', async () => {
    await expectEverywhere(
      scene(
        (made) => {
          contend(made, made.sender.due - 200 * MS, made.sender.due + 1.5 * S, { tid: 730, comm: 'backup' });
        },
        { loop: 'select' },
      ),
      { ...contended, lateness: 1.5 * S, culprit: { process: 'backup' } },
    );
  });

  it('a name with terminal escapes and HTML stays inert', async () => {
    const make = scene((made) => {
      const comm = '\u001b[2J\u202e<b>x\u0007';
      contend(made, made.sender.due - 200 * MS, made.sender.due + 1.5 * S, { tid: 731, comm });
    });
    const answer = await make().analyze();
    expectOneLate(answer, { ...contended, lateness: 1.5 * S, culprit: { tid: 731 } });
    const text = renderTerminal(answer, { all: true, width: 100, colors: false, zone: 'utc' });
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u202a-\u202e]/);
    expect(text).toContain('\\x1b[2J');
    const [one] = allLate(answer);
    // eslint-disable-next-line no-control-regex -- what must not be there
    expect(`${one!.summary} ${one!.evidence.map((row) => row.text).join(' ')}`).not.toMatch(/[\u0000-\u001f\u202e]/);
  });
});

describe('a sender whose group is out of budget', () => {
  it('is throttled although no quota was written while the trace ran', async () => {
    for (const captures of ['both', 'none'] as const) {
      const made = new Scene().calm(4);
      throttle(made, 1.4 * S, { tid: 740, comm: 'check.py' });
      made.calm(4);
      const answer = await made.analyze({ captures });
      checkAllLedgers(answer);
      const late = allLate(answer);
      expect(late.map(({ cause }) => cause)).toEqual(['cpu-throttled']);
      expect([undefined, null, 'check.py']).toContain(late[0]!.culprit?.process);
      expect(late[0]!.ledger.find(({ state }) => state === 'throttled')).toMatchObject({ bound: 'up-to' });
    }
  });
});

describe('a VM that does not run', () => {
  it('no process is accused of a silence of all CPUs', async () => {
    await expectEverywhere(
      scene((made) => {
        silenceAll(made, made.sender.due - 400 * MS, made.sender.due + 1.3 * S);
      }),
      { cause: 'vcpu-stall', where: 'host', states: ['vcpu-silent'], lateness: 1.3 * S, culprit: null },
    );
  });

  it('a long system call that was frozen with the VM is no slow one', async () => {
    await expectEverywhere(
      scene((made) => {
        const { sender, router, machine } = made;
        sender.wake();
        sender.enter('read', 'fd=12(<f>/proc/net/dev) size=4096 ');
        machine.silence(sender.clock + 1000, sender.clock + 1.3 * S);
        sender.spend(1.3 * S);
        sender.exit('read', 'res=512 data=... ');
        sender.finish(router);
      }),
      { cause: 'vcpu-stall', where: 'host', states: ['vcpu-silent'], lateness: 1.3 * S, culprit: null },
    );
  });
});

import { describe, expect, it } from 'vitest';
import { checkAllLedgers, timeIn } from '../support/ledger.js';
import { expectEverywhere, expectOneLate } from '../support/expect-cause.js';
import { stopBySignal } from '../support/faults.js';
import { routerOf, Sender } from '../support/build-sender.js';
import { allLate, BASH, MS, S, Scene, US } from '../support/scene.js';

const BACKUP = routerOf({ source: '10.0.0.9', priority: 100 });

describe('several routers', () => {
  /** Two virtual routers on one thread, 300 ms apart; the thread is stopped for 0.4 s around the second's due time. */
  const makeTwo = (): Scene => {
    const made = new Scene();
    const { sender, router, machine } = made;
    const second = routerOf({ vrid: 52, fd: 14 });
    const dues = [300 * MS, 600 * MS];
    const routers = [router, second];
    for (let turn = 0; turn < 16; turn++) {
      const which = turn % 2;
      sender.due = dues[which]!;
      let wakeAt = sender.due + 60 * US;
      if (turn === 9) {
        const at = sender.due - 100 * MS;
        const aim = (signal: string): string => `pid=500(keepalived) sig=${signal} `;
        machine.call(1, BASH, at, 'kill', aim('19(SIGSTOP)'), 'res=0 ');
        sender.comeIn(at + 30 * US);
        sender.wokenBy('res=-4(EINTR) ');
        machine.row(
          sender.clock,
          sender.thread,
          '>',
          'signaldeliver',
          'spid=0 dpid=500(keepalived) sig=19(SIGSTOP) ',
          0,
        );
        wakeAt = at + 400 * MS;
        machine.call(1, BASH, wakeAt - 50 * US, 'kill', aim('18(SIGCONT)'), 'res=0 ');
        sender.awayUntil(wakeAt);
        sender.enter('epoll_wait', 'maxevents=5 ');
        sender.exit('epoll_wait', 'res=1 ');
        sender.call('read', 'fd=5(<t>) size=8 ', 'res=8 data=........ ');
      } else sender.wake(wakeAt);
      sender.advertise(routers[which]!);
      dues[which] = sender.clock + S;
      sender.arm(dues[1 - which]! - sender.clock);
      sender.wait();
    }
    return made;
  };

  it.each(['both', 'far', 'none'] as const)('on one thread, one of them late (captures: %s)', async (captures) => {
    const answer = await makeTwo().analyze({ captures });
    expect(answer.instances.map(({ vrid, advertisements }) => [vrid, advertisements]).sort()).toEqual([
      [51, 8],
      [52, 8],
    ]);
    const one = expectOneLate(answer, {
      cause: 'stopped',
      where: 'sender-vm',
      states: ['stopped'],
      lateness: 300 * MS,
      culprit: { process: 'bash', syscall: 'kill' },
    });
    expect(one.id.startsWith('52-')).toBe(true);
  });

  it('unicast peers of one thread are late alike', async () => {
    for (const captures of ['both', 'none'] as const) {
      const made = new Scene({ destinations: ['10.0.0.21', '10.0.0.22'] }).calm(4);
      stopBySignal(made, made.sender.due - 300 * MS, 1.6 * S);
      const answer = await made.calm(4).analyze({ captures });
      checkAllLedgers(answer);
      expect(answer.instances.map(({ destination, advertisements }) => [destination, advertisements]).sort()).toEqual([
        ['10.0.0.21', 9],
        ['10.0.0.22', 9],
      ]);
      const late = allLate(answer);
      expect(late.map(({ cause, culprit }) => `${cause} ${String(culprit?.process)}`)).toEqual([
        'stopped bash',
        'stopped bash',
      ]);
      for (const one of late) {
        expect(Math.abs(Number(one.latenessNs) - 1.3 * S)).toBeLessThan(2 * MS);
        expect(timeIn(one, 'stopped')).toBeGreaterThan(0.9 * Number(one.latenessNs));
      }
    }
  });

  it('IPv6, version 3, every 100 ms: 45 ms late', async () => {
    await expectEverywhere(
      () => {
        const made = new Scene({
          family: 'ipv6', version: 3, source: 'fe80::1', destinations: ['ff02::12'], interval: 100 * MS,
        }).calm(30); // prettier-ignore
        stopBySignal(made, made.sender.due - 20 * MS, 65 * MS);
        return made.calm(30);
      },
      { cause: 'stopped', where: 'sender-vm', states: ['stopped'], lateness: 45 * MS, culprit: { process: 'bash' } },
    );
  });
});

describe('a restarted sender', () => {
  const restart = (goodbye: boolean): Scene => {
    const made = new Scene().calm(4);
    const { machine, sender, router } = made;
    const systemd = { tid: 1, comm: 'systemd' };
    const parent = { tid: 490, comm: 'keepalived' };
    const at = sender.due - 400 * MS;
    machine.call(1, systemd, at, 'kill', 'pid=500(keepalived) sig=15(SIGTERM) ', 'res=0 ');
    sender.comeIn(at + 30 * US);
    machine.row(
      sender.clock + US,
      sender.thread,
      '>',
      'signaldeliver',
      'spid=1 dpid=500(keepalived) sig=15(SIGTERM) ',
      0,
    );
    sender.wokenBy('res=-4(EINTR) ');
    if (goodbye) sender.advertise(router, { priority: 0 });
    sender.call('write', 'fd=2(<f>/var/log/keepalived.log) size=30 ', 'res=30 data=.. ');
    sender.enter('exit_group');
    sender.enter('procexit', 'status=0 ret=0 sig=0 core=0 reaper_tid=0 ');
    sender.goOff();
    const born = at + 2.4 * S;
    machine.run(1, parent, born - 200 * US, born - 50 * US);
    machine.row(born - 150 * US, parent, '>', 'clone', '', 1);
    machine.row(born - 100 * US, parent, '<', 'clone', 'res=620(keepalived) ', 1);
    const next = new Sender(machine, made.packets, { tid: 620, comm: 'keepalived' });
    next.comeIn(born);
    next.exit('clone', 'res=0 ');
    next.call('socket', 'domain=2(AF_INET) type=3 proto=112 ', 'fd=13(<4>) ');
    next.finish(router);
    next.cycle(router, 4);
    made.end = next.clock;
    return made;
  };

  it('ended by SIGTERM without a goodbye, another thread goes on', async () => {
    await expectEverywhere(() => restart(false), {
      cause: 'sender-restart',
      where: 'sender-process',
      states: ['absent'],
      lateness: 2.0 * S,
      slack: 450 * MS,
      culprit: { process: 'systemd', syscall: 'kill' },
    });
  });

  it('that said goodbye with priority 0 owes nothing; the backup takes over after it', async () => {
    const made = restart(true);
    const goodbye = made.packets.find(({ priority }) => priority === 0)!.at;
    for (let i = 0; i < 2; i++) made.hear(BACKUP, goodbye + 609 * MS + i * S);
    const answer = await made.analyze();
    expect(allLate(answer).map(({ id, cause }) => `${id} ${cause}`)).toEqual([]);
    const takeovers = answer.instances.flatMap((instance) => instance.takeovers);
    expect(takeovers.map(({ by, after }) => `${by} ${after}`)).toContain('10.0.0.9 priority-zero');
  });
});

describe('a sender that is no master', () => {
  it('owes nothing before it becomes one', async () => {
    const made = new Scene();
    const { sender, router, machine } = made;
    const master = routerOf({ source: '10.0.0.9', priority: 200 });
    for (let i = 0; i < 7; i++) {
      const at = 300 * MS + i * S;
      made.hear(master, at);
      sender.comeIn(at + 40 * US);
      sender.wokenBy('res=1 ');
      sender.call('recvmsg', 'fd=12(<4r>0.0.0.0:112) ', 'res=40 size=40 data=E..( tuple=10.0.0.9:112->0.0.0.0:0 ');
      sender.call('timerfd_settime');
      sender.wait();
    }
    expect(machine.cpus).toBe(2);
    sender.due = 300 * MS + 6 * S + 3.414 * S;
    made.calm(5);
    expect(router.priority).toBe(150);
    for (const captures of ['both', 'none'] as const)
      expect(allLate(await made.analyze({ captures })).map(({ id, cause }) => `${id} ${cause}`)).toEqual([]);
  });

  it('owes nothing while a higher priority is master in between', async () => {
    const made = new Scene().calm(4);
    const { sender } = made;
    const master = routerOf({ source: '10.0.0.9', priority: 200 });
    const start = sender.due - 500 * MS;
    for (let i = 0; i < 5; i++) {
      const at = start + i * S;
      made.hear(master, at);
      sender.comeIn(at + 60 * US);
      sender.wokenBy('res=1 ');
      sender.call('recvmsg', 'fd=12(<4r>0.0.0.0:112) ', 'res=40 size=40 data=E..( tuple=10.0.0.9:112->0.0.0.0:0 ');
      sender.call('timerfd_settime');
      sender.wait();
    }
    sender.due = start + 4 * S + 3.414 * S;
    made.calm(4);
    expect(allLate(await made.analyze()).map(({ id, cause }) => `${id} ${cause}`)).toEqual([]);
  });
});

describe('recordings that do not tell', () => {
  it('`drop` rows inside the stall: nobody is accused', async () => {
    for (const captures of ['both', 'none'] as const) {
      const made = new Scene().calm(4);
      const due = made.sender.due;
      stopBySignal(made, due - 300 * MS, 1.6 * S);
      const recorder = { tid: 901, comm: 'sysdig' };
      for (const cpu of [0, 1]) made.machine.row(due + 600 * MS, recorder, '>', 'drop', 'ratio=2 ', cpu);
      const answer = await made.calm(4).analyze({ captures });
      expectOneLate(answer, {
        cause: 'insufficient-evidence',
        where: 'unknown',
        states: ['stopped', 'unexplained'],
        lateness: 1.3 * S,
        culprit: null,
      });
      expect(allLate(answer)[0]!.summary).toMatch(/lost|dropped/);
      expect(answer.counters.find(({ severity }) => severity === 'data-loss')?.name).toBe('trace_drop_rows');
    }
  });

  it('a late one before the trace has begun', async () => {
    const made = new Scene().calm(4);
    const { due } = made.sender;
    stopBySignal(made, due - 300 * MS, 1.6 * S);
    const answer = await made.calm(6).analyze({ traceFrom: due + 2 * S });
    const one = expectOneLate(answer, {
      cause: 'insufficient-evidence',
      where: 'unknown',
      states: ['unexplained'],
      lateness: 1.3 * S,
      culprit: null,
    });
    expect(one.advice.length).toBeGreaterThan(0);
  });

  it('a late one whose stall began before the trace did', async () => {
    const made = new Scene().calm(4);
    const { due } = made.sender;
    stopBySignal(made, due - 300 * MS, 1.6 * S);
    const answer = await made.calm(6).analyze({ traceFrom: due + 500 * MS });
    checkAllLedgers(answer);
    const [one, ...more] = allLate(answer);
    expect(more).toEqual([]);
    expect(['insufficient-evidence', 'stopped']).toContain(one?.cause);
  });

  it.each([
    ['the receiver 37 s behind', { farClock: -37n * 1_000_000_000n }],
    ['the receiver a year ahead', { farClock: 31_536_000n * 1_000_000_000n }],
    ['the receiver 2 ms behind, so that packets seem to arrive before they left', { farClock: -2_000_000n }],
    ['the captures named the other way round', { reversed: true }],
  ])('clocks: %s', async (_, options) => {
    const made = new Scene().calm(5);
    stopBySignal(made, made.sender.due - 300 * MS, 1.6 * S);
    const answer = await made.calm(5).analyze(options);
    expectOneLate(answer, {
      cause: 'stopped',
      where: 'sender-vm',
      states: ['stopped'],
      lateness: 1.3 * S,
      culprit: { process: 'bash' },
    });
  });
});

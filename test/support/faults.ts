/** Troubles for a constructed scene, each as a real trace shows it (see the recordings in traces/). Times in ns. */
import type { Sender } from './build-sender.js';
import { BASH, MS, US, type Scene } from './scene.js';
import type { Thread } from './build-trace.js';

/** The other CPU, on which actors run. */
const OTHER = 1;

/** Interrupted or resumed by somebody, the loop arms its timer for what is left, and finds it overdue or sleeps on. */
const goOn = ({ sender, router }: Scene): void => {
  const { due } = sender;
  sender.call('timerfd_settime');
  if (sender.clock < due) {
    sender.wait();
    sender.wake(due + 60 * US);
  } else {
    sender.enter('epoll_wait', 'maxevents=5 ');
    sender.wokenBy('res=1 ');
    sender.call('read', 'fd=5(<t>) size=8 ', 'res=8 data=........ ');
  }
  sender.finish(router);
};

const interrupt = (sender: Sender, at: number): void => {
  sender.comeIn(at);
  sender.wokenBy('res=-4(EINTR) ');
};

/** How a stop signal is sent. */
export interface StopBy {
  readonly actor?: Thread;
  readonly call?: 'kill' | 'tkill' | 'tgkill';
  readonly signal?: 'SIGSTOP' | 'SIGTSTP';
  /** To its process group, as shells do. */
  readonly group?: boolean;
}

const NUMBER = { SIGSTOP: 19, SIGTSTP: 20, SIGCONT: 18 } as const;

/** A stop signal from `at` on, SIGCONT `length` later. */
export const stopBySignal = (
  scene: Scene,
  at: number,
  length: number,
  { actor = BASH, call = 'kill', signal = 'SIGSTOP', group = false }: StopBy = {},
): void => {
  const { machine, sender } = scene;
  const { tid, comm } = sender.thread;
  const aim = (name: keyof typeof NUMBER): string => {
    const to = group ? `pid=-${String(tid)}` : `pid=${String(tid)}(${String(comm)})`;
    return `${to}${call === 'tgkill' ? ` tid=${String(tid)}(${String(comm)})` : ''} sig=${String(NUMBER[name])}(${name}) `;
  };
  machine.call(OTHER, actor, at, call, aim(signal), 'res=0 ');
  interrupt(sender, at + 30 * US);
  machine.row(
    sender.clock,
    sender.thread,
    '>',
    'signaldeliver',
    `spid=0 dpid=${String(tid)}(${String(comm)}) sig=${String(NUMBER[signal])}(${signal}) `,
    sender.cpu,
  );
  sender.awayUntil(at + length + 50 * US);
  machine.call(OTHER, actor, at + length, call, aim('SIGCONT'), 'res=0 ');
  goOn(scene);
};

/** A debugger attaches with a SIGSTOP, or seizes and interrupts without one. */
export const stopByDebugger = (scene: Scene, at: number, length: number, how: 'attach' | 'seize'): void => {
  const { machine, sender } = scene;
  const { tid, comm } = sender.thread;
  const actor = { tid: 710, comm: how === 'attach' ? 'gdb' : 'strace' };
  const request = (text: string): string => `request=${text} pid=${String(tid)}(${String(comm)}) `;
  if (how === 'attach') {
    machine.call(OTHER, actor, at, 'ptrace', request('16(PTRACE_ATTACH)'), 'res=0 addr=0 data=0 ');
  } else {
    machine.call(OTHER, actor, at - 100 * US, 'ptrace', request('16902(PTRACE_SEIZE)'), 'res=0 addr=0 data=0 ');
    machine.call(OTHER, actor, at, 'ptrace', request('16903(PTRACE_INTERRUPT)'), 'res=0 addr=0 data=0 ');
  }
  interrupt(sender, at + 30 * US);
  if (how === 'attach') {
    const info = `spid=${String(actor.tid)} dpid=${String(tid)}(${String(comm)}) sig=19(SIGSTOP) `;
    machine.row(sender.clock, sender.thread, '>', 'signaldeliver', info, sender.cpu);
  }
  sender.awayUntil(at + length + 50 * US);
  machine.call(OTHER, actor, at + length, 'ptrace', request('17(PTRACE_DETACH)'), 'res=0 addr=0 data=0 ');
  goOn(scene);
};

/**
 * strace already follows every call of the sender and is itself held up: the sender waits at the exit of a call for
 * strace to let it go on. The rows of the call stand before the stop.
 */
export const holdByStrace = (scene: Scene, length: number): void => {
  const { machine, sender, router } = scene;
  const { tid, comm } = sender.thread;
  const strace = { tid: 711, comm: 'strace' };
  const step = (at: number): void => {
    machine.call(
      OTHER,
      strace,
      at,
      'ptrace',
      `request=24(PTRACE_SYSCALL) pid=${String(tid)}(${String(comm)}) `,
      'res=0 addr=0 data=0 ',
    );
  };
  step(sender.due - 50 * MS);
  sender.comeIn(sender.due + 60 * US);
  sender.wokenBy('res=1 ');
  const back = sender.clock + length;
  machine.run(OTHER, strace, sender.clock + 30 * US, sender.clock + 70 * US);
  machine.row(sender.clock + 40 * US, strace, '>', 'write', 'fd=2(<p>) size=60 ');
  machine.row(back - 90 * US, strace, '<', 'write', 'res=60 data=.... ');
  machine.run(OTHER, strace, back - 95 * US, back - 60 * US);
  step(back - 55 * US);
  sender.awayUntil(back);
  sender.call('read', 'fd=5(<t>) size=8 ', 'res=8 data=........ ');
  sender.finish(router);
};

/** Its control group is frozen (v2) by a container runtime, and thawed. */
export const freeze = (scene: Scene, at: number, length: number): void => {
  const { machine, sender } = scene;
  const runc = { tid: 720, comm: 'runc' };
  const file = 'fd=7(<f>/sys/fs/cgroup/system.slice/keepalived.service/cgroup.freeze) size=1 ';
  machine.call(OTHER, runc, at, 'write', file, 'res=1 data=1 ');
  interrupt(sender, at + 60 * US);
  sender.awayUntil(at + length + 80 * US);
  machine.call(OTHER, runc, at + length, 'write', file, 'res=1 data=0 ');
  goOn(scene);
};

/** Where in a cycle something happens. */
export type Phase = 'before-send' | 'after-send';

const around = (scene: Scene, phase: Phase, trouble: () => void): void => {
  const { sender, router } = scene;
  sender.wake();
  if (phase === 'after-send') sender.advertise(router);
  trouble();
  if (phase === 'before-send') sender.advertise(router);
  sender.arm(router.interval);
  sender.wait();
};

/** It computes. */
export const compute = (scene: Scene, length: number, phase: Phase = 'before-send'): void => {
  around(scene, phase, () => {
    scene.sender.spend(length);
  });
};

/** It makes netlink calls without end, none of which sleeps. */
export const makeManyCalls = (scene: Scene, length: number): void => {
  const { sender } = scene;
  around(scene, 'before-send', () => {
    for (const end = sender.clock + length; sender.clock < end;) {
      sender.call('sendto', 'fd=10(<n>) size=64 tuple=NULL ', 'res=64 data=......... ');
      sender.spend(200 * US);
      sender.call('recvmsg', 'fd=10(<n>) ', 'res=36 size=36 data=.... tuple=NULL ');
    }
  });
};

/** It sleeps in a system call. */
export const block = (
  scene: Scene,
  length: number,
  call: { readonly type: string; readonly enter: string; readonly exit: string },
  phase: Phase = 'before-send',
): void => {
  around(scene, phase, () => {
    scene.sender.sleepIn(call.type, call.enter, scene.sender.clock + length, call.exit);
  });
};

export const LOG_WRITE = { type: 'write', enter: 'fd=2(<f>/var/log/keepalived.log) size=94 ', exit: 'res=94 data=.. ' };

/** Its memory is away: `faults` major faults one after the other, each counted at the next time it leaves the CPU. */
export const page = (scene: Scene, length: number, faults: number): void => {
  const { sender } = scene;
  around(scene, 'before-send', () => {
    for (let i = 0; i < faults; i++) {
      sender.awayUntil(sender.clock + length / faults);
      sender.majorFaults++;
      sender.spend(30 * US);
    }
  });
};

/** Somebody else has its CPU from `from` on until `to`. */
export const contend = (scene: Scene, from: number, to: number, other: Thread): void => {
  const { machine, sender, router } = scene;
  if (from <= sender.clock) throw new Error('the sender has not left its CPU yet');
  machine.hog(sender.cpu, other, from, to);
  sender.wake(Math.max(to, sender.due + 60 * US));
  sender.finish(router);
};

/** Its timer fires late although its CPU is idle and alive. */
export const oversleep = (scene: Scene, length: number): void => {
  const { machine, sender, router } = scene;
  machine.kernelRhythm(sender.cpu, sender.due - 100 * MS, sender.due + length, 4 * MS);
  sender.wake(sender.due + length);
  sender.finish(router);
};

/** No CPU records anything from `from` to `to`. */
export const silenceAll = (scene: Scene, from: number, to: number): void => {
  const { machine, sender, router } = scene;
  machine.silence(from, to);
  sender.wake(Math.max(to + 100 * US, sender.due + 60 * US));
  sender.finish(router);
};

/**
 * Its control group is out of budget: switched in at its due time for microseconds, then out in user mode for whole
 * periods of 100 ms. `worker`, of the same group, uses each period's budget up on the other CPU.
 */
export const throttle = (scene: Scene, length: number, worker: Thread): void => {
  const { machine, sender, router } = scene;
  const start = sender.due + 60 * US;
  sender.comeIn(start);
  sender.wokenBy('res=1 ');
  for (let at = start + 10 * MS; at + 20 * MS < start + length; at += 100 * MS)
    machine.run(OTHER, worker, at, at + 18 * MS);
  sender.awayUntil(start + length);
  sender.call('read', 'fd=5(<t>) size=8 ', 'res=8 data=........ ');
  sender.finish(router);
};

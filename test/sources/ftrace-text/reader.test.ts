import { describe, expect, it } from 'vitest';
import { readText, rowsOf } from './reading.js';

let clock = 100;
/** A line of a thread called keepalived, some microseconds behind the one before. */
const at = (event: string, comm = 'keepalived', tid = 7, cpu = 0): string => {
  clock += 0.00001;
  return `${comm.padStart(16)} ${String(tid)} [00${String(cpu)}] ${clock.toFixed(9)}: ${event}\n`;
};
const enter = (number: number, ...args: number[]): string =>
  at(`raw_syscalls:sys_enter: NR ${String(number)} (${args.map((arg) => arg.toString(16)).join(', ')})`);
const leave = (number: number, result: number): string =>
  at(`raw_syscalls:sys_exit: NR ${String(number)} = ${String(result)}`);

const HEADER = '# arch : x86_64\n';
const [READ, CLOSE, SOCKET, SENDTO, SENDMSG, RECVMSG, EPOLL_WAIT] = [0, 3, 41, 44, 46, 47, 232] as const;
const send = (descriptor: number, result: number): string =>
  enter(SENDMSG, descriptor, 0x7ffc, 0) + leave(SENDMSG, result);
const sleep = (): string => enter(EPOLL_WAIT, 5, 0x7ffc, 5, 0xffffffff) + leave(EPOLL_WAIT, 1);
const receive = (descriptor: number): string => enter(RECVMSG, descriptor, 0x7ffc, 0) + leave(RECVMSG, 36);

const assumed = async (text: string): Promise<number[]> => {
  const { events } = await readText(HEADER + text, 'perf');
  return events
    .filter(({ info }) => info.includes('destination=not-recorded'))
    .map(({ info }) => Number(/fd=(\d+)/.exec(info)?.[1]));
};

describe('which sends are taken for advertisements', () => {
  it.each([40, 36, 32, 24, 44, 56])('%i bytes of sendmsg, the first one too', async (length) => {
    expect(await assumed(send(14, length) + sleep() + send(14, length) + sleep())).toEqual([14, 14]);
  });

  it.each([42, 20, 28, 87, 8, 1508, 0])('not %i bytes', async (length) => {
    expect(await assumed(send(14, length) + sleep() + send(14, length) + sleep())).toEqual([]);
  });

  it('not netlink, on which the thread receives the answer', async () => {
    expect(await assumed(send(10, 40) + receive(10) + sleep() + send(10, 40) + receive(10) + sleep())).toEqual([]);
  });

  it('not what goes out through sendto: ARP, log messages, BFD', async () => {
    const sendto = (length: number): string => enter(SENDTO, 3, 0x7ffc, length, 0, 0, 0) + leave(SENDTO, length);
    expect(await assumed(sendto(40) + sleep() + sendto(24) + sleep())).toEqual([]);
  });

  it('not those of other threads', async () => {
    const text = (send(14, 40) + sleep()).replaceAll('keepalived', '     probe');
    expect(await assumed(text)).toEqual([]);
  });

  it('a refused send, once the descriptor is known', async () => {
    const { events } = await readText(HEADER + send(14, 40) + sleep() + send(14, -1) + sleep(), 'perf');
    expect(events.filter(({ type }) => type === 'sendmsg').map(({ info }) => info)).toEqual([
      'fd=14 destination=not-recorded ',
      'res=40 ',
      'fd=14 destination=not-recorded ',
      'res=-1(EPERM) ',
    ]);
    expect(await assumed(send(14, -1) + sleep())).toEqual([]);
  });

  it('forgets a descriptor that is closed', async () => {
    const closed = enter(CLOSE, 14) + leave(CLOSE, 0);
    expect(await assumed(send(14, 40) + sleep() + closed + send(14, 40) + receive(14) + sleep())).toEqual([14]);
  });

  it('knows a socket of the protocol whose making it saw', async () => {
    const socket = enter(SOCKET, 2, 3, 112) + leave(SOCKET, 14);
    const text = HEADER + socket + enter(SENDMSG, 14, 0x7ffc, 0) + leave(SENDMSG, -1);
    expect(rowsOf(await readText(text, 'perf'))).toEqual([
      'socket >',
      'socket < fd=14(<4r>)',
      'sendmsg > fd=14(<4r>) destination=not-recorded',
      'sendmsg < res=-1(EPERM)',
    ]);
  });

  it('keeps the order of rows, whatever waits', async () => {
    const others = at('sched:sched_wakeup: comm=a pid=1 prio=1 target_cpu=000', 'node', 9, 1);
    const { events } = await readText(HEADER + send(14, 40) + others.repeat(3) + sleep(), 'perf');
    expect(events.map(({ line }) => line)).toEqual([2, 3, 4, 5, 6, 7, 8]);
  });

  it('says so, or that there were none', async () => {
    const { counters } = await readText(HEADER + send(14, 40) + sleep() + send(14, 40), 'perf');
    expect(counters.get('ftrace_text_assumed_sends')).toBe(2);
    const none = await readText(HEADER + sleep(), 'perf');
    expect(none.counters.get('ftrace_text_no_sends')).toBe(1);
  });
});

describe('rows', () => {
  it('of who comes and goes, wakes and is woken', async () => {
    const text =
      at('sched:sched_waking: comm=keepalived pid=7 prio=98 target_cpu=001', 'swapper', 0) +
      at(
        'sched:sched_switch: prev_comm=swapper/0 prev_pid=0 prev_prio=120 prev_state=R ==> next_comm=keepalived next_pid=7 next_prio=98',
        'swapper',
        0,
      ) +
      at(
        'sched:sched_switch: prev_comm=keepalived prev_pid=7 prev_prio=98 prev_state=D ==> next_comm=swapper/0 next_pid=0 next_prio=120',
      );
    const read = await readText(text, 'perf');
    expect(rowsOf(read)).toEqual([
      'sched_waking > tid=7(keepalived) target_cpu=1',
      'switch > next=7(keepalived) prev_state=R',
      'switch > next=0 prev_state=D',
    ]);
    expect(read.events[1]).toMatchObject({ tid: 0, comm: '', nextTid: 7, nextComm: 'keepalived' });
    expect(read).toMatchObject({ clock: 'relative', loss: null });
  });

  it('of signals, by who sent them, and not twice', async () => {
    const stop = 'signal:signal_generate: sig=19 errno=0 code=0 comm=keepalived pid=7 grp=1 res=0';
    const kill =
      at('raw_syscalls:sys_enter: NR 62 (7, 13, 0, 0, 0, 0)', 'bash', 8) +
      at(stop, 'bash', 8) +
      at('raw_syscalls:sys_exit: NR 62 = 0', 'bash', 8);
    const child = at('signal:signal_generate: sig=17 errno=0 code=1 comm=bash pid=8 grp=1 res=0', 'sleep', 9);
    const text =
      HEADER +
      at(stop, 'freezer', 8) +
      kill +
      child +
      at('signal:signal_deliver: sig=19 errno=0 code=0 sa_handler=0 sa_flags=0');
    expect(rowsOf(await readText(text, 'perf'))).toEqual([
      'kill > pid=7(keepalived) sig=19(SIGSTOP)',
      'kill > pid=7 sig=19(SIGSTOP)',
      'kill < res=0',
      'signaldeliver > spid=0 dpid=7(keepalived) sig=19(SIGSTOP)',
    ]);
  });

  it('of processes', async () => {
    const fork = 'sched:sched_process_fork: comm=bash pid=8 child_comm=bash child_pid=9';
    const call =
      at('raw_syscalls:sys_enter: NR 56 (1, 0, 0, 0, 0, 0)', 'bash', 8) +
      at(fork, 'bash', 8) +
      at('raw_syscalls:sys_exit: NR 56 = 9', 'bash', 8);
    const text =
      HEADER +
      at(fork, 'bash', 8) +
      call +
      at('sched:sched_process_exit: comm=bash pid=9 prio=120 group_dead=true', 'bash', 9);
    expect(rowsOf(await readText(text, 'perf'))).toEqual([
      'clone < res=9(bash)',
      'clone >',
      'clone < res=9(bash)',
      'procexit >',
    ]);
  });

  it('with seconds since 1970 are on the calendar', async () => {
    const { clock: kind, events } = await readText(
      ' keepalived 7 [000] 1795903407.000000001: raw_syscalls:sys_exit: NR 0 = 8\n',
      'perf',
    );
    expect(kind).toBe('epoch');
    expect(events[0]?.time).toBe(1_795_903_407_000_000_001n);
  });

  it('are none of a cut last line, a broken event, a foreign line', async () => {
    const { counters, events } = await readText(
      `${HEADER}${leave(READ, 8)}hello\n${at('sched:sched_switch: prev_comm=')}${leave(READ, 8).trimEnd()}`,
      'perf',
    );
    expect(events).toHaveLength(1);
    for (const name of ['foreign_line', 'broken_event', 'cut_line'])
      expect(counters.get(`ftrace_text_${name}`)).toBe(1);
  });

  it('are refused where there is none', async () => {
    await expect(readText('# arch : x86_64\n', 'perf')).rejects.toThrow(/no scheduler, signal or system call event/);
  });
});

describe('lost events', () => {
  it('are told as drops from the last event of their CPU to its next', async () => {
    const text = HEADER + leave(READ, 8) + at('PERF_RECORD_LOST lost 12') + leave(READ, 9);
    const { events, counters, loss } = await readText(text, 'perf');
    expect(events.map(({ type }) => type)).toEqual(['read', 'drop', 'drop', 'drop', 'read']);
    const times = events.map(({ time }) => time);
    expect(times[1]).toBe(times[0]);
    expect(times[3]).toBe(times[4]);
    expect(counters.get('ftrace_text_lost_events')).toBe(12);
    expect(loss).toEqual({ known: true, dropped: 12, offered: 14 });
  });

  it('of trace-cmd too', async () => {
    const line = (time: string): string => `            bash-8     [001] ..... ${time}: sys_read -> 0x8\n`;
    const { events, counters } = await readText(
      `${line('1.000000')}CPU:1 [LOST EVENTS]\n${line('2.000000')}`,
      'trace-cmd',
    );
    expect(events.map(({ type }) => type)).toEqual(['read', 'drop', 'drop', 'read']);
    expect(counters.get('ftrace_text_losses_of_unknown_size')).toBe(1);
  });
});

describe('whose numbers calls have', () => {
  const sleeping = (number: number): string =>
    Array.from(
      { length: 20 },
      () =>
        `${enter(number, 4, 0, 0, 0)}${at('sched:sched_switch: prev_comm=keepalived prev_pid=7 prev_prio=120 prev_state=S ==> next_comm=swapper/0 next_pid=0 next_prio=120')}${leave(number, 1)}`,
    ).join('');

  it.each([
    ['x86_64', 232, 'epoll_wait', 'inferred'],
    ['aarch64', 22, 'epoll_pwait', 'inferred'],
    ['x86_64 by default', 290, 'eventfd2', 'assumed'],
  ])('is %s', async (_, number, name, how) => {
    const { events, counters } = await readText(sleeping(number), 'perf');
    expect(events[0]?.type).toBe(name);
    expect(counters.get(`ftrace_text_${how}_machine`)).toBe(1);
  });

  it('is what the header says', async () => {
    const { events, counters } = await readText(`# arch : aarch64\n${sleeping(232)}`, 'perf');
    expect(events[0]?.type).toBe('mincore');
    expect(counters.list().map(({ name }) => name)).toEqual(['ftrace_text_no_sends']);
    const other = await readText(`# arch : s390x\n${sleeping(232)}`, 'perf');
    expect(other.events[0]?.type).toBe('syscall_232');
    expect(other.counters.get('ftrace_text_unknown_machine')).toBe(1);
  });
});

import { describe, expect, it } from 'vitest';
import { readPerfLine } from '../../../src/sources/ftrace-text/perf-line.js';
import { readTraceCmdLine } from '../../../src/sources/ftrace-text/trace-cmd-line.js';
import { recognise } from '../../../src/sources/recognise.js';

const SWITCH =
  'prev_comm=keepalived prev_pid=21783 prev_prio=98 prev_state=S ==> next_comm=node next_pid=22194 next_prio=120';

const told = { kind: 'switch', comm: 'keepalived', tid: 21783, state: 'S', nextComm: 'node', nextTid: 22194 };

describe('a line of perf script', () => {
  it.each([
    ['the default fields', `      keepalived 21783 [000] 23982.498674:       sched:sched_switch: ${SWITCH}`],
    ['--ns', `      keepalived 21783 [000] 23982.498674000:       sched:sched_switch: ${SWITCH}`],
    ['process and thread', `      keepalived 21783/21783 [000] 23982.498674:       sched:sched_switch: ${SWITCH}`],
    ['a period', `      keepalived 21783 [000] 23982.498674:          1       sched:sched_switch: ${SWITCH}`],
  ])('with %s', (_, line) => {
    const head = { comm: 'keepalived', tid: 21783, cpu: 0, seconds: 23982, nanos: 498_674_000 };
    expect(readPerfLine(line)).toMatchObject({ kind: 'event', head, told });
    expect(recognise(Buffer.from(`${line}\n`))).toBe('perf-script');
  });

  it.each([
    ['no CPU', `      keepalived 21783 23982.498674:       sched:sched_switch: ${SWITCH}`, { tid: 21783, cpu: -1 }],
    ['no name', `21783/21784 [001] 23982.498674:       sched:sched_switch: ${SWITCH}`, { comm: null, tid: 21784 }],
    ['nothing but the time', `23982.498674:       sched:sched_switch: ${SWITCH}`, { comm: null, tid: -1, cpu: -1 }],
    ['a thread that is gone', `:-1    -1 [001] 23982.498674: sched:sched_switch: ${SWITCH}`, { comm: null, tid: -1 }],
    [
      'spaces in a name',
      ` npm exec vitest 4252 [001] 1.000000: sched:sched_switch: ${SWITCH}`,
      { comm: 'npm exec vitest' },
    ],
    [
      'a name like a head',
      `  a 1 [000] 2.5: 4252 [001] 1.000000: sched:sched_switch: ${SWITCH}`,
      { comm: 'a 1 [000] 2.5:', tid: 4252 },
    ],
  ])('with %s', (_, line, head) => {
    expect(readPerfLine(line)).toMatchObject({ kind: 'event', head, told });
  });

  it.each([
    ['', 'dull'],
    ['# ========', 'dull'],
    ['\tffffffff81c0 __schedule+0x2a1 ([kernel.kallsyms])', 'dull'],
    ['     7f12ab34cd56 epoll_wait+0x56 (/usr/lib/libc.so.6)', 'dull'],
    ['    kthreadd     0 [000]     0.000000: PERF_RECORD_COMM: kthreadd:2/2', 'dull'],
    ['  node 1 [000] 1.000000: power:cpu_idle: state=1 cpu_id=0', 'dull'],
    ['  node 1 [000] 1.000000: sched:sched_migrate_task: comm=a pid=1', 'other'],
    ['  node 1 [000] 1.000000: sched:sched_switch: prev_comm=a', 'broken'],
    ['  node 1 [000] 1.000000: raw_syscalls:sys_enter: NR', 'broken'],
    ['Warning:', 'dull'],
    ['hello', 'foreign'],
  ])('%s is %s', (line, kind) => {
    expect(readPerfLine(line).kind).toBe(kind);
  });

  it('that tells of a loss', () => {
    expect(readPerfLine('            node 30928 [001] 24644.365491586: PERF_RECORD_LOST lost 17')).toMatchObject({
      kind: 'lost',
      events: 17,
      cpu: 1,
      head: { seconds: 24644, nanos: 365_491_586 },
    });
    expect(readPerfLine('LOST 5 events!')).toMatchObject({ kind: 'lost', events: 5, head: null });
    expect(readPerfLine('Processed 55500 events and lost 46 chunks!')).toMatchObject({ kind: 'lost-in-all' });
    expect(readPerfLine('Processed 47563 samples and lost 6.64%!')).toMatchObject({
      kind: 'lost-in-all',
      share: 0.0664,
    });
  });

  it('that names the machine', () => {
    expect(readPerfLine('# arch : aarch64')).toEqual({ kind: 'machine', machine: 'aarch64' });
  });
});

describe('a line of trace-cmd report, or of the kernel', () => {
  const PLUGIN = 'keepalived:21783 [98] S ==> node:22194 [120]';
  it.each([
    ['trace-cmd report', `      keepalived-21783 [000] 23982.498674: sched_switch:         ${PLUGIN}`],
    ['an instance', `whylate:       keepalived-21783 [000] 23982.498674: sched_switch:         ${PLUGIN}`],
    [
      'an instance, in the latency format',
      `whylate: keepaliv-21783   0d..2. 23982.498674: sched_switch:         ${PLUGIN}`,
    ],
    ['-t', `      keepalived-21783 [000] 23982.498674000: sched_switch:         ${PLUGIN}`],
    ['-N', `      keepalived-21783 [000] 23982.498674: sched_switch:          ${SWITCH}`],
    [
      '-R',
      `      keepalived-21783 [000] 23982.498674: sched_switch:          ${SWITCH.replace(' ==>', '').replace('=S', '=1')}`,
    ],
    ['the kernel', `      keepalived-21783   [000] d..2. 23982.498674: sched_switch: ${SWITCH}`],
    ['the kernel, older', `      keepalived-21783 [000] d..2 23982.498674: sched_switch: ${SWITCH}`],
    ['the kernel with TGID', `      keepalived-21783   (  21783) [000] d..2. 23982.498674: sched_switch: ${SWITCH}`],
    ['the kernel without TGID', `      keepalived-21783   (-------) [000] d..2. 23982.498674: sched_switch: ${SWITCH}`],
    ['the kernel in its latency format', `keepaliv-21783     0d..2. 23982498674us+: sched_switch: ${SWITCH}`],
  ])('%s', (name, line) => {
    const state = name === '-R' ? '1' : 'S';
    const head = { tid: 21783, cpu: 0, seconds: 23982, nanos: 498_674_000, interrupt: null };
    expect(readTraceCmdLine(line)).toMatchObject({ kind: 'event', head, told: { ...told, state } });
    expect(recognise(Buffer.from(`${line}\n`))).toBe('trace-cmd');
  });

  it.each([
    [
      'sys_sendmsg(fd: 0xe, msg: 0x7ffcfbb1b1d0, flags: 0x4)',
      { kind: 'enter', call: 'sendmsg', args: ['e', '7ffcfbb1b1d0', '4'] },
    ],
    [
      'sys_sendmsg(fd: e, msg: 7ffcfbb1b1d0, flags: 4)',
      { kind: 'enter', call: 'sendmsg', args: ['e', '7ffcfbb1b1d0', '4'] },
    ],
    ['sys_kill(pid_t pid: 0x7a7b, int sig: 0x12)', { kind: 'enter', call: 'kill', args: ['7a7b', '12'] }],
    [
      'sys_write(fd: 0x2, buf: 0x7ff0 ("fd: 0x9, a: 1"), count: 0xd)',
      { kind: 'enter', call: 'write', args: ['2', '7ff0'] },
    ],
    ['sys_getpid()', { kind: 'enter', call: 'getpid', args: [] }],
    ['sys_sendmsg -> 0x28', { kind: 'leave', call: 'sendmsg', result: 40 }],
    ['sys_sendmsg -> 0xffffffffffffffff', { kind: 'leave', call: 'sendmsg', result: -1 }],
    ['sys_enter: NR 46 (e, 7ffcfbb1b1d0, 4, 0, 0, 0)', { kind: 'enter', call: 46 }],
    ['sys_exit: NR 46 = -11', { kind: 'leave', call: 46, result: -11 }],
    [
      'sched_wakeup:         keepalived:21783 [98] CPU:001',
      { kind: 'wake-up', comm: 'keepalived', tid: 21783, cpu: 1 },
    ],
    [
      'sched_wakeup: keepalived:21783 [98] success=1 CPU:001',
      { kind: 'wake-up', comm: 'keepalived', tid: 21783, cpu: 1 },
    ],
    [
      'sched_waking: comm=keepalived pid=21783 prio=98 target_cpu=001',
      { kind: 'wake-up', comm: 'keepalived', tid: 21783, cpu: 1 },
    ],
    ['sched_process_exit: comm=rm pid=12 prio=120 group_dead=true', { kind: 'exit', comm: 'rm', tid: 12 }],
    [
      'sched_process_fork: comm=bash pid=7 child_comm=bash child_pid=12',
      { kind: 'fork', child: 12, childComm: 'bash' },
    ],
    [
      'signal_generate: sig=19 errno=0 code=0 comm=keepalived pid=21783 grp=1 res=0',
      { kind: 'signal-sent', signal: 19, code: 0, tid: 21783 },
    ],
    ['signal_deliver: sig=19 errno=0 code=0 sa_handler=0 sa_flags=0', { kind: 'signal-delivered', signal: 19 }],
  ])('%s', (event, meaning) => {
    expect(readTraceCmdLine(`            bash-31343   [000] ..... 24641.841795: ${event}`)).toMatchObject({
      kind: 'event',
      told: meaning,
    });
  });

  it('says when an interrupt came upon the thread', () => {
    const line = (flags: string) =>
      `node-1 [000] ${flags} 1.000000: sched_wakeup: comm=a pid=2 prio=120 target_cpu=000`;
    const of = (flags: string) => readTraceCmdLine(line(flags));
    expect(of('d.h4.')).toMatchObject({ head: { interrupt: 'irq' } });
    expect(of('dNs5.')).toMatchObject({ head: { interrupt: 'softirq' } });
    expect(of('d..2.')).toMatchObject({ head: { interrupt: null } });
  });

  it.each([
    ['cpus=2', 'dull'],
    ['CPU 1 is empty', 'dull'],
    ['# tracer: nop', 'dull'],
    ['##### CPU 1 buffer started ####', 'dull'],
    [' => do_syscall_64', 'dull'],
    ['node-1 [000] ..... 1.000000: do_idle <-cpu_startup_entry', 'other'],
    ['node-1 [000] ..... 1.000000: tracing_mark_write: hello', 'other'],
    ['node-1 [000] ..... 1.000000: sched_switch: nonsense', 'broken'],
    ['hello', 'foreign'],
  ])('%s is %s', (line, kind) => {
    expect(readTraceCmdLine(line).kind).toBe(kind);
  });

  it.each([
    ['CPU:1 [LOST 339 EVENTS]', 339],
    ['CPU:1 [LOST EVENTS]', null],
    ['CPU:1 [3 EVENTS DROPPED]', 3],
    ['CPU:1 [EVENTS DROPPED]', null],
  ])('%s', (line, events) => {
    expect(readTraceCmdLine(line)).toEqual({ kind: 'lost', events, cpu: 1, head: null });
  });
});

import { describe, expect, it } from 'vitest';
import { classifyCall } from '../../src/timeline/calls.js';

describe('classifyCall', () => {
  it.each([
    ['switch', 'switch'],
    ['epoll_wait', 'loop-wait'],
    ['epoll_pwait', 'loop-wait'],
    ['select', 'loop-wait'],
    ['ppoll', 'loop-wait'],
    ['sendmsg', 'send'],
    ['sendto', 'send'],
    ['sendmmsg', 'send'],
    ['recvmsg', 'receive'],
    ['read', 'receive'],
    ['write', 'write'],
    ['writev', 'write'],
    ['kill', 'kill'],
    ['tgkill', 'kill'],
    ['ptrace', 'ptrace'],
    ['signaldeliver', 'signal'],
    ['procexit', 'exit'],
    ['clone', 'clone'],
    ['clone3', 'clone'],
    ['vfork', 'clone'],
    ['clock_settime', 'clock-set'],
    ['settimeofday', 'clock-set'],
    ['drop', 'drop'],
    ['page_fault', 'not-a-call'],
    ['sched_wakeup', 'wake-up'],
    ['sched_waking', 'wake-up'],
    ['sched_wakeup_new', 'wake-up'],
    ['wakeup', 'wake-up'],
    ['heartbeat', 'heartbeat'],
    ['timerfd_settime', 'never-sleeps'],
    ['sched_yield', 'never-sleeps'],
    ['fsync', 'other'],
    ['fdatasync', 'other'],
    ['nanosleep', 'other'],
    ['clock_nanosleep', 'other'],
    ['futex', 'other'],
    ['wait4', 'other'],
    ['', 'other'],
    ['constructor', 'other'],
    ['__proto__', 'other'],
  ] as const)('%j is %s', (name, callClass) => {
    expect(classifyCall(name)).toBe(callClass);
  });
});

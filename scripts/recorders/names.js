// @ts-check
/** Numbers of the kernel's interface as sysdig prints them. */
import { constants } from 'node:os';

/** @type {(names: Record<string, number>) => Map<number, string>} first name wins: EAGAIN, not EWOULDBLOCK */
const invert = (names) =>
  new Map(
    Object.entries(names)
      .reverse()
      .map(([name, number]) => [number, name]),
  );

/** Results only the kernel and tracers see: a signal came, the call is to be restarted (linux/errno.h). */
const RESTARTS = { ERESTARTSYS: 512, ERESTARTNOINTR: 513, ERESTARTNOHAND: 514, ERESTART_RESTARTBLOCK: 516 };
const ERRORS = invert({ ...constants.errno, ...RESTARTS });
const SIGNALS = invert(constants.signals);

/** linux/ptrace.h, asm/ptrace-abi.h (x86-64). */
const PTRACE_REQUESTS = new Map([
  [0, 'PTRACE_TRACEME'],
  [1, 'PTRACE_PEEKTEXT'],
  [2, 'PTRACE_PEEKDATA'],
  [3, 'PTRACE_PEEKUSR'],
  [4, 'PTRACE_POKETEXT'],
  [5, 'PTRACE_POKEDATA'],
  [6, 'PTRACE_POKEUSR'],
  [7, 'PTRACE_CONT'],
  [8, 'PTRACE_KILL'],
  [9, 'PTRACE_SINGLESTEP'],
  [12, 'PTRACE_GETREGS'],
  [13, 'PTRACE_SETREGS'],
  [14, 'PTRACE_GETFPREGS'],
  [15, 'PTRACE_SETFPREGS'],
  [16, 'PTRACE_ATTACH'],
  [17, 'PTRACE_DETACH'],
  [24, 'PTRACE_SYSCALL'],
  [30, 'PTRACE_ARCH_PRCTL'],
  [31, 'PTRACE_SYSEMU'],
  [0x4200, 'PTRACE_SETOPTIONS'],
  [0x4201, 'PTRACE_GETEVENTMSG'],
  [0x4202, 'PTRACE_GETSIGINFO'],
  [0x4203, 'PTRACE_SETSIGINFO'],
  [0x4204, 'PTRACE_GETREGSET'],
  [0x4205, 'PTRACE_SETREGSET'],
  [0x4206, 'PTRACE_SEIZE'],
  [0x4207, 'PTRACE_INTERRUPT'],
  [0x4208, 'PTRACE_LISTEN'],
  [0x4209, 'PTRACE_PEEKSIGINFO'],
]);

/** @type {(name: string | undefined) => string} */
const bracket = (name) => (name === undefined ? '' : `(${name})`);

/** @type {(signal: number) => string} `19(SIGSTOP)` */
export const printSignal = (signal) => `${signal}${bracket(SIGNALS.get(signal))}`;

/** @type {(result: number) => string} `40`, `-1(EPERM)` */
export const printResult = (result) => `${result}${result < 0 ? bracket(ERRORS.get(-result)) : ''}`;

/** @type {(request: number) => string} `16(PTRACE_ATTACH)` */
export const printPtraceRequest = (request) => `${request}${bracket(PTRACE_REQUESTS.get(request))}`;

/**
 * What `sched_switch` says of who leaves a CPU: one bit of what /proc/PID/stat shows as a letter, since Linux 4.14 (fs/proc/array.c,
 * trace/events/sched.h); 256 is a thread that would have run on.
 */
const TASK_STATES = new Map([
  [0, 'R'],
  [1, 'S'],
  [2, 'D'],
  [4, 'T'],
  [8, 't'],
  [16, 'X'],
  [32, 'Z'],
  [64, 'P'],
  [128, 'I'],
  [256, 'R+'],
]);

/** @type {(state: number) => string} `S`; the number where it has no letter */
export const printTaskState = (state) => TASK_STATES.get(state) ?? String(state);

/** linux/interrupt.h, the order of the kernel's vectors. */
const SOFTIRQS = ['HI', 'TIMER', 'NET_TX', 'NET_RX', 'BLOCK', 'IRQ_POLL', 'TASKLET', 'SCHED', 'HRTIMER', 'RCU'];

/** @type {(vector: number) => string} `NET_RX`; the number where it has no name */
export const printSoftirq = (vector) => SOFTIRQS[vector] ?? String(vector);

// @ts-check
/** What can go wrong, each as a function that makes it go wrong for a while. */
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  askForLog,
  demoteSender,
  freezeSender,
  letSenderGoOn,
  pause,
  pinSender,
  runHogs,
  runProgram,
  runShell,
  throttleSender,
} from './fault-tools.js';
import { findHierarchy } from './cgroups.js';
import { readSenderPid } from './lab-file.js';
import { changeSetting, restoreSettings } from './machine-settings.js';
import { runInside } from './network.js';
import { runCommand, signalProcess } from './processes.js';
import { fillLog, unfreezeLog } from './sender-log.js';

/**
 * @typedef {import('./lab-file.js').Lab} Lab
 * @typedef {import('./lab-file.js').Protocol} Protocol
 * @typedef {import('./fault-tools.js').Injection} Injection
 *
 * @typedef {object} Fault as truth.json tells it
 * @property {string} kind
 * @property {string | null} culprit name of a process, or address
 * @property {string} how
 * @property {string} [syscall]
 * @property {string} [path]
 *
 * @typedef {object} FaultKind
 * @property {Fault} truth
 * @property {import('./lab-file.js').LogKind} [log] where the sender must log; anywhere when not told
 * @property {(seconds: number, interval: number) => number} [length] how long it takes in all (s); as long as told where it is not here
 * @property {(injection: Injection) => Promise<void>} [prepare] what is part of the scene and not of the fault
 * @property {(injection: Injection, seconds: number) => Promise<unknown>} inject
 */

/**
 * The kernel keeps 5 % of a CPU for others than real-time threads: one share can be turned off for everybody, the other (the fair
 * server, since 6.8) is only for ordinary threads. So the sender becomes a real-time thread of the lowest priority, as with vrrp_rt_priority.
 * @param {Injection} injection
 */
async function allowStarvation(injection) {
  const { lab, cleanup } = injection;
  cleanup.defer('put settings back', () => restoreSettings(lab));
  changeSetting(lab, '/proc/sys/kernel/sched_rt_runtime_us', '-1');
  await demoteSender(injection, 'real-time');
}

/**
 * Whoever takes the log stands still, the log is filled, and the sender has something to say.
 * @type {(injection: Injection, seconds: number) => Promise<void>}
 */
async function holdLog(injection, seconds) {
  const { lab, cleanup } = injection;
  if (lab.logReader === null) throw new Error('nobody takes the log');
  const reader = lab.logReader;
  cleanup.defer('let the log reader go on', () => signalProcess(reader, 'SIGCONT'));
  signalProcess(reader, 'SIGSTOP');
  // On a loaded machine a stopped process reads on until it is next given a CPU.
  await pause(injection, 0.1);
  await fillLog(lab);
  askForLog(injection);
  await pause(injection, seconds);
  signalProcess(reader, 'SIGCONT');
}

/** @type {(lab: Lab, ...args: string[]) => Promise<unknown>} */
const shapeSender = ({ sender }, ...args) =>
  runInside(sender, 'tc', 'qdisc', 'replace', 'dev', sender.device, 'root', 'tbf', ...args);

/** @param {Lab} lab */
const unshapeSender = (lab) => shapeSender(lab, 'rate', '1gbit', 'burst', '10kb', 'limit', '100kb');

/** @type {(protocol: Protocol) => number} bytes of an advertisement with one address, Ethernet header included */
const sizeOfFrame = ({ version, ipv6 }) => (ipv6 ? 14 + 40 + 24 : version === 2 ? 14 + 20 + 20 : 14 + 20 + 12);

const LOAD =
  'end=$((SECONDS + $2)); while [ $SECONDS -lt $end ]; do dd if=/dev/zero of="$1" bs=64k count=16 conv=fsync; done';

/**
 * Half of each second is left to others, so neither of the kernel's shares for ordinary threads counts (see allowStarvation): one is 50 ms a second,
 * and given late; the other begins at 950 ms of real-time threads.
 */
const BURSTS = `
  end=$((\${EPOCHREALTIME/[.,]/} + $1))
  while ((\${EPOCHREALTIME/[.,]/} < end)); do
    until=$((\${EPOCHREALTIME/[.,]/} + 450000))
    while ((\${EPOCHREALTIME/[.,]/} < until)); do :; done
    sleep 0.55
  done`;

/** @type {Record<string, FaultKind>} */
export const FAULT_KINDS = {
  sigstop: {
    truth: { kind: 'signal-stop', culprit: 'bash', how: 'SIGSTOP then SIGCONT by a shell', syscall: 'kill' },
    inject: (injection, seconds) => {
      letSenderGoOn(injection);
      return runShell(injection, 'kill -STOP "$1"; sleep "$2"; kill -CONT "$1"', readSenderPid(injection.lab), seconds);
    },
  },
  gdb: {
    truth: { kind: 'ptrace-stop', culprit: 'gdb', how: 'gdb attached for a while', syscall: 'ptrace' },
    inject: (injection, seconds) => {
      letSenderGoOn(injection);
      const commands = ['-iex', 'set debuginfod enabled off', '-ex', `shell sleep ${seconds}`];
      const args = ['-nx', '-batch', '-p', String(readSenderPid(injection.lab)), ...commands];
      return runProgram(injection, 'gdb', args, seconds + 13);
    },
  },
  'strace-delay': {
    truth: {
      kind: 'ptrace-stop',
      culprit: 'strace',
      how: 'strace held the thread in a call it traced',
      syscall: 'ptrace',
    },
    length: (seconds) => seconds + 3,
    inject: (injection, seconds) => {
      const delay = `inject=timerfd_settime:delay_exit=${Math.round(seconds * 1e6)}:when=1`;
      const what = ['-e', 'trace=timerfd_settime', '-e', delay, '-o', '/dev/null'];
      const args = [...what, '-p', String(readSenderPid(injection.lab))];
      return runProgram(injection, 'strace', args, seconds + 3);
    },
  },
  strace: {
    truth: { kind: 'harmless', culprit: null, how: 'strace attached and only watched' },
    inject: (injection, seconds) =>
      runProgram(injection, 'strace', ['-o', '/dev/null', '-p', String(readSenderPid(injection.lab))], seconds),
  },
  'rt-hog': {
    truth: {
      kind: 'cpu-starved',
      culprit: 'reindexer',
      how: "SCHED_FIFO 50 busy loop on the sender's CPU, the sender at 1",
    },
    prepare: allowStarvation,
    inject: (injection, seconds) => runHogs(injection, 1, ['taskset', '-c', '0', 'chrt', '-f', '50'], seconds),
  },
  'rt-bursts': {
    truth: {
      kind: 'cpu-starved',
      culprit: 'reindexer',
      how: "SCHED_FIFO 10 on the sender's CPU for 0.45 s in every second: too much for an ordinary sender",
    },
    prepare: pinSender,
    inject: (injection, seconds) => {
      const program = [injection.lab.hog, '-c', BURSTS, 'bash', String(Math.round(seconds * 1e6))];
      return runProgram(injection, 'taskset', ['-c', '0', 'chrt', '-f', '10', ...program]);
    },
  },
  'cfs-hogs': {
    truth: {
      kind: 'cpu-starved',
      culprit: 'reindexer',
      how: 'a hundred and twenty busy processes against a sender of nice 19',
    },
    prepare: (injection) => demoteSender(injection, { nice: 19 }),
    inject: (injection, seconds) => runHogs(injection, 120, ['nice', '-n', '-20', 'taskset', '-c', '0'], seconds),
  },
  throttle: {
    truth: {
      kind: 'cpu-throttled',
      culprit: 'reindexer',
      how: "cgroup CPU quota of 1 ms per 1 s, spent by six busy processes in the sender's cgroup",
    },
    inject: throttleSender,
  },
  freezer: {
    truth: { kind: 'frozen', culprit: 'bash', how: 'the freezer of control groups', syscall: 'write' },
    inject: (injection, seconds) =>
      freezeSender(injection, findHierarchy('freezer') === null ? '' : 'freezer', seconds),
  },
  'freezer-v2': {
    truth: { kind: 'frozen', culprit: 'bash', how: 'cgroup v2 freezer', syscall: 'write' },
    inject: (injection, seconds) => freezeSender(injection, '', seconds),
  },
  'log-pipe': {
    truth: {
      kind: 'blocked-syscall',
      culprit: 'keepalived',
      how: 'the log is a pipe whose reader stood still',
      syscall: 'write|writev',
      path: 'keepalived.pipe',
    },
    log: 'pipe',
    inject: holdLog,
  },
  'log-socket': {
    truth: {
      kind: 'blocked-syscall',
      culprit: 'keepalived',
      how: 'the log socket was full, for its reader stood still',
      syscall: 'sendto|sendmsg',
      path: 'dev/log',
    },
    log: 'socket',
    inject: holdLog,
  },
  fsfreeze: {
    truth: {
      kind: 'blocked-syscall',
      culprit: 'keepalived',
      how: 'the file system of the log was frozen',
      syscall: 'write|writev',
      path: 'keepalived.log',
    },
    log: 'filesystem',
    inject: async (injection, seconds) => {
      const { lab, cleanup } = injection;
      let isFrozen = true;
      cleanup.defer('unfreeze the log', () => (isFrozen ? unfreezeLog(lab) : undefined));
      await runCommand('fsfreeze', '--freeze', join(lab.work, 'mount'));
      askForLog(injection);
      await pause(injection, seconds);
      await unfreezeLog(lab);
      isFrozen = false;
    },
  },
  sendfail: {
    truth: {
      kind: 'send-failed',
      culprit: 'keepalived',
      how: 'nftables dropped protocol 112 on output: EPERM',
      syscall: 'sendmsg|sendto',
      path: 'EPERM',
    },
    prepare: async ({ lab: { sender }, cleanup }) => {
      cleanup.defer('remove the packet filter', () => runInside(sender, 'nft', 'delete table inet lab'));
      const chain = 'chain inet lab out { type filter hook output priority 0; }';
      await runInside(sender, 'nft', `add table inet lab; add ${chain}`);
    },
    inject: async (injection, seconds) => {
      const { sender } = injection.lab;
      await runInside(sender, 'nft', 'add rule inet lab out meta l4proto 112 drop');
      await pause(injection, seconds);
      await runInside(sender, 'nft', 'flush chain inet lab out');
    },
  },
  tbf: {
    truth: { kind: 'transmit-delay', culprit: 'kernel', how: 'a token bucket held packets after sendmsg returned' },
    length: (seconds, interval) => seconds + interval,
    prepare: async ({ lab, cleanup }) => {
      const { sender } = lab;
      cleanup.defer('remove the token bucket', () =>
        runInside(sender, 'tc', 'qdisc', 'delete', 'dev', sender.device, 'root'),
      );
      cleanup.defer('open the token bucket', () => unshapeSender(lab));
      await unshapeSender(lab);
    },
    // A burst of one packet, and a rate at which the second waits for as long as told.
    inject: async (injection, seconds) => {
      const { lab } = injection;
      const size = sizeOfFrame(lab.protocol);
      const rate = Math.max(8, Math.round((size * 8) / seconds));
      await shapeSender(lab, 'rate', `${rate}bit`, 'burst', String(size), 'limit', '100kb');
      await pause(injection, seconds + lab.protocol.interval);
      await unshapeSender(lab);
    },
  },
  restart: {
    truth: {
      kind: 'sender-restart',
      culprit: 'bash',
      how: 'the VRRP process was killed; its parent starts a new one',
      syscall: 'kill',
    },
    length: (_, interval) => 5 * Math.max(1, interval),
    inject: async (injection) => {
      const { lab } = injection;
      await runShell(injection, 'kill -KILL "$1"', readSenderPid(lab));
      await pause(injection, 5 * Math.max(1, lab.protocol.interval));
    },
  },
  flood: {
    truth: {
      kind: 'rearmed-by-packet',
      culprit: null,
      how: 'rejected advertisements for its VRID: each one re-arms the timer',
    },
    inject: (injection, seconds) => {
      const { receiver, protocol } = injection.lab;
      const { version, ipv6, vrid, interval } = protocol;
      const script = fileURLToPath(new URL('flood.pl', import.meta.url));
      const args = [script, receiver.device, version, ipv6 ? 6 : 4, vrid, interval / 10].map(String);
      return runProgram(injection, 'ip', ['netns', 'exec', receiver.namespace, 'perl', ...args], seconds);
    },
  },
  busy: {
    truth: { kind: 'harmless', culprit: null, how: 'CPU, disk and process load that leaves the sender its CPU' },
    length: (seconds) => Math.ceil(seconds) + 1,
    inject: (injection, seconds) =>
      Promise.all([
        runHogs(injection, 4, ['nice', '-n', '10'], seconds),
        runProgram(injection, 'bash', ['-c', LOAD, 'bash', join(injection.lab.work, 'load'), `${Math.ceil(seconds)}`]),
      ]),
  },
  clean: {
    truth: { kind: 'harmless', culprit: null, how: 'nothing was done' },
    inject: pause,
  },
};

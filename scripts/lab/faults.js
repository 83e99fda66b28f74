// @ts-check
/** What can go wrong, each as a function that makes it go wrong for a while. */
import { closeSync, constants, mkdirSync, openSync, readFileSync, rmdirSync, writeFileSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { runInside } from './network.js';
import { runCommand, signalProcess, startProcess, stopProcess, waitForEnd } from './processes.js';

/**
 * @typedef {object} Lab
 * @property {import('./network.js').Network} network
 * @property {import('./keepalived.js').Protocol} protocol
 * @property {import('./keepalived.js').Keepalived} sender
 * @property {string} work folder for files that do not stay
 * @property {string} hog a program that does nothing but use its CPU, under a name of its own
 * @property {string} log where the sender logs
 * @property {import('./processes.js').Child | null} logReader
 * @property {import('./processes.js').Cleanup} cleanup
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
 * @property {'file' | 'pipe' | 'filesystem'} [log] where the sender must log; a file when not told
 * @property {(lab: Lab) => Promise<void>} [prepare] once, before the recording
 * @property {(lab: Lab, seconds: number) => Promise<void>} inject
 */

const CGROUPS = '/sys/fs/cgroup';
const groupName = `lab${process.pid}`;

/** @type {(lab: Lab, script: string, ...args: (string | number)[]) => Promise<void>} */
async function runShell(lab, script, ...args) {
  const shell = startProcess('bash', ['-c', script, 'bash', ...args.map(String)]);
  lab.cleanup.defer('stop a shell', () => stopProcess(shell));
  await waitForEnd(shell);
}

/** @type {(lab: Lab, count: number, wrap: string[], seconds: number) => Promise<void>} */
async function runHogs(lab, count, wrap, seconds) {
  const { stopAll } = startHogs(lab, count, wrap);
  await sleep(seconds * 1e3);
  await stopAll();
}

/** @type {(lab: Lab, count: number, wrap: string[]) => { pids: number[], stopAll: () => Promise<unknown> }} */
function startHogs(lab, count, wrap) {
  const [command = lab.hog, ...rest] = [...wrap, lab.hog, '-c', 'while :; do :; done'];
  const hogs = Array.from({ length: count }, () => startProcess(command, rest));
  const stopAll = () => Promise.all(hogs.map((hog) => stopProcess(hog, 'SIGKILL')));
  lab.cleanup.defer('stop the hogs', stopAll);
  return { pids: hogs.map(({ pid }) => pid), stopAll };
}

/** @type {(lab: Lab, nice?: number) => Promise<void>} */
async function pinSender(lab, nice) {
  const pid = String(lab.sender.readPid());
  await runCommand('taskset', '-cp', '0', pid);
  if (nice !== undefined) await runCommand('renice', '-n', String(nice), '-p', pid);
}

/** @type {(path: string, text: string, cleanup: import('./processes.js').Cleanup) => void} */
function setUntilTheEnd(path, text, cleanup) {
  const before = readFileSync(path, 'utf8');
  cleanup.defer(`restore ${path}`, () => writeFileSync(path, before));
  writeFileSync(path, text);
}

/**
 * The kernel keeps 5 % of a CPU for others than real-time threads: one share can be turned off for everybody, the other (the fair
 * server, since 6.8) is only for ordinary threads. So the sender becomes a real-time thread of the lowest priority, as with vrrp_rt_priority.
 * @type {(lab: Lab) => Promise<void>}
 */
async function allowStarvation(lab) {
  setUntilTheEnd('/proc/sys/kernel/sched_rt_runtime_us', '-1', lab.cleanup);
  await pinSender(lab);
  await runCommand('chrt', '-f', '-p', '1', String(lab.sender.readPid()));
}

/** @type {(lab: Lab, root: string, file: string, freeze: string, thaw: string, seconds: number) => Promise<void>} */
async function freezeSender(lab, root, file, freeze, thaw, seconds) {
  const group = join(root, groupName);
  const leave = () => {
    writeFileSync(join(group, file), thaw);
    writeFileSync(join(root, 'cgroup.procs'), String(lab.sender.readPid()));
    rmdirSync(group);
  };
  mkdirSync(group);
  const script = 'echo "$1" > "$2/cgroup.procs"; echo "$3" > "$2/$4"; sleep "$5"; echo "$6" > "$2/$4"';
  try {
    await runShell(lab, script, lab.sender.readPid(), group, freeze, file, seconds, thaw);
  } finally {
    leave();
  }
}

/** The sender logs when it is asked for its data: a reason to write whenever the lab needs one. */
const askForLog = (/** @type {Lab} */ lab) => signalProcess(lab.sender.readPid(), 'SIGUSR1');

/** @param {Lab} lab */
function fillPipe(lab) {
  const pipe = openSync(lab.log, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (const size of [4096, 1]) {
      const blank = Buffer.alloc(size, '\n');
      for (let full = false; !full;) {
        try {
          full = writeSync(pipe, blank) < size;
        } catch {
          full = true;
        }
      }
    }
  } finally {
    closeSync(pipe);
  }
}

/** @type {(lab: Lab, program: string, args: string[], seconds: number) => Promise<void>} */
async function runTracer(lab, program, args, seconds) {
  const tracer = startProcess(program, args);
  lab.cleanup.defer(`stop ${program}`, () => stopProcess(tracer));
  await Promise.race([waitForEnd(tracer), sleep(seconds * 1e3 + 3_000)]);
  await stopProcess(tracer);
}

/** @type {(lab: Lab, ...args: string[]) => Promise<unknown>} */
const shapeSender = (lab, ...args) => {
  const { sender } = lab.network;
  return runInside(sender, 'tc', 'qdisc', 'replace', 'dev', sender.device, 'root', 'tbf', ...args);
};

/** @type {(protocol: import('./keepalived.js').Protocol) => number} bytes of an advertisement with one address, Ethernet header included */
const sizeOfFrame = ({ version, ipv6 }) => (ipv6 ? 14 + 40 + 24 : version === 2 ? 14 + 20 + 20 : 14 + 20 + 12);

/** @type {Record<string, FaultKind>} */
export const FAULT_KINDS = {
  sigstop: {
    truth: { kind: 'signal-stop', culprit: 'bash', how: 'SIGSTOP then SIGCONT by a shell', syscall: 'kill' },
    inject: (lab, seconds) =>
      runShell(lab, 'kill -STOP "$1"; sleep "$2"; kill -CONT "$1"', lab.sender.readPid(), seconds),
  },
  gdb: {
    truth: { kind: 'ptrace-stop', culprit: 'gdb', how: 'gdb attached for a while', syscall: 'ptrace' },
    inject: (lab, seconds) => {
      const commands = ['-iex', 'set debuginfod enabled off', '-ex', `shell sleep ${seconds}`];
      return runTracer(lab, 'gdb', ['-nx', '-batch', '-p', String(lab.sender.readPid()), ...commands], seconds + 10);
    },
  },
  'strace-delay': {
    truth: {
      kind: 'ptrace-stop',
      culprit: 'strace',
      how: 'strace held the thread in a call it traced',
      syscall: 'ptrace',
    },
    inject: (lab, seconds) => {
      const delay = `inject=timerfd_settime:delay_exit=${Math.round(seconds * 1e6)}:when=1`;
      const what = ['-e', 'trace=timerfd_settime', '-e', delay, '-o', '/dev/null'];
      return runTracer(lab, 'strace', [...what, '-p', String(lab.sender.readPid())], seconds);
    },
  },
  strace: {
    truth: { kind: 'harmless', culprit: null, how: 'strace attached and only watched' },
    inject: (lab, seconds) =>
      runTracer(
        lab,
        'timeout',
        [String(seconds), 'strace', '-o', '/dev/null', '-p', String(lab.sender.readPid())],
        seconds,
      ),
  },
  'rt-hog': {
    truth: {
      kind: 'cpu-starved',
      culprit: 'reindexer',
      how: "SCHED_FIFO 50 busy loop on the sender's CPU, the sender at 1",
    },
    prepare: allowStarvation,
    inject: (lab, seconds) => runHogs(lab, 1, ['taskset', '-c', '0', 'chrt', '-f', '50'], seconds),
  },
  'cfs-hogs': {
    truth: {
      kind: 'cpu-starved',
      culprit: 'reindexer',
      how: 'a hundred and twenty busy processes against a sender of nice 19',
    },
    prepare: (lab) => pinSender(lab, 19),
    inject: (lab, seconds) => runHogs(lab, 120, ['nice', '-n', '-20', 'taskset', '-c', '0'], seconds),
  },
  throttle: {
    truth: {
      kind: 'cpu-throttled',
      culprit: 'reindexer',
      how: "cgroup CPU quota of 1 ms per 1 s, spent by six busy processes in the sender's cgroup",
    },
    inject: async (lab, seconds) => {
      const root = join(CGROUPS, 'cpu');
      const group = join(root, groupName);
      const enter = (/** @type {number} */ pid) => writeFileSync(join(group, 'cgroup.procs'), String(pid));
      mkdirSync(group);
      try {
        writeFileSync(join(group, 'cpu.cfs_period_us'), '1000000');
        writeFileSync(join(group, 'cpu.cfs_quota_us'), '1000');
        enter(lab.sender.readPid());
        const { pids, stopAll } = startHogs(lab, 6, []);
        pids.forEach(enter);
        await sleep(seconds * 1e3);
        // Without CPU they could not even end.
        writeFileSync(join(group, 'cpu.cfs_quota_us'), '-1');
        await stopAll();
      } finally {
        writeFileSync(join(root, 'cgroup.procs'), String(lab.sender.readPid()));
        rmdirSync(group);
      }
    },
  },
  freezer: {
    truth: { kind: 'frozen', culprit: 'bash', how: 'cgroup v1 freezer', syscall: 'write' },
    inject: (lab, seconds) => freezeSender(lab, join(CGROUPS, 'freezer'), 'freezer.state', 'FROZEN', 'THAWED', seconds),
  },
  'freezer-v2': {
    truth: { kind: 'frozen', culprit: 'bash', how: 'cgroup v2 freezer', syscall: 'write' },
    inject: (lab, seconds) => freezeSender(lab, join(CGROUPS, 'unified'), 'cgroup.freeze', '1', '0', seconds),
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
    inject: async (lab, seconds) => {
      signalProcess(lab.logReader?.pid, 'SIGSTOP');
      // On a loaded machine a stopped process reads on until it is next given a CPU.
      await sleep(100);
      fillPipe(lab);
      askForLog(lab);
      await sleep(seconds * 1e3);
      signalProcess(lab.logReader?.pid, 'SIGCONT');
    },
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
    inject: async (lab, seconds) => {
      const mount = join(lab.work, 'mount');
      await runCommand('fsfreeze', '--freeze', mount);
      try {
        askForLog(lab);
        await sleep(seconds * 1e3);
      } finally {
        await runCommand('fsfreeze', '--unfreeze', mount);
      }
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
    prepare: async ({ network: { sender } }) => {
      await runInside(
        sender,
        'nft',
        'add table inet lab; add chain inet lab out { type filter hook output priority 0; }',
      );
    },
    inject: async ({ network: { sender } }, seconds) => {
      await runInside(sender, 'nft', 'add rule inet lab out meta l4proto 112 drop');
      await sleep(seconds * 1e3);
      await runInside(sender, 'nft', 'flush chain inet lab out');
    },
  },
  tbf: {
    truth: { kind: 'transmit-delay', culprit: 'kernel', how: 'a token bucket held packets after sendmsg returned' },
    prepare: async (lab) => {
      await shapeSender(lab, 'rate', '1gbit', 'burst', '10kb', 'limit', '100kb');
    },
    // A burst of one packet, and a rate at which the second waits for as long as told.
    inject: async (lab, seconds) => {
      const size = sizeOfFrame(lab.protocol);
      const rate = Math.max(8, Math.round((size * 8) / seconds));
      await shapeSender(lab, 'rate', `${rate}bit`, 'burst', String(size), 'limit', '100kb');
      await sleep((seconds + lab.protocol.interval) * 1e3);
      await shapeSender(lab, 'rate', '1gbit', 'burst', '10kb', 'limit', '100kb');
    },
  },
  restart: {
    truth: {
      kind: 'sender-restart',
      culprit: 'bash',
      how: 'the VRRP process was killed; its parent starts a new one',
      syscall: 'kill',
    },
    inject: async (lab) => {
      await runShell(lab, 'kill -KILL "$1"', lab.sender.readPid());
      await sleep(5e3 * Math.max(1, lab.protocol.interval));
    },
  },
  flood: {
    truth: {
      kind: 'rearmed-by-packet',
      culprit: null,
      how: 'rejected advertisements for its VRID: each one re-arms the timer',
    },
    inject: async (lab, seconds) => {
      const { receiver } = lab.network;
      const { version, ipv6, vrid, interval } = lab.protocol;
      const script = fileURLToPath(new URL('flood.pl', import.meta.url));
      const args = [script, receiver.device, version, ipv6 ? 6 : 4, vrid, interval / 10].map(String);
      const flood = startProcess('ip', ['netns', 'exec', receiver.namespace, 'perl', ...args], { stderr: 'inherit' });
      lab.cleanup.defer('stop the flood', () => stopProcess(flood));
      await sleep(seconds * 1e3);
      await stopProcess(flood);
    },
  },
  busy: {
    truth: { kind: 'harmless', culprit: null, how: 'CPU, disk and process load that leaves the sender its CPU' },
    inject: async (lab, seconds) => {
      const file = join(lab.work, 'load');
      const script =
        'end=$((SECONDS + $2)); while [ $SECONDS -lt $end ]; do dd if=/dev/zero of="$1" bs=64k count=16 conv=fsync; done';
      await Promise.all([
        runHogs(lab, 4, ['nice', '-n', '10'], seconds),
        runShell(lab, script, file, Math.ceil(seconds)),
      ]);
    },
  },
  clean: {
    truth: { kind: 'harmless', culprit: null, how: 'nothing was done' },
    inject: (_lab, seconds) => sleep(seconds * 1e3),
  },
};

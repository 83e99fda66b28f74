// @ts-check
/** What faults are made of: shells, busy processes, priorities, tracers. Each can be interrupted, and undoes what it does. */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { enterGroup, findHierarchy, makeGroup } from './cgroups.js';
import { readSenderPid } from './lab-file.js';
import { readText, runCommand, signalProcess, startProcess, stopProcess, waitForEnd } from './processes.js';

/**
 * @typedef {object} Injection a fault at work
 * @property {import('./lab-file.js').Lab} lab
 * @property {AbortSignal} signal
 * @property {import('./cleanup.js').Cleanup} cleanup
 */

/** @type {(injection: Injection, seconds: number) => Promise<unknown>} */
export const pause = ({ signal }, seconds) => sleep(seconds * 1e3, undefined, { signal });

/** A debugger ignores SIGTERM; others take it at once (ms). */
const BRIEFLY = 500;

/** @type {(injection: Injection, command: string, args: string[], atMost?: number) => Promise<void>} */
export async function runProgram({ lab, signal, cleanup }, command, args, atMost) {
  const child = startProcess(command, args, { stderr: 'inherit', lab: lab.id });
  cleanup.defer(`end ${command}`, () => stopProcess(child, 'SIGTERM', BRIEFLY));
  const stopped = new Promise((resolve) => {
    signal.addEventListener('abort', resolve, { once: true });
    if (atMost !== undefined) setTimeout(resolve, atMost * 1e3).unref();
  });
  await Promise.race([waitForEnd(child), stopped]);
  await stopProcess(child, 'SIGTERM', BRIEFLY);
  signal.throwIfAborted();
}

/** @type {(injection: Injection, script: string, ...args: (string | number)[]) => Promise<void>} */
export const runShell = (injection, script, ...args) =>
  runProgram(injection, 'bash', ['-c', script, 'bash', ...args.map(String)]);

/** @type {(injection: Injection, count: number, wrap: string[]) => { pids: number[], stopAll: () => Promise<unknown> }} */
export function startHogs({ lab, cleanup }, count, wrap) {
  const [command = lab.hog, ...rest] = [...wrap, lab.hog, '-c', 'while :; do :; done'];
  const hogs = Array.from({ length: count }, () => startProcess(command, rest, { lab: lab.id }));
  const stopAll = () => Promise.all(hogs.map((hog) => stopProcess(hog, 'SIGKILL')));
  cleanup.defer('stop the hogs', stopAll);
  return { pids: hogs.map(({ pid }) => pid), stopAll };
}

/** @type {(injection: Injection, count: number, wrap: string[], seconds: number) => Promise<void>} */
export async function runHogs(injection, count, wrap, seconds) {
  const { stopAll } = startHogs(injection, count, wrap);
  await pause(injection, seconds);
  await stopAll();
}

/** Fields of `/proc/PID/stat` (proc(5)), counted from the one behind the name. */
const NICE = 16;

/**
 * Ties the sender to the first CPU.
 * @type {(injection: Injection) => Promise<void>}
 */
export async function pinSender({ lab, cleanup }) {
  const pid = String(readSenderPid(lab));
  const cpus = /^Cpus_allowed_list:\s*(\S+)$/m.exec(readText(`/proc/${pid}/status`))?.[1] ?? '';
  cleanup.defer("put the sender's CPUs back", () => runCommand('taskset', '-cp', cpus, pid));
  await runCommand('taskset', '-cp', '0', pid);
}

/**
 * Ties the sender to the first CPU, as a thread of this niceness or as a real-time one of the lowest priority.
 * @type {(injection: Injection, how: { nice: number } | 'real-time') => Promise<void>}
 */
export async function demoteSender(injection, how) {
  const { lab, cleanup } = injection;
  const pid = String(readSenderPid(lab));
  const stat = readText(`/proc/${pid}/stat`);
  const nice = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[NICE] ?? '0';
  cleanup.defer("put the sender's priority back", async () => {
    await runCommand('chrt', '-o', '-p', '0', pid);
    await runCommand('renice', '-n', nice, '-p', pid);
  });
  await pinSender(injection);
  if (how === 'real-time') await runCommand('chrt', '-f', '-p', '1', pid);
  else await runCommand('renice', '-n', String(how.nice), '-p', pid);
}

/** @type {(injection: Injection, controller: string) => ReturnType<typeof makeGroup>} */
export function groupSender({ lab, cleanup }, controller) {
  const hierarchy = findHierarchy(controller);
  if (hierarchy === null)
    throw new Error(`control groups of version ${controller === '' ? 2 : 1} are not mounted here`);
  const pid = readSenderPid(lab);
  const made = makeGroup(lab, hierarchy, pid);
  cleanup.defer('remove the control group', made.leave);
  return made;
}

/** @type {(injection: Injection, controller: 'freezer' | '', seconds: number) => Promise<void>} */
export async function freezeSender(injection, controller, seconds) {
  const { group } = groupSender(injection, controller);
  const [file, freeze, thaw] = controller === '' ? ['cgroup.freeze', '1', '0'] : ['freezer.state', 'FROZEN', 'THAWED'];
  const script = 'echo "$1" > "$2/cgroup.procs"; echo "$3" > "$2/$4"; sleep "$5"; echo "$6" > "$2/$4"';
  await runShell(injection, script, readSenderPid(injection.lab), group, freeze, file, seconds, thaw);
}

/**
 * Six busy processes in the sender's control group, which may run for 1 ms of each second.
 * @type {(injection: Injection, seconds: number) => Promise<void>}
 */
export async function throttleSender(injection, seconds) {
  const { group } = groupSender(injection, 'cpu');
  const setQuota = (/** @type {string} */ quota) => writeFileSync(join(group, 'cpu.cfs_quota_us'), quota);
  writeFileSync(join(group, 'cpu.cfs_period_us'), '1000000');
  setQuota('1000');
  enterGroup(group, readSenderPid(injection.lab));
  const { pids, stopAll } = startHogs(injection, 6, []);
  // Without CPU they could not even end.
  injection.cleanup.defer('lift the quota', () => setQuota('-1'));
  pids.forEach((pid) => enterGroup(group, pid));
  await pause(injection, seconds);
  setQuota('-1');
  await stopAll();
}

/** The sender logs when it is asked for its data: a reason to write whenever the lab needs one. @param {Injection} injection */
export const askForLog = ({ lab }) => signalProcess(readSenderPid(lab), 'SIGUSR1');

/** @type {(injection: Injection) => void} */
export function letSenderGoOn({ lab, cleanup }) {
  const pid = readSenderPid(lab);
  cleanup.defer('let the sender go on', () => signalProcess(pid, 'SIGCONT'));
}

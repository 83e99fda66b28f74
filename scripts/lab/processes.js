// @ts-check
/** Starting other programs and ending them surely. */
import { spawn } from 'node:child_process';
import { readdirSync, readFileSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('node:child_process').ChildProcess} Child */

/** Everything that a lab starts has this in its environment, and what those start inherits it. */
export const MARK = 'LAB_ID';

/** Processes get this long to end politely (ms). */
const POLITE = 3_000;
const ROUND = 50;

/**
 * Runs a program to its end.
 * @param {string} command
 * @param {string[]} args
 * @returns {Promise<string>} what it printed
 * @throws {Error} when it fails, with what it said
 */
export async function runCommand(command, ...args) {
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  let printed = '';
  let said = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (printed += text));
  child.stderr.setEncoding('utf8').on('data', (text) => (said += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', () => reject(new Error(`${command} cannot be started; is it installed?`))).on('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}: ${said.trim()}`);
  return printed;
}

/**
 * Starts a program in a session of its own.
 * @param {string} command
 * @param {string[]} args
 * @param {object} [options]
 * @param {'ignore' | number} [options.stdout]
 * @param {'ignore' | 'inherit' | number} [options.stderr]
 * @param {string} [options.lab] the id of the lab it belongs to
 * @returns {Child & { pid: number }}
 * @throws {Error} when it cannot be started
 */
export function startProcess(command, args, { stdout = 'ignore', stderr = 'ignore', lab } = {}) {
  const env = lab === undefined ? process.env : { ...process.env, [MARK]: lab };
  const child = spawn(command, args, { stdio: ['ignore', stdout, stderr], detached: true, env });
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  if (child.pid === undefined) throw new Error(`${command} cannot be started; is it installed?`);
  return /** @type {Child & { pid: number }} */ (child);
}

/** @param {Child} child */
export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** @type {(child: Child) => Promise<unknown>} */
export const waitForEnd = (child) =>
  hasEnded(child) ? Promise.resolve() : new Promise((resolve) => child.once('exit', resolve));

/**
 * Ends a child and what it started: politely, then surely. One that has ended is left alone, for its number may be another's by now.
 * @param {Child} child
 * @param {NodeJS.Signals} [signal]
 * @param {number} [patience] ms
 */
export async function stopProcess(child, signal = 'SIGTERM', patience = POLITE) {
  if (hasEnded(child) || child.pid === undefined) return;
  const ended = waitForEnd(child);
  signalProcess(child.pid, signal);
  await Promise.race([ended, sleep(patience, undefined, { ref: false })]);
  signalProcess(-child.pid, 'SIGKILL');
  await ended;
}

/**
 * @param {number | undefined} pid negative for a process group
 * @param {NodeJS.Signals} signal
 * @returns {boolean} false when it is gone already
 */
export function signalProcess(pid, signal) {
  if (pid === undefined) return false;
  try {
    process.kill(pid, signal);
    return true;
  } catch {
    return false;
  }
}

/**
 * Ends all processes of a lab, whoever started them.
 * @param {string} lab its id
 * @throws {Error} when some would not end
 */
export async function endProcessesOf(lab) {
  for (const signal of /** @type {const} */ (['SIGTERM', 'SIGKILL'])) {
    for (let waited = 0; waited < POLITE; waited += ROUND) {
      const left = findProcessesOf(lab);
      if (left.length === 0) return;
      if (waited === 0 || signal === 'SIGKILL') {
        for (const pid of left) {
          signalProcess(pid, signal);
          signalProcess(pid, 'SIGCONT');
        }
      }
      await sleep(ROUND);
    }
  }
  throw new Error(`processes would not end: ${findProcessesOf(lab).join(', ')}`);
}

/** @type {(lab: string) => number[]} */
function findProcessesOf(lab) {
  return readdirSync('/proc')
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => readText(`/proc/${name}/environ`).split('\0').includes(`${MARK}=${lab}`))
    .map(Number)
    .filter((pid) => pid !== process.pid);
}

/**
 * @param {string} path of a file that may be gone at any moment
 * @returns {string} nothing when it is
 */
export function readText(path) {
  try {
    return readFileSync(path, 'latin1');
  } catch {
    return '';
  }
}

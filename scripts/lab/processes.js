// @ts-check
/** Starting other programs and ending them surely. */
import { spawn } from 'node:child_process';
import { setTimeout as sleep } from 'node:timers/promises';

/** @typedef {import('node:child_process').ChildProcess} Child */

/** Children get this long to end politely (ms). */
const POLITE = 3_000;

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
  const code = await new Promise((resolve, reject) => child.on('error', reject).on('close', resolve));
  if (code !== 0) throw new Error(`${command} ${args.join(' ')}: exit ${code}: ${said.trim()}`);
  return printed;
}

/**
 * Starts a program in a process group of its own.
 * @param {string} command
 * @param {string[]} args
 * @param {{ stdout?: 'pipe' | 'ignore' | number, stderr?: 'ignore' | 'inherit' | number }} [stdio]
 * @returns {Child & { pid: number }}
 * @throws {Error} when it cannot be started
 */
export function startProcess(command, args, { stdout = 'ignore', stderr = 'ignore' } = {}) {
  const child = spawn(command, args, { stdio: ['ignore', stdout, stderr], detached: true });
  child.on('error', (error) => console.error(`${command}: ${error.message}`));
  if (child.pid === undefined) throw new Error(`${command} cannot be started; is it installed?`);
  return /** @type {Child & { pid: number }} */ (child);
}

/** @param {Child} child */
export const hasEnded = (child) => child.exitCode !== null || child.signalCode !== null;

/** @param {Child} child */
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

/** What has to be undone, last first, whatever happens. */
export class Cleanup {
  /** @type {{ what: string, undo: () => Promise<unknown> | unknown }[]} */
  #steps = [];
  #begun = false;

  get begun() {
    return this.#begun;
  }

  /** @throws {Error} when the end has begun: whoever is still at work is to stop */
  check() {
    if (this.#begun) throw new Error('interrupted');
  }

  /**
   * @param {string} what
   * @param {() => Promise<unknown> | unknown} undo
   * @throws {Error} when the end has begun; it is then undone at once
   */
  defer(what, undo) {
    if (this.#begun) void undo();
    this.check();
    this.#steps.push({ what, undo });
  }

  /** Undoes everything; a step that fails is told and does not keep the others from being done. */
  async run() {
    this.#begun = true;
    for (let step = this.#steps.pop(); step; step = this.#steps.pop()) {
      try {
        await step.undo();
      } catch (error) {
        console.error(`could not ${step.what}: ${error instanceof Error ? error.message : String(error)}`);
      }
    }
  }
}

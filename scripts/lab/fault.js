// @ts-check
/**
 * scripts/lab/fault KIND FOLDER [--seconds S]
 * scripts/lab/fault --list
 *
 * Injects one fault into the pair that `scripts/lab/pair up FOLDER` left running, undoes it, and appends to FOLDER/truth.ndjson what was done.
 * Interrupted, it undoes what it had done, and tells that, too.
 */
import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { Cleanup } from './cleanup.js';
import { FAULT_KINDS } from './faults.js';
import { readLab } from './lab-file.js';

const SECONDS = 3;
const SIGNALS = /** @type {const} */ ({ SIGINT: 130, SIGTERM: 143, SIGHUP: 129 });

const readWallClock = () => BigInt(Date.now()) * 1_000_000n;

/** @typedef {{ kind: string, fault: import('./faults.js').FaultKind, folder: string, seconds: number }} Request */

/**
 * @param {Request} request
 * @param {AbortSignal} signal
 */
async function inject({ kind, fault, folder, seconds }, signal) {
  const lab = readLab(folder);
  if (fault.log !== undefined && fault.log !== lab.log.kind)
    throw new Error(`${kind} needs a sender that logs elsewhere: scripts/lab/pair up FOLDER --log ${fault.log}`);
  const cleanup = new Cleanup();
  const injection = { lab, signal, cleanup };
  const path = fault.truth.kind === 'rearmed-by-packet' ? { path: lab.receiver.address } : {};
  /** @type {bigint | null} */
  let start = null;
  let end = null;
  try {
    await fault.prepare?.(injection);
    signal.throwIfAborted();
    start = readWallClock();
    await fault.inject(injection, seconds);
    end = readWallClock();
  } finally {
    const isUndone = await cleanup.run();
    if (start !== null) {
      const times = { start_ns: String(start), end_ns: String(end ?? readWallClock()) };
      appendFileSync(join(lab.folder, 'truth.ndjson'), `${JSON.stringify({ ...fault.truth, ...path, ...times })}\n`);
    }
    if (!isUndone) process.exitCode = 1;
  }
}

/** @returns {Request | null} null when the arguments make none */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: { seconds: { type: 'string', default: String(SECONDS) }, list: { type: 'boolean', default: false } },
  });
  if (values.list) {
    for (const [name, { truth }] of Object.entries(FAULT_KINDS)) console.log(`${name.padEnd(14)}${truth.how}`);
    process.exit(0);
  }
  const [kind, folder] = positionals;
  const seconds = Number(values.seconds);
  if (kind === undefined || folder === undefined || positionals.length > 2 || !(seconds > 0)) return null;
  const fault = Object.hasOwn(FAULT_KINDS, kind) ? FAULT_KINDS[kind] : undefined;
  if (fault === undefined) throw new Error(`no fault is called ${kind}; see --list`);
  return { kind, fault, folder, seconds };
}

const abort = new AbortController();
let exitCode = 1;
for (const [signal, code] of Object.entries(SIGNALS)) {
  process.on(signal, () => {
    exitCode = code;
    abort.abort(new Error(`${signal}: the fault was undone`));
  });
}
try {
  const request = readArguments();
  if (request === null) {
    console.error('usage: scripts/lab/fault KIND FOLDER [--seconds S] | --list');
    process.exit(2);
  }
  await inject(request, abort.signal);
} catch (error) {
  const { aborted, reason } = abort.signal;
  const told = aborted ? reason : error;
  console.error(told instanceof Error ? told.message : told);
  process.exitCode = exitCode;
}
process.exit();

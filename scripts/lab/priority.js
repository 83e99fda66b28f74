// @ts-check
/**
 * scripts/lab/priority FOLDER normal|NUMBER
 *
 * Starts the sender of the pair that `scripts/lab/pair up FOLDER` left running anew, with `vrrp_rt_priority NUMBER` (1 to 99) in its configuration or
 * without. Ends when it has that priority and is master. One that has it already is left alone.
 */
import { parseArgs } from 'node:util';
import { restartSender } from './keepalived.js';
import { readLab } from './lab-file.js';
import { readText } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab */

/** Fields of `/proc/PID/stat` (proc(5)), counted from the one behind the name. */
const [RT_PRIORITY, POLICY] = [37, 38];
/** SCHED_FIFO and SCHED_RR, linux/sched.h. */
const REAL_TIME = ['1', '2'];

/** @type {(lab: Lab) => number | null | undefined} null is none, undefined no sender */
function readPriority({ sender }) {
  const stat = readText(`/proc/${readText(sender.vrrpPidFile).trim()}/stat`);
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  if (fields.length <= POLICY) return undefined;
  return REAL_TIME.includes(fields[POLICY] ?? '') ? Number(fields[RT_PRIORITY]) : null;
}

/**
 * Started anew and not told to reread its configuration: by that, keepalived 2.2.7 leaves a sender that was a real-time one a limit of no CPU time as
 * such, and the kernel kills it when it becomes one again.
 * @type {(folder: string, wanted: number | null, signal: AbortSignal) => Promise<void>}
 */
async function setPriority(folder, wanted, signal) {
  const lab = readLab(folder);
  if (readPriority(lab) === wanted) return;
  await restartSender(lab, wanted, signal);
  const is = readPriority(lab);
  if (is === wanted) return;
  const how = is === undefined ? 'has ended' : is === null ? 'has none' : `has ${is}`;
  const asked = wanted === null ? 'no real-time priority' : `real-time priority ${wanted}`;
  throw new Error(`the sender was to have ${asked}, and ${how}; its log: ${readText(lab.log.text)}`);
}

/** @returns {{ folder: string, wanted: number | null } | null} null when the arguments make none */
function readArguments() {
  const { positionals } = parseArgs({ allowPositionals: true, options: {} });
  const [folder, priority] = positionals;
  if (folder === undefined || priority === undefined || positionals.length > 2) return null;
  if (priority === 'normal') return { folder, wanted: null };
  if (!/^[1-9]\d?$/.test(priority)) throw new Error(`${priority} is no priority: write normal, or 1 to 99`);
  return { folder, wanted: Number(priority) };
}

const abort = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => abort.abort(new Error(`${signal}: the sender may not be up yet`)));
try {
  const given = readArguments();
  if (given === null) {
    console.error('usage: scripts/lab/priority FOLDER normal|NUMBER');
    process.exit(2);
  }
  await setPriority(given.folder, given.wanted, abort.signal);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

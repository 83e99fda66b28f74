// @ts-check
/** What is known when a part of a recording begins: the clocks, open descriptors, and whose thread is whose. */
import { readdirSync, readFileSync } from 'node:fs';
import { snapshotDescriptors } from './fd-table.js';

/**
 * @typedef {object} Start
 * @property {string} wallMinusMonotonicNs ns to add to CLOCK_MONOTONIC, decimal digits
 * @property {import('./fd-table.js').Snapshot} descriptors
 * @property {Record<string, string>} [names] pid -> its name
 * @property {number[]} [kernelThreads] pids
 */

const MILLISECOND = 1_000_000n;
/** PF_KTHREAD, linux/sched.h. */
const KERNEL_THREAD = 0x200000;

/** @returns {bigint} ns to add to CLOCK_MONOTONIC; `Date.now` has milliseconds, so it is caught at the moment it changes */
function measureWallMinusMonotonic() {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return BigInt(now) * MILLISECOND - process.hrtime.bigint();
}

/** Of several measurements the largest: a delay between reading one clock and the other makes it smaller, never larger. */
function measureClocks() {
  const measured = Array.from({ length: 10 }, measureWallMinusMonotonic);
  return measured.reduce((a, b) => (b > a ? b : a));
}

/** @returns {{ names: Record<string, string>, kernelThreads: number[] }} of every process now: each file read is an event itself */
function snapshotThreads() {
  /** @type {Record<string, string>} */
  const names = {};
  const kernelThreads = [];
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
      // A name may have brackets in it, what follows has none.
      const end = stat.lastIndexOf(')');
      names[pid] = stat.slice(stat.indexOf('(') + 1, end);
      if ((Number(stat.slice(end + 2).split(' ')[6]) & KERNEL_THREAD) !== 0) kernelThreads.push(Number(pid));
    } catch {
      // The process is gone.
    }
  }
  return { names, kernelThreads };
}

/** @returns {Start} of this moment */
export function takeStart() {
  const wallMinusMonotonicNs = String(measureClocks());
  return { wallMinusMonotonicNs, descriptors: snapshotDescriptors(), ...snapshotThreads() };
}

/** @returns {Start} with the clocks as they are now, and nothing known of the recording's begin */
export function startWithClocks() {
  return { wallMinusMonotonicNs: String(measureClocks()), descriptors: {} };
}

/**
 * @param {string} path
 * @returns {Start | null} null where there is none that can be read
 */
export function readStart(path) {
  try {
    const start = JSON.parse(readFileSync(path, 'utf8'));
    if (!/^-?\d+$/.test(start.wallMinusMonotonicNs) || typeof start.descriptors !== 'object') return null;
    return start.descriptors === null ? null : start;
  } catch {
    return null;
  }
}

/** A thread that sleeps again and again and notes how late it woke at worst. Pinned to a CPU by who started it. */
import { readlinkSync } from 'node:fs';
import { parentPort, workerData } from 'node:worker_threads';
import { SLOT_STOP, SLOT_WORST, type HeartbeatStart } from './heartbeat-slots.js';

const { slots, index, everyMs } = workerData as HeartbeatStart;
const words = new Int32Array(slots);

// `PID/task/TID`, of the very thread that reads it.
parentPort?.postMessage(Number(readlinkSync('/proc/thread-self').split('/').pop()));

let from = performance.now();
while (Atomics.wait(words, SLOT_STOP, 0, everyMs) === 'timed-out') {
  const now = performance.now();
  const late = Math.min(Math.round((now - from - everyMs) * 1000), 2 ** 31 - 1);
  let worst = Atomics.load(words, SLOT_WORST + index);
  while (late > worst) {
    const seen = Atomics.compareExchange(words, SLOT_WORST + index, worst, late);
    if (seen === worst) break;
    worst = seen;
  }
  from = performance.now();
}

import { execFile } from 'node:child_process';
import { promisify } from 'node:util';
import { Worker } from 'node:worker_threads';
import { NOTHING, SLOT_STOP, SLOT_WORST, type HeartbeatStart } from './heartbeat-slots.js';

/** How long a thread sleeps (ms). A wake-up costs 50 to 110 us of an idle virtual CPU, so 10 ms would take half of all that sampling takes. */
export const HEARTBEAT_MS = 20;
/** More CPUs than this are not watched: a thread of Node's takes some 8 MB. */
export const MOST_HEARTBEATS = 16;

/** Node's own objects fill some 5 MB of the heap; what a thread allocates is a number now and then. */
const LIMITS = { maxOldGenerationSizeMb: 16, maxYoungGenerationSizeMb: 1, stackSizeMb: 1 };
/** A thread that did not say its number by then (ms) is done without. */
const PATIENCE = 2_000;

interface Beating {
  readonly cpu: number;
  readonly index: number;
}

/** Threads of ordinary priority, one on each CPU, that sleep {@link HEARTBEAT_MS} at a time: how late they wake, is how long the CPU gave them no time. */
export class Heartbeats {
  readonly #words: Int32Array;
  readonly #beating: readonly Beating[];

  private constructor(words: Int32Array, beating: readonly Beating[]) {
    this.#words = words;
    this.#beating = beating;
  }

  /**
   * Start and pin them, which takes some 0.1 s.
   *
   * @param cpus where the process may run; the first {@link MOST_HEARTBEATS} of them are watched, less those on which it fails
   *   (no `taskset`, a CPU taken out)
   */
  static async start(cpus: readonly number[]): Promise<Heartbeats> {
    const watched = cpus.slice(0, MOST_HEARTBEATS);
    const slots = new SharedArrayBuffer(4 * (SLOT_WORST + watched.length));
    const words = new Int32Array(slots).fill(NOTHING);
    words[SLOT_STOP] = 0;
    const started = await Promise.all(
      watched.map(async (cpu, index): Promise<Beating[]> => {
        const isPinned = await startThread({ slots, index, everyMs: HEARTBEAT_MS }, cpu);
        return isPinned ? [{ cpu, index }] : [];
      }),
    );
    // What was late before the pinning, was late somewhere else.
    words.fill(NOTHING, SLOT_WORST);
    return new Heartbeats(words, started.flat());
  }

  /** The CPUs that are watched. */
  get cpus(): number[] {
    return this.#beating.map(({ cpu }) => cpu);
  }

  /** By CPU, how late (ns) its thread woke at worst since this was asked before; a thread that did not wake is left out. */
  take(): Record<string, { late_ns: number }> {
    const late: Record<string, { late_ns: number }> = {};
    for (const { cpu, index } of this.#beating) {
      const us = Atomics.exchange(this.#words, SLOT_WORST + index, NOTHING);
      if (us !== NOTHING) late[cpu] = { late_ns: us * 1000 };
    }
    return late;
  }

  stop(): void {
    Atomics.store(this.#words, SLOT_STOP, 1);
    Atomics.notify(this.#words, SLOT_STOP);
  }
}

/** Start a thread and pin it; one that cannot be pinned is ended. */
const startThread = async (start: HeartbeatStart, cpu: number): Promise<boolean> => {
  const worker = new Worker(new URL('./heartbeat-thread.js', import.meta.url), {
    workerData: start,
    execArgv: [],
    env: {},
    resourceLimits: LIMITS,
  });
  worker.unref();
  const tid = await new Promise<number | null>((resolve) => {
    const give = (): void => {
      resolve(null);
    };
    worker.once('message', resolve).on('error', give).once('exit', give);
    setTimeout(give, PATIENCE).unref();
  });
  if (tid !== null && (await pin(tid, cpu))) return true;
  await worker.terminate();
  return false;
};

/** Node cannot set a thread's affinity itself. */
const pin = async (tid: number, cpu: number): Promise<boolean> => {
  try {
    await promisify(execFile)('taskset', ['-cp', String(cpu), String(tid)], { timeout: PATIENCE });
    return true;
  } catch {
    return false;
  }
};

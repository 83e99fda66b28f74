/** Tasks of the machine at the moment of the sample. */
export interface Load {
  /** Runnable or running tasks, the reading one included. */
  readonly running: number;
  readonly total: number;
}

/** What tasks did on a CPU since boot, ns. */
export interface QueueTimes {
  readonly run_ns: number;
  /** Time that tasks waited for this CPU, summed over the tasks. */
  readonly wait_ns: number;
}

/** Runnable and all tasks from `/proc/loadavg` (proc(5)); null for another text. */
export const parseLoad = (text: string): Load | null => {
  const [, running, total] = /^\S+ \S+ \S+ (\d+)\/(\d+)/.exec(text) ?? [];
  return running === undefined || total === undefined ? null : { running: Number(running), total: Number(total) };
};

/**
 * Run and wait times of each CPU from `/proc/schedstat`, versions 14 and up (the kernel's
 * Documentation/scheduler/sched-stats.rst). Empty for an older version, whose times are in jiffies.
 */
export const parseQueueTimes = (text: string): Record<string, QueueTimes> => {
  const cpus: Record<string, QueueTimes> = {};
  if (Number(/^version (\d+)/.exec(text)?.[1] ?? 0) < 14) return cpus;
  for (const [, cpu = '', run, wait] of text.matchAll(/^cpu(\d+)(?: \d+){6} (\d+) (\d+) \d+/gm)) {
    cpus[cpu] = { run_ns: Number(run), wait_ns: Number(wait) };
  }
  return cpus;
};

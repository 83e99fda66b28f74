import { TICK_NS } from './cpu-times.js';

/** What `/proc/PID/task/TID/stat` tells of a thread. */
export interface ThreadStat {
  /** R, S, D, T, t, Z, X, I. */
  readonly state: string;
  /** The CPU it ran on last. */
  readonly cpu: number;
  /** CPU times, ns in steps of 10 ms. */
  readonly user: number;
  readonly system: number;
  readonly major_faults: number;
  /** Threads of its process. */
  readonly threads: number;
}

/** How often a thread left its CPU. */
export interface Switches {
  readonly voluntary: number;
  readonly involuntary: number;
}

/** What `/proc/PID/task/TID/schedstat` tells, ns. */
export interface ThreadTimes {
  readonly run_ns: number;
  /** Runnable and waiting for a CPU. */
  readonly wait_ns: number;
  readonly timeslices: number;
}

/** A thread's line of `stat` (proc(5)); its name may hold blanks and parentheses. Null for another text. */
export const parseThreadStat = (text: string): ThreadStat | null => {
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ');
  const state = fields[0] ?? '';
  const numbers = fields.slice(1).map(Number);
  if (!text.includes(') ') || !/^[A-Za-z]$/.test(state) || numbers.length < 36) return null;
  if (!numbers.slice(0, 36).every(Number.isFinite)) return null;
  const [major_faults = 0, , user = 0, system = 0] = numbers.slice(8);
  return {
    state,
    cpu: numbers[35] ?? 0,
    user: user * TICK_NS,
    system: system * TICK_NS,
    major_faults,
    threads: numbers[16] ?? 0,
  };
};

/** Switches from a thread's `status` (proc(5)); null for another text. */
export const parseSwitches = (text: string): Switches | null => {
  const [, voluntary, involuntary] =
    /^voluntary_ctxt_switches:\s+(\d+)\nnonvoluntary_ctxt_switches:\s+(\d+)$/m.exec(text) ?? [];
  if (voluntary === undefined || involuntary === undefined) return null;
  return { voluntary: Number(voluntary), involuntary: Number(involuntary) };
};

/** A thread's `schedstat` (the kernel's Documentation/scheduler/sched-stats.rst); null for another text. */
export const parseThreadTimes = (text: string): ThreadTimes | null => {
  const [, run, wait, slices] = /^(\d+) (\d+) (\d+)$/.exec(text.trimEnd()) ?? [];
  if (run === undefined) return null;
  return { run_ns: Number(run), wait_ns: Number(wait), timeslices: Number(slices) };
};

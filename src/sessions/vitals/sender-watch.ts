import { readdirSync } from 'node:fs';
import { findSenders, parseControlGroups, type ControlGroups, type Sender, type SenderFilter } from '../find-sender.js';
import { parseCpuStat, Throttling, type CpuStat } from './cpu-stat.js';
import { cpuGroupFolders } from './group-folders.js';
import { KeptFile } from './kept-file.js';
import { parseSwitches, parseThreadStat, parseThreadTimes } from './thread-counters.js';

/** Who the sender is. */
export interface SenderIdentity {
  readonly comm: string;
  /** Clock ticks (10 ms) after boot. */
  readonly start_ticks: number;
  /** Inode of its network namespace. */
  readonly netns: number;
  readonly cgroups: ControlGroups;
  /** How many senders there were to choose from; it has the lowest number of them. */
  readonly candidates: number;
}

/** What is told of the sender in a sample. */
export interface SenderSample {
  readonly pid: number;
  /** In the first sample of a process, and again when its control groups change. */
  readonly identity?: SenderIdentity;
  /** By thread number. */
  readonly threads: Readonly<Record<string, Readonly<Record<string, number | string>>>>;
  readonly cpu_stat?: CpuStat;
}

/** Where there is no sender, one is looked for this often (ms). */
const SEARCH_MS = 1_000;
/** More threads than this are not told of. */
const MOST_THREADS = 16;

/** Follows the sender, and finds it again when it ends. */
export class SenderWatch {
  readonly #filter: SenderFilter;
  readonly #throttling = new Throttling();
  #process: WatchedProcess | null = null;
  #lastSearch = Number.NEGATIVE_INFINITY;

  constructor(filter: SenderFilter) {
    this.#filter = filter;
  }

  /** The process that is followed; null while there is none. */
  get sender(): Sender | null {
    return this.#process?.sender ?? null;
  }

  /**
   * Its counters now; null while there is none.
   *
   * @param nowMs of a monotonic clock
   */
  sample(nowMs: number): SenderSample | null {
    const known = this.#process?.sample(this.#throttling) ?? null;
    if (known !== null) return known;
    this.close();
    if (nowMs - this.#lastSearch < SEARCH_MS) return null;
    this.#lastSearch = nowMs;
    const { senders } = findSenders(this.#filter);
    const [first] = senders;
    if (!first) return null;
    this.#process = new WatchedProcess(first, senders.length);
    return this.#process.sample(this.#throttling);
  }

  close(): void {
    this.#process?.close();
    this.#process = null;
  }
}

/** One process, by files that are its own even if its number is given to another. */
class WatchedProcess {
  readonly sender: Sender;
  readonly #candidates: number;
  readonly #cgroup: KeptFile;
  readonly #threads = new Map<number, WatchedThread>();
  #groups: KeptFile[] = [];
  #groupsText: string | null = null;

  /** @param candidates how many senders there were to choose from */
  constructor(sender: Sender, candidates: number) {
    this.sender = sender;
    this.#candidates = candidates;
    this.#cgroup = new KeptFile(`/proc/${sender.pid}/cgroup`);
    this.#threads.set(sender.pid, new WatchedThread(sender.pid, sender.pid));
  }

  /** @returns null when it has ended */
  sample(throttling: Throttling): SenderSample | null {
    const { pid } = this.sender;
    const main = this.#threads.get(pid)?.sample();
    if (!main || main.state === 'Z' || main.state === 'X') return null;
    if (main.threads !== this.#threads.size) this.#listThreads();
    const threads: Record<string, Record<string, number | string>> = {};
    for (const [tid, thread] of this.#threads) {
      const sample = tid === pid ? main : thread.sample();
      if (sample) threads[tid] = sample.counters;
      else this.#forget(tid);
    }
    const identity = this.#followGroups();
    const cpu_stat = throttling.next(this.#readGroups());
    return {
      pid,
      ...(identity === null ? {} : { identity }),
      threads,
      ...(cpu_stat === null ? {} : { cpu_stat }),
    };
  }

  close(): void {
    this.#cgroup.close();
    for (const group of this.#groups) group.close();
    for (const thread of this.#threads.values()) thread.close();
  }

  #listThreads(): void {
    const { pid } = this.sender;
    const tids = listThreads(pid).slice(0, MOST_THREADS);
    for (const tid of tids) if (!this.#threads.has(tid)) this.#threads.set(tid, new WatchedThread(pid, tid));
  }

  /** The others are listed anew at the next sample, since their count differs then. */
  #forget(tid: number): void {
    this.#threads.get(tid)?.close();
    this.#threads.delete(tid);
  }

  #followGroups(): SenderIdentity | null {
    const text = this.#cgroup.read();
    if (text === null || text === this.#groupsText) return null;
    this.#groupsText = text;
    const cgroups = parseControlGroups(text);
    for (const group of this.#groups) group.close();
    const mounts = new KeptFile('/proc/self/mountinfo');
    this.#groups = cpuGroupFolders(cgroups, mounts.read() ?? '').map((path) => new KeptFile(`${path}/cpu.stat`));
    mounts.close();
    const { comm, startTicks, netns } = this.sender;
    return { comm, start_ticks: startTicks, netns, cgroups, candidates: this.#candidates };
  }

  #readGroups(): Map<string, CpuStat> {
    return new Map(
      this.#groups.flatMap((group) => {
        const stat = parseCpuStat(group.read() ?? '');
        return stat === null ? [] : [[group.path, stat]];
      }),
    );
  }
}

class WatchedThread {
  readonly #stat: KeptFile;
  readonly #status: KeptFile;
  readonly #times: KeptFile;

  constructor(pid: number, tid: number) {
    const folder = `/proc/${pid}/task/${tid}`;
    this.#stat = new KeptFile(`${folder}/stat`);
    this.#status = new KeptFile(`${folder}/status`);
    this.#times = new KeptFile(`${folder}/schedstat`);
  }

  /** @returns null when it has ended */
  sample(): { state: string; threads: number; counters: Record<string, number | string> } | null {
    const stat = parseThreadStat(this.#stat.read() ?? '');
    if (stat === null) return null;
    const { threads, ...counters } = stat;
    const switches = parseSwitches(this.#status.read() ?? '');
    const times = parseThreadTimes(this.#times.read() ?? '');
    return { state: stat.state, threads, counters: { ...counters, ...switches, ...times } };
  }

  close(): void {
    for (const file of [this.#stat, this.#status, this.#times]) file.close();
  }
}

const listThreads = (pid: number): number[] => {
  try {
    return readdirSync(`/proc/${pid}/task`).map(Number);
  } catch {
    return [];
  }
};

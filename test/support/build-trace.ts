/**
 * Constructed traces: threads run on CPUs for stretches of time, and the `switch` rows follow from who runs where. Behind
 * them stands what every real trace shows: sysdig's own rhythm of 30 ms and kernel threads every 4 to 30 ms on every CPU.
 * Times are ns from {@link BASE}.
 */
import { printRow, seededRandom, type TraceRow } from './transform-trace.js';

/** When a constructed trace begins, ns since 1970. */
export const BASE = 1_795_344_000_000_000_000n;

export const US = 1_000;
export const MS = 1_000_000;
export const S = 1_000_000_000;

/** A thread; `comm` null for kernel threads. */
export interface Thread {
  readonly tid: number;
  readonly comm: string | null;
}

interface Stay {
  readonly thread: Thread;
  readonly from: number;
  readonly to: number;
  /** Major faults counted so far, as its switch-out prints them. */
  readonly majorFaults: number;
}

interface OwnRow {
  readonly at: number;
  readonly thread: Thread;
  readonly dir: '>' | '<';
  readonly type: string;
  readonly info: string;
  /** null: the CPU the thread is on. */
  readonly cpu: number | null;
}

const IDLE: Thread = { tid: 0, comm: null };
const SYSDIG: Thread = { tid: 901, comm: 'sysdig' };
const KERNEL_THREAD_BASE = 20;

const quote = (text: string): string => JSON.stringify(text).slice(1, -1);

const faultsOf = (major: number): string => `pgft_maj=${String(major)} pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 `;

/** A machine whose CPUs are given to threads. */
export class Machine {
  readonly cpus: number;
  readonly #stays: Stay[][];
  readonly #rows: OwnRow[] = [];
  readonly #silences: { from: number; to: number; cpus: readonly number[] }[] = [];
  #kernelEvery: { cpu: number; from: number; to: number; every: number }[] = [];

  constructor(cpus = 2) {
    this.cpus = cpus;
    this.#stays = Array.from({ length: cpus }, () => []);
  }

  /** `thread` has the CPU from `from` to `to`. */
  run(cpu: number, thread: Thread, from: number, to: number, majorFaults = 0): void {
    if (to <= from) throw new Error(`an empty stay on a CPU at ${String(from)}`);
    this.#stays[cpu]!.push({ thread, from, to, majorFaults });
  }

  /** A busy loop: stays of `slice` ns with a kernel thread for 8 us in between. */
  hog(cpu: number, thread: Thread, from: number, to: number, slice = 40 * MS): void {
    const kernel = this.kernelThread(cpu);
    for (let at = from; at < to;) {
      const end = Math.min(to, at + slice);
      this.run(cpu, thread, at, end);
      if (end < to) this.run(cpu, kernel, end, Math.min(to, end + 8 * US));
      at = end + 8 * US;
    }
  }

  /** A row that is no switch. */
  row(at: number, thread: Thread, dir: '>' | '<', type: string, info = '', cpu: number | null = null): void {
    this.#rows.push({ at, thread, dir, type, info, cpu });
  }

  /** Somebody runs for 40 us and makes one system call; gives back its end. */
  call(cpu: number, thread: Thread, at: number, type: string, enter: string, exit: string): number {
    this.run(cpu, thread, at, at + 40 * US);
    this.row(at + 10 * US, thread, '>', type, enter);
    this.row(at + 20 * US, thread, '<', type, exit);
    return at + 40 * US;
  }

  /** Nothing in the background happens on these CPUs (all unless told). */
  silence(from: number, to: number, cpus: readonly number[] = Array.from({ length: this.cpus }, (_, i) => i)): void {
    this.#silences.push({ from, to, cpus });
  }

  /** Kernel threads switch this often on a CPU for a while, as on a tickless CPU that stays busy with little. */
  kernelRhythm(cpu: number, from: number, to: number, every: number): void {
    this.#kernelEvery.push({ cpu, from, to, every });
  }

  kernelThread(cpu: number): Thread {
    return { tid: KERNEL_THREAD_BASE + cpu, comm: null };
  }

  /** All rows from `from` to `to`, in a file's order: by stretches of 10 ms, one ring buffer after the other. */
  lines(from: number, to: number): string[] {
    this.#addBackground(from, to);
    const rows: (Omit<TraceRow, 'num' | 'time'> & { at: number; order: number })[] = [];
    this.#stays.forEach((stays, cpu) => {
      stays.sort((a, b) => a.from - b.from);
      stays.forEach((stay, i) => {
        const before = stays[i - 1];
        const after = stays[i + 1];
        if (before && before.to > stay.from)
          throw new Error(
            `CPU ${String(cpu)} has two threads at ${String(stay.from)}: ${String(before.thread.tid)}, ${String(stay.thread.tid)}`,
          );
        if (before?.to !== stay.from)
          rows.push(switchRow(cpu, stay.from, { ...stay, thread: IDLE, majorFaults: 0 }, stay.thread));
        const next = after?.from === stay.to ? after.thread : IDLE;
        rows.push(switchRow(cpu, stay.to, stay, next));
      });
    });
    for (const { at, thread, dir, type, info, cpu } of this.#rows) {
      const name = thread.comm === null ? 'null' : JSON.stringify(thread.comm);
      rows.push({
        at,
        order: 1,
        cpu: cpu ?? this.#cpuOf(thread, at),
        dir,
        info: quote(info),
        type,
        name,
        tid: thread.tid,
      });
    }
    rows.sort((a, b) => a.at - b.at || a.order - b.order);
    const kept = rows.filter(({ at }) => at >= from && at < to);
    const numbered = kept.map((row, i): TraceRow => ({
      ...row,
      num: 1000 + i,
      time: BASE + BigInt(Math.round(row.at)),
    }));
    const block = (row: TraceRow): number => Math.floor(Number(row.time - BASE) / (10 * MS));
    return numbered
      .map((row, i) => ({ row, i }))
      .sort((a, b) => block(a.row) - block(b.row) || a.row.cpu - b.row.cpu || a.i - b.i)
      .map(({ row }) => printRow(row));
  }

  #cpuOf(thread: Thread, at: number): number {
    const cpu = this.#stays.findIndex((stays) =>
      stays.some((stay) => stay.thread.tid === thread.tid && stay.from <= at && at <= stay.to),
    );
    if (cpu < 0) throw new Error(`thread ${String(thread.tid)} is on no CPU at ${String(at)}`);
    return cpu;
  }

  #addBackground(from: number, to: number): void {
    const random = seededRandom(7);
    this.#stays.forEach((stays, cpu) => {
      const taken = [...stays].sort((a, b) => a.from - b.from);
      let next = 0;
      const place = (thread: Thread, at: number, length: number): boolean => {
        if (this.#silences.some((one) => one.cpus.includes(cpu) && at + length > one.from && at < one.to)) return false;
        const free = !taken.some((stay) => stay.from < at + length + US && stay.to > at - US);
        if (free && at < to) stays.push({ thread, from: at, to: at + length, majorFaults: 0 });
        return free;
      };
      const sysdigCpu = cpu === this.cpus - 1;
      for (let at = from + 100 * US + cpu * 311 * US; at < to;) {
        const rhythm = this.#kernelEvery.find((one) => one.cpu === cpu && at >= one.from && at < one.to);
        place(this.kernelThread(cpu), at, 6 * US);
        at += rhythm ? rhythm.every : Math.round((4 + 26 * random()) * MS);
        while (sysdigCpu && next * 30 * MS + from < at) {
          const own = from + next * 30 * MS + 50 * US;
          const last = stays.at(-1);
          if (!last || last.to < own - US) place(SYSDIG, own, 45 * US);
          next++;
        }
      }
      dropOverlaps(stays);
    });
  }
}

/** Background that fell onto other background goes. */
const dropOverlaps = (stays: Stay[]): void => {
  stays.sort((a, b) => a.from - b.from);
  for (let i = stays.length - 1; i > 0; i--) {
    const a = stays[i - 1]!;
    const b = stays[i]!;
    if (a.to <= b.from) continue;
    const background = (stay: Stay): boolean =>
      stay.thread.tid === SYSDIG.tid || (stay.thread.comm === null && stay.to - stay.from <= 8 * US);
    if (background(b)) stays.splice(i, 1);
    else if (background(a)) stays.splice(i - 1, 1);
  }
};

const switchRow = (cpu: number, at: number, leaving: Stay, coming: Thread) => ({
  at,
  order: at === leaving.from ? 0 : 2,
  cpu,
  dir: '>' as const,
  info: quote(
    `next=${String(coming.tid)}${coming.comm === null ? '' : `(${coming.comm})`} ${faultsOf(leaving.majorFaults)}`,
  ),
  type: 'switch',
  name: leaving.thread.comm === null ? 'null' : JSON.stringify(leaving.thread.comm),
  tid: leaving.thread.tid,
});

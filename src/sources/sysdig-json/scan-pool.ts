import { Worker } from 'node:worker_threads';
import type { CounterTable } from '../../model/counters.js';
import type { NameTable } from '../../model/event-batch.js';
import type { BlockPart, ScanJob, ScanResult, ScanStart } from './block-part.js';
import * as problems from './problems.js';
import { NAMES_FORGOTTEN } from '../trace/name-table.js';
import type { Slab } from './slab.js';

/** Blocks a thread is given ahead, so that it need not wait for the next. */
const JOBS_AHEAD = 8;

const problemsByName = new Map([...Object.values(problems), NAMES_FORGOTTEN].map((problem) => [problem.name, problem]));

/** A block that another thread has read. */
export interface ScannedPart {
  readonly index: number;
  readonly slab: Slab;
  /** null: it is for the caller to read, be it that it does not fit a slab or that the thread failed. */
  readonly part: BlockPart | null;
}

/** Threads that read blocks of a file. A thread that fails is done without: its blocks come back unread. */
export class ScanPool {
  readonly #threads: ScanThread[];
  readonly #done: ScannedPart[] = [];
  #wake: () => void = () => undefined;

  /**
   * @param starts what each thread is started with
   * @param names where the names that threads meet are to go
   * @param counters likewise what they count
   */
  constructor(starts: readonly ScanStart[], names: NameTable, counters: CounterTable) {
    this.#threads = starts.map(
      (start) =>
        new ScanThread(start, names, counters, (part) => {
          this.#done.push(part);
          this.#wake();
        }),
    );
  }

  /** Whether a thread would begin another block soon. */
  get hasRoom(): boolean {
    return this.#threads.some((thread) => thread.hasRoom);
  }

  /** Have a block read. */
  give(index: number, slab: Slab, baseSeconds: number): void {
    const free = this.#threads.filter((thread) => thread.hasRoom);
    const thread = free.reduce((a, b) => (b.jobs < a.jobs ? b : a));
    thread.give(index, slab, baseSeconds);
  }

  /** What has been read since the last call. */
  take(): ScannedPart[] {
    return this.#done.splice(0);
  }

  /** Until something has been read. */
  async wait(): Promise<void> {
    if (this.#done.length > 0) return;
    // Only whoever waits keeps the process alive.
    for (const thread of this.#threads) thread.ref();
    await new Promise<void>((resolve) => (this.#wake = resolve));
    for (const thread of this.#threads) thread.unref();
  }

  async close(): Promise<void> {
    await Promise.all(this.#threads.map((thread) => thread.close()));
  }
}

class ScanThread {
  readonly #worker: Worker;
  readonly #jobs = new Map<number, Slab>();
  /** Slabs with memory of their own that the thread has, by a number below 0. */
  readonly #known = new Map<Slab, number>();
  readonly #names: NameTable;
  readonly #counters: CounterTable;
  readonly #onPart: (part: ScannedPart) => void;
  /** The id that each of the thread's names has here. */
  #ids = new Uint32Array(1024);
  #idCount = 0;
  #isReady = false;

  constructor(start: ScanStart, names: NameTable, counters: CounterTable, onPart: (part: ScannedPart) => void) {
    this.#names = names;
    this.#counters = counters;
    this.#onPart = onPart;
    this.#addId('');
    // What the process was started with may not suit a thread, and must not slow its start.
    this.#worker = new Worker(new URL('./scan-worker.js', import.meta.url), { workerData: start, execArgv: [] });
    this.#worker.on('message', (message: ScanResult | 'ready') => {
      if (message === 'ready') this.#isReady = true;
      else this.#finish(message);
    });
    this.#worker.on('error', () => {
      this.#fail();
    });
    this.#worker.on('exit', () => {
      this.#fail();
    });
    this.#worker.unref();
  }

  get jobs(): number {
    return this.#jobs.size;
  }

  get hasRoom(): boolean {
    return this.#isReady && this.#jobs.size < JOBS_AHEAD;
  }

  give(index: number, slab: Slab, baseSeconds: number): void {
    this.#jobs.set(index, slab);
    // Handing over memory takes longer than all else of a message: each slab's once, and none where all is the scanner's.
    const isKnown = slab.isScanners || this.#known.has(slab);
    if (!isKnown) this.#known.set(slab, -1 - this.#known.size);
    const place = slab.isScanners ? slab.address : (this.#known.get(slab) ?? 0);
    const job: ScanJob = { index, baseSeconds, place, memory: isKnown ? null : slab.memory };
    this.#worker.postMessage(job);
  }

  ref(): void {
    this.#worker.ref();
  }

  unref(): void {
    this.#worker.unref();
  }

  async close(): Promise<void> {
    this.#jobs.clear();
    await this.#worker.terminate();
  }

  #finish({ index, part, names, counts, texts }: ScanResult): void {
    const slab = this.#jobs.get(index);
    if (!slab) return;
    this.#jobs.delete(index);
    for (const name of names) this.#addId(name);
    for (const [name, count] of counts) {
      const problem = problemsByName.get(name);
      if (problem) this.#counters.add(problem, count);
    }
    if (part) {
      const { columns } = slab;
      columns.length = part.events;
      columns.texts = texts.length > 0 ? new Map(texts) : null;
      for (const column of [columns.type, columns.comm, columns.nextComm]) this.#translate(column, part.events);
    }
    this.#onPart({ index, slab, part });
  }

  /** From the thread's ids to those here. */
  #translate(column: Uint32Array, length: number): void {
    const ids = this.#ids;
    for (let i = 0; i < length; i++) column[i] = ids[column[i] ?? 0] ?? 0;
  }

  #addId(name: string): void {
    if (this.#idCount === this.#ids.length) {
      const more = new Uint32Array(2 * this.#idCount);
      more.set(this.#ids);
      this.#ids = more;
    }
    this.#ids[this.#idCount++] = this.#names.idOf(name);
  }

  #fail(): void {
    this.#isReady = false;
    const jobs = [...this.#jobs];
    this.#jobs.clear();
    for (const [index, slab] of jobs) this.#onPart({ index, slab, part: null });
  }
}

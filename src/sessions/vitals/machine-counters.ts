import { Changes, type Counts } from './changes.js';
import { parseCpuTimes } from './cpu-times.js';
import { parseInterrupts, parseSoftirqs } from './interrupts.js';
import { KeptFile } from './kept-file.js';
import { parsePressure } from './pressure.js';
import { parseLoad, parseQueueTimes } from './run-queue.js';

/** Resources whose pressure the kernel tells. */
const RESOURCES = ['cpu', 'io', 'memory', 'irq'];
/** Interrupts are read this often (ms): their tables take as long as all the rest, and more with many CPUs. */
const TABLES_MS = 1_000;

type Part = Record<string, unknown>;

/** Counters of the whole machine. What the kernel does not have is left out. */
export class MachineCounters {
  readonly #stat: KeptFile;
  readonly #loadavg: KeptFile;
  readonly #schedstat: KeptFile;
  readonly #pressures: readonly { resource: string; file: KeptFile }[];
  readonly #interrupts: Table;
  readonly #softirqs: Table;
  readonly #missing = new Set<string>();

  /** @param proc where procfs is mounted */
  constructor(proc = '/proc') {
    this.#stat = new KeptFile(`${proc}/stat`);
    this.#loadavg = new KeptFile(`${proc}/loadavg`);
    this.#schedstat = new KeptFile(`${proc}/schedstat`);
    this.#pressures = RESOURCES.map((resource) => ({ resource, file: new KeptFile(`${proc}/pressure/${resource}`) }));
    this.#interrupts = new Table(new KeptFile(`${proc}/interrupts`), parseInterrupts);
    this.#softirqs = new Table(new KeptFile(`${proc}/softirqs`), parseSoftirqs);
  }

  /** Files that gave nothing. */
  get missing(): string[] {
    return [...this.#missing];
  }

  /**
   * The times of the CPUs first: they are what most is read from.
   *
   * @param nowMs of a monotonic clock
   */
  sample(nowMs: number): Part {
    const cpu = this.#read(this.#stat, parseCpuTimes);
    const load = this.#read(this.#loadavg, parseLoad);
    const queues = this.#read(this.#schedstat, parseQueueTimes);
    const pressure: Part = {};
    for (const { resource, file } of this.#pressures) {
      const stalls = this.#read(file, parsePressure);
      if (stalls !== null) pressure[resource] = stalls;
    }
    const interrupts = this.#readChanges(this.#interrupts, nowMs);
    const softirqs = this.#readChanges(this.#softirqs, nowMs);
    return {
      ...(cpu === null ? {} : { cpu }),
      ...(load === null ? {} : { load }),
      ...(queues === null ? {} : { schedstat: queues }),
      ...(Object.keys(pressure).length === 0 ? {} : { pressure }),
      ...(interrupts === null ? {} : { interrupts }),
      ...(softirqs === null ? {} : { softirqs }),
    };
  }

  #read<T extends object | null>(file: KeptFile, parse: (text: string) => T): T | null {
    const text = file.read();
    const value = text === null ? null : parse(text);
    if (value !== null && Object.keys(value).length > 0) return value;
    this.#missing.add(file.path);
    return null;
  }

  #readChanges(table: Table, nowMs: number): Counts | null {
    const changed = table.sample(nowMs);
    if (changed !== 'missing') return changed;
    this.#missing.add(table.path);
    return null;
  }
}

/** Counters by CPU in a text that is long with many CPUs; what changed of them. */
class Table {
  readonly #file: KeptFile;
  readonly #parse: (text: string) => Counts;
  readonly #changes = new Changes();
  #last = Number.NEGATIVE_INFINITY;

  constructor(file: KeptFile, parse: (text: string) => Counts) {
    this.#file = file;
    this.#parse = parse;
  }

  get path(): string {
    return this.#file.path;
  }

  sample(nowMs: number): Counts | null | 'missing' {
    if (nowMs - this.#last < TABLES_MS) return null;
    this.#last = nowMs;
    const text = this.#file.read();
    if (text === null) return 'missing';
    return this.#changes.since(this.#parse(text));
  }
}

import type { CounterTable } from '../../model/counters.js';
import { ENTER, EXIT, type EventBatch, type NameTable } from '../../model/event-batch.js';
import type { Row } from './parse-rows.js';
import * as problems from './problems.js';
import { readRowTime, type SplitTime } from './row-time.js';
import { parseNextThread } from './switch-info.js';

/** Events per batch: enough to spread the cost of a batch, small beside everything else (about 1 MiB with texts). */
export const BATCH_EVENTS = 4096;

const NS_PER_SECOND = 1e9;
/** Times this far from the base are exact in a double (2^53 ns). */
const REACH_SECONDS = Math.floor(2 ** 53 / NS_PER_SECOND) - 1;

/** Events that have no exit; in `evt.dir` they are enters. */
const ONE_SIDED = new Set([
  'switch', 'signaldeliver', 'procexit', 'page_fault', 'procinfo', 'drop',
  'sched_wakeup', 'sched_wakeup_new', 'sched_waking', 'wakeup', 'heartbeat',
]); // prettier-ignore

/**
 * Turns rows into columns, batch by batch. The base of the trace's times is the second of the middle one of the first
 * batch's times, so that a single wrong one does not put all others out of reach.
 */
export class BatchBuilder {
  readonly #names: NameTable;
  readonly #counters: CounterTable;
  readonly #switch: number;
  readonly #split: SplitTime = { seconds: 0, nanos: 0 };
  #columns = new Columns();
  #baseSeconds: number | null = null;

  constructor(names: NameTable, counters: CounterTable) {
    this.#names = names;
    this.#counters = counters;
    this.#switch = names.idOf('switch');
  }

  /** ns since the epoch; null until the first batch was taken. */
  get baseNs(): bigint | null {
    return this.#baseSeconds === null ? null : BigInt(this.#baseSeconds) * BigInt(NS_PER_SECOND);
  }

  get isFull(): boolean {
    return this.#columns.length === BATCH_EVENTS;
  }

  /** Append a row, unless it is no event or has no usable time: then it is counted. There must be room. */
  add(row: Row, line: number): void {
    const type = row['evt.type'];
    if (typeof type !== 'string' || type === '') {
      this.#counters.add(problems.NOT_EVENT);
      return;
    }
    const split = this.#split;
    if (!readRowTime(row, split)) {
      this.#counters.add(problems.NO_TIME);
      return;
    }
    if (this.#baseSeconds !== null && Math.abs(split.seconds - this.#baseSeconds) > REACH_SECONDS) {
      this.#counters.add(problems.FAR_TIME);
      return;
    }
    const columns = this.#columns;
    const i = columns.length++;
    columns.seconds[i] = split.seconds;
    columns.nanos[i] = split.nanos;
    columns.line[i] = line;
    columns.num[i] = integerOf(row['evt.num'], Number.MAX_SAFE_INTEGER) ?? -1;
    columns.cpu[i] = integerOf(row['evt.cpu'], 0x7fff) ?? this.#miss(problems.NO_CPU);
    columns.tid[i] = integerOf(row['thread.tid'], 0x7fffffff) ?? this.#miss(problems.NO_THREAD);
    const typeId = this.#names.idOf(type);
    columns.type[i] = typeId;
    columns.dir[i] = this.#direction(row['evt.dir'], type);
    const name = row['proc.name'];
    columns.comm[i] = typeof name === 'string' ? this.#names.idOf(name) : 0;
    const info = textOf(row['evt.info'] ?? row['evt.args']);
    columns.infos[i] = info;
    columns.nextTid[i] = -1;
    if (typeId === this.#switch) {
      const next = parseNextThread(info);
      columns.nextTid[i] = next.tid;
      columns.nextComm[i] = this.#names.idOf(next.comm);
    }
  }

  /** The batch so far; null when it holds no event. */
  take(): EventBatch | null {
    const columns = this.#columns;
    this.#columns = new Columns();
    if (columns.length === 0) return null;
    if (this.#baseSeconds === null) {
      this.#baseSeconds = middleOf(columns.seconds.slice(0, columns.length));
      const far = columns.dropFar(this.#baseSeconds);
      if (far > 0) this.#counters.add(problems.FAR_TIME, far);
    }
    return columns.toBatch(this.#baseSeconds, this.#names);
  }

  #miss(problem: typeof problems.NO_CPU): number {
    this.#counters.add(problem);
    return -1;
  }

  #direction(dir: unknown, type: string): number {
    if (dir === '>') return ENTER;
    if (dir === '<') return EXIT;
    this.#counters.add(problems.NO_DIRECTION);
    return ONE_SIDED.has(type) ? ENTER : EXIT;
  }
}

class Columns {
  length = 0;
  readonly seconds = new Float64Array(BATCH_EVENTS);
  readonly nanos = new Float64Array(BATCH_EVENTS);
  readonly num = new Float64Array(BATCH_EVENTS);
  readonly line = new Float64Array(BATCH_EVENTS);
  readonly cpu = new Int16Array(BATCH_EVENTS);
  readonly tid = new Int32Array(BATCH_EVENTS);
  readonly type = new Uint32Array(BATCH_EVENTS);
  readonly dir = new Uint8Array(BATCH_EVENTS);
  readonly comm = new Uint32Array(BATCH_EVENTS);
  readonly nextTid = new Int32Array(BATCH_EVENTS);
  readonly nextComm = new Uint32Array(BATCH_EVENTS);
  readonly infos: string[] = [];

  /** Take out events that are too far from the base; returns how many. */
  dropFar(baseSeconds: number): number {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (Math.abs((this.seconds[i] ?? 0) - baseSeconds) > REACH_SECONDS) continue;
      if (kept < i) this.#move(i, kept);
      kept++;
    }
    const dropped = this.length - kept;
    this.length = kept;
    return dropped;
  }

  #move(from: number, to: number): void {
    const { seconds, nanos, num, line, cpu, tid, type, dir, comm, nextTid, nextComm } = this;
    for (const column of [seconds, nanos, num, line, cpu, tid, type, dir, comm, nextTid, nextComm]) {
      column.copyWithin(to, from, from + 1);
    }
    this.infos[to] = this.infos[from] ?? '';
  }

  toBatch(baseSeconds: number, names: NameTable): EventBatch {
    const { length, seconds, nanos, num, line, cpu, tid, type, dir, comm, nextTid, nextComm, infos } = this;
    // Becomes the time column in place: both products and their sum are integers below 2^53.
    for (let i = 0; i < length; i++) seconds[i] = ((seconds[i] ?? 0) - baseSeconds) * NS_PER_SECOND + (nanos[i] ?? 0);
    return {
      length,
      time: seconds,
      num,
      line,
      cpu,
      tid,
      type,
      dir,
      comm,
      nextTid,
      nextComm,
      names,
      info: (i) => infos[i] ?? '',
    };
  }
}

const middleOf = (values: Float64Array): number => values.sort()[values.length >> 1] ?? 0;

/**
 * An integer from 0 to `most`, also as digits in a string; null where there is none. -1, signed or as 64 unsigned bits,
 * is sysdig's word for an event of no thread, and is handed on.
 */
const integerOf = (value: unknown, most: number): number | null => {
  const number = typeof value === 'string' && /^\d{1,16}$/.test(value) ? Number(value) : value;
  if (typeof number !== 'number') return null;
  if (number === -1 || number === 2 ** 64) return -1;
  return Number.isInteger(number) && number >= 0 && number <= most ? number : null;
};

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

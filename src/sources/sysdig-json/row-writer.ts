import type { CounterTable } from '../../model/counters.js';
import { ENTER, EXIT, type NameTable } from '../../model/event-batch.js';
import type { Columns } from '../trace/columns.js';
import type { LaneContext, TimeKinds } from './lane.js';
import type { Row } from './line-account.js';
import * as problems from './problems.js';
import { readRowInfo } from './row-info.js';
import { readRowTime, type SplitTime } from './row-time.js';
import { parseNextThread } from '../trace/next-thread.js';
import type { TraceBase } from '../trace/base.js';

const DAY_SECONDS = 86_400;
/** A base that is no calendar's: times of day that were unrolled stay below it (seconds). */
const MOST_DAYS = 10 * DAY_SECONDS;

/** Biggest values of the columns; what is bigger counts as missing. */
export const BIGGEST_CPU = 0x7fff;
export const BIGGEST_TID = 0x7fffffff;

/** Events that have no exit; in `evt.dir` they are enters. */
const ONE_SIDED = new Set([
  'switch', 'signaldeliver', 'procexit', 'page_fault', 'procinfo', 'drop',
  'sched_wakeup', 'sched_wakeup_new', 'sched_waking', 'wakeup', 'heartbeat', 'irq', 'softirq',
]); // prettier-ignore

/** What an event is where its row does not say: ENTER or EXIT. */
export const inferDirection = (type: string): number => (ONE_SIDED.has(type) ? ENTER : EXIT);

/** Writes parsed rows into columns. What it does is what reading a trace means; a scanner must do the same. */
export class RowWriter {
  readonly #names: NameTable;
  readonly #counters: CounterTable;
  readonly #base: TraceBase;
  readonly #switch: number;
  readonly #split: SplitTime = { seconds: 0, nanos: 0 };
  readonly #kinds: TimeKinds;
  /** The time of day before, unrolled, as long as there is no base. */
  #ofDay: number | null = null;

  constructor({ names, base, counters, times }: LaneContext) {
    this.#names = names;
    this.#base = base;
    this.#counters = counters;
    this.#kinds = times;
    this.#switch = names.idOf('switch');
  }

  /** Append a row, unless it is no event or has no usable time: then it is counted. There must be room. */
  add(row: Row, line: number, columns: Columns): void {
    const type = row['evt.type'];
    if (typeof type !== 'string' || type === '') {
      this.#counters.add(problems.NOT_EVENT);
      return;
    }
    const split = this.#split;
    const kind = readRowTime(row, split);
    if (kind === null) {
      this.#counters.add(problems.NO_TIME);
      return;
    }
    if (kind === 'no-zone') this.#counters.add(problems.NO_ZONE);
    else if (kind === 'time-of-day') this.#unroll(split);
    if (!this.#base.reaches(split.seconds)) {
      this.#counters.add(problems.FAR_TIME);
      return;
    }
    const i = columns.length++;
    this.#base.writeTime(columns, i, split.seconds, split.nanos);
    columns.line[i] = line;
    columns.num[i] = integerOf(row['evt.num'], Number.MAX_SAFE_INTEGER) ?? -1;
    columns.cpu[i] = integerOf(row['evt.cpu'], BIGGEST_CPU) ?? this.#miss(problems.NO_CPU);
    columns.tid[i] = integerOf(row['thread.tid'], BIGGEST_TID) ?? this.#miss(problems.NO_THREAD);
    const typeId = this.#names.idOf(type);
    columns.type[i] = typeId;
    columns.dir[i] = this.#direction(row['evt.dir'], type);
    const name = row['proc.name'];
    columns.comm[i] = typeof name === 'string' ? this.#names.idOf(name) : 0;
    const info = readRowInfo(row);
    columns.setText(i, info);
    columns.nextTid[i] = -1;
    columns.nextComm[i] = 0;
    if (typeId === this.#switch) {
      const next = parseNextThread(info);
      columns.nextTid[i] = next.tid;
      columns.nextComm[i] = this.#names.idOf(next.comm);
    }
  }

  /** Go on counting at midnight: the time is on the day that brings it closest to the others. */
  #unroll(split: SplitTime): void {
    this.#kinds.ofDay = true;
    const { seconds: base } = this.#base;
    const near = base ?? this.#ofDay ?? split.seconds;
    if (near <= MOST_DAYS) split.seconds += DAY_SECONDS * Math.round((near - split.seconds) / DAY_SECONDS);
    if (base === null) this.#ofDay = split.seconds;
  }

  #miss(problem: typeof problems.NO_CPU): number {
    this.#counters.add(problem);
    return -1;
  }

  #direction(dir: unknown, type: string): number {
    if (dir === '>') return ENTER;
    if (dir === '<') return EXIT;
    this.#counters.add(problems.NO_DIRECTION);
    return inferDirection(type);
  }
}

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

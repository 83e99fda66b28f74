import type { CounterDefinition, CounterTable } from '../../model/counters.js';
import type { EventBatch, NameTable } from '../../model/event-batch.js';
import type { TraceBase } from './base.js';
import { TraceBatch } from './batch.js';
import { COLUMN_BYTES, Columns } from './columns.js';
import { parseNextThread } from './next-thread.js';

/** One event, as a reader of text finds it. Names and infos are sysdig's: what the timeline reads. */
export interface TraceRow {
  /** Since what the trace's clock counts from; an integer. */
  seconds: number;
  /** 0 to 999,999,999. */
  nanos: number;
  /** The event's own number, -1 where it has none. */
  num: number;
  /** -1 unknown. */
  cpu: number;
  /** -1 unknown. */
  tid: number;
  /** Name of its process; null where the text does not say, or for the idle thread. */
  comm: string | null;
  /** sysdig's name of the event: `switch`, `sendmsg`, `sched_wakeup`, ... */
  type: string;
  /** ENTER or EXIT; events that have one side are ENTER. */
  dir: number;
  /** `key=value ` pairs like sysdig's `evt.info`; of a switch `next=TID(NAME) pgft_maj=...`, as far as is known. */
  info: string;
}

/** A row before it is filled. */
export const makeRow = (): TraceRow => ({
  seconds: 0,
  nanos: 0,
  num: -1,
  cpu: -1,
  tid: -1,
  comm: null,
  type: '',
  dir: 0,
  info: '',
});

const NO_BYTES = Buffer.alloc(0);

/** Rows put into batches of columns. */
export class RowBatches {
  readonly #names: NameTable;
  readonly #base: TraceBase;
  readonly #counters: CounterTable;
  readonly #farTime: CounterDefinition;
  readonly #switch: number;
  #filled: Columns[] = [];
  #open = makeColumns();

  constructor(names: NameTable, base: TraceBase, counters: CounterTable, farTime: CounterDefinition) {
    this.#names = names;
    this.#base = base;
    this.#counters = counters;
    this.#farTime = farTime;
    this.#switch = names.idOf('switch');
  }

  add(row: TraceRow, line: number): void {
    if (!this.#base.reaches(row.seconds)) {
      this.#counters.add(this.#farTime);
      return;
    }
    if (this.#open.isFull) {
      this.#filled.push(this.#open);
      this.#open = makeColumns();
    }
    const columns = this.#open;
    const i = columns.length++;
    this.#base.writeTime(columns, i, row.seconds, row.nanos);
    columns.line[i] = line;
    columns.num[i] = row.num;
    columns.cpu[i] = row.cpu;
    columns.tid[i] = row.tid;
    const type = this.#names.idOf(row.type);
    columns.type[i] = type;
    columns.dir[i] = row.dir;
    columns.comm[i] = this.#names.idOf(row.comm);
    columns.setText(i, row.info);
    columns.nextTid[i] = -1;
    columns.nextComm[i] = 0;
    if (type === this.#switch) {
      const next = parseNextThread(row.info);
      columns.nextTid[i] = next.tid;
      columns.nextComm[i] = this.#names.idOf(next.comm);
    }
  }

  /** The batches that are full. */
  takeFull(): EventBatch[] {
    return this.#filled.length === 0 ? [] : this.#take();
  }

  /** All that is left. */
  takeAll(): EventBatch[] {
    if (this.#open.length > 0) this.#filled.push(this.#open);
    this.#open = makeColumns();
    return this.#take();
  }

  #take(): EventBatch[] {
    const all = this.#filled;
    this.#filled = [];
    // Rows in the open columns were written before there was a base, too.
    const far = this.#base.settle([...all, this.#open]);
    if (far > 0) this.#counters.add(this.#farTime, far);
    return all
      .filter(({ length }) => length > 0)
      .map((columns) => new TraceBatch(columns, NO_BYTES, this.#names, () => undefined));
  }
}

const makeColumns = (): Columns => new Columns(new ArrayBuffer(COLUMN_BYTES), 0, false);

import { ENTER, EXIT, type EventBatch, type NameTable } from '../../src/model/event-batch.js';
import { createNameTable } from '../../src/sources/trace/name-table.js';
import { parseNextThread } from '../../src/sources/trace/next-thread.js';

/** One row of a trace in words; what is left out is absent in the row. */
export interface PlainRow {
  readonly time: number;
  readonly type: string;
  readonly dir?: '>' | '<';
  readonly cpu?: number;
  readonly tid?: number;
  readonly comm?: string;
  readonly info?: string;
  readonly num?: number;
}

/** Rows as one batch, numbered from `firstLine` on. */
export const batchOf = (rows: readonly PlainRow[], names: NameTable = createNameTable(), firstLine = 1): EventBatch => {
  const next = rows.map((row) => parseNextThread(row.type === 'switch' ? (row.info ?? '') : ''));
  return {
    length: rows.length,
    time: Float64Array.from(rows, (row) => row.time),
    num: Float64Array.from(rows, (row, i) => row.num ?? firstLine + i),
    line: Float64Array.from(rows, (_, i) => i),
    firstLine,
    cpu: Int16Array.from(rows, (row) => row.cpu ?? 0),
    tid: Int32Array.from(rows, (row) => row.tid ?? -1),
    type: Uint32Array.from(rows, (row) => names.idOf(row.type)),
    dir: Uint8Array.from(rows, (row) => (row.dir === '<' ? EXIT : ENTER)),
    comm: Uint32Array.from(rows, (row) => names.idOf(row.comm ?? null)),
    nextTid: Int32Array.from(next, ({ tid }) => tid),
    nextComm: Uint32Array.from(next, ({ comm }) => names.idOf(comm)),
    names,
    info: (i) => rows[i]?.info ?? '',
  };
};

/** Rows as batches of `size`, sharing one table of names. */
export const batchesOf = (rows: readonly PlainRow[], size: number): EventBatch[] => {
  const names = createNameTable();
  const batches: EventBatch[] = [];
  for (let at = 0; at < rows.length; at += size) batches.push(batchOf(rows.slice(at, at + size), names, at + 1));
  return batches;
};

/** A `switch` row: `leaving` gives the CPU to `coming`. */
export const switchRow = (time: number, leaving: number, coming: number, more: Partial<PlainRow> = {}): PlainRow => ({
  time,
  type: 'switch',
  dir: '>',
  tid: leaving,
  info: `next=${coming}${coming === 0 ? '' : `(t${coming})`} pgft_maj=0 pgft_min=0 vm_size=0 vm_rss=0 vm_swap=0 `,
  ...more,
});

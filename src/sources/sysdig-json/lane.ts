import type { CounterTable } from '../../model/counters.js';
import type { NameTable } from '../../model/event-batch.js';
import type { Block } from './blocks.js';
import type { Columns } from './columns.js';
import type { TraceBase } from './trace-base.js';

/** What the rows of a trace are read into and by. */
export interface LaneContext {
  readonly names: NameTable;
  readonly base: TraceBase;
  readonly counters: CounterTable;
}

/** Where a lane puts events: columns with room, until they are full. */
export interface ColumnSource {
  /** Columns that are not full; the same ones until they are. */
  open(): Columns;
}

/** A way to read rows. All lanes make the same of the same bytes. */
export interface Lane {
  /**
   * Read the lines of a block.
   *
   * @param line number of its first line in the trace
   * @returns how many lines it has, a left out one included
   */
  read(block: Block, line: number, into: ColumnSource): number | Promise<number>;
  /** The trace has ended. */
  end(): void;
  /** No more is wanted, whether the trace has ended or not. */
  close(): void;
}

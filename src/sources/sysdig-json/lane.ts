import type { CounterTable } from '../../model/counters.js';
import type { NameTable } from '../../model/event-batch.js';
import type { Block } from './blocks.js';
import type { Columns } from '../trace/columns.js';
import type { TraceBase } from '../trace/base.js';

/** What the rows of a trace are read into and by. */
export interface LaneContext {
  readonly names: NameTable;
  readonly base: TraceBase;
  readonly counters: CounterTable;
  readonly times: TimeKinds;
}

/** What was seen of a trace's times. */
export interface TimeKinds {
  /** Whether some are times of a day, without a date. */
  ofDay: boolean;
}

/** Where a lane puts events. */
export interface ColumnSource {
  /** Columns that are not full, the same ones until they are; null where there are no more. */
  open(): Columns | null;
}

/** How far a block was read. */
export interface Reached {
  /** Lines up to there; a left out one counts. */
  readonly lines: number;
  /** Where the first line begins that found no room; the block's end where all did. */
  readonly at: number;
}

/** A way to read rows. All lanes make the same of the same bytes. */
export interface Lane {
  /**
   * Read the lines of a block.
   *
   * @param line number of its first line in the trace
   */
  read(block: Block, line: number, into: ColumnSource): Reached | Promise<Reached>;
  /** The trace has ended. */
  end(): void;
  /** No more is wanted, whether the trace has ended or not. */
  close(): void;
}

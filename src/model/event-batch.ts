import type { ClockKind } from './advertisement.js';
import type { Ns } from '../time/ns.js';

/** Direction of a system-call event: 0 enter, 1 exit. */
export const ENTER = 0;
export const EXIT = 1;

/**
 * Interned strings of one trace (event types, process names): equal strings have equal ids.
 * Id 0 is always the absent name (`null`, missing).
 */
export interface NameTable {
  /** The id of a name, made if new. */
  idOf(name: string | null): number;
  /** The name of an id; '' for id 0. */
  nameOf(id: number): string;
  readonly size: number;
}

/**
 * Some thousand events of one trace as columns of equal length, in file order as read, or in time order behind the
 * merge. Column entries at and beyond `length` are not defined.
 */
export interface EventBatch {
  readonly length: number;
  /** ns since the trace's base. */
  readonly time: Float64Array;
  /** `evt.num`, -1 when the row has none. */
  readonly num: Float64Array;
  /** Line in the input, counted from `firstLine`. */
  readonly line: Float64Array;
  /** What to add to `line` for the line's number in the input, which begins with 1. */
  readonly firstLine: number;
  /** `evt.cpu` (ring buffer), -1 when the row has none. */
  readonly cpu: Int16Array;
  /** `thread.tid`, -1 when the row has none. */
  readonly tid: Int32Array;
  /** Name id of `evt.type`, in `names`. */
  readonly type: Uint32Array;
  /** ENTER or EXIT. */
  readonly dir: Uint8Array;
  /** Name id of `proc.name` (0: null or missing), in `names`. */
  readonly comm: Uint32Array;
  /** `switch` rows: the tid of `next=`, else -1. */
  readonly nextTid: Int32Array;
  /** `switch` rows: name id of `next=TID(NAME)` (0: none printed). */
  readonly nextComm: Uint32Array;
  readonly names: NameTable;
  /** `evt.info` (or `evt.args`) of row i as text, '' when absent. Made on demand: do not call it for every row. */
  info(i: number): string;
  /**
   * Where the same text lies as bytes, so that most rows need no text; null where it does not, or has escapes. What is
   * returned is good until the next call.
   */
  span?(i: number): InfoSpan | null;
  /** Give the batch's memory back, once: nothing of it may be read any more. A batch never released is garbage like any other. */
  release?(): void;
}

/** Bytes of a text: [from, to). */
export interface InfoSpan {
  bytes: Uint8Array;
  from: number;
  to: number;
}

/** What a trace source delivers once its first row is known. */
export interface TraceHeader {
  /** ns since the epoch of the trace's clock; all times of its batches are relative to it. */
  readonly baseNs: bigint;
  readonly clock: ClockKind;
}

/** Where in the inputs an event stands, so that a reader can find it again. */
export interface EventRef {
  readonly time: Ns;
  readonly line: number;
  readonly num: number;
}

/** The number of a row's line in the input, from 1. */
export const lineOf = (batch: EventBatch, i: number): number => batch.firstLine + (batch.line[i] ?? 0);

import type { ClockKind, Loss } from '../../model/advertisement.js';
import type { CounterDefinition } from '../../model/counters.js';
import type { EventBatch } from '../../model/event-batch.js';
import { splitLines } from '../text-lines.js';
import { TraceBase } from './base.js';
import { createNameTable, NAMES_FORGOTTEN } from './name-table.js';
import { openBatches, type NoEvents, type OpenTrace, type TraceContext } from './open-trace.js';
import { RowBatches, type TraceRow } from './row-batches.js';

/** Takes the events that a reader of lines finds, in file order. */
export interface RowSink {
  /**
   * @param row used at once and not kept: the same object may be used for the next one
   * @param line where the event stands, from 1
   */
  add(row: TraceRow, line: number): void;
}

/** Reads a text in which every line is an event, or a part of one, or nothing of interest. */
export interface LineReader {
  /** What its times count from; asked when its first events are there. */
  readonly clock: ClockKind;
  /** What the text itself says of its loss; asked when it has ended. */
  readonly loss?: Loss | null;
  /**
   * @param text the line without its end; CR LF and a byte-order mark are taken off
   * @param number of the line, from 1
   * @param isWhole false for a last line without a line feed: it may be cut
   */
  readLine(text: string, number: number, isWhole: boolean): void;
  /** The text has ended. */
  end(): void;
}

/** What differs between the texts. */
export interface TextTraceFormat {
  /** A reader that gives its events to `rows`, and counts what is none in the context's table. */
  start(rows: RowSink, context: TraceContext): LineReader;
  readonly noEvents: NoEvents;
  /** Counts lines that are longer than any event and were left out. */
  readonly longLine: CounterDefinition;
  /** Counts events whose time is more than 104 days from the others', which were left out. */
  readonly farTime: CounterDefinition;
}

/**
 * Read a trace that is text. Pull-driven; holds a block of lines and what the reader holds.
 *
 * @throws InputError when there is no event at all, and what the reader throws
 */
export const openTextTrace = async (
  bytes: AsyncIterable<Uint8Array>,
  context: TraceContext,
  format: TextTraceFormat,
): Promise<OpenTrace> => {
  const base = new TraceBase();
  const rows = new RowBatches(
    createNameTable(() => {
      context.counters.add(NAMES_FORGOTTEN);
    }),
    base,
    context.counters,
    format.farTime,
  );
  const reader = format.start(rows, context);
  const open = await openBatches(
    readTextBatches(bytes, reader, rows, context, format),
    base,
    () => reader.clock,
    context,
    format.noEvents,
  );
  return { ...open, loss: () => reader.loss ?? null };
};

async function* readTextBatches(
  bytes: AsyncIterable<Uint8Array>,
  reader: LineReader,
  rows: RowBatches,
  { counters }: TraceContext,
  { longLine }: TextTraceFormat,
): AsyncGenerator<EventBatch, void, undefined> {
  for await (const { first, texts, unterminated } of splitLines(bytes)) {
    for (const [i, text] of texts.entries()) {
      if (text === null) counters.add(longLine);
      else reader.readLine(withoutMarks(text, first + i), first + i, !unterminated);
    }
    yield* rows.takeFull();
  }
  reader.end();
  yield* rows.takeAll();
}

const BYTE_ORDER_MARK = '\ufeff';

const withoutMarks = (text: string, number: number): string => {
  const from = number === 1 && text.startsWith(BYTE_ORDER_MARK) ? 1 : 0;
  const to = text.endsWith('\r') ? text.length - 1 : text.length;
  return from === 0 && to === text.length ? text : text.slice(from, to);
};

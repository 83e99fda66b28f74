import type { CounterTable } from '../../model/counters.js';
import type { EventBatch, TraceHeader } from '../../model/event-batch.js';
import { InputError } from '../../model/input-error.js';
import { BatchBuilder } from './batch-builder.js';
import { splitLines } from './lines.js';
import { createNameTable } from './names.js';
import { RowParser } from './parse-rows.js';

export interface TraceContext {
  /** The input's name in messages. */
  readonly where: string;
  readonly counters: CounterTable;
}

/** A trace whose first events are known. */
export interface OpenTrace {
  readonly header: TraceHeader;
  /** In file order; read once. Returning its iterator closes the bytes, read or not. */
  readonly batches: AsyncIterable<EventBatch>;
}

/**
 * Read sysdig's JSON (`sysdig -j`, enter and exit events or exits only) as batches of events. Pull-driven; holds one
 * batch and one chunk of bytes. Whatever is not an event is counted (`sysdig_json_*`), never lost in silence.
 *
 * @throws InputError when there is no usable event at all
 */
export const openTrace = async (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> => {
  const builder = new BatchBuilder(createNameTable(), context.counters);
  const batches = readBatches(bytes, builder, context.counters);
  const first = await batches.next();
  const { baseNs } = builder;
  if (first.done === true || baseNs === null) {
    throw new InputError(
      'holds no usable sysdig event',
      context.where,
      'record with sysdig -j and its default fields, or check that this is the trace',
    );
  }
  return { header: { baseNs }, batches: resume(first.value, batches) };
};

async function* readBatches(
  bytes: AsyncIterable<Uint8Array>,
  builder: BatchBuilder,
  counters: CounterTable,
): AsyncGenerator<EventBatch, void, undefined> {
  const parser = new RowParser(counters);
  try {
    for await (const block of splitLines(bytes)) {
      const { rows, lines } = await parser.parse(block);
      for (let i = 0; i < rows.length; i++) {
        const row = rows[i];
        if (row) builder.add(row, lines[i] ?? 0);
        if (builder.isFull) {
          const batch = builder.take();
          if (batch) yield batch;
        }
      }
    }
    const rest = builder.take();
    parser.end();
    if (rest) yield rest;
  } finally {
    parser.close();
  }
}

// Not a generator: one that was never started would not close the bytes when it is returned.
const resume = (first: EventBatch, rest: AsyncGenerator<EventBatch, void, undefined>): AsyncIterable<EventBatch> => {
  let held: EventBatch | null = first;
  const iterator: AsyncIterator<EventBatch> = {
    next() {
      const value = held;
      if (value === null) return rest.next();
      held = null;
      return Promise.resolve({ done: false, value });
    },
    async return() {
      held = null;
      await rest.return();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => iterator };
};

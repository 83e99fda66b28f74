import type { ClockKind, Loss } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import type { EventBatch, TraceHeader } from '../../model/event-batch.js';
import { InputError } from '../../model/input-error.js';
import type { TraceParser } from '../../model/request.js';
import type { TraceBase } from './base.js';

export interface TraceContext {
  /** The input's name in messages. */
  readonly where: string;
  readonly counters: CounterTable;
  /** How sysdig's JSON is read; default `bytes`. */
  readonly parser?: TraceParser;
  /** How many threads may read a plain file; default as many as there are processors. */
  readonly threads?: number;
  /** Ends programs that read for us. */
  readonly signal?: AbortSignal;
}

/** A trace whose first events are known. */
export interface OpenTrace {
  readonly header: TraceHeader;
  /** In file order; read once. Returning its iterator closes the bytes, read or not. */
  readonly batches: AsyncIterable<EventBatch>;
  /** What the trace itself says of its loss, when it has been read; null where it says nothing. */
  readonly loss?: () => Loss | null;
  /** Which other program has read it, as an assumption of the answer; null or left out: none has. */
  readonly reader?: { readonly what: string; readonly why: string };
}

/** What is said of an input that was taken for a trace and holds no event. */
export interface NoEvents {
  readonly what: string;
  readonly todo: string;
}

/**
 * Wait for the first batch.
 *
 * @param clockOf asked when the first batch is there
 * @throws InputError when there is none
 */
export const openBatches = async (
  batches: AsyncGenerator<EventBatch, void, undefined>,
  base: TraceBase,
  clockOf: () => ClockKind,
  { where }: TraceContext,
  { what, todo }: NoEvents,
): Promise<OpenTrace> => {
  const first = await batches.next();
  const baseNs = base.ns;
  if (first.done === true || baseNs === null) throw new InputError(what, where, todo);
  return { header: { baseNs, clock: clockOf() }, batches: resume(first.value, batches) };
};

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

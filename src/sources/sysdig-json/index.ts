import type { CounterTable } from '../../model/counters.js';
import type { EventBatch, TraceHeader } from '../../model/event-batch.js';
import { InputError } from '../../model/input-error.js';
import type { TraceParser } from '../../model/request.js';
import { cutBlocks } from './blocks.js';
import { ByteLane } from './byte-lane.js';
import { readFileBlocks } from './file-blocks.js';
import type { LaneContext } from './lane.js';
import { createNameTable } from './names.js';
import { NdjsonLane } from './ndjson-lane.js';
import { readBlocks } from './read-blocks.js';
import { SlabPool } from './slab.js';
import { TraceBase } from './trace-base.js';
import { CONTEXT_BYTES, ScannerMemory, WasmScanner } from './wasm-scanner.js';

export interface TraceContext {
  /** The input's name in messages. */
  readonly where: string;
  readonly counters: CounterTable;
  /** Default `bytes`. */
  readonly parser?: TraceParser;
}

/** A trace whose first events are known. */
export interface OpenTrace {
  readonly header: TraceHeader;
  /** In file order; read once. Returning its iterator closes the bytes, read or not. */
  readonly batches: AsyncIterable<EventBatch>;
}

/**
 * Read sysdig's JSON (`sysdig -j`, enter and exit events or exits only) as batches of events. Pull-driven; holds a block
 * or two of bytes. Whatever is not an event is counted (`sysdig_json_*`), never lost in silence.
 *
 * @throws InputError when there is no usable event at all
 */
export const openTrace = (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> => {
  const { lane, slabs, reading } = startReading(context);
  return openBatches(readBlocks(cutBlocks(bytes, slabs), reading, lane, slabs), lane.base, context);
};

/**
 * The same of a plain file (not compressed, no pipe), which is read faster.
 *
 * @param onBytes is told how far it has been read (bytes since the last call); what it throws ends the reading
 * @throws InputError when there is no usable event at all, or the file cannot be read
 */
export const openTraceFile = async (
  path: string,
  context: TraceContext,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<OpenTrace> => {
  const { lane, slabs, reading } = startReading(context);
  const batches = readBlocks(readFileBlocks(path, slabs, onBytes), reading, lane, slabs);
  return openBatches(batches, lane.base, context);
};

const startReading = ({ counters, parser = 'bytes' }: TraceContext) => {
  const lane: LaneContext = { names: createNameTable(), base: new TraceBase(), counters };
  const memory = parser === 'bytes' ? ScannerMemory.create() : null;
  const reading = parser === 'ndjson' ? new NdjsonLane(lane) : new ByteLane(lane, memory && startScanner(memory, lane));
  return { lane, slabs: new SlabPool(memory), reading };
};

const startScanner = (memory: ScannerMemory, { names, base }: LaneContext): WasmScanner =>
  new WasmScanner(names, base, memory.memory, memory.allocate(CONTEXT_BYTES));

/** Wait for the first batch. */
const openBatches = async (
  batches: AsyncGenerator<EventBatch, void, undefined>,
  base: TraceBase,
  { where }: TraceContext,
): Promise<OpenTrace> => {
  const first = await batches.next();
  const baseNs = base.ns;
  if (first.done === true || baseNs === null) {
    throw new InputError(
      'holds no usable sysdig event',
      where,
      'record with sysdig -j and its default fields, or check that this is the trace',
    );
  }
  return { header: { baseNs }, batches: resume(first.value, batches) };
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

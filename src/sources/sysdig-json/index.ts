import { closeSync, createReadStream, openSync, readSync, statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import type { ClockKind } from '../../model/advertisement.js';
import type { EventBatch } from '../../model/event-batch.js';
import { inputErrorOf } from '../open.js';
import { peek } from '../peek.js';
import { cutBlocks } from './blocks.js';
import { ByteLane } from './byte-lane.js';
import type { Lane, LaneContext } from './lane.js';
import { createNameTable, NAMES_FORGOTTEN } from '../trace/name-table.js';
import { REWRAPPED } from './problems.js';
import { readBlocks } from './read-blocks.js';
import { readFile } from './read-file.js';
import { LAYOUT_BYTES, needsRewrapping, rewrap } from './rewrap.js';
import { ScanPool } from './scan-pool.js';
import { SlabPool } from './slab.js';
import { TraceBase } from '../trace/base.js';
import { openBatches, type NoEvents, type OpenTrace, type TraceContext } from '../trace/open-trace.js';
import { CONTEXT_BYTES, ScannerMemory, WasmScanner } from './wasm-scanner.js';

/** Behind more threads than these the one that folds what they read cannot keep up. */
const MOST_HELPERS = 3;
/** One thread reads a file of this size (bytes) in the time in which another starts. */
const LEAST_BYTES = 16 * 2 ** 20;

const NO_EVENTS: NoEvents = {
  what: 'holds no usable sysdig event',
  todo: 'record with sysdig -j and its default fields, or check that this is the trace',
};

/**
 * Read sysdig's JSON (`sysdig -j`, enter and exit events or exits only) as batches of events. Pull-driven; holds a block
 * or two of bytes. Whatever is not an event is counted (`sysdig_json_*`), never lost in silence.
 *
 * @throws InputError when there is no usable event at all
 */
export const openTrace = async (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> => {
  const { head, bytes: all } = await peek(copyHead(bytes), LAYOUT_BYTES);
  return openRows(inLines(all, head, context), context);
};

/** What is held while the beginning is looked at is copied: chunks are the producer's to use again. */
async function* copyHead(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  let length = 0;
  for await (const chunk of bytes) {
    yield length < LAYOUT_BYTES ? Buffer.from(chunk) : chunk;
    length += chunk.length;
  }
}

/** Read what has one event a line. */
const openRows = async (bytes: AsyncIterable<Uint8Array>, context: TraceContext): Promise<OpenTrace> => {
  const lane = startLane(context);
  const memory = scannerMemoryOf(context, false);
  const slabs = new SlabPool(memory);
  const reading = context.parser === 'ndjson' ? await startReference(lane) : startByteLane(lane, memory);
  return opened(readBlocks(cutBlocks(bytes, slabs), reading, lane, slabs), lane, context);
};

const inLines = (
  bytes: AsyncIterable<Uint8Array>,
  head: Uint8Array,
  { counters }: TraceContext,
): AsyncIterable<Uint8Array> => {
  if (!needsRewrapping(head)) return bytes;
  counters.add(REWRAPPED);
  return rewrap(bytes);
};

/**
 * The same of a plain file (not compressed, no pipe), which several threads may read.
 *
 * @param onBytes is told how far it has been read (bytes since the last call); what it throws ends the reading
 * @throws InputError when there is no usable event at all, or the file cannot be read
 */
export const openTraceFile = (
  path: string,
  context: TraceContext,
  onBytes: (bytes: number) => void = () => undefined,
): Promise<OpenTrace> => {
  const head = readHead(path);
  if (needsRewrapping(head)) return openRows(inLines(readStream(path, onBytes), head, context), context);
  const lane = startLane(context);
  const helpers = isLarge(path) ? Math.min(MOST_HELPERS, (context.threads ?? availableParallelism()) - 1) : 0;
  const memory = scannerMemoryOf(context, helpers > 0);
  const starts = Array.from({ length: helpers }, () => {
    const place = memory?.allocate(CONTEXT_BYTES) ?? null;
    return { path, scanner: memory && place !== null ? { memory: memory.memory, context: place } : null };
  });
  const reading = {
    lane: startByteLane(lane, memory),
    slabs: new SlabPool(memory, helpers > 0),
    pool: helpers > 0 ? new ScanPool(starts, lane.names, context.counters) : null,
    onBytes,
  };
  return opened(readFile(path, lane, reading), lane, context);
};

const opened = (
  batches: AsyncGenerator<EventBatch, void, undefined>,
  lane: LaneContext,
  context: TraceContext,
): Promise<OpenTrace> => openBatches(batches, lane.base, () => clockOf(lane), context, NO_EVENTS);

/** Times before 1980 (seconds) are no calendar's. */
const FIRST_CALENDAR = 315_532_800;

const clockOf = ({ base, times }: LaneContext): ClockKind => {
  if ((base.seconds ?? 0) >= FIRST_CALENDAR) return 'epoch';
  return times.ofDay ? 'time-of-day' : 'relative';
};

/** The beginning of a file; nothing where it cannot be read, which whoever reads it finds out. */
const readHead = (path: string): Uint8Array => {
  const head = Buffer.alloc(LAYOUT_BYTES);
  let file: number | null = null;
  try {
    file = openSync(path, 'r');
    return head.subarray(0, readSync(file, head, 0, LAYOUT_BYTES, 0));
  } catch {
    return head.subarray(0, 0);
  } finally {
    if (file !== null) closeSync(file);
  }
};

async function* readStream(path: string, onBytes: (bytes: number) => void): AsyncGenerator<Uint8Array> {
  try {
    for await (const chunk of createReadStream(path) as AsyncIterable<Uint8Array>) {
      onBytes(chunk.length);
      yield chunk;
    }
  } catch (error) {
    throw inputErrorOf(error, path);
  }
}

/** Whether it takes longer to read a file than to start a thread. */
const isLarge = (path: string): boolean => (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= LEAST_BYTES;

const startLane = ({ counters }: TraceContext): LaneContext => ({
  names: createNameTable(() => {
    counters.add(NAMES_FORGOTTEN);
  }),
  base: new TraceBase(),
  counters,
  times: { ofDay: false },
});

const scannerMemoryOf = ({ parser = 'bytes' }: TraceContext, shared: boolean): ScannerMemory | null =>
  parser === 'bytes' ? ScannerMemory.create(shared) : null;

const startByteLane = (lane: LaneContext, memory: ScannerMemory | null): ByteLane => {
  const place = memory?.allocate(CONTEXT_BYTES) ?? null;
  const { names, base } = lane;
  return new ByteLane(lane, memory && place !== null ? new WasmScanner(names, base, memory.memory, place) : null);
};

/** Loaded only where it is asked for: the package costs a start more than all of the scanner. */
const startReference = async (lane: LaneContext): Promise<Lane> => {
  const { NdjsonLane } = await import('./ndjson-lane.js');
  return new NdjsonLane(lane);
};

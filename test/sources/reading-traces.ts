import { fileURLToPath } from 'node:url';
import { CounterTable } from '../../src/model/counters.js';
import type { EventBatch } from '../../src/model/event-batch.js';
import type { TraceParser } from '../../src/model/request.js';
import { openTrace } from '../../src/sources/sysdig-json/index.js';
import { absoluteFrom, ns } from '../../src/time/ns.js';

/** A file of the repository's recordings. */
export const recording = (name: string): string => fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));

/** Bytes as a stream of chunks of `size`. */
export async function* chunked(bytes: Uint8Array | string, size = 65_536): AsyncGenerator<Uint8Array> {
  await Promise.resolve();
  const all = Buffer.from(bytes);
  for (let at = 0; at < all.length; at += size) yield new Uint8Array(all.subarray(at, at + size));
}

export const collectBytes = async (stream: AsyncIterable<Uint8Array>): Promise<Buffer> => {
  const parts: Uint8Array[] = [];
  for await (const part of stream) parts.push(part);
  return Buffer.concat(parts);
};

/** One event with its names spelled out and its time since the epoch. */
export interface PlainEvent {
  readonly time: bigint;
  readonly num: number | undefined;
  readonly line: number;
  readonly cpu: number | undefined;
  readonly tid: number | undefined;
  readonly type: string;
  readonly dir: number | undefined;
  readonly comm: string;
  readonly nextTid: number | undefined;
  readonly nextComm: string;
  readonly info: string;
}

export const plainEvents = (batch: EventBatch, baseNs: bigint): PlainEvent[] =>
  Array.from({ length: batch.length }, (_, i) => ({
    time: absoluteFrom(baseNs, ns(batch.time[i] ?? NaN)),
    num: batch.num[i],
    line: (batch.line[i] ?? NaN) + batch.firstLine,
    cpu: batch.cpu[i],
    tid: batch.tid[i],
    type: batch.names.nameOf(batch.type[i] ?? 0),
    dir: batch.dir[i],
    comm: batch.names.nameOf(batch.comm[i] ?? 0),
    nextTid: batch.nextTid[i],
    nextComm: batch.names.nameOf(batch.nextComm[i] ?? 0),
    info: batch.info(i),
  }));

export interface ReadTrace {
  readonly baseNs: bigint;
  readonly events: PlainEvent[];
  readonly batchLengths: number[];
}

/** All ways to read a trace; they must not differ. */
export const PARSERS: readonly TraceParser[] = ['bytes', 'typescript', 'ndjson'];

/** Read a whole trace; what is counted goes to `counters`. */
export const readTrace = async (
  bytes: AsyncIterable<Uint8Array>,
  counters = new CounterTable(),
  parser: TraceParser = 'bytes',
): Promise<ReadTrace> => {
  const { header, batches } = await openTrace(bytes, { where: 'test', counters, parser });
  const events: PlainEvent[] = [];
  const batchLengths: number[] = [];
  for await (const batch of batches) {
    batchLengths.push(batch.length);
    for (const event of plainEvents(batch, header.baseNs)) events.push(event);
  }
  return { baseNs: header.baseNs, events, batchLengths };
};

/**
 * The counts by name, all above zero; but for how many rows were read the slow way, which is the reader's business and no
 * property of the trace.
 */
export const countsOf = (counters: CounterTable): Record<string, number> =>
  Object.fromEntries(
    counters.list().flatMap(({ name, count }) => (name === 'sysdig_json_slow_row' ? [] : [[name, count]])),
  );

const SECOND = 1_795_344_191n * 1_000_000_000n;

/** A row as sysdig writes it; `fields` replace or add raw JSON texts, null takes a field out. */
export const rowOf = (number: number, fields: Record<string, string | null> = {}): string => {
  const all: Record<string, string | null> = {
    'evt.cpu': '0',
    'evt.dir': '">"',
    'evt.info': '"fd=13(<4r>0.0.0.0:112) size=40 tuple=0.0.0.0:112->224.0.0.18:0 "',
    'evt.num': String(number),
    'evt.outputtime': String(SECOND + BigInt(number)),
    'evt.type': '"sendmsg"',
    'proc.name': '"keepalived"',
    'thread.tid': '23611',
    ...fields,
  };
  const pairs = Object.entries(all).flatMap(([key, value]) => (value === null ? [] : [`"${key}":${value}`]));
  return `{${pairs.join(',')}}`;
};

export const timeOfRow = (number: number): bigint => SECOND + BigInt(number);

/** `count` rows numbered from `from`. */
export const rowsOf = (count: number, from = 1): string[] => Array.from({ length: count }, (_, i) => rowOf(from + i));

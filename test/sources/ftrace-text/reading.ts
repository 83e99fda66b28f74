import { CounterTable } from '../../../src/model/counters.js';
import { openPerfScript, openTraceCmd } from '../../../src/sources/ftrace-text/index.js';
import { chunked, plainEvents, type PlainEvent } from '../reading-traces.js';

export interface ReadText {
  readonly baseNs: bigint;
  readonly clock: string;
  readonly events: PlainEvent[];
  readonly counters: CounterTable;
  readonly loss: { readonly known: boolean; readonly dropped: number; readonly offered?: number } | null;
}

/** All rows of a text in the form of `perf script` or `trace-cmd report`. */
export const readText = async (text: string, form: 'perf' | 'trace-cmd'): Promise<ReadText> => {
  const counters = new CounterTable();
  const open = form === 'perf' ? openPerfScript : openTraceCmd;
  const { header, batches, loss } = await open(chunked(text), { where: 'trace.txt', counters });
  const events: PlainEvent[] = [];
  for await (const batch of batches) events.push(...plainEvents(batch, header.baseNs));
  return { baseNs: header.baseNs, clock: header.clock, events, counters, loss: loss?.() ?? null };
};

/** `TYPE DIR INFO` of each row. */
export const rowsOf = ({ events }: ReadText): string[] =>
  events.map(({ type, dir, info }) => `${type} ${dir === 1 ? '<' : '>'} ${info}`.trimEnd());

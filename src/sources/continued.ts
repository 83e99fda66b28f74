import { basename } from 'node:path';
import type { CounterDefinition } from '../model/counters.js';
import { CounterTable } from '../model/counters.js';
import { ENTER, type EventBatch, type NameTable } from '../model/event-batch.js';
import { InputError } from '../model/input-error.js';
import type { TraceInput } from './inputs.js';
import { nameOfPath } from './open.js';
import type { OpenTrace, TraceContext } from './trace/open-trace.js';
import { NS_PER_SECOND, REACH_SECONDS } from './trace/base.js';
import { ContinuedBatch } from './trace/continued-batch.js';
import { createNameTable, NAMES_FORGOTTEN } from './trace/name-table.js';
import { openTraceInput } from './traces.js';

const REORDERED: CounterDefinition = {
  name: 'trace_files_reordered',
  source: 'trace',
  severity: 'notice',
  help: 'The files of a trace were put in the order of their first events, which is not the order in which they were given.',
};
const CONTINUED: CounterDefinition = {
  name: 'trace_files_continued',
  source: 'trace',
  severity: 'info',
  help: 'Files that continue a trace (sysdig -C, -G, -W) were read as one with the file before them.',
};
const GAP: CounterDefinition = {
  name: 'trace_gap_between_files',
  source: 'trace',
  severity: 'data-loss',
  help: 'Time between the end of one file of a trace and the beginning of the next is in neither; nobody is accused across it. Give all files of the recording.',
};
const FILE_MISSING: CounterDefinition = {
  name: 'trace_file_missing',
  source: 'trace',
  severity: 'data-loss',
  help: 'By the numbers in their names, files are missing between those of the trace; give all files of the recording.',
};

/** One recorder's rows of the first moments may be older than another's last ones (ns): buffers are emptied in turn. */
const MOST_DISORDER = 3_000_000_000n;
/** Between two files of one recording there is no longer silence (ns) than recorders have anyway, which wake every 30 to 50 ms. */
const LEAST_GAP = 100_000_000n;

/** One file of a trace, and what of the trace came out of it so far. */
export interface TracePart {
  readonly input: TraceInput;
  records: number;
  /** First and last event, ns since what the trace's clock counts from; null as long as there was none. */
  firstNs: bigint | null;
  lastNs: bigint | null;
}

/** A trace in several files. */
export interface ContinuedTrace extends OpenTrace {
  /** In order of time; their figures are whole when all batches have been taken. */
  readonly parts: readonly TracePart[];
  /** In which file, and there in which line from 1, the row of a line of the whole trace stands. */
  locate(line: number): { readonly input: TraceInput; readonly line: number };
}

/**
 * Open files of one kind that continue each other as one trace: in the order of their first events, with one table of names, one base
 * and lines that go on. Where one file does not begin where the one before it ends, a `drop` row says so.
 *
 * @param onBytes is told how far they have been read (bytes since the last call); what it throws ends the reading
 * @throws InputError when one holds no usable event or cannot be read, when their times cannot be compared, and, while batches are
 *   taken, when two of them cover the same time
 */
export const openContinued = async (
  inputs: readonly TraceInput[],
  context: Omit<TraceContext, 'where'>,
  onBytes: (bytes: number) => void,
): Promise<ContinuedTrace> => {
  const looked: LookedAt[] = [];
  for (const input of inputs) looked.push(await lookAt(input, context, onBytes));
  const ordered = [...looked].sort((a, b) => (a.firstNs < b.firstNs ? -1 : a.firstNs > b.firstNs ? 1 : 0));
  const [first] = ordered;
  if (!first) throw new RangeError('a trace has at least one file');
  for (const file of ordered) refuseIncomparable(file, first);
  const { counters } = context;
  if (ordered.some((file, i) => file !== looked[i])) counters.add(REORDERED);
  if (ordered.length > 1) counters.add(CONTINUED, ordered.length - 1);
  const missing = countMissing(inputs.map(({ path }) => basename(path)));
  if (missing > 0) counters.add(FILE_MISSING, missing);
  const reader = new PartsReader(ordered, context, onBytes);
  return {
    header: first.header,
    ...(first.reader === undefined ? {} : { reader: first.reader }),
    parts: reader.parts,
    locate: (line) => reader.locate(line),
    batches: reader.batches(),
  };
};

interface LookedAt {
  readonly input: TraceInput;
  readonly header: OpenTrace['header'];
  readonly reader: OpenTrace['reader'];
  readonly firstNs: bigint;
  /** What can be read only once, opened; null: to be opened again. */
  readonly opened: OpenTrace | null;
}

/** When a file begins: the earliest event of its first batch. */
const lookAt = async (
  input: TraceInput,
  context: Omit<TraceContext, 'where'>,
  onBytes: (bytes: number) => void,
): Promise<LookedAt> => {
  const where = nameOfPath(input.path);
  const once = input.storage === 'once';
  const opened = await openTraceInput(
    input,
    { ...context, where, counters: once ? context.counters : new CounterTable(), ...(once ? {} : { threads: 1 }) },
    once ? onBytes : () => undefined,
  );
  const iterator = opened.batches[Symbol.asyncIterator]();
  const { value } = (await iterator.next()) as IteratorYieldResult<EventBatch>;
  const earliest = value.time.subarray(0, value.length).reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const firstNs = opened.header.baseNs + BigInt(earliest);
  const { header, reader } = opened;
  if (once) return { input, header, reader, firstNs, opened: { ...opened, batches: putBack(value, iterator) } };
  await iterator.return?.();
  return { input, header, reader, firstNs, opened: null };
};

async function* putBack(batch: EventBatch, rest: AsyncIterator<EventBatch>): AsyncGenerator<EventBatch> {
  try {
    yield batch;
    for (let next = await rest.next(); next.done !== true; next = await rest.next()) yield next.value;
  } finally {
    await rest.return?.();
  }
}

const refuseIncomparable = ({ input, header }: LookedAt, first: LookedAt): void => {
  if (input === first.input) return;
  const where = nameOfPath(input.path);
  if (header.clock === 'relative' || header.clock !== first.header.clock) {
    throw new InputError(
      `is a second trace of its kind, and its times cannot be compared with those of ${nameOfPath(first.input.path)}`,
      where,
      'give one of them, or record with a clock that goes on (the default fields of sysdig -j)',
    );
  }
  const apart = header.baseNs - first.header.baseNs;
  if (apart > BigInt(REACH_SECONDS) * BigInt(NS_PER_SECOND)) {
    throw new InputError(
      `begins more than 104 days after ${nameOfPath(first.input.path)}`,
      where,
      'give the files of one recording at a time',
    );
  }
};

/** Longer numbers in names are times. */
const NUMBERED = /^(.*?)(\d{1,4})((?:\.[a-z]+\d?)*)$/;

/** How many numbers are left out between those of files `trace.scap0`, `trace.scap2` or `trace.0.jsonl`, `trace.2.jsonl`. */
const countMissing = (names: readonly string[]): number => {
  const numbers: number[] = [];
  const stems = new Set<string>();
  for (const name of names) {
    const [, before = '', number = '', behind = ''] = NUMBERED.exec(name.replace(/\.(?:gz|zst)$/, '')) ?? [];
    if (number === '' || /\d$/.test(before)) return 0;
    stems.add(`${before}\0${behind}`);
    numbers.push(Number(number));
  }
  if (stems.size !== 1) return 0;
  const span = Math.max(...numbers) - Math.min(...numbers) + 1;
  return Math.max(0, span - new Set(numbers).size);
};

class PartsReader {
  readonly parts: readonly TracePart[];
  readonly #files: readonly LookedAt[];
  readonly #context: Omit<TraceContext, 'where'>;
  readonly #onBytes: (bytes: number) => void;
  readonly #names: NameTable;
  /** Of each part that was begun: what to take off a line of the whole trace. */
  readonly #linesBefore: number[] = [];
  #lastLine = 0;

  constructor(files: readonly LookedAt[], context: Omit<TraceContext, 'where'>, onBytes: (bytes: number) => void) {
    this.#files = files;
    this.#context = context;
    this.#onBytes = onBytes;
    this.#names = createNameTable(() => {
      context.counters.add(NAMES_FORGOTTEN);
    });
    this.parts = files.map(({ input }) => ({ input, records: 0, firstNs: null, lastNs: null }));
  }

  locate(line: number): { readonly input: TraceInput; readonly line: number } {
    const index = Math.max(
      0,
      this.#linesBefore.findLastIndex((before) => before < line),
    );
    const input = this.parts[index]?.input;
    if (!input) throw new RangeError('there is no such line');
    return { input, line: line - (this.#linesBefore[index] ?? 0) };
  }

  async *batches(): AsyncGenerator<EventBatch, void, undefined> {
    let newest: bigint | null = null;
    try {
      for (const [index, file] of this.#files.entries()) {
        const before = this.#files[index - 1];
        if (before && newest !== null) {
          if (newest - file.firstNs > MOST_DISORDER || file.firstNs === before.firstNs)
            throw overlap(file.input, before.input);
          if (file.firstNs - newest > LEAST_GAP) yield this.#gapBetween(newest, file.firstNs);
        }
        yield* this.#read(file, index);
        const last = this.parts[index]?.lastNs ?? file.firstNs;
        newest = newest === null || last > newest ? last : newest;
      }
    } finally {
      for (const { opened } of this.#files) await opened?.batches[Symbol.asyncIterator]().return?.();
    }
  }

  async *#read({ input, opened, header }: LookedAt, index: number): AsyncGenerator<EventBatch, void, undefined> {
    const part = this.parts[index];
    if (!part) return;
    const where = nameOfPath(input.path);
    const { batches } = opened ?? (await openTraceInput(input, { ...this.#context, where }, this.#onBytes));
    const linesBefore = this.#lastLine;
    this.#linesBefore.push(linesBefore);
    const shift = Number(header.baseNs - this.#baseNs);
    const ids = new Map<number, number>();
    for await (const batch of batches) {
      const moved = new ContinuedBatch(batch, this.#names, ids, shift, linesBefore);
      part.records += batch.length;
      const { first, last, line } = moved.reach;
      const firstNs = this.#baseNs + BigInt(first);
      const lastNs = this.#baseNs + BigInt(last);
      if (part.firstNs === null || firstNs < part.firstNs) part.firstNs = firstNs;
      if (part.lastNs === null || lastNs > part.lastNs) part.lastNs = lastNs;
      this.#lastLine = Math.max(this.#lastLine, line);
      yield moved;
    }
  }

  get #baseNs(): bigint {
    return this.#files[0]?.header.baseNs ?? 0n;
  }

  /** A `drop` row in the middle of what no file has. */
  #gapBetween(from: bigint, to: bigint): EventBatch {
    this.#context.counters.add(GAP);
    const names = this.#names;
    return {
      length: 1,
      time: Float64Array.of(Number((from + to) / 2n - this.#baseNs)),
      num: Float64Array.of(-1),
      line: Float64Array.of(0),
      firstLine: Math.max(1, this.#lastLine),
      cpu: Int16Array.of(-1),
      tid: Int32Array.of(-1),
      type: Uint32Array.of(names.idOf('drop')),
      dir: Uint8Array.of(ENTER),
      comm: Uint32Array.of(0),
      nextTid: Int32Array.of(-1),
      nextComm: Uint32Array.of(0),
      names,
      info: () => '',
    };
  }
}

const overlap = (input: TraceInput, before: TraceInput): InputError =>
  new InputError(
    `covers the same time as ${nameOfPath(before.path)}, a trace of the same kind`,
    nameOfPath(input.path),
    'give one of the two: the same events would count twice',
  );

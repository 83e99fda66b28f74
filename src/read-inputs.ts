import type { Assumption } from './diagnosis/build-instances.js';
import { makePoint, type Point } from './diagnosis/points.js';
import type { ClockKind, Loss } from './model/advertisement.js';
import type { AnswerInput } from './model/answer.js';
import type { CounterDefinition, CounterTable } from './model/counters.js';
import { groupBy } from './model/group-by.js';
import { InputError } from './model/input-error.js';
import type { AnalyzeHooks, AnalyzeRequest } from './model/request.js';
import type { Vitals } from './model/vitals.js';
import { readCapture, readTcpdumpStats } from './sources/capture/index.js';
import { openContinued, type TracePart } from './sources/continued.js';
import { readGivenStats, readStatsBeside, type GivenLosses } from './sources/given-stats.js';
import type { CaptureInput, ResolvedInputs, TraceInput } from './sources/inputs.js';
import { nameOfPath } from './sources/open.js';
import { parseSysdigStats } from './sources/sysdig-stats.js';
import type { OpenTrace, TraceContext } from './sources/trace/open-trace.js';
import { openTraceInput } from './sources/traces.js';
import { readVitals } from './sources/vitals.js';
import { collectWindows } from './streams/read-trace.js';
import { absoluteFrom, ns, type Ns } from './time/ns.js';
import type { SendWindow } from './timeline/segments.js';
import { Timeline, type TraceSummary, type WantedPictures } from './timeline/timeline.js';

const NO_SWITCHES: CounterDefinition = {
  name: 'trace_without_switch',
  severity: 'error',
  source: 'trace',
  help: 'The trace holds no scheduler switches, so nobody can say why a sender did not run; record without a filter that drops them.',
};
const SHARED_RINGS: CounterDefinition = {
  name: 'trace_shared_ring_buffers',
  severity: 'notice',
  source: 'trace',
  help: 'CPUs share ring buffers, so evt.cpu is not the CPU and occupancy is reconstructed; record with sysdig --cpus-for-each-buffer 1.',
};
const BROKEN_CHAINS: CounterDefinition = {
  name: 'trace_broken_switch_chains',
  severity: 'info',
  source: 'trace',
  help: 'Switches whose leaving thread was not the one that had come; nobody is blamed for time across them.',
};
const NO_SENDERS: CounterDefinition = {
  name: 'trace_without_advertisements',
  severity: 'error',
  source: 'trace',
  help: 'No system call in the trace sends a VRRP advertisement; check that it was recorded on the sending machine and that sendmsg and sendto were not filtered out.',
};
const DROP_ROWS: CounterDefinition = {
  name: 'trace_drop_rows',
  severity: 'data-loss',
  source: 'trace',
  help: 'The recorder says in the stream that it dropped events; nobody is accused across such a place. Record to a file (-w) on a fast disk, so that the recorder keeps up.',
};
const FORGOTTEN_FACTS: CounterDefinition = {
  name: 'trace_facts_forgotten',
  severity: 'notice',
  source: 'trace',
  help: 'There were more signals, control-group writes and the like than are kept; the oldest were forgotten.',
};
const CUT_OFF_UNREADABLE: CounterDefinition = {
  name: 'session_input_unreadable',
  severity: 'data-loss',
  source: 'session',
  help: 'Inputs of a recording that was cut off hold nothing that can be read, and were left out.',
};

/** A trace that has been read. */
export interface ReadTrace {
  /** Its file, the first in time of several that continue each other. */
  readonly input: TraceInput;
  /** All its files, in order of time. */
  readonly parts: readonly TracePart[];
  /** In which file, and there in which line from 1, the row of a line of the whole trace stands. */
  locate(line: number): { readonly path: string; readonly line: number };
  /** ns since the epoch of its clock; times of its windows are relative to it. */
  readonly base: bigint;
  readonly clock: ClockKind;
  readonly windows: readonly SendWindow[];
  readonly summary: TraceSummary;
  readonly loss: Loss;
  /** Which program read it, where it is not read here. */
  readonly reader: Assumption | null;
}

/** A capture that has been read. */
export interface ReadCapture {
  readonly input: CaptureInput;
  readonly point: Point;
  readonly loss: Loss;
}

/** Vitals that have been read. */
export interface ReadVitals {
  readonly path: string;
  readonly vitals: Vitals;
}

/**
 * What the statistics that were given by hand say was lost.
 *
 * @throws InputError for a file that cannot be read, or of which it cannot be told whose it is
 */
export const readLosses = (
  { trace, captures }: ResolvedInputs,
  { stats }: AnalyzeRequest,
  counters: CounterTable,
): Promise<GivenLosses> =>
  readGivenStats(
    stats,
    trace.filter(isOfSysdig).length,
    captures.map(({ name }) => name),
    counters,
  );

/** Whether sysdig recorded a trace, so that its statistics are its. */
const isOfSysdig = ({ kind }: TraceInput): boolean => kind.startsWith('sysdig') || kind === 'scap';

/**
 * All captures, in order. Of a recording that was cut off those that cannot be read are left out, and counted.
 *
 * @throws InputError when one cannot be used
 */
export const readCaptures = async (
  resolved: ResolvedInputs,
  losses: GivenLosses,
  counters: CounterTable,
): Promise<ReadCapture[]> => {
  const out: ReadCapture[] = [];
  for (const input of resolved.captures) {
    const context = { where: nameOfPath(input.path), counters };
    const capture = await unlessCutOff(resolved, counters, readCapture(input.kind, input.open(), context));
    if (capture === null) continue;
    const stats = losses.captures.get(input.name) ?? (await readStatsBeside(input.statsPath, readTcpdumpStats));
    const loss = stats?.known === true ? stats : capture.loss;
    out.push({ input, point: makePoint(input.name, input.path, { ...capture, loss }), loss });
  }
  return out;
};

/**
 * All traces, one after the other; files of one kind are one trace, which they continue.
 *
 * @param intervalHint the advertisement interval (ns) where captures tell it, else null
 * @throws InputError when one cannot be used
 */
export const readTraces = async (
  resolved: ResolvedInputs,
  request: AnalyzeRequest,
  intervalHint: number | null,
  losses: GivenLosses,
  counters: CounterTable,
  hooks: AnalyzeHooks,
): Promise<ReadTrace[]> => {
  const out: ReadTrace[] = [];
  for (const inputs of groupBy(resolved.trace, ({ kind }) => kind).values()) {
    const trace = await unlessCutOff(
      resolved,
      counters,
      readTrace(inputs, request, request.intervalNs ?? intervalHint, counters, hooks),
    );
    if (trace !== null) out.push(isOfSysdig(trace.input) && losses.trace ? { ...trace, loss: losses.trace } : trace);
  }
  return out;
};

const readTrace = async (
  inputs: readonly TraceInput[],
  request: AnalyzeRequest,
  intervalHint: number | null,
  counters: CounterTable,
  hooks: AnalyzeHooks,
): Promise<ReadTrace> => {
  let bytes = 0;
  let events = 0;
  const countBytes = (more: number): void => {
    hooks.signal?.throwIfAborted();
    bytes += more;
  };
  const { parser, threads } = request;
  const context = {
    counters,
    parser,
    ...(threads === null ? {} : { threads }),
    ...(hooks.signal === undefined ? {} : { signal: hooks.signal }),
  };
  const opened = await openFiles(inputs, context, countBytes);
  const { header } = opened.trace;
  const timeline = new Timeline(intervalHint, wantedPictures(request, hooks));
  const windows = await collectWindows(opened.trace.batches, timeline, counters, (batch) => {
    events += batch.length;
    const last = batch.time[batch.length - 1];
    const atNs = last === undefined ? null : absoluteFrom(header.baseNs, ns(last)).toString();
    hooks.onProgress?.({ bytes, events, atNs });
  });
  const summary = timeline.end();
  countTrace(summary, windows.length, counters);
  windows.sort((a, b) => a.attempt.time - b.attempt.time);
  const parts = opened.parts(header.baseNs, summary);
  const [first] = parts;
  if (!first) throw new RangeError('a trace has at least one file');
  return {
    input: first.input,
    parts,
    locate: (line) => opened.locate(line),
    base: header.baseNs,
    clock: header.clock,
    windows,
    summary,
    loss: await readLoss(inputs, opened.trace),
    reader: opened.trace.reader ?? null,
  };
};

/** A trace of one file or more, opened. */
interface OpenedFiles {
  readonly trace: OpenTrace;
  locate(line: number): { readonly path: string; readonly line: number };
  /** Its files, when all batches have been taken. */
  parts(base: bigint, summary: TraceSummary): readonly TracePart[];
}

const openFiles = async (
  inputs: readonly TraceInput[],
  context: Omit<TraceContext, 'where'>,
  onBytes: (bytes: number) => void,
): Promise<OpenedFiles> => {
  const [input] = inputs;
  if (input && inputs.length === 1) {
    const at = (base: bigint, time: number | null): bigint | null =>
      time === null ? null : absoluteFrom(base, ns(time));
    return {
      trace: await openTraceInput(input, { ...context, where: nameOfPath(input.path) }, onBytes),
      locate: (line) => ({ path: input.path, line }),
      parts: (base, { events, first, last }) => [
        { input, records: events, firstNs: at(base, first), lastNs: at(base, last) },
      ],
    };
  }
  const trace = await openContinued(inputs, context, onBytes);
  return {
    trace,
    locate: (line) => {
      const row = trace.locate(line);
      return { path: row.input.path, line: row.line };
    },
    parts: () => trace.parts,
  };
};

/** What was lost of all files: unknown where it is of one. */
const readLoss = async (inputs: readonly TraceInput[], { loss: own }: OpenTrace): Promise<Loss> => {
  const beside = await Promise.all(inputs.map(({ statsPath }) => readStatsBeside(statsPath, parseSysdigStats)));
  const known = beside.flatMap((loss) => (loss?.known === true ? [loss] : []));
  if (known.length === 0) return own?.() ?? { known: false, dropped: 0 };
  const dropped = known.reduce((sum, loss) => sum + loss.dropped, 0);
  const offered = known.reduce((sum, loss) => sum + (loss.offered ?? 0), 0);
  return offered > 0 ? { known: true, dropped, offered } : { known: true, dropped };
};

/** The vitals, null where there are none. */
export const readVitalsInput = async (resolved: ResolvedInputs, counters: CounterTable): Promise<ReadVitals | null> => {
  const input = resolved.vitals[0];
  return input ? { path: input.path, vitals: await readVitals(input.open(), counters) } : null;
};

/** Of a recording that was cut off an input may be unreadable, and the rest is worth an answer; null, and counted. */
const unlessCutOff = async <T>(
  { mayBeEmpty }: ResolvedInputs,
  counters: CounterTable,
  reading: Promise<T>,
): Promise<T | null> => {
  try {
    return await reading;
  } catch (error) {
    if (!mayBeEmpty || !(error instanceof InputError)) throw error;
    counters.add(CUT_OFF_UNREADABLE);
    return null;
  }
};

/** The least lateness that is reported where nobody says (ns). */
const LEAST_LATENESS = 5_000_000;

/** Half the lateness that is reported: sends and packets do not measure quite the same. */
const wantedPictures = ({ lateAfterNs }: AnalyzeRequest, hooks: AnalyzeHooks): WantedPictures => {
  if (hooks.onPicture === undefined) return 'none';
  return hooks.everyPicture === true ? 'all' : { afterNs: (lateAfterNs ?? LEAST_LATENESS) / 2 };
};

const countTrace = (summary: TraceSummary, windows: number, counters: CounterTable): void => {
  if (summary.switches === 0) counters.add(NO_SWITCHES);
  if (summary.sharedRings) counters.add(SHARED_RINGS);
  if (summary.brokenChains > 0) counters.add(BROKEN_CHAINS, summary.brokenChains);
  if (windows === 0) counters.add(NO_SENDERS);
  if (summary.drops.length > 0) counters.add(DROP_ROWS, summary.drops.length);
  for (const [definition, count] of summary.forgotten) counters.add(definition, count);
  if (summary.facts.forgotten > 0) counters.add(FORGOTTEN_FACTS, summary.facts.forgotten);
};

/** The files of a trace as the answer lists them. */
export const describeTrace = ({ parts, loss }: ReadTrace): AnswerInput[] =>
  parts.map(({ input: { path, kind }, records, firstNs, lastNs }) => ({
    path,
    kind,
    role: 'trace',
    records,
    firstNs: firstNs?.toString() ?? null,
    lastNs: lastNs?.toString() ?? null,
    loss,
  }));

/** A capture as the answer lists it. */
export const describeCapture = ({ input, point: { capture }, loss }: ReadCapture): AnswerInput => ({
  path: input.path,
  kind: input.kind,
  role: 'capture',
  name: input.name,
  records: capture.records,
  firstNs: writeAt(capture.baseNs, capture.first),
  lastNs: writeAt(capture.baseNs, capture.last),
  loss,
});

/** Vitals as the answer lists them. */
export const describeVitals = ({ path, vitals }: ReadVitals): AnswerInput => ({
  path,
  kind: 'vitals',
  role: 'vitals',
  records: vitals.samples,
  firstNs: writeAt(vitals.baseNs, vitals.first === null ? null : ns(vitals.first)),
  lastNs: writeAt(vitals.baseNs, vitals.last === null ? null : ns(vitals.last)),
  loss: { known: false, dropped: 0 },
});

const writeAt = (base: bigint, time: Ns | null): string | null =>
  time === null ? null : absoluteFrom(base, time).toString();

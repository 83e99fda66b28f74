import { composeArtefacts } from './diagnosis/artefacts.js';
import { listBlindSpots, listUnexplainedTakeovers, type Recorded } from './diagnosis/blind-spots.js';
import { buildInstances, type Assumption } from './diagnosis/build-instances.js';
import { countMisses } from './diagnosis/capture-misses.js';
import { composeClocks, startAnswer, type Frame } from './diagnosis/compose.js';
import { diagnoseInstances } from './diagnosis/diagnose-instances.js';
import type { TimingRules } from './diagnosis/instance.js';
import { joinAdvertisements, orderByDistance, type Joined } from './diagnosis/join.js';
import { makePoint, type Point } from './diagnosis/points.js';
import { relateVitals } from './diagnosis/vitals-clock.js';
import type { Loss } from './model/advertisement.js';
import type { Answer, AnswerInput } from './model/answer.js';
import { CounterTable, type CounterDefinition } from './model/counters.js';
import { InputError } from './model/input-error.js';
import type { AnalyzeHooks, AnalyzeRequest } from './model/request.js';
import type { Vitals } from './model/vitals.js';
import { readCapture, readTcpdumpStats } from './sources/capture/index.js';
import { resolveInputs, type CaptureInput, type ResolvedInputs, type TraceInput } from './sources/inputs.js';
import { nameOfPath } from './sources/open.js';
import { parseSysdigStats } from './sources/sysdig-stats.js';
import { openTraceInput } from './sources/traces.js';
import { readVitals } from './sources/vitals.js';
import { collectWindows } from './streams/read-trace.js';
import { absoluteFrom, ns } from './time/ns.js';
import { convert } from './time/offsets.js';
import type { SendWindow } from './timeline/segments.js';
import { Timeline, type TraceSummary, type WantedPictures } from './timeline/timeline.js';
import { readVersion } from './version.js';
import { readFile } from 'node:fs/promises';

const NOT_ALIGNED: CounterDefinition = {
  name: 'capture_not_aligned',
  source: 'capture',
  severity: 'error',
  help: 'A capture shows none of the advertisements of the other inputs, so its clock cannot be related to theirs and it was left out; check that they were recorded at the same time and place.',
};
const NO_SWITCHES: CounterDefinition = {
  name: 'trace_without_switch',
  source: 'trace',
  severity: 'error',
  help: 'The trace holds no scheduler switches, so nobody can say why a sender did not run; record without a filter that drops them.',
};
const SHARED_RINGS: CounterDefinition = {
  name: 'trace_shared_ring_buffers',
  source: 'trace',
  severity: 'notice',
  help: 'CPUs share ring buffers, so evt.cpu is not the CPU and occupancy is reconstructed; record with sysdig --cpus-for-each-buffer 1.',
};
const BROKEN_CHAINS: CounterDefinition = {
  name: 'trace_broken_switch_chains',
  source: 'trace',
  severity: 'info',
  help: 'Switches whose leaving thread was not the one that had come; nobody is blamed for time across them.',
};
const NO_SENDERS: CounterDefinition = {
  name: 'trace_without_advertisements',
  source: 'trace',
  severity: 'error',
  help: 'No system call in the trace sends a VRRP advertisement; check that it was recorded on the sending machine and that sendmsg and sendto were not filtered out.',
};
const DROP_ROWS: CounterDefinition = {
  name: 'trace_drop_rows',
  source: 'trace',
  severity: 'data-loss',
  help: 'The recorder says in the stream that it dropped events; nobody is accused across such a place. Record to a file (-w) on a fast disk, so that the recorder keeps up.',
};
const FORGOTTEN_FACTS: CounterDefinition = {
  name: 'trace_facts_forgotten',
  source: 'trace',
  severity: 'notice',
  help: 'There were more signals, control-group writes and the like than are kept; the oldest were forgotten.',
};

const CUT_OFF_UNREADABLE: CounterDefinition = {
  name: 'session_input_unreadable',
  source: 'session',
  severity: 'data-loss',
  help: 'Inputs of a recording that was cut off hold nothing that can be read, and were left out.',
};

const VITALS_ELSEWHERE: CounterDefinition = {
  name: 'vitals_not_related',
  source: 'vitals',
  severity: 'error',
  help: 'The vitals were recorded at another time than the trace and the captures, or nothing else was recorded inside the sending VM, and were left out.',
};

interface ReadTrace {
  readonly input: TraceInput;
  readonly base: bigint;
  readonly windows: SendWindow[];
  readonly summary: TraceSummary;
  readonly loss: Loss;
}

/**
 * Analyse recordings: every late advertisement and why.
 *
 * @throws InputError when an input cannot be used at all
 */
export const analyze = async (request: AnalyzeRequest, hooks: AnalyzeHooks = {}): Promise<Answer> => {
  const counters = new CounterTable();
  const resolved = await resolveInputs(request, counters);
  requireInputs(resolved);
  const captures = await readCaptures(resolved, counters);
  const points = resolved.orderKnown
    ? captures.map(({ point }) => point)
    : orderByDistance(captures.map(({ point }) => point));
  const trace = await unlessCutOff(resolved, counters, readTrace(resolved, request, points, counters, hooks));
  const rules: TimingRules = {
    lateAfter: request.lateAfterNs,
    interval: request.intervalNs,
    backupPriority: request.backupPriority,
    downTimerAdverts: request.downTimerAdverts ?? 3,
  };
  // A trace in which nobody sends cannot be the reference: the captures then answer for themselves.
  const speaking = trace && trace.windows.length > 0 ? trace : null;
  const joined = joinAdvertisements(speaking?.windows ?? [], speaking?.base ?? null, points);
  if (joined.unaligned.length > 0) counters.add(NOT_ALIGNED, joined.unaligned.length);
  const frame: Frame = {
    base: speaking?.base ?? points[0]?.capture.baseNs ?? trace?.base ?? 0n,
    tracePath: speaking?.input.path ?? null,
    trace: speaking?.summary ?? null,
    points: joined.points,
  };
  const vitals = await readVitalsInput(resolved, counters);
  const clocked = vitals ? relateInput(vitals, frame, speaking, counters) : null;
  const inputs = [
    ...(trace ? [describeTrace(trace)] : []),
    ...captures.map(({ input, point, loss }) => describeCapture(input, point, loss)),
    ...(await Promise.all(resolved.logs.map(({ path, open }) => describeLog(path, open())))),
    ...(vitals ? [describeVitals(vitals)] : []),
  ];
  const answer = startAnswer(readVersion(), inputs);
  const { instances, assumptions } = buildInstances(
    joined,
    {
      ends: speaking?.summary.ends ?? [],
      wasBorn: (tid) => (speaking?.summary.processes.parentOf(tid) ?? null) !== null,
    },
    rules,
  );
  answer.clocks = composeClocks(frame);
  answer.artefacts = composeArtefacts(frame);
  const diagnosed = diagnoseInstances(
    instances,
    speaking,
    joined.points,
    clocked?.clocked ?? null,
    rules,
    frame,
    request,
    hooks.onPicture === undefined
      ? {}
      : { onPicture: (picture) => hooks.onPicture?.(picture), everyPicture: hooks.everyPicture === true },
  );
  answer.instances = diagnosed.instances;
  hooks.onGaps?.(diagnosed.judged);
  const recorded: Recorded = {
    trace: speaking !== null,
    points: joined.points.filter(({ clock }) => clock.length > 0),
  };
  answer.assumptions = [
    ...assumptions,
    ...doubts(joined),
    ...(clocked ? [clocked.assumption] : []),
    ...countMisses(instances, joined.points, counters),
    ...listBlindSpots(recorded),
    ...listUnexplainedTakeovers(diagnosed.takeovers, recorded),
  ];
  answer.counters = counters.list();
  return answer;
};

const requireInputs = ({ trace, captures, vitals, mayBeEmpty }: ResolvedInputs): void => {
  if (trace.length === 0 && captures.length === 0 && !mayBeEmpty) {
    throw new InputError('there is neither a trace nor a capture', 'arguments', 'give at least one of them');
  }
  const moreVitals = vitals[1];
  if (moreVitals)
    throw new InputError('is a second file of vitals', nameOfPath(moreVitals.path), 'give one of them at a time');
  const second = trace[1];
  if (second) throw new InputError('is a second trace', nameOfPath(second.path), 'give one trace at a time');
};

interface ReadVitals {
  readonly path: string;
  readonly vitals: Vitals;
}

const readVitalsInput = async (resolved: ResolvedInputs, counters: CounterTable): Promise<ReadVitals | null> => {
  const input = resolved.vitals[0];
  return input ? { path: input.path, vitals: await readVitals(input.open(), counters) } : null;
};

/** Vitals on the reference clock; null, and counted, where nothing relates them. */
const relateInput = (
  { path, vitals }: ReadVitals,
  frame: Frame,
  trace: ReadTrace | null,
  counters: CounterTable,
): ReturnType<typeof relateVitals> => {
  const times = frame.points.flatMap(({ capture, clock }) =>
    [capture.first, capture.last].flatMap((time) =>
      time === null || clock.length === 0 ? [] : [convert(clock, time)],
    ),
  );
  if (trace) times.push(...[trace.summary.first, trace.summary.last].filter((time) => time !== null));
  const covered = {
    from: times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    to: times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
  const related = relateVitals(vitals, path, frame.base, frame.points, trace !== null, covered);
  if (related === null) counters.add(VITALS_ELSEWHERE);
  return related;
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

const readCaptures = async (resolved: ResolvedInputs, counters: CounterTable) => {
  const out: { input: CaptureInput; point: Point; loss: Loss }[] = [];
  for (const input of resolved.captures) {
    const context = { where: nameOfPath(input.path), counters };
    const capture = await unlessCutOff(resolved, counters, readCapture(input.kind, input.open(), context));
    if (capture === null) continue;
    const stats = input.statsPath === null ? null : readTcpdumpStats(await readFile(input.statsPath, 'utf8'));
    const loss = stats?.known === true ? stats : capture.loss;
    out.push({
      input,
      point: makePoint(input.name, input.path, { ...capture, loss }),
      loss,
    });
  }
  return out;
};

const readTrace = async (
  resolved: ResolvedInputs,
  request: AnalyzeRequest,
  points: readonly Point[],
  counters: CounterTable,
  hooks: AnalyzeHooks,
): Promise<ReadTrace | null> => {
  const input = resolved.trace[0];
  if (!input) return null;
  let bytes = 0;
  let events = 0;
  const countBytes = (more: number): void => {
    hooks.signal?.throwIfAborted();
    bytes += more;
  };
  const { parser, threads } = request;
  const context = { where: nameOfPath(input.path), counters, parser, ...(threads === null ? {} : { threads }) };
  const { header, batches } = await openTraceInput(input, context, countBytes);
  const timeline = new Timeline(request.intervalNs ?? shortestInterval(points), wantedPictures(request, hooks));
  const windows = await collectWindows(batches, timeline, counters, (batch) => {
    events += batch.length;
    const last = batch.time[batch.length - 1];
    const atNs = last === undefined ? null : absoluteFrom(header.baseNs, ns(last)).toString();
    hooks.onProgress?.({ bytes, events, atNs });
  });
  const summary = timeline.end();
  countTrace(summary, windows.length, counters);
  const loss: Loss =
    input.statsPath === null ? { known: false, dropped: 0 } : parseSysdigStats(await readFile(input.statsPath, 'utf8'));
  windows.sort((a, b) => a.attempt.time - b.attempt.time);
  return { input, base: header.baseNs, windows, summary, loss };
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
  if (summary.facts.forgotten > 0) counters.add(FORGOTTEN_FACTS, summary.facts.forgotten);
};

/** The shortest advertised interval: windows must be watched closely from there on. */
const shortestInterval = (points: readonly Point[]): number | null => {
  let shortest: number | null = null;
  for (const { capture } of points) {
    for (const { intervalNs } of capture.advertisements) {
      if (intervalNs !== null && intervalNs > 0 && (shortest === null || intervalNs < shortest)) shortest = intervalNs;
    }
  }
  return shortest;
};

const doubts = (joined: Joined): Assumption[] =>
  joined.points.flatMap(({ name, doubt }) => (doubt === null ? [] : [{ what: `the clock of ${name}`, why: doubt }]));

const describeTrace = ({ input, base, summary, loss }: ReadTrace): AnswerInput => ({
  path: input.path,
  kind: input.kind,
  role: 'trace',
  records: summary.events,
  firstNs: summary.first === null ? null : absoluteFrom(base, ns(summary.first)).toString(),
  lastNs: summary.last === null ? null : absoluteFrom(base, ns(summary.last)).toString(),
  loss,
});

const describeCapture = (input: CaptureInput, { capture }: Point, loss: Loss): AnswerInput => ({
  path: input.path,
  kind: input.kind,
  role: 'capture',
  name: input.name,
  records: capture.records,
  firstNs: capture.first === null ? null : absoluteFrom(capture.baseNs, capture.first).toString(),
  lastNs: capture.last === null ? null : absoluteFrom(capture.baseNs, capture.last).toString(),
  loss,
});

const describeVitals = ({ path, vitals }: ReadVitals): AnswerInput => ({
  path,
  kind: 'vitals',
  role: 'vitals',
  records: vitals.samples,
  firstNs: vitals.first === null ? null : absoluteFrom(vitals.baseNs, ns(vitals.first)).toString(),
  lastNs: vitals.last === null ? null : absoluteFrom(vitals.baseNs, ns(vitals.last)).toString(),
  loss: { known: false, dropped: 0 },
});

const describeLog = async (path: string, bytes: AsyncIterable<Uint8Array>): Promise<AnswerInput> => {
  let lines = 0;
  for await (const chunk of bytes) for (const byte of chunk) if (byte === 0x0a) lines++;
  return {
    path,
    kind: 'keepalived-log',
    role: 'log',
    records: lines,
    firstNs: null,
    lastNs: null,
    loss: { known: false, dropped: 0 },
  };
};

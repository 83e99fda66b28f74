import { buildInstances, type Assumption } from './diagnosis/build-instances.js';
import { composeClock, type Frame } from './diagnosis/compose.js';
import { corroborate } from './diagnosis/corroborate.js';
import { diagnoseInstances } from './diagnosis/diagnose-instances.js';
import type { TimingRules } from './diagnosis/instance.js';
import { joinAdvertisements, type Joined } from './diagnosis/join.js';
import type { Point } from './diagnosis/points.js';
import { relateTraces } from './diagnosis/relate-traces.js';
import { calendarFromCapture } from './diagnosis/trace-calendar.js';
import type { Answer } from './model/answer.js';
import type { CounterDefinition, CounterTable } from './model/counters.js';
import type { AnalyzeRequest } from './model/request.js';
import type { ReadTrace } from './read-inputs.js';
import { TRACE_KINDS } from './sources/recognise.js';
import { convert } from './time/offsets.js';

const TRACE_NOT_RELATED: CounterDefinition = {
  name: 'trace_not_related',
  source: 'trace',
  severity: 'error',
  help: 'A further trace shows other advertisements than the main one, or too few to relate their clocks, and was left out; check that both were recorded at the same time and place.',
};
const TRACE_DISAGREES: CounterDefinition = {
  name: 'trace_disagrees',
  source: 'trace',
  severity: 'notice',
  help: 'Two traces name different causes of the same late advertisement; its summary tells both, and its confidence is lower.',
};
const LATE_IN_ONE_TRACE: CounterDefinition = {
  name: 'trace_late_in_one_only',
  source: 'trace',
  severity: 'notice',
  help: 'Advertisements that are late by a further trace are not by the main one, which was recording then, and are not listed: recorders that slow the sender (strace) stamp its calls late.',
};

/** Those that show more first: with sends, with switches, then as in {@link TRACE_KINDS}. */
export const rankTraces = (traces: readonly ReadTrace[]): ReadTrace[] => {
  const rank = ({ windows, summary, input }: ReadTrace): number =>
    (windows.length > 0 ? 0 : 2000) + (summary.switches > 0 ? 0 : 1000) + TRACE_KINDS.indexOf(input.kind);
  return [...traces].sort((a, b) => rank(a) - rank(b));
};

/**
 * Sends and packets together. A trace in which nobody sends cannot be the reference: the captures then answer for themselves. One whose
 * times have no calendar is given that of a capture.
 */
export const joinWithTrace = (
  given: ReadTrace | null,
  points: readonly Point[],
): { trace: ReadTrace | null; joined: Joined; calendar: Assumption | null } => {
  if (given === null || given.windows.length === 0)
    return { trace: null, joined: joinAdvertisements([], null, points), calendar: null };
  const epoch = given.clock === 'epoch';
  const joined = joinAdvertisements(given.windows, { baseNs: given.base, epoch }, points);
  if (epoch) return { trace: given, joined, calendar: null };
  const calendar = calendarFromCapture(joined.points);
  if (calendar === null) {
    const why =
      given.clock === 'time-of-day' ? 'the trace has times of day only' : 'its times count from boot or from its start';
    return { trace: given, joined, calendar: { what: 'the date of the trace is not known', why } };
  }
  const trace: ReadTrace = { ...given, base: calendar.baseNs, clock: 'epoch' };
  return {
    trace,
    joined: joinAdvertisements(given.windows, { baseNs: calendar.baseNs, epoch: true }, points),
    calendar: { what: `times of the trace are those of ${calendar.name}`, why: 'the trace has no date of its own' },
  };
};

/** How times of an analysis are written. */
export const frameOf = (trace: ReadTrace | null, joined: Joined, otherBase: bigint): Frame => ({
  base: trace?.base ?? otherBase,
  locate: trace ? (line) => trace.locate(line) : null,
  trace: trace?.summary ?? null,
  points: joined.points,
});

/** When senders began and ended, as far as a trace tells. */
export const lifeOf = (trace: ReadTrace | null): Parameters<typeof buildInstances>[1] => ({
  ends: trace?.summary.ends ?? [],
  wasBorn: (tid) => (trace?.summary.processes.parentOf(tid) ?? null) !== null,
});

/** Add to an answer what a further trace says of the same late advertisements. */
export const addAccount = (
  answer: Answer,
  main: ReadTrace,
  given: ReadTrace,
  points: readonly Point[],
  rules: TimingRules,
  request: AnalyzeRequest,
  counters: CounterTable,
): void => {
  const { trace, joined } = joinWithTrace(given, points);
  const clock = trace ? relateTraces(main, trace) : [];
  if (trace === null || clock.length === 0) {
    counters.add(TRACE_NOT_RELATED);
    return;
  }
  const { path } = trace.input;
  const { instances } = buildInstances(joined, lifeOf(trace), rules);
  const { first, last } = main.summary;
  // What is asked for is said on the main trace's clock.
  const everything = { ...request, sinceNs: null, untilNs: null };
  const diagnosed = diagnoseInstances(
    instances,
    trace,
    joined.points,
    null,
    rules,
    frameOf(trace, joined, 0n),
    everything,
  );
  const isAsked = (at: bigint): boolean =>
    (request.sinceNs === null || at >= request.sinceNs) && (request.untilNs === null || at <= request.untilNs);
  const toMain = (at: string): bigint =>
    main.base + BigInt(Math.round(convert(clock, Number(BigInt(at) - trace.base))));
  const told = corroborate(answer.instances, {
    path,
    instances: diagnosed.instances.map((instance) => ({
      ...instance,
      late: instance.late.filter(({ sentNs }) => isAsked(toMain(sentNs))),
    })),
    toMain,
    coversMain: (at) =>
      first !== null &&
      last !== null &&
      at >= main.base + BigInt(Math.round(first)) &&
      at <= main.base + BigInt(Math.round(last)),
  });
  answer.instances = told.instances;
  counters.add(TRACE_DISAGREES, told.contradicted);
  counters.add(LATE_IN_ONE_TRACE, told.unmatched);
  answer.clocks.push(composeClock(path, clock, trace.base, main.base));
};

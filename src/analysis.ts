import { composeArtefacts } from './diagnosis/artefacts.js';
import { listBlindSpots, listUnexplainedTakeovers, type Recorded } from './diagnosis/blind-spots.js';
import { buildInstances, type Assumption } from './diagnosis/build-instances.js';
import { countMisses } from './diagnosis/capture-misses.js';
import { composeClocks, startAnswer, type Frame } from './diagnosis/compose.js';
import { diagnoseInstances } from './diagnosis/diagnose-instances.js';
import type { TimingRules } from './diagnosis/instance.js';
import { orderByDistance, type Joined } from './diagnosis/join.js';
import { hearLogs, withoutExplained } from './diagnosis/log-witness.js';
import type { Point } from './diagnosis/points.js';
import { relateVitals } from './diagnosis/vitals-clock.js';
import { coveredBy } from './diagnosis/wall-clock.js';
import { addAccount, frameOf, joinWithTrace, lifeOf, rankTraces } from './join-traces.js';
import type { Answer } from './model/answer.js';
import { CounterTable, type CounterDefinition } from './model/counters.js';
import { InputError } from './model/input-error.js';
import type { AnalyzeHooks, AnalyzeRequest } from './model/request.js';
import {
  describeCapture,
  describeTrace,
  describeVitals,
  readCaptures,
  readLosses,
  readTraces,
  readVitalsInput,
  type ReadVitals,
} from './read-inputs.js';
import { resolveInputs, type ResolvedInputs } from './sources/inputs.js';
import { nameOfPath } from './sources/open.js';
import { describeLog, readLogs } from './read-logs.js';
import { readVersion } from './version.js';

const NOT_ALIGNED: CounterDefinition = {
  name: 'capture_not_aligned',
  source: 'capture',
  severity: 'error',
  help: 'A capture shows none of the advertisements of the other inputs, so its clock cannot be related to theirs and it was left out; check that they were recorded at the same time and place.',
};
const VITALS_ELSEWHERE: CounterDefinition = {
  name: 'vitals_not_related',
  source: 'vitals',
  severity: 'error',
  help: 'The vitals were recorded at another time than the trace and the captures, or nothing else was recorded inside the sending VM, and were left out.',
};

/**
 * Analyse recordings: every late advertisement and why.
 *
 * @throws InputError when an input cannot be used at all
 */
export const analyze = async (request: AnalyzeRequest, hooks: AnalyzeHooks = {}): Promise<Answer> => {
  const counters = new CounterTable();
  const resolved = await resolveInputs(request, counters);
  requireInputs(resolved);
  const losses = await readLosses(resolved, request, counters);
  const captures = await readCaptures(resolved, losses, counters);
  const points = resolved.orderKnown
    ? captures.map(({ point }) => point)
    : orderByDistance(captures.map(({ point }) => point));
  const traces = await readTraces(resolved, request, shortestInterval(points), losses, counters, hooks);
  const [main, ...others] = rankTraces(traces);
  const rules: TimingRules = {
    lateAfter: request.lateAfterNs,
    interval: request.intervalNs,
    backupPriority: request.backupPriority,
    downTimerAdverts: request.downTimerAdverts ?? 3,
  };
  const { trace, joined, calendar } = joinWithTrace(main ?? null, points);
  if (joined.unaligned.length > 0) counters.add(NOT_ALIGNED, joined.unaligned.length);
  const frame = frameOf(trace, joined, points[0]?.capture.baseNs ?? main?.base ?? 0n);
  const vitals = await readVitalsInput(resolved, counters);
  const clocked = vitals ? relateInput(vitals, frame, counters) : null;
  const logs = await readLogs(resolved.logs, frame.base, counters);
  const answer = startAnswer(readVersion(), [
    ...traces.flatMap(describeTrace),
    ...captures.map(describeCapture),
    ...logs.map(describeLog),
    ...(vitals ? [describeVitals(vitals)] : []),
  ]);
  const { instances, assumptions } = buildInstances(joined, lifeOf(trace), rules);
  answer.clocks = composeClocks(frame);
  answer.artefacts = composeArtefacts(frame);
  const diagnosed = diagnoseInstances(
    instances,
    trace,
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
  if (trace) for (const other of others) addAccount(answer, trace, other, points, rules, request, counters);
  const testimony = hearLogs(logs, instances, diagnosed.takeovers, frame, answer, counters);
  hooks.onGaps?.(diagnosed.judged);
  const recorded: Recorded = {
    trace: trace !== null,
    points: joined.points.filter(({ clock }) => clock.length > 0),
  };
  answer.assumptions = [
    ...assumptions,
    ...traces.flatMap(({ reader }) => reader ?? []),
    ...(calendar === null ? [] : [calendar]),
    ...doubts(joined),
    ...(clocked ? [clocked.assumption] : []),
    ...countMisses(instances, joined.points, counters),
    ...listBlindSpots(recorded),
    ...listUnexplainedTakeovers(withoutExplained(diagnosed.takeovers, testimony), recorded),
    ...testimony.assumptions,
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
};

/** Vitals on the reference clock; null, and counted, where nothing relates them. */
const relateInput = (
  { path, vitals }: ReadVitals,
  frame: Frame,
  counters: CounterTable,
): ReturnType<typeof relateVitals> => {
  const related = relateVitals(vitals, path, frame.base, frame.points, frame.trace !== null, coveredBy(frame));
  if (related === null) counters.add(VITALS_ELSEWHERE);
  return related;
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

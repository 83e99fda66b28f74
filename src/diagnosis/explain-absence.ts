import { ns } from '../time/ns.js';
import type { Segment, SendWindow, Witness } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import { stretchesOf, type Stretch } from './occupants.js';
import { makePiece, type Piece } from './piece.js';
import { culpritOf, findStop } from './stops.js';

/** What explaining a sender's absence needs to know. */
export interface AbsenceContext {
  readonly trace: TraceSummary;
  readonly window: SendWindow;
  readonly process: string;
}

/** An idle CPU without a single switch for longer than this (ns), and than is usual on it, may not have run at all. */
const SILENT_CPU = 150_000_000;
const UNUSUAL = 3;

/** The sender's side of an absence: the rows at its edges. */
const edges = (segment: Segment): Witness[] => [segment.out, segment.back].filter((row) => row !== null);

/**
 * While another process holds the sender's CPU without a system call, a quiet machine is silent for longer than usual;
 * only silences this many times the usual one speak for the host then. Observed: 2 times with a busy loop under bpftrace.
 */
const SILENT_WHILE_BUSY = 3;

/** Whether a silence of the whole VM is explained by whoever was left running on the sender's CPU. */
const isBusyLoop = (from: number, to: number, segment: Segment, context: AbsenceContext): boolean => {
  if (segment.lane < 0) return false;
  if (to - from >= SILENT_WHILE_BUSY * context.trace.silences.usualNs) return false;
  return 2 * busyTime(laneStretches(segment, from, to, context)) > to - from;
};

/** Stretches of [from, to) in which the whole VM was silent become `vcpu-silent`; `explain` tells the rest. */
export const apartFromSilence = (
  from: number,
  to: number,
  { trace }: Pick<AbsenceContext, 'trace'>,
  explain: (from: number, to: number) => Piece[],
  explained: (from: number, to: number) => boolean = () => false,
): Piece[] => {
  const pieces: Piece[] = [];
  let at = from;
  // Without switch rows a recorder's own rhythm is missing too, and silence says nothing.
  for (const silence of trace.switches === 0 ? [] : trace.silences.between(from, to)) {
    if (explained(silence.from, silence.to)) continue;
    if (silence.from > at) pieces.push(...explain(at, silence.from));
    const row = (edge: { num: number; line: number }, time: number, text: string): Witness => ({
      ...edge,
      time: ns(time),
      text,
    });
    pieces.push(
      makePiece('vcpu-silent', silence.from, silence.to, {
        reason: 'all-cpus-silent',
        witnesses: [
          row(silence.before, silence.from, 'last event of any CPU before the silence'),
          row(silence.after, silence.to, 'first event of any CPU after it'),
        ],
      }),
    );
    at = silence.to;
  }
  if (at < to) pieces.push(...explain(at, to));
  return pieces;
};

/** On a CPU: its own work, or inside the send call. */
export const explainRunning = (segment: Segment, context: AbsenceContext): Piece[] =>
  apartFromSilence(segment.from, segment.to, context, (from, to) => [
    makePiece(segment.kind === 'send' ? 'sending' : 'running', from, to, {
      process: context.process,
      syscall: segment.kind === 'send' ? segment.call : null,
      cpu: context.trace.cpuNumber(segment.lane),
    }),
  ]);

/** Asleep in the loop's own wait from `due` on: ready, overslept, or its CPU stood still. */
export const explainOverdueWait = (segment: Segment, due: number, context: AbsenceContext): Piece[] =>
  apartFromSilence(
    due,
    segment.to,
    context,
    (from, to) => laneStretches(segment, from, to, context).map((stretch) => explainOverdue(stretch, segment, context)),
    (from, to) => isBusyLoop(from, to, segment, context),
  );

const explainOverdue = (stretch: Stretch, segment: Segment, context: AbsenceContext): Piece => {
  const { trace } = context;
  const cpu = trace.cpuNumber(segment.lane);
  const rest = { process: context.process, cpu, witnesses: edges(segment) };
  if (stretch.kind === 'busy') return readyPiece(stretch, segment, context, 'up-to');
  if (stretch.kind === 'unknown') {
    return makePiece('unexplained', stretch.from, stretch.to, {
      ...rest,
      bound: 'up-to',
      reason: trace.switches === 0 ? 'no-switch-events' : 'broken-chain',
    });
  }
  const usual = Math.max(SILENT_CPU, UNUSUAL * trace.usualIdleNs(segment.lane));
  return stretch.longestIdle >= usual && !trace.sharedRings
    ? makePiece('vcpu-silent', stretch.from, stretch.to, {
        ...rest,
        process: null,
        bound: 'up-to',
        reason: 'one-cpu-silent',
      })
    : makePiece('overslept', stretch.from, stretch.to, { ...rest, bound: 'up-to' });
};

/** Being switched in again takes this long (ns) at most on an idle machine; it belongs to the stop it ends. */
const WAKING = 1_000_000;

/** Off the CPU outside the loop's own wait. */
export const explainAbsence = (segment: Segment, context: AbsenceContext): Piece[] => {
  const { trace } = context;
  if (segment.call === '' || segment.interrupted || segment.stopSignal !== null) {
    const stop = findStop(segment, context.window.attempt.tid, trace);
    if (stop && stop.until > segment.from) {
      const until = segment.to - stop.until < WAKING ? segment.to : stop.until;
      const stopped = makePiece('stopped', segment.from, until, {
        process: context.process,
        cpu: trace.cpuNumber(segment.lane),
        culprit: stop.culprit,
        reason: stop.reason,
        witnesses: [...stop.witnesses, ...edges(segment)],
      });
      const rest = { ...segment, from: until, interrupted: false, stopSignal: null };
      return rest.from < rest.to ? [stopped, ...explainRunnable(rest, context)] : [stopped];
    }
  }
  if (segment.openEnded && segment.out === null && segment.call === '') return [unknownPiece(segment, context)];
  return segment.call === '' ? explainRunnable(segment, context) : explainCall(segment, context);
};

const unknownPiece = (segment: Segment, context: AbsenceContext): Piece =>
  makePiece('unexplained', segment.from, segment.to, {
    process: context.process,
    bound: 'up-to',
    reason: context.trace.switches === 0 ? 'no-switch-events' : 'missing-calls',
    witnesses: edges(segment),
  });

const explainCall = (segment: Segment, context: AbsenceContext): Piece[] => {
  // Without switches a call that took long may have waited or may have been preempted: nobody can say.
  if (context.trace.switches === 0) {
    return [{ ...unknownPiece(segment, context), syscall: segment.call, target: segment.target }];
  }
  const quota = segment.inferred ? findQuota(context, segment.from) : null;
  if (quota && segment.to - segment.from >= QUOTA_LEAST) {
    return explainRunnable({ ...segment, call: '' }, context);
  }
  if (segment.loose) {
    const stretches = laneStretches(segment, segment.from, segment.to, context);
    if (2 * busyTime(stretches) > segment.to - segment.from) return explainRunnable(segment, context);
  }
  return apartFromSilence(segment.from, segment.to, context, (from, to) => [
    makePiece('blocked', from, to, {
      process: context.process,
      syscall: segment.call,
      target: segment.target,
      cpu: context.trace.cpuNumber(segment.lane),
      bound: segment.inferred || segment.lane < 0 ? 'up-to' : 'exact',
      witnesses: edges(segment),
    }),
  ]);
};

/** Outside any call: it could have run, so somebody else did, or its group was out of budget, or its memory was away. */
const explainRunnable = (segment: Segment, context: AbsenceContext): Piece[] => {
  if (segment.lane < 0) return [unknownPiece(segment, context)];
  const explain = (from: number, to: number): Piece[] => {
    if (segment.majorFaults > 0) {
      return [
        makePiece('paging', from, to, {
          process: context.process,
          cpu: context.trace.cpuNumber(segment.lane),
          bound: 'up-to',
          witnesses: edges(segment),
        }),
      ];
    }
    if (segment.interrupted && to - from >= INTERRUPTED_LEAST) {
      const rest = {
        process: context.process,
        cpu: context.trace.cpuNumber(segment.lane),
        bound: 'up-to' as const,
        witnesses: edges(segment),
      };
      return 2 * busyTime(laneStretches(segment, from, to, context)) < to - from
        ? [makePiece('stopped', from, to, { ...rest, reason: 'freezer' })]
        : [makePiece('unexplained', from, to, { ...rest, reason: 'interrupted' })];
    }
    const quota = findQuota(context, from);
    if (quota && to - from >= QUOTA_LEAST)
      return [throttledPiece(from, to, segment, context, quota.witnesses, quota.group)];
    return laneStretches(segment, from, to, context).map((stretch) => {
      if (stretch.kind === 'busy') return readyPiece(stretch, segment, context, 'exact');
      if (stretch.kind === 'unknown') return unknownPiece({ ...segment, from: stretch.from, to: stretch.to }, context);
      return throttledPiece(stretch.from, stretch.to, segment, context, lastQuota(context, stretch.from), null);
    });
  };
  return apartFromSilence(segment.from, segment.to, context, explain, (from, to) =>
    isBusyLoop(from, to, segment, context),
  );
};

/**
 * The loop's wait ended with EINTR and yet no signal was delivered: something stopped the thread (a freezer, a debugger)
 * that the trace does not show, unless others held its CPU, when nobody can say. Shorter absences than this (ns) are
 * ordinary preemption.
 */
const INTERRUPTED_LEAST = 20_000_000;
/** Shorter absences are ordinary preemption even under a quota (ns). */
const QUOTA_LEAST = 5_000_000;

/** A CPU quota that the trace shows to have been put on a group of the sender's before `time`. */
const findQuota = ({ trace, window }: AbsenceContext, time: number): { group: string; witnesses: Witness[] } | null => {
  const { tid } = window.attempt;
  const joined = trace.facts.all.filter((fact) => fact.kind === 'join' && fact.member === tid && fact.time <= time);
  for (const join of joined.reverse()) {
    if (join.kind !== 'join') continue;
    const left = joined.some(
      (fact) =>
        fact.kind === 'join' &&
        fact.group !== join.group &&
        fact.time > join.time &&
        sameHierarchy(fact.group, join.group),
    );
    if (left) continue;
    const quota = trace.facts.all.findLast(
      (fact) => (fact.kind === 'quota' || fact.kind === 'no-quota') && fact.group === join.group && fact.time <= time,
    );
    if (quota?.kind === 'quota') return { group: join.group, witnesses: [quota.witness, join.witness] };
  }
  return null;
};

/** A quota put on some group before `time`, where membership is not in the trace (children inherit it). */
const lastQuota = ({ trace }: AbsenceContext, time: number): Witness[] => {
  const quota = trace.facts.all.findLast((fact) => fact.kind === 'quota' && fact.time <= time);
  return quota ? [quota.witness] : [];
};

/** Under cgroup v1 every controller has a tree of its own below /sys/fs/cgroup; v2 has one. */
const hierarchyOf = (group: string): string =>
  /^\/sys\/fs\/cgroup\/(cpu[a-z,]*|freezer|memory|blkio|pids|devices|net_[a-z,]+|perf_event|hugetlb|systemd|rdma)(?:\/|$)/.exec(
    group,
  )?.[1] ?? '';

const sameHierarchy = (a: string, b: string): boolean => hierarchyOf(a) === hierarchyOf(b);

const throttledPiece = (
  from: number,
  to: number,
  segment: Segment,
  context: AbsenceContext,
  witnesses: readonly Witness[],
  group: string | null,
): Piece =>
  makePiece('throttled', from, to, {
    process: context.process,
    cpu: context.trace.cpuNumber(segment.lane),
    target: group,
    bound: group === null ? 'up-to' : 'exact',
    reason: group === null ? 'idle-while-runnable' : 'quota',
    witnesses: [...witnesses, ...edges(segment)],
  });

const readyPiece = (stretch: Stretch, segment: Segment, context: AbsenceContext, bound: 'exact' | 'up-to'): Piece => {
  let longest: { name: string; ns: number; tid: number } | null = null;
  for (const [name, { ns, tid }] of stretch.held) if (!longest || ns > longest.ns) longest = { name, ns, tid };
  return makePiece('ready', stretch.from, stretch.to, {
    process: context.process,
    cpu: context.trace.cpuNumber(segment.lane),
    bound,
    held: stretch.held,
    culprit: longest ? culpritOf({ tid: longest.tid, comm: longest.name }, context.trace, null) : null,
    witnesses: edges(segment),
  });
};

/** The lane that tells why: the one it came back on where that one was busy, else the one it left. */
const laneStretches = (segment: Segment, from: number, to: number, { window, trace }: AbsenceContext): Stretch[] => {
  if (trace.switches === 0) return [{ from, to, kind: 'unknown', held: new Map(), longestIdle: 0 }];
  const left = stretchesOf(window.lanes?.get(segment.lane), from, to);
  if (segment.laneIn === segment.lane || segment.laneIn < 0) return left;
  const back = stretchesOf(window.lanes?.get(segment.laneIn), from, to);
  return busyTime(back) > busyTime(left) ? back : left;
};

const busyTime = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, stretch) => sum + (stretch.kind === 'busy' ? stretch.to - stretch.from : 0), 0);

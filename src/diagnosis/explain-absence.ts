import type { Segment, SendWindow, Witness } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import { blameSlices, findHostStretches, silentPiece } from './host-stretches.js';
import { stretchesOf, type Stretch } from './occupants.js';
import { makePiece, type Piece } from './piece.js';
import { culpritOf, findStop } from './stops.js';
import { unwitnessedCall } from './unwitnessed.js';

/** What explaining a sender's absence needs to know. */
export interface AbsenceContext {
  readonly trace: TraceSummary;
  readonly window: SendWindow;
  readonly process: string;
}

/** The sender's side of an absence: the rows at its edges. */
export const edges = (segment: Segment): Witness[] =>
  [segment.out, segment.woken, segment.back].filter((row) => row !== null);

/**
 * While another process holds the sender's CPU without a system call, a quiet machine is silent for longer than usual;
 * only silences this many times the usual one speak for the host then. Observed: 2 times with a busy loop under bpftrace.
 */
const SILENT_WHILE_BUSY = 3;

/** Whether a silence of the whole VM is explained by whoever was left running on the sender's CPU. */
export const isBusyLoop = (from: number, to: number, segment: Segment, context: AbsenceContext): boolean => {
  // Heartbeats come whoever runs.
  if (segment.lane < 0 || context.trace.standstills(segment.lane)) return false;
  if (to - from >= SILENT_WHILE_BUSY * context.trace.silences.usualNs) return false;
  return 2 * busyTime(laneStretches(segment, from, to, context)) > to - from;
};

/** Stretches of [from, to) in which the whole VM, or the CPU of a lane, did not run become `vcpu-silent`; `explain` tells the rest. */
export const apartFromSilence = (
  from: number,
  to: number,
  { trace }: Pick<AbsenceContext, 'trace'>,
  explain: (from: number, to: number) => Piece[],
  explained: (from: number, to: number) => boolean = () => false,
  lane = -1,
): Piece[] => {
  const pieces: Piece[] = [];
  let at = from;
  for (const stretch of findHostStretches(from, to, trace, lane, explained)) {
    if (stretch.from > at) pieces.push(...explain(at, stretch.from));
    pieces.push(
      ...(stretch.silence
        ? [silentPiece(stretch, stretch.silence)]
        : explain(stretch.from, stretch.to).map(blameSlices)),
    );
    at = stretch.to;
  }
  if (at < to) pieces.push(...explain(at, to));
  return pieces;
};

/** On a CPU: its own work, or inside the send call. */
export const explainRunning = (segment: Segment, context: AbsenceContext): Piece[] =>
  apartFromSilence(
    segment.from,
    segment.to,
    context,
    (from, to) => [
      makePiece(segment.kind === 'send' ? 'sending' : 'running', from, to, {
        process: context.process,
        syscall: segment.kind === 'send' ? segment.call : null,
        // Without switches nobody knows that it ran.
        bound: context.trace.switches === 0 ? 'up-to' : 'exact',
        cpu: context.trace.cpuNumber(segment.lane),
      }),
    ],
    undefined,
    segment.lane,
  );

/** Being switched in again takes this long (ns) at most on an idle machine; it belongs to the stop it ends. */
const WAKING = 1_000_000;

/**
 * A machine that runs gives a woken thread a CPU within this time (ns), unless others have it. Observed: up to 14 ms right
 * behind a stall of the host (`reference/signatures.md`), below 1 ms elsewhere.
 */
export const RUN_FOLLOWS = 20_000_000;

/** Whether it is known to have slept: it left its CPU that way, or had to be woken. */
const isAsleep = ({ left, wokenAt }: Segment): boolean => left === 'asleep' || (left === null && wokenAt !== null);

/** Whether a stop signal or a tracer is known to have held it, by how it left its CPU. */
export const isHeld = ({ left }: Segment): boolean => left === 'stopped' || left === 'traced';

/** Off the CPU outside the loop's own wait. */
export const explainAbsence = (segment: Segment, context: AbsenceContext): Piece[] => {
  if (segment.left === 'ready') return explainReady(segment, segment.from, segment.to, context);
  if (isHeld(segment) || segment.call === '' || segment.interrupted || segment.stopSignal !== null) {
    const stopped = explainStop(segment, context);
    if (stopped) return stopped;
  }
  if (segment.openEnded && segment.out === null && segment.call === '') return [unknownPiece(segment, context)];
  if (segment.call !== '') return explainCall(segment, context);
  return isAsleep(segment) ? explainAsleep(segment, context) : explainRunnable(segment, context);
};

/** Stopped, as somebody's call tells or as it left its CPU; null where neither does. */
const explainStop = (segment: Segment, context: AbsenceContext): Piece[] | null => {
  const { trace } = context;
  const held = isHeld(segment);
  const stop = findStop(segment, context.window.attempt.tid, trace);
  const known = stop !== null && stop.until > segment.from;
  if (!known && !held) return null;
  const { wokenAt } = segment;
  let until = known ? stop.until : segment.to;
  if (wokenAt !== null && (held || wokenAt < until + WAKING)) until = Math.max(segment.from, wokenAt);
  if (segment.to - until < WAKING) until = segment.to;
  const stopped = makePiece('stopped', segment.from, until, {
    process: context.process,
    cpu: trace.cpuNumber(segment.lane),
    culprit: known ? stop.culprit : null,
    reason: known ? stop.reason : segment.left === 'traced' ? 'debugger' : 'signal',
    proof: held ? 'left-stopped' : null,
    witnesses: [...(known ? stop.witnesses : []), ...edges(segment)],
  });
  if (until <= segment.from) return explainReady(segment, until, segment.to, context);
  if (until >= segment.to) return [stopped];
  const rest = { ...segment, from: until, interrupted: false, stopSignal: null };
  if (wokenAt === null) return [stopped, ...explainRunnable(rest, context)];
  if (until >= wokenAt) return [stopped, ...explainReady(segment, until, segment.to, context)];
  return [stopped, ...explainAsleep(rest, context)];
};

/**
 * Able to run from `from` on, as the scheduler's rows show: others had its CPU, or its control group was out of budget.
 * What nobody held is the time in which a CPU picks up a woken thread.
 */
export const explainReady = (segment: Segment, from: number, to: number, context: AbsenceContext): Piece[] => {
  if (from >= to) return [];
  const proof = segment.left === 'ready' ? 'left-ready' : 'woken';
  const explain = (start: number, end: number): Piece[] => {
    const quota = findQuota(context, start);
    if (quota && end - start >= QUOTA_LEAST)
      return [{ ...throttledPiece(start, end, segment, context, quota.witnesses, quota.group), proof }];
    return laneStretches(segment, start, end, context).map((stretch): Piece => {
      if (stretch.kind === 'idle' && (proof === 'left-ready' || stretch.to - stretch.from > RUN_FOLLOWS)) {
        const witnesses = lastQuota(context, stretch.from);
        const throttled = throttledPiece(stretch.from, stretch.to, segment, context, witnesses, null);
        return { ...throttled, bound: 'exact', proof };
      }
      const ready = readyPiece(stretch, segment, context, 'exact');
      if (stretch.kind === 'busy') return { ...ready, proof };
      return { ...ready, held: new Map(), culprit: null, proof };
    });
  };
  return apartFromSilence(
    from,
    to,
    context,
    explain,
    (start, end) => isBusyLoop(start, end, segment, context),
    homeLane(segment, from),
  );
};

/** Asleep outside any call that the trace shows, until it was woken: for its memory, in a freezer, or nobody knows. */
const explainAsleep = (segment: Segment, context: AbsenceContext): Piece[] => {
  const until = segment.wokenAt ?? segment.to;
  const asleep = apartFromSilence(segment.from, until, context, (from, to) => {
    const rest = {
      process: context.process,
      cpu: context.trace.cpuNumber(segment.lane),
      bound: segment.wokenAt === null ? ('up-to' as const) : ('exact' as const),
      proof: 'left-asleep' as const,
      witnesses: edges(segment),
    };
    if (segment.majorFaults > 0) return [makePiece('paging', from, to, rest)];
    if (segment.interrupted && to - from >= INTERRUPTED_LEAST)
      return [makePiece('stopped', from, to, { ...rest, bound: 'up-to', reason: 'freezer' })];
    return [makePiece('unexplained', from, to, { ...rest, bound: 'up-to', reason: 'missing-calls' })];
  });
  return [...asleep, ...explainReady(segment, until, segment.to, context)];
};

const unknownPiece = (segment: Segment, context: AbsenceContext): Piece =>
  makePiece('unexplained', segment.from, segment.to, {
    process: context.process,
    bound: 'up-to',
    reason: context.trace.switches === 0 ? 'no-switch-events' : 'missing-calls',
    witnesses: edges(segment),
  });

const explainCall = (segment: Segment, context: AbsenceContext): Piece[] => {
  if (context.trace.switches === 0) {
    return [unwitnessedCall(segment, context.process, edges(segment))];
  }
  const asleep = isAsleep(segment);
  const quota = segment.inferred && !asleep ? findQuota(context, segment.from) : null;
  if (quota && segment.to - segment.from >= QUOTA_LEAST) {
    return explainRunnable({ ...segment, call: '' }, context);
  }
  if (segment.loose && !asleep) {
    const stretches = laneStretches(segment, segment.from, segment.to, context);
    if (2 * busyTime(stretches) > segment.to - segment.from) return explainRunnable(segment, context);
  }
  const until = segment.wokenAt ?? segment.to;
  const blocked = apartFromSilence(segment.from, until, context, (from, to) => [
    makePiece('blocked', from, to, {
      process: context.process,
      syscall: segment.call,
      target: segment.target,
      cpu: context.trace.cpuNumber(segment.lane),
      bound: segment.inferred || segment.lane < 0 ? 'up-to' : 'exact',
      proof: asleep ? 'left-asleep' : null,
      witnesses: edges(segment),
    }),
  ]);
  return [...blocked, ...explainReady(segment, until, segment.to, context)];
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
  return apartFromSilence(
    segment.from,
    segment.to,
    context,
    explain,
    (from, to) => isBusyLoop(from, to, segment, context),
    segment.lane,
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

export const readyPiece = (
  stretch: Stretch,
  segment: Segment,
  context: AbsenceContext,
  bound: 'exact' | 'up-to',
): Piece => {
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

/**
 * The lane that tells why: the one it came back on where that one was busy, else the one it left, or, once it had been
 * woken, the one on whose run queue it was put.
 */
export const laneStretches = (
  segment: Segment,
  from: number,
  to: number,
  { window, trace }: AbsenceContext,
): Stretch[] => {
  if (trace.switches === 0) return stretchesOf(undefined, from, to);
  const { laneIn } = segment;
  const home = homeLane(segment, from);
  const there = stretchesOf(window.lanes?.get(home), from, to);
  if (laneIn === home || laneIn < 0) return there;
  const back = stretchesOf(window.lanes?.get(laneIn), from, to);
  return busyTime(back) > busyTime(there) ? back : there;
};

/** The lane it left or, once it had been woken, the one on whose run queue it was put. */
const homeLane = ({ lane, wokenAt, wokenLane }: Segment, from: number): number =>
  wokenAt !== null && from >= wokenAt && wokenLane >= 0 ? wokenLane : lane;

const busyTime = (stretches: readonly Stretch[]): number =>
  stretches.reduce((sum, stretch) => sum + (stretch.kind === 'busy' ? stretch.to - stretch.from : 0), 0);

import type { Fact } from '../timeline/facts.js';
import { makeSegment, type Rearm, type Segment, type SendWindow } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import { explainAbsence, explainRunning, type AbsenceContext } from './explain-absence.js';
import { explainOverdueWait } from './explain-wait.js';
import { makePiece, type Piece, type Reason } from './piece.js';
import { culpritOf } from './stops.js';
import { doubtCalls } from './unwitnessed.js';

/** A gap between two advertisements at the sender, with every attempt of its threads in between. */
export interface SenderGap {
  /** Send of the previous advertisement, ns on the trace's clock. */
  readonly from: number;
  readonly fromTid: number;
  readonly to: number;
  /** The windows of the attempts in (from, to], the last one being the advertisement's own. */
  readonly chain: readonly SendWindow[];
  /** ns. */
  readonly interval: number;
  /**
   * Who sent the packet that was handled at `time`: its source where the captures show it, null where nothing does, and
   * 'other-router' for a packet of another virtual router, which does not concern this timer.
   */
  packetSource(time: number): string | null;
  readonly vrid: number | null;
  /** Where an attempt's packet was lost, null when it was not. */
  lostAt(window: SendWindow): Loss | null;
  /** Whether packets of that source were seen not to concern this timer. */
  isHarmless(event: Rearm): boolean;
  /** Whether a refused send was this router's. */
  isOwn(window: SendWindow): boolean;
}

/** A packet that was not seen at the farther point. */
export interface Loss {
  readonly hop: string;
  /** Whether a capture missed it that is not known to have dropped packets itself. */
  readonly sure: boolean;
}

/** After a wait that ended overdue, another sleep this long (ns) means that the timer was not armed as thought. */
const SLEPT_AGAIN = 1_000_000;

interface Plan {
  /** When the timer is due. */
  due: number;
  /** The next sleep arms anew. */
  pending: boolean;
  /** Why the timer was armed anew without an advertisement, null while it was not. */
  rearmed: {
    reason: Extract<Reason, 'packet' | 'send-failed' | 'lost' | 'capture-dropped'>;
    piece: Partial<Piece>;
  } | null;
  /** Planned sleep so far; one interval of it is no lateness. */
  slept: number;
}

/**
 * Everything in a gap that was not planned sleep, in time order. The pieces' lengths and one interval's planned sleep, or
 * what there was of it, add up to the gap.
 *
 * keepalived arms its timer for one interval when it goes to sleep after an advertisement, and anew after any packet it
 * handles for its virtual router or a refused send (`reference/keepalived.md`).
 */
export const collectPieces = (gap: SenderGap, trace: TraceSummary): Piece[] => {
  const pieces: Piece[] = [];
  const plan: Plan = { due: gap.from + gap.interval, pending: true, rearmed: null, slept: 0 };
  let at = gap.from;
  for (const window of gap.chain) {
    const start = window.from ?? window.attempt.time;
    if (window.attempt.tid !== gap.fromTid && start < at) continue;
    if (start > at || (window.from === null && window.attempt.time > at)) {
      pieces.push(...explainHandover(gap, at, window.from === null ? window.attempt.time : start, trace, window));
    }
    if (window.from !== null) addWindow(pieces, plan, window, gap, trace);
    at = window.attempt.time;
    const loss = gap.lostAt(window);
    if (loss !== null) {
      plan.pending = true;
      plan.rearmed = {
        reason: loss.sure ? 'lost' : 'capture-dropped',
        piece: { target: loss.sure ? loss.hop : null, witnesses: [window.attempt.witness] },
      };
    }
  }
  return trace.switches === 0 ? doubtCalls(pieces) : pieces;
};

const addWindow = (pieces: Piece[], plan: Plan, window: SendWindow, gap: SenderGap, trace: TraceSummary): void => {
  const context: AbsenceContext = { trace, window, process: window.attempt.comm };
  const segments = window.segments ?? [quietSegment(window)];
  const rearms = [...window.rearms];
  // A window kept without details is one sleep; of what re-armed the timer in it only a refused send lies before that.
  if (window.segments === null) {
    for (const event of rearms.splice(0)) if (event.reason === 'send-failed') rearm(plan, event, gap, window);
  }
  const idle = findSleepWithoutTimer(segments, plan, gap.interval, rearms);
  for (const segment of segments) {
    while (rearms[0] && rearms[0].time <= segment.from) rearm(plan, rearms.shift(), gap, window);
    if (segment.kind !== 'wait') {
      pieces.push(...(segment.kind === 'off' ? explainAbsence(segment, context) : explainRunning(segment, context)));
      continue;
    }
    if (plan.pending) {
      plan.due = segment.from + gap.interval;
      plan.pending = false;
    }
    // What the timer was armed for is better than what it must have been.
    if (segment.deadline !== null) plan.due = segment.deadline;
    const planned = Math.max(segment.from, Math.min(segment.to, plan.due));
    pieces.push(...addSleep(plan, segment, planned, gap.interval));
    if (planned >= segment.to) continue;
    if (window.segments === null) {
      pieces.push(makePiece('running', planned, segment.to, { process: window.attempt.comm, bound: 'up-to' }));
    } else if (idle) {
      pieces.push(
        makePiece('absent', planned, segment.to, {
          process: window.attempt.comm,
          bound: 'up-to',
          reason: 'not-master',
        }),
      );
    } else pieces.push(...explainOverdueWait(segment, planned, context));
  }
  while (rearms.length > 0) rearm(plan, rearms.shift(), gap, window);
};

/** A window in which nothing happened was kept without details: sleep for an interval, the rest its own work. */
const quietSegment = (window: SendWindow): Segment =>
  makeSegment('wait', window.from ?? window.attempt.time, window.attempt.time, { inferred: true });

/** What {@link SenderGap.packetSource} says of a packet of another virtual router. */
export const OTHER_ROUTER = 'other-router';

const rearm = (plan: Plan, event: Rearm | undefined, gap: SenderGap, window: SendWindow): void => {
  if (!event) return;
  const foreign = event.vrid !== null && gap.vrid !== null && event.vrid !== gap.vrid;
  const source = event.reason === 'packet' ? gap.packetSource(event.time) : null;
  if (event.reason === 'packet' && (foreign || source === OTHER_ROUTER)) return;
  if (event.reason === 'packet' && source === null && event.vrid === null && gap.isHarmless(event)) return;
  const failed = event.reason === 'send-failed' ? failedWindow(gap, event) : undefined;
  if (failed && !gap.isOwn(failed)) return;
  plan.pending = true;
  plan.rearmed =
    event.reason === 'packet'
      ? {
          reason: 'packet',
          piece: { target: event.source ?? source, witnesses: [event.witness] },
        }
      : {
          reason: 'send-failed',
          piece: {
            syscall: failed?.attempt.call ?? window.attempt.call,
            target: failed?.attempt.errno ?? null,
            witnesses: [event.witness],
          },
        };
};

const failedWindow = (gap: SenderGap, event: Rearm): SendWindow | undefined =>
  gap.chain.find((window) => window.attempt.witness === event.witness);

/** A timer armed for this many intervals was not armed for an advertisement: the sender was no master. */
const ARMED_FOR_OTHERS = 1.05;

/** Planned sleep counts up to one interval; more of it was slept because the timer was armed anew. */
const addSleep = (plan: Plan, { from, deadline }: Segment, to: number, interval: number): Piece[] => {
  const length = to - from;
  const free = Math.max(0, Math.min(length, interval - plan.slept));
  plan.slept += free;
  if (free === length) return [];
  const cause = plan.rearmed;
  if (!cause && deadline !== null && deadline - from > ARMED_FOR_OTHERS * interval)
    return [makePiece('absent', from + free, to, { bound: 'up-to', reason: 'not-master' })];
  if (cause?.reason === 'capture-dropped')
    return [makePiece('unexplained', from + free, to, { ...cause.piece, bound: 'up-to', reason: 'capture-dropped' })];
  const state = cause?.reason === 'lost' ? 'lost' : 'rearmed';
  return [makePiece(state, from + free, to, { ...cause?.piece, reason: cause?.reason ?? 'packet' })];
};

/**
 * Whether the sender slept on past the time its timer would have been due, woke for something else and slept again: then
 * no timer was armed, because it was no master for a while (interface down, another master), and it was not late.
 */
const findSleepWithoutTimer = (
  segments: readonly Segment[],
  plan: Plan,
  interval: number,
  rearms: readonly Rearm[],
): boolean => {
  if (rearms.length > 0 || segments.some(({ deadline }) => deadline !== null)) return false;
  const sleeps = segments.filter(
    (segment) => segment.kind === 'wait' && !segment.resumed && segment.to - segment.from >= SLEPT_AGAIN,
  );
  const first = sleeps[0];
  if (!first) return false;
  const due = plan.pending ? first.from + interval : plan.due;
  return sleeps.slice(0, -1).some((sleep) => sleep.to > due + SLEPT_AGAIN);
};

/** Between the end of one sending thread and the first advertisement of the next, nobody sent. */
const explainHandover = (gap: SenderGap, from: number, to: number, trace: TraceSummary, next: SendWindow): Piece[] => {
  const end = trace.ends.find(
    (candidate) => candidate.tid === gap.fromTid && candidate.time >= from && candidate.time <= to,
  );
  const killed = trace.facts
    .between(from - 1_000_000_000, to)
    .findLast(
      (fact): fact is Extract<Fact, { kind: 'kill' }> =>
        fact.kind === 'kill' &&
        fact.target === gap.fromTid &&
        fact.time <= (end?.time ?? to) &&
        /^SIG(KILL|TERM|INT|HUP|ABRT|QUIT|SEGV)$/.test(fact.signal),
    );
  return [
    makePiece('absent', from, to, {
      process: next.attempt.comm,
      reason: 'ended',
      bound: end ? 'exact' : 'up-to',
      culprit: killed ? culpritOf(killed.actor, trace, killed.call) : null,
      witnesses: [killed?.witness, end?.witness, next.attempt.witness].filter((row) => row !== undefined),
    }),
  ];
};

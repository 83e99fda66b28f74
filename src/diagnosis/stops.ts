import type { Culprit } from '../model/answer.js';
import type { Actor, Fact } from '../timeline/facts.js';
import type { Segment, Witness } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import type { Reason } from './piece.js';

/** Something that kept a thread off the CPU on purpose, until `until` (ns). */
export interface Stop {
  readonly reason: Extract<Reason, 'signal' | 'debugger' | 'freezer'>;
  readonly until: number;
  readonly culprit: Culprit | null;
  readonly witnesses: Witness[];
}

/** A stop shows its effect on the thread within this time (ns): the thread must run once to take it. */
const BEFORE = 200_000_000;
const AFTER = 10_000_000;
/** A control group may have been frozen this long before a loaded machine lets the thread notice (ns). */
const FREEZE_BEFORE = 1_000_000_000;

const STOPPING = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

/** A thread as the answer names a culprit: name, parent, call; where the trace does not show it, null. */
export const culpritOf = (
  actor: Actor,
  trace: TraceSummary,
  syscall: string | null,
  rest: Partial<Culprit> = {},
): Culprit => {
  const parent = trace.processes.parentOf(actor.tid);
  const name = actor.comm === '' ? trace.processes.nameOf(actor.tid) : actor.comm;
  const parentName = parent === null ? '' : trace.processes.nameOf(parent);
  return {
    process: name === '' ? null : name,
    pid: actor.tid,
    tid: actor.tid,
    parent: parentName === '' ? null : parentName,
    cgroup: null,
    syscall,
    target: null,
    ...rest,
  };
};

/** Who stopped thread `tid` during an absence outside any call, if anybody did. */
export const findStop = (segment: Segment, tid: number, trace: TraceSummary): Stop | null => {
  const facts = trace.facts.between(segment.from - FREEZE_BEFORE, segment.to + AFTER);
  const debugged = findDebugger(facts, segment, tid, trace);
  const signalled = findSignal(facts, segment, tid, trace);
  // A tracer holds its thread through a stop that somebody else's signal made, too (strace: PTRACE_LISTEN).
  if (debugged && signalled && wasAimed(facts, segment, tid, debugged)) return signalled;
  return debugged ?? signalled ?? findFreeze(facts, segment, tid, trace);
};

/** Whether somebody other than the tracer sent the thread itself a stop signal. */
const wasAimed = (facts: readonly Fact[], segment: Segment, tid: number, { culprit }: Stop): boolean =>
  facts.some(
    (fact) =>
      fact.kind === 'kill' &&
      STOPPING.has(fact.signal) &&
      fact.target === tid &&
      fact.actor.tid !== culprit?.tid &&
      near(fact, segment) &&
      !wasResumed(facts, fact, segment),
  );

const near = (fact: Fact, segment: Segment): boolean =>
  fact.time >= segment.from - BEFORE && fact.time <= segment.from + AFTER;

const RELEASE = /DETACH|CONT/;
/** A tracer that lets its thread go on does so this close (ns) to the thread's coming back. */
const LET_GO = 2_000_000;

const findDebugger = (facts: readonly Fact[], segment: Segment, tid: number, trace: TraceSummary): Stop | null => {
  const traced = facts.filter((fact) => fact.kind === 'ptrace' && fact.target === tid);
  const attach = traced.findLast(
    (fact) => near(fact, segment) && !(fact.kind === 'ptrace' && RELEASE.test(fact.request)),
  );
  if (!attach) return null;
  const release = traced.find(
    (fact) => fact.time > segment.from && fact.kind === 'ptrace' && RELEASE.test(fact.request),
  );
  // A stop at a system call (strace) needs no signal: then the tracer's next request on the thread ends it. And a tracer
  // can read a thread's registers only while it stands still.
  const letGo = traced.find(
    (fact) =>
      fact.actor.tid === attach.actor.tid && fact.time > segment.from && Math.abs(fact.time - segment.to) <= LET_GO,
  );
  const examined = traced.some((fact) => fact.time > segment.from && fact.time < segment.to);
  if (segment.stopSignal === null && !segment.interrupted && !letGo && !examined) return null;
  const end = release ?? letGo;
  return {
    reason: 'debugger',
    until: Math.min(segment.to, release?.time ?? segment.to),
    culprit: culpritOf(attach.actor, trace, 'ptrace'),
    witnesses: end ? [attach.witness, end.witness] : [attach.witness],
  };
};

const findSignal = (facts: readonly Fact[], segment: Segment, tid: number, trace: TraceSummary): Stop | null => {
  const stops = facts.filter((fact) => fact.kind === 'kill' && STOPPING.has(fact.signal) && near(fact, segment));
  const aimed =
    stops.findLast((fact) => fact.kind === 'kill' && fact.target === tid) ??
    (segment.stopSignal === null ? undefined : stops.at(-1));
  if (segment.stopSignal === null && (aimed === undefined || wasResumed(facts, aimed, segment))) return null;
  const resume = facts.find(
    (fact) =>
      fact.kind === 'kill' &&
      fact.signal === 'SIGCONT' &&
      fact.time > segment.from &&
      fact.target === (aimed?.kind === 'kill' ? aimed.target : tid),
  );
  const delivered = facts.findLast(
    (fact) => fact.kind === 'signal' && fact.actor.tid === tid && STOPPING.has(fact.signal) && near(fact, segment),
  );
  return {
    reason: 'signal',
    until: Math.min(segment.to, resume?.time ?? segment.to),
    culprit: aimed?.kind === 'kill' ? culpritOf(aimed.actor, trace, aimed.call) : senderOf(delivered, trace),
    witnesses: [aimed, delivered, resume].flatMap((fact) => (fact ? [fact.witness] : [])),
  };
};

/** Who sent a signal, by its delivery alone: only calls like `kill` leave a process' number there (sigaction(2)). */
const senderOf = (delivered: Fact | undefined, trace: TraceSummary): Culprit | null =>
  delivered?.kind === 'signal' && delivered.by !== null ? culpritOf(delivered.by, trace, 'kill') : null;

/** Whether a stop had ended before the thread went off. */
const wasResumed = (facts: readonly Fact[], stop: Fact, segment: Segment): boolean =>
  stop.kind === 'kill' &&
  facts.some(
    (fact) =>
      fact.kind === 'kill' &&
      fact.signal === 'SIGCONT' &&
      fact.target === stop.target &&
      fact.time > stop.time &&
      fact.time <= segment.from,
  );

/** A frozen thread comes back this soon (ns) after the thaw, on a loaded machine too. */
const THAWED = 200_000_000;

const findFreeze = (facts: readonly Fact[], segment: Segment, tid: number, trace: TraceSummary): Stop | null => {
  const freeze = facts.findLast((fact) => fact.kind === 'freeze' && fact.time <= segment.from + AFTER);
  if (freeze?.kind !== 'freeze') return null;
  const thaws = facts.filter((fact) => fact.kind === 'thaw' && fact.group === freeze.group && fact.time > freeze.time);
  const thaw = thaws[0];
  if (thaw && thaw.time < segment.from) return null;
  const members = trace.facts.all.filter(
    (fact) => fact.kind === 'join' && fact.group === freeze.group && fact.member !== null,
  );
  const member = members.some((fact) => fact.kind === 'join' && fact.member === tid);
  // Some group was frozen, and nothing says that the thread is in it: only a thaw that brings it back does.
  if (!member && !(segment.interrupted && thaw && Math.abs(segment.to - thaw.time) <= THAWED)) return null;
  return {
    reason: 'freezer',
    until: Math.min(segment.to, thaw?.time ?? segment.to),
    culprit: culpritOf(freeze.actor, trace, 'write', { cgroup: freeze.group, target: freeze.group }),
    witnesses: thaw ? [freeze.witness, thaw.witness] : [freeze.witness],
  };
};

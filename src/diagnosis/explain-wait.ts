import type { Segment, Witness } from '../timeline/segments.js';
import {
  apartFromSilence,
  edges,
  explainAbsence,
  explainReady,
  isBusyLoop,
  isHeld,
  laneStretches,
  readyPiece,
  RUN_FOLLOWS,
  type AbsenceContext,
} from './explain-absence.js';
import { stretchesOf, type Stretch } from './occupants.js';
import { makePiece, type Piece } from './piece.js';

/** An idle CPU without a single switch for longer than this (ns), and than is usual on it, may not have run at all. */
const SILENT_CPU = 150_000_000;
const UNUSUAL = 3;

/**
 * Asleep in the loop's own wait from `due` on. With its wake-up in the trace: woken late, and from then on ready. Without:
 * ready, overslept, or its CPU stood still, by what its CPU did.
 */
export const explainOverdueWait = (segment: Segment, due: number, context: AbsenceContext): Piece[] => {
  if (isHeld(segment)) return explainAbsence({ ...segment, from: due, call: '' }, context);
  if (segment.left === 'ready') return explainReady(segment, due, segment.to, context);
  if (segment.wokenAt !== null) {
    const woken = Math.max(due, segment.wokenAt);
    return [...explainLateWakeUp(segment, due, woken, context), ...explainReady(segment, woken, segment.to, context)];
  }
  return apartFromSilence(
    due,
    segment.to,
    context,
    (from, to) => laneStretches(segment, from, to, context).map((stretch) => explainOverdue(stretch, segment, context)),
    (from, to) => isBusyLoop(from, to, segment, context),
    segment.lane,
  );
};

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
  return isSilent(stretch, segment, context)
    ? makePiece('vcpu-silent', stretch.from, stretch.to, {
        ...rest,
        process: null,
        bound: 'up-to',
        reason: 'one-cpu-silent',
      })
    : makePiece('overslept', stretch.from, stretch.to, { ...rest, bound: 'up-to' });
};

/** Whether an idle CPU stood still for longer than it usually does. */
const isSilent = (stretch: Stretch, segment: Segment, { trace }: AbsenceContext): boolean =>
  !trace.sharedRings && stretch.longestIdle >= Math.max(SILENT_CPU, UNUSUAL * trace.usualIdleNs(segment.lane));

/** A timer on a CPU that runs is not this late (ns) without a switch there that tells why. */
const STOOD_STILL = 60_000_000;

/**
 * From the due time to the wake-up. No other thread keeps a timer's interrupt from its CPU: either that CPU, or all,
 * did not run, or the timer itself was late. A wake-up right behind an unusual silence, with the run right behind it,
 * proves that the silence was no idleness.
 */
const explainLateWakeUp = (segment: Segment, due: number, woken: number, context: AbsenceContext): Piece[] => {
  const prompt = segment.to - woken <= RUN_FOLLOWS;
  const explain = (from: number, to: number): Piece[] =>
    // Where its timer was armed: the CPU it left.
    stretchesOf(context.window.lanes?.get(segment.lane), from, to).map((stretch) => {
      const rest = { cpu: context.trace.cpuNumber(segment.lane), witnesses: edges(segment) };
      const quiet = longestWithoutSwitch(stretch);
      const unusual = stretch.kind === 'idle' ? isSilent(stretch, segment, context) : quiet >= SILENT_CPU;
      return !context.trace.sharedRings && quiet >= STOOD_STILL && 2 * quiet > woken - due
        ? makePiece('vcpu-silent', stretch.from, stretch.to, {
            ...rest,
            bound: prompt && unusual ? 'exact' : 'up-to',
            reason: 'one-cpu-silent',
          })
        : makePiece('overslept', stretch.from, stretch.to, {
            ...rest,
            process: context.process,
            proof: 'woken-late',
          });
    });
  return apartFromSilence(due, woken, context, explain, undefined, segment.lane).map((piece) =>
    piece.state === 'vcpu-silent' && piece.bound === 'exact' && prompt && woken - piece.to <= RUN_FOLLOWS
      ? { ...piece, proof: 'woken-late', witnesses: addEdges(piece.witnesses, segment) }
      : piece,
  );
};

/** The first event after a silence may be the wake-up itself. */
const addEdges = (rows: readonly Witness[], segment: Segment): Witness[] => {
  const { woken } = segment;
  const told = rows.map((row) => (row.line === woken?.line ? { ...row, text: `${row.text}: ${woken.text}` } : row));
  return [...told, ...edges(segment).filter(({ line }) => !rows.some((row) => row.line === line))];
};

/** The longest time (ns) of a stretch in which its CPU did not switch. */
const longestWithoutSwitch = ({ kind, from, to, longestIdle, longestQuiet }: Stretch): number =>
  kind === 'unknown' ? 0 : Math.min(to - from, kind === 'idle' ? longestIdle : longestQuiet);

import { ns } from '../time/ns.js';
import type { Witness } from '../timeline/segments.js';
import type { Silence, SilenceLog } from '../timeline/silence.js';
import type { TraceSummary } from '../timeline/timeline.js';
import { makePiece, type Piece } from './piece.js';

/** A stretch that the host took: a silence, or (`silence` null) a bit between two where it gave time in slices. ns. */
export interface HostStretch {
  readonly from: number;
  readonly to: number;
  readonly silence: Silence | null;
  /** The CPU that stood still; null where all did. */
  readonly cpu: number | null;
}

/**
 * What of [from, to) the host took, in time order, without overlaps: silences of the whole VM; where heartbeats tell,
 * those of the CPU of a lane; and the bits between them where time was given in slices.
 *
 * @param lane -1 where it does not matter whether one CPU ran
 * @param explained whether a silence of the whole VM says nothing because of who ran; slices are never so explained
 */
export const findHostStretches = (
  from: number,
  to: number,
  trace: TraceSummary,
  lane: number,
  explained: (from: number, to: number) => boolean,
): HostStretch[] => {
  // Without switch rows a recorder's own rhythm is missing too, and silence says nothing.
  if (trace.switches === 0) return [];
  const found: HostStretch[] = [];
  const add = (log: SilenceLog, cpu: number | null, excused: (from: number, to: number) => boolean): void => {
    const slices = log.slicesBetween(from, to);
    for (const silence of log.between(from, to)) {
      const sliced = slices.some((stretch) => stretch.from <= silence.from && silence.to <= stretch.to);
      if (!sliced && excused(silence.from, silence.to)) continue;
      addFree(found, { from: silence.from, to: silence.to, silence, cpu });
    }
    for (const stretch of slices) addFree(found, { ...stretch, silence: null, cpu });
  };
  add(trace.silences, null, explained);
  const standstills = lane < 0 ? null : trace.standstills(lane);
  if (standstills) add(standstills, trace.cpuNumber(lane), () => false);
  return found;
};

/** Put what of a stretch is not yet taken into a list in time order. */
const addFree = (list: HostStretch[], stretch: HostStretch): void => {
  const free: HostStretch[] = [];
  let at = stretch.from;
  for (const { from, to } of list) {
    if (to <= at) continue;
    if (from >= stretch.to) break;
    if (from > at) free.push({ ...stretch, from: at, to: from });
    at = to;
  }
  if (at < stretch.to) free.push({ ...stretch, from: at });
  list.push(...free);
  list.sort((a, b) => a.from - b.from);
};

/** A silence, with the rows at its edges. */
export const silentPiece = ({ from, to, cpu }: HostStretch, { before, after }: Silence): Piece => {
  const whose = cpu === null ? 'any CPU' : `CPU ${String(cpu)}`;
  const row = (edge: { num: number; line: number }, time: number, text: string): Witness => ({
    ...edge,
    time: ns(time),
    text,
  });
  return makePiece('vcpu-silent', from, to, {
    reason: cpu === null ? 'all-cpus-silent' : 'one-cpu-silent',
    proof: cpu === null ? null : 'no-heartbeat',
    cpu,
    witnesses: [
      row(before, from, `last event of ${whose} before the silence`),
      row(after, to, `first event of ${whose} after it`),
    ],
  });
};

/** Shorter bits (ns) are what it takes to get a CPU, and nobody's doing. */
const LEAST_BIT = 1_000_000;

/** Whoever was left on a CPU of a VM that runs in slices did not choose to be; what else is known of such a bit stands. */
export const blameSlices = (piece: Piece): Piece =>
  piece.ns >= LEAST_BIT &&
  (piece.state === 'ready' ||
    piece.state === 'overslept' ||
    piece.state === 'unexplained' ||
    (piece.state === 'throttled' && piece.reason === 'idle-while-runnable'))
    ? makePiece('vcpu-silent', piece.from, piece.to, {
        reason: 'sliced',
        bound: 'up-to',
        cpu: piece.cpu,
        witnesses: piece.witnesses,
      })
    : piece;

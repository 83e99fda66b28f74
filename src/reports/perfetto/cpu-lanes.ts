import type { CpuSpan } from '../../model/picture.js';
import type { Window } from './windows.js';

/** One CPU over the whole trace. */
export interface CpuLane {
  readonly name: string;
  readonly rank: number;
  /** On the axis; one after the other, without those in which it was idle. */
  readonly spans: readonly CpuSpan[];
}

/** CPUs without a number come behind all others. */
const UNNUMBERED = 1_000_000;

const nameLane = (rank: number): string => {
  if (rank < UNNUMBERED) return `cpu ${rank}`;
  return rank === UNNUMBERED ? 'cpu ?' : `cpu ? (${rank - UNNUMBERED + 1})`;
};

type Placed = { -readonly [K in keyof CpuSpan]: CpuSpan[K] };

/**
 * Windows that overlap tell of the same time: what one told, the next one does not tell again. Neighbours with the same thread
 * become one. Takes the spans over: of millions no copies are made.
 */
const tellOnce = (spans: Placed[]): CpuSpan[] => {
  const told: Placed[] = [];
  let end = 0;
  for (const span of spans.sort((a, b) => a.from - b.from)) {
    if (span.to <= end) continue;
    span.from = Math.max(span.from, end);
    span.ns = Math.min(span.ns, span.to - span.from);
    const last = told.at(-1);
    end = span.to;
    if (span.kind === 'idle' || span.from === span.to) continue;
    if (last?.to === span.from && last.kind === span.kind && last.process === span.process && last.tid === span.tid) {
      last.to = span.to;
      last.ns += span.ns;
    } else told.push(span);
  }
  return told;
};

/** Who had each CPU in these windows. CPUs whose numbers the trace does not tell are kept apart by their order in the pictures. */
export const collectCpuLanes = (windows: readonly Window[]): CpuLane[] => {
  const lanes = new Map<number, Placed[]>();
  for (const { picture, from: start } of windows) {
    let unnumbered = UNNUMBERED;
    for (const { cpu, spans } of picture.cpus) {
      const rank = cpu ?? unnumbered++;
      const lane = lanes.get(rank) ?? [];
      for (const { from, to, kind, process, tid, ns } of spans)
        lane.push({ from: start + from, to: start + to, kind, process, tid, ns });
      lanes.set(rank, lane);
    }
  }
  return [...lanes]
    .sort(([a], [b]) => a - b)
    .map(([rank, spans]) => ({ name: nameLane(rank), rank, spans: tellOnce(spans) }));
};

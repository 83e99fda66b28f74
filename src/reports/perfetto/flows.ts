import type { AnswerInstance, Culprit, LateAdvertisement } from '../../model/answer.js';
import type { CpuSpan } from '../../model/picture.js';
import type { Axis } from './axis.js';
import type { CpuLane } from './cpu-lanes.js';
import type { LatePlaces } from './late-places.js';
import type { Stretch } from './slices.js';

/** An arrow from a CPU's slice to a late advertisement. */
export interface Flow {
  readonly id: number;
  readonly source: CpuSpan;
}

/** The arrows of a trace. */
export interface Flows {
  /** Ids of those that leave a slice. */
  outOf(span: CpuSpan): readonly number[];
  /** The one that reaches a late advertisement; null for none. */
  into(late: LateAdvertisement): Flow | null;
}

const NONE: readonly number[] = [];

/** The parts of the ledger that speak for the late one's cause. */
const listDecidingParts = ({ ledger, cause }: LateAdvertisement, axis: Axis): Stretch[] =>
  ledger
    .filter((entry) => entry.cause === cause)
    .map(({ fromNs, toNs }) => ({ from: axis.toOffset(fromNs), to: axis.toOffset(toNs) }));

/** Index of the first span that ends after `time`. */
const findFirst = (spans: readonly CpuSpan[], time: number): number => {
  let low = 0;
  let high = spans.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((spans[middle]?.to ?? Infinity) <= time) low = middle + 1;
    else high = middle;
  }
  return low;
};

/** Other routers on the same machine have processes of the sender's name: only its own thread is meant then. */
const matchCulprit = ({ process, tid }: Culprit, { senders }: AnswerInstance): ((span: CpuSpan) => boolean) => {
  const isSender = senders.some((sender) => sender.process === process);
  return (span) => span.kind === 'busy' && span.process === process && (!isSender || span.tid === tid);
};

/** The slice in which the culprit had a CPU for the longest of these times; the earliest of several. */
const findLongest = (
  isCulprit: (span: CpuSpan) => boolean,
  parts: readonly Stretch[],
  lanes: readonly CpuLane[],
): CpuSpan | null => {
  const overlaps = new Map<CpuSpan, number>();
  for (const { from, to } of parts)
    for (const { spans } of lanes)
      for (let i = findFirst(spans, from); i < spans.length; i++) {
        const span = spans[i];
        if (!span || span.from >= to) break;
        if (!isCulprit(span)) continue;
        overlaps.set(span, (overlaps.get(span) ?? 0) + Math.min(span.to, to) - Math.max(span.from, from));
      }
  let longest: CpuSpan | null = null;
  let most = 0;
  for (const [span, overlap] of overlaps)
    if (overlap > most || (overlap === most && longest !== null && span.from < longest.from)) {
      longest = span;
      most = overlap;
    }
  return longest;
};

/**
 * An arrow to each late advertisement whose culprit had a CPU in the decisive part of its ledger, from where it had one for
 * longest.
 */
export const findFlows = (
  instances: readonly AnswerInstance[],
  places: LatePlaces,
  lanes: readonly CpuLane[],
  axis: Axis,
): Flows => {
  const incoming = new Map<LateAdvertisement, Flow>();
  const outgoing = new Map<CpuSpan, number[]>();
  for (const instance of instances)
    for (const late of instance.late) {
      const { culprit } = late;
      if (culprit === null || culprit.process === null) continue;
      const source = findLongest(matchCulprit(culprit, instance), listDecidingParts(late, axis), lanes);
      if (source === null || source.from > (places.get(late)?.to ?? 0)) continue;
      const id = incoming.size + 1;
      incoming.set(late, { id, source });
      outgoing.set(source, [...(outgoing.get(source) ?? NONE), id]);
    }
  return {
    outOf: (span) => outgoing.get(span) ?? NONE,
    into: (late) => incoming.get(late) ?? null,
  };
};

import type { Capture, CapturedAdvertisement } from '../model/advertisement.js';
import { offsetSegments, quantile, type ClockPair, type OffsetSegment } from '../time/offsets.js';
import { findOffsets, pairByTime, rateOffset } from './match-times.js';
import { streamsOf } from './streams-of.js';

/** A capture with its name and its place on the way from the sender outward. */
export interface Point {
  readonly name: string;
  readonly path: string;
  readonly capture: Capture;
  readonly streams: ReadonlyMap<string, CapturedAdvertisement[]>;
}

export const makePoint = (name: string, path: string, capture: Capture): Point => ({
  name,
  path,
  capture,
  streams: streamsOf(capture),
});

/** The same advertisement at two points: indices into the streams of the nearer and the farther. */
export type Pairing = [near: number, far: number][];

const DISTINCT_SHARE = 0.5;

/** Whether IP identifications tell the packets of a stream apart (they do not for IPv6, or where they are all 0). */
const identified = (stream: readonly CapturedAdvertisement[]): boolean => {
  const ids = new Set<number>();
  for (const { ipId } of stream) if (ipId !== null) ids.add(ipId);
  return ids.size > 0 && ids.size >= DISTINCT_SHARE * Math.min(stream.length, 65_536);
};

const pairById = (near: readonly CapturedAdvertisement[], far: readonly CapturedAdvertisement[]): Pairing => {
  const byId = new Map<string, number[]>();
  near.forEach(({ ipId, priority }, i) => {
    const key = `${String(ipId)} ${String(priority)}`;
    const list = byId.get(key);
    if (list) list.push(i);
    else byId.set(key, [i]);
  });
  const used = new Set<number>();
  const pairs: Pairing = [];
  let offset: number | null = null;
  far.forEach(({ ipId, priority, time }, k) => {
    const candidates = byId.get(`${String(ipId)} ${String(priority)}`)?.filter((i) => !used.has(i)) ?? [];
    let best: number | null = null;
    for (const i of candidates) {
      const difference = time - (near[i]?.time ?? 0);
      const bestDifference = best === null ? 0 : time - (near[best]?.time ?? 0);
      if (best === null || (offset !== null && Math.abs(difference - offset) < Math.abs(bestDifference - offset)))
        best = i;
    }
    if (best === null) return;
    used.add(best);
    offset = time - (near[best]?.time ?? 0);
    pairs.push([best, k]);
  });
  return pairs;
};

/** Half an interval as the stream shows it: nothing farther away can be the same packet. */
const tolerance = (stream: readonly CapturedAdvertisement[]): number => {
  const gaps = stream.slice(1).map((advertisement, i) => advertisement.time - (stream[i]?.time ?? 0));
  return gaps.length > 0 ? 0.45 * quantile(gaps, 0.5) : 450_000_000;
};

/**
 * Which packets of a stream at a farther point are which at a nearer one: by IP identification where it tells them
 * apart (whatever the clocks do), else by time and order.
 *
 * @param roughOffset added to far times to get near ones, where already known
 */
export const pairStream = (
  near: readonly CapturedAdvertisement[],
  far: readonly CapturedAdvertisement[],
  roughOffset: number | null,
): Pairing => {
  if (identified(near) && identified(far)) return pairById(near, far);
  const a = near.map(({ time }) => time as number);
  const b = far.map(({ time }) => time as number);
  const offset = roughOffset ?? findOffsets(a, b)[0]?.offset ?? 0;
  const reach = tolerance(near);
  return pairByTime(a, b, offset, reach, reach);
};

/** How a capture's clock lies against another time line. */
export interface Alignment {
  readonly segments: OffsetSegment[];
  /** What had to be assumed, for the answer; null when the fit was unambiguous. */
  readonly doubt: string | null;
}

const QUARTER_HOUR = 900_000_000_000;
const ZONE_SLACK = 2_000_000_000;
const DIRECT_SHARE = 0.6;
/** So many packets in a row at the offset that both calendars give are no chance. */
const DIRECT_RUN = 4;
const DIRECT_NEAR = 20_000_000;
const VOTED_SHARE = 0.5;
/** A rival offset that fits this well compared with the best leaves a doubt. */
const RIVAL_SHARE = 0.97;

/**
 * The rough offset (ns, to add to the capture's relative times to get `reference` times) of a capture against a series
 * of events on another clock.
 *
 * @param reference times on the reference clock, ns from `referenceBase`
 * @param referenceEpoch whether the reference counts from 1970
 */
export const findRoughOffset = (
  reference: readonly number[],
  referenceBase: bigint,
  referenceEpoch: boolean,
  capture: Capture,
): { offset: number; doubt: string | null } | null => {
  const times = capture.advertisements.map(({ time }) => time as number);
  if (times.length === 0 || reference.length === 0) return null;
  const baseDelta = capture.baseNs - referenceBase;
  if (capture.clock === 'epoch' && referenceEpoch && baseDelta < 2n ** 52n && baseDelta > -(2n ** 52n)) {
    const direct = Number(baseDelta);
    const overlap = countOverlap(reference, times, direct);
    const fit = rateOffset(reference, times, direct);
    const run = longestRun(reference, times, direct);
    if (
      run >= Math.min(DIRECT_RUN, Math.max(1, overlap)) ||
      (fit.matched > 0 && fit.matched >= DIRECT_SHARE * overlap)
    ) {
      return { offset: fit.offset, doubt: null };
    }
  }
  const candidates = findOffsets(reference, times);
  const best = candidates[0];
  const least = Math.max(2, VOTED_SHARE * Math.min(reference.length, times.length));
  if (!best || best.matched < Math.min(least, 8)) return null;
  const rivals = candidates.filter((candidate) => candidate.matched >= RIVAL_SHARE * best.matched);
  const zoned = rivals.filter((candidate) => isZone(candidate.offset, baseDelta));
  const preferZone = capture.clock !== 'relative' && zoned.length > 0;
  const chosen = (preferZone ? zoned : rivals).reduce((a, b) => (b.spread < a.spread ? b : a));
  const rival = rivals.find((candidate) => candidate !== chosen && candidate.spread < 2 * chosen.spread + 50_000);
  const doubt =
    rival && !preferZone
      ? `the capture also fits ${String(Math.round(Math.abs(rival.offset - chosen.offset) / 1e6))} ms away (regular advertisements look alike)`
      : null;
  return { offset: chosen.offset, doubt };
};

/** The longest run of consecutive packets that fit at an offset: clocks that step apart later fitted before. */
const longestRun = (reference: readonly number[], times: readonly number[], offset: number): number => {
  let longest = 0;
  let run = 0;
  let last = -2;
  for (const [, k] of pairByTime(reference, times, offset, DIRECT_NEAR, DIRECT_NEAR)) {
    run = k === last + 1 ? run + 1 : 1;
    longest = Math.max(longest, run);
    last = k;
  }
  return longest;
};

/** Whether an offset is a whole number of quarter hours: a time of day without date, or a time zone. */
const isZone = (offset: number, baseDelta: bigint): boolean => {
  const remainder = Math.abs(Number((BigInt(Math.round(offset)) - baseDelta) % BigInt(QUARTER_HOUR)));
  return Math.min(remainder, QUARTER_HOUR - remainder) < ZONE_SLACK;
};

const countOverlap = (a: readonly number[], b: readonly number[], offset: number): number => {
  const first = Math.max(a[0] ?? 0, (b[0] ?? 0) + offset);
  const last = Math.min(a.at(-1) ?? 0, (b.at(-1) ?? 0) + offset);
  const inA = a.filter((time) => time >= first && time <= last).length;
  const inB = b.filter((time) => time + offset >= first && time + offset <= last).length;
  return Math.min(inA, inB);
};

/**
 * The clock of a farther point against a nearer one's, from packets both saw: those of the stream with the most of them,
 * since packets that come the other way pass the farther point first.
 */
export const alignPoints = (near: Point, far: Point): Alignment | null => {
  let pairs: ClockPair[] = [];
  for (const [name, farStream] of far.streams) {
    const nearStream = near.streams.get(name);
    if (!nearStream || nearStream.length <= pairs.length) continue;
    const found = pairStream(nearStream, farStream, null);
    if (found.length <= pairs.length) continue;
    pairs = found.map(([i, k]) => ({ at: farStream[k]?.time ?? 0, reference: nearStream[i]?.time ?? 0 }));
  }
  if (pairs.length === 0) return null;
  pairs.sort((a, b) => a.reference - b.reference);
  return { segments: offsetSegments(pairs), doubt: null };
};

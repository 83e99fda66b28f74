import type { Capture, CapturedAdvertisement } from '../model/advertisement.js';
import { lowerBound } from '../time/search.js';
import { identified } from './ip-ids.js';
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

/** Packets with the same identification and priority, the nearest in time where it was used more than once. */
export const pairById = (near: readonly CapturedAdvertisement[], far: readonly CapturedAdvertisement[]): Pairing => {
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

/** A packet may seem to reach the farther point this much before the nearer one (ns), for the clocks' uncertainty. */
const EARLY = 2_000_000;

/** A stream at one point. */
export interface Side {
  readonly packets: readonly CapturedAdvertisement[];
  /** Their times (ns) on the reference clock. */
  readonly times: readonly number[];
  /** Which event of the reference made each of them, where that is known. */
  readonly events: ReadonlyMap<CapturedAdvertisement, number>;
}

/**
 * Which packets of a stream at a farther point are which at a nearer one: by IP identification where it tells them apart
 * (whatever the clocks do), by the event that made them where that is known, else in order, by times on one clock.
 */
export const pairStream = (near: Side, far: Side): Pairing => {
  if (identified(near.packets) && identified(far.packets)) return pairById(near.packets, far.packets);
  const known = 2 * near.packets.filter((packet) => near.events.has(packet)).length > near.packets.length;
  if (!known || !far.packets.some((packet) => far.events.has(packet))) return pairInOrder(near.times, far.times);
  const of = new Map<number, number>();
  near.packets.forEach((packet, i) => {
    const event = near.events.get(packet);
    if (event !== undefined) of.set(event, i);
  });
  return far.packets.flatMap((packet, k): Pairing => {
    const i = of.get(far.events.get(packet) ?? Number.NaN);
    return i === undefined ? [] : [[i, k]];
  });
};

/** Transit of packets that nothing holds (ns). */
const PROMPT = 20_000_000;

/** First those that came at once, then, of what is left between them, first in first out: held packets. */
const pairInOrder = (near: readonly number[], far: readonly number[]): Pairing => {
  const of = new Array<number>(far.length).fill(-1);
  let after = 0;
  far.forEach((time, k) => {
    const i = Math.max(after, lowerBound(near, time - PROMPT));
    if (i >= near.length || (near[i] ?? 0) > time + EARLY) return;
    of[k] = i;
    after = i + 1;
  });
  const following = new Array<number>(far.length).fill(near.length);
  for (let k = far.length - 2; k >= 0; k--) {
    const next = of[k + 1] ?? -1;
    following[k] = next >= 0 ? next : (following[k + 1] ?? near.length);
  }
  let free = 0;
  far.forEach((time, k) => {
    if ((of[k] ?? -1) >= 0) {
      free = (of[k] ?? 0) + 1;
      return;
    }
    if (free < (following[k] ?? 0) && (near[free] ?? 0) <= time + EARLY) {
      of[k] = free;
      free++;
    }
  });
  return of.flatMap((i, k): Pairing => (i >= 0 ? [[i, k]] : []));
};

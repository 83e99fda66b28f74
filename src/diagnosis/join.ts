import { convert, type OffsetSegment } from '../time/offsets.js';
import type { SendWindow } from '../timeline/segments.js';
import { assignSends, type ConvertedStream } from './assign-sends.js';
import { EARLY_BEFORE_EXIT, followSequence } from './follow-sequence.js';
import type { Advertisement } from './instance.js';
import { alignPoints, findRoughOffset, pairStream, type Point } from './points.js';
import { offsetSegments, type ClockPair } from '../time/offsets.js';
import { pairByTime } from './match-times.js';

/** A point with its clock related to the reference. */
export interface ClockedPoint extends Point {
  /** Add to its times (ns from its own base) to get reference times; empty where it could not be aligned. */
  readonly clock: readonly OffsetSegment[];
  readonly doubt: string | null;
}

/** Everything known of the advertisements of one stream. */
export interface JoinedStream {
  readonly name: string;
  readonly advertisements: Advertisement[];
  readonly failed: SendWindow[];
}

export interface Joined {
  readonly points: ClockedPoint[];
  readonly streams: JoinedStream[];
  /** Sends whose packets no capture shows at all: instances of their own. */
  readonly foreign: readonly SendWindow[];
  /** Points whose clock could not be related to the reference. */
  readonly unaligned: string[];
}

/** Clock uncertainty allowed when a packet seems to leave before its send (ns). */
const EARLY = 300_000;

/** Order points by their smallest transit from the first one; used where nobody said the order. */
export const orderByDistance = (points: Point[]): Point[] => {
  const first = points[0];
  if (!first || points.length < 3) return points;
  const distance = new Map<Point, number>([[first, Number.NEGATIVE_INFINITY]]);
  for (const point of points.slice(1)) {
    const shift = Number(point.capture.baseNs - first.capture.baseNs);
    let least = Number.POSITIVE_INFINITY;
    for (const [name, far] of point.streams) {
      const near = first.streams.get(name) ?? [];
      for (const [i, k] of pairStream(near, far, null)) {
        least = Math.min(least, (far[k]?.time ?? 0) + shift - (near[i]?.time ?? 0));
      }
    }
    distance.set(point, least);
  }
  return [...points].sort((a, b) => (distance.get(a) ?? 0) - (distance.get(b) ?? 0));
};

/**
 * Join send calls and packets of all points to advertisements, and every point's clock to the reference: the trace's
 * where there are sends, else the first point's.
 *
 * @param windows windows of all sending threads, failed attempts included, in time order
 * @param traceBase ns since the epoch of the trace's clock; null without a trace
 */
export const joinAdvertisements = (
  windows: readonly SendWindow[],
  traceBase: bigint | null,
  points: readonly Point[],
): Joined => {
  const clocked = alignAll(windows, traceBase, points);
  const unaligned = clocked.filter((point) => point.clock.length === 0).map((point) => point.name);
  const names = new Set(clocked.flatMap((point) => (point.clock.length > 0 ? [...point.streams.keys()] : [])));
  const skeletons = [...names].map((name) => ({ name, rows: joinPoints(name, clocked) }));
  const converted: ConvertedStream[] = skeletons.map(({ name, rows }) => {
    const packets = rows.map((row) => row.first);
    const head = packets[0];
    if (!head) throw new Error('a stream has at least one packet');
    return {
      name,
      family: head.family,
      destination: head.destination,
      vrid: head.vrid,
      packets,
      times: rows.map((row) => row.time),
    };
  });
  const { sends, unseen, foreign } = assignSends(windows, converted, enteredOnly(windows) ? EARLY : EARLY_BEFORE_EXIT);
  const streams = skeletons.map(({ name, rows }) => {
    const matched = sends.get(name) ?? [];
    const advertisements: Advertisement[] = rows.map((row, i) => {
      const send = matched[i] ?? null;
      return { time: send?.attempt.time ?? row.time, send, seen: row.seen };
    });
    const lost = unseen.get(name) ?? [];
    for (const window of lost) {
      if (window.attempt.ok)
        advertisements.push({ time: window.attempt.time, send: window, seen: clocked.map(() => null) });
    }
    advertisements.sort((a, b) => a.time - b.time);
    return { name, advertisements, failed: lost.filter((window) => !window.attempt.ok) };
  });
  return { points: clocked, streams, foreign, unaligned };
};

interface Row {
  time: number;
  first: NonNullable<Advertisement['seen'][number]>;
  seen: Advertisement['seen'][number][];
}

/** The packets of a stream at all points, the same packet in one row. */
const joinPoints = (name: string, points: readonly ClockedPoint[]): Row[] => {
  let rows: Row[] = [];
  points.forEach((point, index) => {
    const stream = point.clock.length > 0 ? point.streams.get(name) : undefined;
    if (!stream) return;
    const rowOf = new Map<number, Row>();
    const near = nearestWith(name, points, index);
    if (near >= 0) {
      const known = rows.filter((row) => row.seen[near]);
      const nearStream = known.map((row) => row.seen[near]).filter((packet) => packet !== null && packet !== undefined);
      const rough = roughBetween(points[near], point);
      for (const [i, k] of pairStream(nearStream, stream, rough)) {
        const row = known[i];
        if (row) rowOf.set(k, row);
      }
    }
    stream.forEach((packet, k) => {
      const row = rowOf.get(k);
      if (row) row.seen[index] = packet;
      else {
        const seen: Row['seen'] = points.map(() => null);
        seen[index] = packet;
        rows.push({ time: convert(point.clock, packet.time), first: packet, seen });
      }
    });
    rows = rows.sort((a, b) => a.time - b.time);
  });
  return rows;
};

const nearestWith = (name: string, points: readonly ClockedPoint[], before: number): number => {
  for (let i = 0; i < before; i++) {
    const point = points[i];
    if (point && point.clock.length > 0 && point.streams.has(name)) return i;
  }
  return -1;
};

/** Offset from a far point's clock to a near one's through the reference, where neither steps. */
const roughBetween = (near: ClockedPoint | undefined, far: ClockedPoint): number | null => {
  const a = near?.clock[0];
  const b = far.clock[0];
  if (!a || !b || near.clock.length > 1 || far.clock.length > 1) return null;
  return b.offset - a.offset;
};

const alignAll = (
  windows: readonly SendWindow[],
  traceBase: bigint | null,
  points: readonly Point[],
): ClockedPoint[] => {
  const clocked: ClockedPoint[] = [];
  for (const point of points) clocked.push(alignOne(point, windows, traceBase, clocked));
  return clocked;
};

const alignOne = (
  point: Point,
  windows: readonly SendWindow[],
  traceBase: bigint | null,
  nearer: readonly ClockedPoint[],
): ClockedPoint => {
  const anchor = nearer.find((other) => other.clock.length > 0);
  if (anchor) {
    const alignment = alignPoints(anchor, point);
    if (alignment) return { ...point, clock: chain(alignment.segments, anchor.clock), doubt: anchor.doubt };
  }
  if (traceBase === null) {
    if (nearer.length > 0) return { ...point, clock: [], doubt: null };
    return { ...point, clock: [{ from: 0, offset: 0, uncertainty: 0, driftPpm: 0 }], doubt: null };
  }
  const sent = windows.filter((window) => window.attempt.ok);
  const times = sent.map((window) => window.attempt.time);
  const rough = findRoughOffset(times, traceBase, true, point.capture);
  if (!rough) return { ...point, clock: [], doubt: null };
  const best = followBestStream(point, sent, rough.offset);
  const pairs: ClockPair[] = best.map(({ window, packet }) => ({ at: packet, reference: window.attempt.time }));
  return {
    ...point,
    clock: offsetSegments(
      pairs,
      best.map(({ window }) => window.attempt.exit),
      enteredOnly(best.map(({ window }) => window)),
    ),
    doubt: rough.doubt,
  };
};

/** Whether all sends are known by their enter; an exit comes after its packet has left. */
const enteredOnly = (windows: readonly SendWindow[]): boolean => windows.every(({ attempt }) => attempt.entered);

/** Sends and packets of the stream that pairs best with one thread's sends: other streams may not be in the trace. */
const followBestStream = (
  point: Point,
  sent: readonly SendWindow[],
  offset: number,
): { window: SendWindow; packet: number }[] => {
  let best: { window: SendWindow; packet: number }[] = [];
  for (const [, stream] of point.streams) {
    const packets = stream.map((packet) => packet.time as number);
    const family = stream[0]?.family === 'ipv6';
    const candidates = sent.filter((window) => window.attempt.destination.includes(':') === family);
    for (const tids of successions(candidates, packets, offset)) {
      const own = candidates.filter((window) => tids.has(window.attempt.tid));
      const followed = followSequence(
        own.map((window) => window.attempt.time),
        packets,
        offset,
        enteredOnly(own) ? undefined : EARLY_BEFORE_EXIT,
      );
      if (followed.length <= best.length) continue;
      best = followed.flatMap(([i, k]) => {
        const window = own[i];
        return window ? [{ window, packet: packets[k] ?? 0 }] : [];
      });
    }
  }
  return best;
};

/** Threads that may have sent a stream: each on its own, and all those together that fit at the rough offset. */
const successions = (sent: readonly SendWindow[], packets: readonly number[], offset: number): Set<number>[] => {
  const votes = new Map<number, number>();
  const times = sent.map((window) => window.attempt.time);
  for (const [i] of pairByTime(times, packets, offset, enteredOnly(sent) ? 1_000_000 : EARLY_BEFORE_EXIT, 5_000_000)) {
    const tid = sent[i]?.attempt.tid;
    if (tid !== undefined) votes.set(tid, (votes.get(tid) ?? 0) + 1);
  }
  const single = [...votes.keys()].map((tid) => new Set([tid]));
  return votes.size > 1 ? [...single, new Set(votes.keys())] : single;
};

/** Offsets to a nearer clock and from there to the reference, as one: it steps where either of them does. */
const chain = (toNear: readonly OffsetSegment[], toReference: readonly OffsetSegment[]): OffsetSegment[] => {
  const out: OffsetSegment[] = [];
  toNear.forEach((segment, k) => {
    const until = toNear[k + 1]?.from ?? Number.POSITIVE_INFINITY;
    const starts = [segment.from];
    for (const step of toReference.slice(1)) {
      const at = step.from - segment.offset;
      if (at > segment.from + SAME_STEP && at < until - SAME_STEP) starts.push(at);
    }
    for (const from of starts.sort((a, b) => a - b)) {
      const near = convert([segment], from);
      const second = toReference.filter((candidate) => candidate.from <= near + SAME_STEP).at(-1) ?? toReference[0];
      out.push({
        from,
        offset: convert(second ? [second] : [], near) - from,
        uncertainty: segment.uncertainty + (second?.uncertainty ?? 0),
        driftPpm: segment.driftPpm + (second?.driftPpm ?? 0),
      });
    }
  });
  return out;
};

/** Two clocks that step at the same packet are seen to do so within this time (ns). */
const SAME_STEP = 50_000_000;

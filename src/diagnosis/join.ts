import type { CapturedAdvertisement } from '../model/advertisement.js';
import { convert } from '../time/offsets.js';
import type { SendWindow } from '../timeline/segments.js';
import { assignSends, type ConvertedStream } from './assign-sends.js';
import type { ReferenceCalendar } from './calendars.js';
import { relateClocks, type ClockedPoint } from './clocks.js';
import type { Advertisement } from './instance.js';
import { pairStream, type Point, type Side } from './points.js';

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
/** Where only the exit of a send is known, its packet may have left this much before it (ns). */
const EARLY_BEFORE_EXIT = 20_000_000;

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
      const pairs = pairStream(
        { packets: near, times: near.map(({ time }) => time), events: new Map() },
        { packets: far, times: far.map(({ time }) => time + shift), events: new Map() },
      );
      for (const [i, k] of pairs) {
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
 * @param trace what the trace's times count from; null without a trace
 */
export const joinAdvertisements = (
  windows: readonly SendWindow[],
  trace: ReferenceCalendar | null,
  points: readonly Point[],
): Joined => {
  const clocked = relateClocks(windows, trace, points);
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
      const pairs = pairStream(sideOf(nearStream, points[near]), sideOf(stream, point));
      for (const [i, k] of pairs) {
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

const sideOf = (packets: readonly CapturedAdvertisement[], point: ClockedPoint | undefined): Side => ({
  packets,
  times: packets.map(({ time }) => convert(point?.clock ?? [], time)),
  events: point?.events ?? new Map<CapturedAdvertisement, number>(),
});

const nearestWith = (name: string, points: readonly ClockedPoint[], before: number): number => {
  for (let i = 0; i < before; i++) {
    const point = points[i];
    if (point && point.clock.length > 0 && point.streams.has(name)) return i;
  }
  return -1;
};

/** Whether all sends are known by their enter; an exit comes after its packet has left. */
const enteredOnly = (windows: readonly SendWindow[]): boolean => windows.every(({ attempt }) => attempt.entered);

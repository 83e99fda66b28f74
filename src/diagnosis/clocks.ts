import type { CapturedAdvertisement } from '../model/advertisement.js';
import { groupBy } from '../model/group-by.js';
import { alignAt, alignSeries, followPairs } from '../time/align-series.js';
import { offsetSegments, type ClockPair, type OffsetSegment } from '../time/offsets.js';
import type { TrackedPair } from '../time/track-series.js';
import { familyOf } from '../timeline/info.js';
import type { SendWindow } from '../timeline/segments.js';
import { calendarPrior, directOffset, type ReferenceCalendar } from './calendars.js';
import { countsOf, identified } from './ip-ids.js';
import { pairById, type Point } from './points.js';
import { streamName } from './streams-of.js';

/** A point with its clock related to the reference. */
export interface ClockedPoint extends Point {
  /** Add to its times (ns from its own base) to get reference times; empty where it could not be aligned. */
  readonly clock: readonly OffsetSegment[];
  /** Which event of the reference (by its time, ns) made a packet, where clock and order show it. */
  readonly events: ReadonlyMap<CapturedAdvertisement, number>;
  /** What had to be assumed, for the answer; null when the fit was unambiguous. */
  readonly doubt: string | null;
}

/** Something that happened on the reference clock and made a packet. */
interface ReferenceEvent {
  readonly time: number;
  /** The latest time (ns) at which its packet can have left an idle machine, null where unknown. */
  readonly latest: number | null;
  /** Whether the packet cannot have left before `time`. */
  readonly ordered: boolean;
}

/** Which packets of a point are whose. */
interface Matched {
  readonly pairs: readonly { event: ReferenceEvent; packet: CapturedAdvertisement; kind: TrackedPair['kind'] }[];
  readonly score: number;
  readonly rival: number | null;
}

/** The series that packets are laid on. */
interface Reference extends ReferenceCalendar {
  /** Events that a stream's packets may belong to: one series for every thread, and all of them together. */
  seriesFor(stream: readonly CapturedAdvertisement[]): (readonly ReferenceEvent[])[];
}

/** So many of a point's streams, and of the sending threads, are tried on their own. */
const MOST_SINGLE = 4;
/** Share of a stream's packets that must be the reference's events, its recording being the longer one or not. */
const OWN_SHARE = 0.25;

/**
 * Every point's clock against the reference: the trace's where there are sends, else the first point's. The nearest point
 * is laid on the sends by time; of farther ones it is known by IP identification which packet is which, else they are
 * laid on the sends likewise.
 *
 * @param trace what the trace's times count from; null without a trace
 */
export const relateClocks = (
  windows: readonly SendWindow[],
  trace: ReferenceCalendar | null,
  points: readonly Point[],
): ClockedPoint[] => {
  const sent = windows.filter(({ attempt }) => attempt.ok);
  const first = points[0];
  const eventOf = new Map<CapturedAdvertisement, ReferenceEvent>();
  const reference: Reference | null =
    trace !== null ? sendsAsReference(sent, trace) : first ? packetsAsReference(first, eventOf) : null;
  const done: ClockedPoint[] = [];
  for (const point of points) {
    if (trace === null && point === first) {
      const events = new Map<CapturedAdvertisement, number>();
      for (const packet of [...point.streams.values()].flat()) {
        eventOf.set(packet, eventFrom(packet));
        events.set(packet, packet.time);
      }
      done.push({ ...point, clock: [{ from: 0, offset: 0, uncertainty: 0, driftPpm: 0 }], events, doubt: null });
      continue;
    }
    const matched =
      matchByIdentification(point, done, eventOf, reference) ??
      (reference === null ? null : matchByTime(point, reference));
    if (!matched) {
      done.push({ ...point, clock: [], events: new Map(), doubt: null });
      continue;
    }
    for (const { event, packet } of matched.pairs) eventOf.set(packet, event);
    const events = new Map(matched.pairs.map(({ event, packet }) => [packet, event.time]));
    done.push({ ...point, clock: clockFrom(matched), events, doubt: sayDoubt(matched.rival) });
  }
  return done;
};

const eventFrom = (packet: CapturedAdvertisement): ReferenceEvent => ({
  time: packet.time,
  latest: null,
  ordered: true,
});

const sayDoubt = (rival: number | null): string | null =>
  rival === null
    ? null
    : `the capture also fits ${String(Math.round(rival / 1e6))} ms away (regular advertisements look alike)`;

const clockFrom = ({ pairs }: Matched): OffsetSegment[] => {
  const clockPairs = pairs.map(({ event, packet, kind }): ClockPair => ({
    at: packet.time,
    reference: event.time,
    held: kind === 'held',
    step: kind === 'step',
    latest: event.latest,
  }));
  return offsetSegments(
    clockPairs,
    pairs.every(({ event }) => event.ordered),
  );
};

const sendsAsReference = (sent: readonly SendWindow[], { baseNs, epoch }: ReferenceCalendar): Reference => {
  const events = new Map<SendWindow, ReferenceEvent>();
  for (const window of sent) {
    const { time, exit, entered } = window.attempt;
    events.set(window, { time, latest: entered ? exit : null, ordered: entered });
  }
  return {
    baseNs,
    epoch,
    seriesFor: (stream) => {
      const head = stream[0];
      if (!head) return [];
      const routers = new Set(stream.map(({ vrid }) => vrid));
      const own = sent.filter(
        ({ attempt }) =>
          (familyOf(attempt.destination) ?? head.family) === head.family &&
          (attempt.vrid === null || routers.has(attempt.vrid)),
      );
      const byThread = [...groupBy(own, ({ attempt }) => attempt.tid).values()];
      // Where nobody recorded where sends go, those of one socket go together, and perhaps not where its thread's others go.
      const guessed = own.filter(({ attempt }) => familyOf(attempt.destination) === null);
      const bySocket = [
        ...groupBy(guessed, ({ attempt }) => `${String(attempt.tid)} ${String(attempt.descriptor)}`).values(),
      ];
      const single = [...mostOf(byThread), ...(bySocket.length > byThread.length ? mostOf(bySocket) : [])];
      const series = single.length > 1 ? [own, ...single] : [own];
      return series.map((list) => list.flatMap((window) => events.get(window) ?? []));
    },
  };
};

const mostOf = (groups: readonly SendWindow[][]): SendWindow[][] =>
  [...groups].sort((x, y) => y.length - x.length).slice(0, MOST_SINGLE);

const packetsAsReference = (point: Point, eventOf: ReadonlyMap<CapturedAdvertisement, ReferenceEvent>): Reference => ({
  baseNs: point.capture.baseNs,
  epoch: point.capture.clock === 'epoch',
  seriesFor: ([head]) => {
    const same = head && point.streams.get(streamName(head));
    return same ? [same.flatMap((packet) => eventOf.get(packet) ?? [])] : [];
  },
});

/** Packets of which a nearer point shows, by IP identification, whose they are. */
const matchByIdentification = (
  point: Point,
  nearer: readonly ClockedPoint[],
  eventOf: ReadonlyMap<CapturedAdvertisement, ReferenceEvent>,
  reference: Reference | null,
): Matched | null => {
  let best: ReadonlyMap<CapturedAdvertisement, ReferenceEvent> = new Map();
  let packets: readonly CapturedAdvertisement[] = [];
  for (const near of nearer) {
    if (near.clock.length === 0) continue;
    for (const [name, stream] of point.streams) {
      const nearStream = near.streams.get(name);
      if (!nearStream || !identified(nearStream) || !identified(stream)) continue;
      const known = new Map<CapturedAdvertisement, ReferenceEvent>();
      for (const [i, k] of pairById(nearStream, stream)) {
        const packet = stream[k];
        const other = nearStream[i];
        const event = other && eventOf.get(other);
        if (packet && event) known.set(packet, event);
      }
      if (known.size <= best.size) continue;
      best = known;
      packets = stream;
    }
  }
  if (best.size === 0) return null;
  const all = reference?.seriesFor(packets)[0] ?? [];
  const events = [...new Set([...all, ...best.values()])].sort((a, b) => a.time - b.time);
  const indexOf = new Map(events.map((event, i) => [event, i]));
  const track = followPairs({
    reference: events.map(({ time }) => time),
    packets: packets.map(({ time }) => time),
    counts: countsOf(packets),
    partners: packets.map((packet) => {
      const event = best.get(packet);
      return event === undefined ? -1 : (indexOf.get(event) ?? -1);
    }),
  });
  return { pairs: label(track.pairs, events, packets), score: track.score, rival: track.rival };
};

const label = (
  pairs: readonly TrackedPair[],
  events: readonly ReferenceEvent[],
  packets: readonly CapturedAdvertisement[],
): Matched['pairs'] =>
  pairs.flatMap(({ reference, packet: k, kind }) => {
    const event = events[reference];
    const packet = packets[k];
    return event && packet ? [{ event, packet, kind }] : [];
  });

/** Packets and events of the pair of series that fit each other best. */
const matchByTime = (point: Point, reference: Reference): Matched | null => {
  const calendar = { kind: point.capture.clock, baseNs: point.capture.baseNs };
  const prior = calendarPrior(calendar, reference);
  const direct = directOffset(calendar, reference);
  const match = (stream: readonly CapturedAdvertisement[]): Matched | null => {
    let best: Matched | null = null;
    const tried = reference.seriesFor(stream);
    const packets = stream.map(({ time }) => time as number);
    const counts = countsOf(stream);
    for (const [index, events] of tried.entries()) {
      if (events.length === 0) continue;
      // Several threads count on their own.
      const together = index === 0 && tried.length > 1;
      const series = {
        reference: events.map(({ time }) => time),
        packets,
        counts: together ? null : counts,
        partners: null,
      };
      const found = (direct === null ? null : alignAt(series, direct)) ?? alignSeries(series, prior);
      if (!found || (best && found.track.score <= best.score)) continue;
      best = { pairs: label(found.track.pairs, events, stream), score: found.track.score, rival: found.rival };
    }
    return best;
  };
  const streams = [...point.streams.values()].sort((a, b) => b.length - a.length);
  let best: Matched | null = null;
  for (const stream of streams.slice(0, MOST_SINGLE)) {
    const found = match(stream);
    if (found && found.pairs.length >= OWN_SHARE * stream.length && (!best || found.score > best.score)) best = found;
  }
  // One thread that sends for many routers shows in no single stream of theirs.
  return best ?? (streams.length === 0 ? null : match(streams.flat().sort((a, b) => a.time - b.time)));
};

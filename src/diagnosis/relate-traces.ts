import type { ClockKind } from '../model/advertisement.js';
import { alignAt, alignSeries } from '../time/align-series.js';
import { offsetSegments, type ClockPair, type OffsetSegment } from '../time/offsets.js';
import type { SendWindow } from '../timeline/segments.js';
import { calendarPrior, directOffset } from './calendars.js';

/** A trace's sends, and what its times count from. */
export interface TracedSends {
  readonly base: bigint;
  readonly clock: ClockKind;
  /** In order of time. */
  readonly windows: readonly SendWindow[];
}

/** Related by fewer sends than this, or by less than this share of them, two traces may be of anything. */
const LEAST_PAIRS = 3;
const LEAST_SHARE = 0.5;

/**
 * How the clock of one trace lies on that of another, by the advertisements both saw being sent.
 *
 * @returns what to add to times of `other` (ns from its base) to get those of `main`; empty where nothing relates them
 */
export const relateTraces = (main: TracedSends, other: TracedSends): readonly OffsetSegment[] => {
  const reference = timesOf(main);
  const packets = timesOf(other);
  if (reference.length === 0 || packets.length === 0) return [];
  const calendar = { kind: other.clock, baseNs: other.base };
  const mainCalendar = { baseNs: main.base, epoch: main.clock === 'epoch' };
  const series = { reference, packets, counts: null, partners: null };
  const direct = directOffset(calendar, mainCalendar);
  const found =
    (direct === null ? null : alignAt(series, direct)) ?? alignSeries(series, calendarPrior(calendar, mainCalendar));
  const shared = Math.min(reference.length, packets.length);
  if (
    !found ||
    found.track.pairs.length < Math.min(LEAST_PAIRS, shared) ||
    found.track.pairs.length < LEAST_SHARE * overlapOf(found.track.pairs)
  )
    return [];
  const pairs = found.track.pairs.map(({ reference: i, packet: k, kind }): ClockPair => ({
    at: packets[k] ?? 0,
    reference: reference[i] ?? 0,
    held: kind === 'held',
    step: kind === 'step',
  }));
  return offsetSegments(pairs, false);
};

const timesOf = ({ windows }: TracedSends): number[] =>
  windows.flatMap(({ attempt }) => (attempt.ok ? [attempt.time] : []));

/** How many sends of the shorter series lie between the first and the last that were paired. */
const overlapOf = (pairs: readonly { readonly reference: number; readonly packet: number }[]): number => {
  const first = pairs[0];
  const last = pairs.at(-1);
  if (!first || !last) return 0;
  return Math.min(last.reference - first.reference, last.packet - first.packet) + 1;
};

/** Relating two clocks by events that both of them saw. All values in ns. */

/** One event seen on both clocks. */
export interface ClockPair {
  /** On the clock to convert. */
  readonly at: number;
  /** On the reference clock. */
  readonly reference: number;
  /** Whether the event was held back on its way: it says nothing of the clocks. */
  readonly held?: boolean;
  /** Whether the clocks parted before it. */
  readonly step?: boolean;
  /** The latest reference time at which the event can have happened on an idle machine (the send's exit). */
  readonly latest?: number | null;
}

/** From `from` (on the clock to convert) on, add `offset` to get the reference clock. */
export interface OffsetSegment {
  readonly from: number;
  readonly offset: number;
  /** Half the width of the range the true offset lies in. */
  readonly uncertainty: number;
  /** How fast the clock runs ahead of the reference, parts per million. */
  readonly driftPpm: number;
}

/** Sorted copy's value at `share` (0 to 1). */
export const quantile = (values: readonly number[], share: number): number => {
  if (values.length === 0) return 0;
  const sorted = Float64Array.from(values).sort();
  return sorted[Math.min(sorted.length - 1, Math.max(0, Math.round(share * (sorted.length - 1))))] ?? 0;
};

/** Drift is told from so many pairs on. */
const DRIFT_PAIRS = 6;
/** Clocks whose rates differ more than this (ppm) are not clocks of running machines: held packets made the slope. */
const MOST_DRIFT = 1000;
/** Drift must move the clocks by this many times the scatter of the delays to be told from it. */
const BEYOND_SCATTER = 3;
/** Drift that is not known is assumed to be below this (share; crystals stay below 200 ppm). */
const UNKNOWN_DRIFT = 200e-6;

interface Point {
  readonly x: number;
  readonly y: number;
}

/**
 * Slope of the edge of the lower convex hull that spans the middle: the line under all differences that lies closest to
 * them (Moon, Skelly and Towsley 1999). Delays only lift a difference, so held packets do not tilt it.
 */
const lowestSlope = (points: readonly Point[]): number => {
  const hull: Point[] = [];
  for (const point of points) {
    for (;;) {
      const [a, b] = hull.slice(-2);
      if (!a || !b || (b.x - a.x) * (point.y - a.y) > (point.x - a.x) * (b.y - a.y)) break;
      hull.pop();
    }
    hull.push(point);
  }
  const middle = points.reduce((sum, { x }) => sum + x, 0) / Math.max(1, points.length);
  const right = Math.max(
    1,
    hull.findIndex(({ x }) => x >= middle),
  );
  const [a, b] = [hull[right - 1], hull[right]];
  return a && b && b.x > a.x ? (b.y - a.y) / (b.x - a.x) : 0;
};

/** Median of slopes between the first and the last third (Theil-Sen), where delays go to both sides. */
const middleSlope = (points: readonly Point[]): number => {
  const third = Math.floor(points.length / 3);
  const slopes: number[] = [];
  for (let i = 0; i < third; i++) {
    const a = points[i];
    const b = points[points.length - third + i];
    if (a && b && b.x > a.x) slopes.push((b.y - a.y) / (b.x - a.x));
  }
  return quantile(slopes, 0.5);
};

/** Differences of the clocks over the reference, from the first pair on. */
const pointsOf = (pairs: readonly ClockPair[]): Point[] => {
  const first = pairs[0];
  if (!first) return [];
  const level = first.at - first.reference;
  return pairs.map(({ at, reference }) => ({ x: reference - first.reference, y: at - reference - level }));
};

const spanOf = (pairs: readonly ClockPair[]): number => (pairs.at(-1)?.reference ?? 0) - (pairs[0]?.reference ?? 0);

/** Rate of the clock against the reference (share), told from the longest stretch; null where it cannot be told. */
const driftOf = (stretches: readonly (readonly ClockPair[])[], ordered: boolean): number | null => {
  const longest = stretches.reduce<readonly ClockPair[]>((a, b) => (spanOf(b) > spanOf(a) ? b : a), []);
  if (longest.length < DRIFT_PAIRS) return null;
  const points = pointsOf(longest);
  const slope = ordered ? lowestSlope(points) : middleSlope(points);
  if (Math.abs(slope) * 1e6 > MOST_DRIFT) return null;
  const delays = points.map(({ x, y }) => y - slope * x);
  const floor = quantile(delays, ordered ? 0 : 0.25);
  const scatter = quantile(delays, 0.75) - floor;
  return Math.abs(slope) * spanOf(longest) > BEYOND_SCATTER * scatter ? slope : 0;
};

/** Parts of a stretch whose lowest differences are compared: where the line is tilted wrongly, they rise. */
const BLOCKS = 5;

/** The line rises on behind the lowest difference of the outermost parts. */
const CAUTION = 1.5;

/** How far (ns) the lowest differences of parts of a stretch lie above that of the whole. */
const riseOf = (delays: readonly number[], least: number): number => {
  const size = Math.max(3, Math.ceil(delays.length / BLOCKS));
  let rise = 0;
  for (let i = 0; i + 2 < delays.length; i += size) {
    rise = Math.max(rise, Math.min(...delays.slice(i, i + size)) - least);
  }
  return rise;
};

/**
 * Offsets from pairs in time order, a segment for every stretch between steps, one rate for all of them. The events happen
 * on the clock to convert no earlier than on the reference (a packet never leaves before its send), so the smallest
 * difference is taken as the offset.
 *
 * @param ordered false where the reference may come later than the event (exits of send calls only): the middle is taken
 */
export const offsetSegments = (pairs: readonly ClockPair[], ordered = true): OffsetSegment[] => {
  const stretches: ClockPair[][] = [];
  const beginnings: number[] = [];
  for (const pair of pairs) {
    if (stretches.length === 0 || pair.step === true) {
      stretches.push([]);
      beginnings.push(pair.at);
    }
    if (pair.held !== true) stretches.at(-1)?.push(pair);
  }
  const filled = stretches
    .map((stretch, k) => ({ stretch, from: beginnings[k] ?? 0 }))
    .filter(({ stretch }) => stretch.length > 0);
  const slope = driftOf(stretches, ordered);
  return filled.map(({ stretch, from }) => fitStretch(stretch, from, slope, ordered));
};

const fitStretch = (
  stretch: readonly ClockPair[],
  from: number,
  slope: number | null,
  ordered: boolean,
): OffsetSegment => {
  const drift = Math.round((slope ?? 0) * 1e9) / 1e9;
  const unknown = slope === null ? (UNKNOWN_DRIFT * spanOf(stretch)) / 2 : 0;
  // Offsets hold at `from`, on the clock to convert; the line is drawn over the reference.
  const origin = stretch[0] ? stretch[0].reference - (stretch[0].at - from) : 0;
  const delays = stretch.map((pair) => pair.at - pair.reference - (pair.reference - origin) * drift);
  const done = (offset: number, uncertainty: number): OffsetSegment => ({
    from,
    offset: -Math.round(offset),
    uncertainty: Math.max(1000, Math.ceil(uncertainty + unknown)),
    driftPpm: Math.round(drift * 1e9) / 1000,
  });
  if (!ordered) {
    const middle = quantile(delays, 0.5);
    return done(middle, 3 * Math.max(quantile(delays, 0.95) - middle, middle - quantile(delays, 0.02)));
  }
  const least = delays.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const room = stretch.flatMap(({ latest, reference }, i) =>
    latest === null || latest === undefined ? [] : [latest - reference - ((delays[i] ?? 0) - least)],
  );
  const slack = room.length > 0 ? Math.max(0, quantile(room, 0.25)) : Math.max(1000, quantile(delays, 0.5) - least);
  return done(least - slack / 2, slack / 2 + CAUTION * riseOf(delays, least));
};

/** Index of the segment that holds at a time of the clock; the first one also serves what lies before it. */
export const segmentAt = (segments: readonly OffsetSegment[], at: number): number => {
  let index = 0;
  segments.forEach(({ from }, i) => {
    if (from <= at) index = i;
  });
  return index;
};

/** A time on a clock converted to the reference by its segments. */
export const convert = (segments: readonly OffsetSegment[], at: number): number => {
  const chosen = segments[segmentAt(segments, at)];
  if (!chosen) return at;
  const drift = chosen.driftPpm / 1e6;
  return Math.round(at + chosen.offset - ((at - chosen.from) * drift) / (1 + drift));
};

/** The inverse of {@link convert}; a time that a set clock left out or passed twice is that of the later segment. */
export const revert = (segments: readonly OffsetSegment[], time: number): number => {
  let chosen = segments[0];
  for (const segment of segments) if (convert([segment], segment.from) <= time) chosen = segment;
  if (!chosen) return time;
  const rough = time - chosen.offset;
  return rough + (time - convert([chosen], rough));
};

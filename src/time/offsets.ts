/** Relating two clocks by events that both of them saw. All values in ns. */

/** One event seen on both clocks. */
export interface ClockPair {
  /** On the clock to convert. */
  readonly at: number;
  /** On the reference clock. */
  readonly reference: number;
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

/** A change of offset this large (ns) that stays is a step of one of the clocks. */
const STEP = 20_000_000;
/** The pair that confirms a step lies at least this much later (ns): packets sent together are held alike. */
const APART = 100_000_000;

/** The first pair behind a queue that was full when the recording began: several intervals' packets seen at once. */
const findFirstFree = (pairs: readonly ClockPair[]): ClockPair => {
  const first = pairs[0] ?? { at: 0, reference: 0 };
  const together = pairs.findIndex((pair) => Math.abs(pair.at - first.at) >= STEP);
  const last = pairs[together - 1];
  return (last && last.reference - first.reference >= APART ? pairs[together] : undefined) ?? first;
};

/**
 * Split pairs in time order where the offset steps and stays. A packet held in a queue also makes the offset jump, but
 * the one sent an interval later is held an interval less: a step keeps its height. No queue makes a packet early, so a
 * fall of the offset is always a step.
 *
 * @returns index of the first pair of every stretch, the first being 0
 */
export const findSteps = (pairs: readonly ClockPair[]): number[] => {
  const starts = [0];
  const first = pairs[0];
  if (!first) return starts;
  const free = findFirstFree(pairs);
  let level = free.at - free.reference;
  for (let i = Math.max(1, pairs.indexOf(free)); i < pairs.length; i++) {
    const pair = pairs[i];
    if (!pair) continue;
    const offset = pair.at - pair.reference;
    const jump = offset - level;
    if (Math.abs(jump) < STEP) {
      level += jump / 8;
      continue;
    }
    if (jump > 0) {
      const next = pairs.slice(i + 1).find((other) => Math.abs(other.reference - pair.reference) >= APART);
      if (!next || Math.abs(next.at - next.reference - offset) >= Math.min(STEP, jump / 2)) continue;
    }
    starts.push(i);
    level = offset;
  }
  return starts;
};

/** Drift is told from this much time on (ns); below it noise would pass for drift. */
const DRIFT_SPAN = 60_000_000_000;

/** Slope of `at - reference` over `reference` in ppm: median of slopes between the first and the last third (Theil-Sen). */
const driftOf = (pairs: readonly ClockPair[]): number => {
  const first = pairs[0];
  const last = pairs.at(-1);
  if (!first || !last || last.reference - first.reference < DRIFT_SPAN || pairs.length < 12) return 0;
  const third = Math.floor(pairs.length / 3);
  const slopes: number[] = [];
  for (let i = 0; i < third; i++) {
    const a = pairs[i];
    const b = pairs[pairs.length - third + i];
    if (!a || !b || b.reference <= a.reference) continue;
    slopes.push((b.at - b.reference - (a.at - a.reference)) / (b.reference - a.reference));
  }
  return quantile(slopes, 0.5) * 1e6;
};

/**
 * Offsets from pairs in time order, a segment per step. The events happen on the clock to convert no earlier than on the
 * reference (a packet never leaves before its send), so the smallest difference is taken as the offset.
 *
 * @param upper for every pair, the latest reference time at which the event can have happened on an idle machine (the
 *   send's exit), null where unknown; it narrows the range
 * @param ordered false where the reference may come later than the event (exits of send calls only): the middle is taken
 */
export const offsetSegments = (
  pairs: readonly ClockPair[],
  upper: readonly (number | null)[] = [],
  ordered = true,
): OffsetSegment[] =>
  pairs.length === 0
    ? []
    : findSteps(pairs).map((start, k, starts) => {
        const end = starts[k + 1] ?? pairs.length;
        const stretch = pairs.slice(start, end);
        const driftPpm = driftOf(stretch);
        const origin = stretch[0]?.reference ?? 0;
        const delays = stretch.map((pair) => pair.at - pair.reference - ((pair.reference - origin) * driftPpm) / 1e6);
        if (!ordered) {
          const middle = quantile(delays, 0.5);
          return {
            from: stretch[0]?.at ?? 0,
            offset: -Math.round(middle),
            uncertainty: Math.max(1000, Math.ceil(quantile(delays, 0.95) - quantile(delays, 0.05))),
            driftPpm: Math.round(driftPpm * 1000) / 1000,
          };
        }
        const least = delays.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
        const room = stretch
          .map((pair, i) => {
            const latest = upper[start + i];
            return latest === null || latest === undefined
              ? null
              : latest - pair.reference - ((delays[i] ?? 0) - least);
          })
          .filter((value) => value !== null);
        const slack =
          room.length > 0 ? Math.max(0, quantile(room, 0.25)) : Math.max(1000, quantile(delays, 0.5) - least);
        return {
          from: stretch[0]?.at ?? 0,
          offset: -Math.round(least - slack / 2),
          uncertainty: Math.max(1000, Math.ceil(slack / 2)),
          driftPpm: Math.round(driftPpm * 1000) / 1000,
        };
      });

/** A time on a clock converted to the reference by its segments; the first one also serves what lies before it. */
export const convert = (segments: readonly OffsetSegment[], at: number): number => {
  let chosen = segments[0];
  for (const segment of segments) if (segment.from <= at) chosen = segment;
  if (!chosen) return at;
  const drift = chosen.driftPpm / 1e6;
  return Math.round(at + chosen.offset - ((at - chosen.from) * drift) / (1 + drift));
};

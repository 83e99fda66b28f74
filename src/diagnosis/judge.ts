import { compareAddresses } from '../model/address-order.js';
import { convert, quantile } from '../time/offsets.js';
import type { Advertisement, Instance, TimingRules } from './instance.js';
import { lateThreshold } from './instance.js';
import type { ClockedPoint } from './clocks.js';
import { parted, placeOf } from './stations.js';
import type { ClockStep } from '../timeline/timeline.js';

/** A gap between two consecutive advertisements at one place, long enough to report. Lengths in ns. */
export interface LateGap {
  readonly previous: Advertisement;
  readonly next: Advertisement;
  /** Index of the point it was measured at; -1: the send calls. */
  readonly point: number;
  readonly gap: number;
  readonly interval: number;
  /** Silence (ns) after which a backup takes over, with that interval. */
  readonly masterDown: number;
  readonly lateness: number;
  /** Ordinal of `next` among the instance's advertisements, from 1. */
  readonly ordinal: number;
}

/** Consecutive advertisements at one place, with their gap. */
export interface Gap {
  readonly previous: Advertisement;
  readonly next: Advertisement;
  readonly gap: number;
}

/** Gaps at a point (own clock), or between send calls (-1), in time order. */
export const gapsAt = (advertisements: readonly Advertisement[], point: number): Gap[] => {
  const timeOf = (advertisement: Advertisement): number | null =>
    point < 0
      ? advertisement.send?.attempt.ok === true
        ? advertisement.send.attempt.time
        : null
      : (advertisement.seen[point]?.time ?? null);
  const gaps: Gap[] = [];
  let previous: { advertisement: Advertisement; time: number } | null = null;
  for (const advertisement of advertisements) {
    const time = timeOf(advertisement);
    if (time === null) continue;
    if (previous) gaps.push({ previous: previous.advertisement, next: advertisement, gap: time - previous.time });
    previous = { advertisement, time };
  }
  return gaps;
};

/** The part of the reference time line that a capture covers. */
const coverage = (point: ClockedPoint): { from: number; to: number } | null => {
  const { first, last } = point.capture;
  if (first === null || last === null || point.clock.length === 0) return null;
  return { from: convert(point.clock, first), to: convert(point.clock, last) };
};

/** What became of the gaps of an instance. */
export interface Judged {
  /** In order of time. */
  readonly late: LateGap[];
  /** Every gap that was judged, the late ones too, in no order. */
  readonly all: JudgedGap[];
}

/** A gap by its end (reference time), with its length and its lateness (ns); the latter is negative where it was short. */
export interface JudgedGap {
  readonly previous: Advertisement;
  readonly next: Advertisement;
  /** Index of the point it was measured at; -1: the send calls. */
  readonly point: number;
  readonly interval: number;
  readonly masterDown: number;
  readonly at: number;
  readonly gap: number;
  readonly lateness: number;
}

/**
 * The gaps of an instance: judged at the farthest point, and at nearer ones where the farther captures do not reach.
 * Left out: gaps after the sender said goodbye (priority 0), and those in which another router was rightly master.
 */
export const judgeGaps = (
  instance: Instance,
  others: readonly Instance[],
  points: readonly ClockedPoint[],
  rules: TimingRules,
  steps: readonly ClockStep[] = [],
): Judged => {
  const ordinals = new Map(instance.advertisements.map((advertisement, i) => [advertisement, i + 1]));
  const covered: { from: number; to: number }[] = [];
  const late: LateGap[] = [];
  const all: JudgedGap[] = [];
  for (let point = points.length - 1; point >= -1; point--) {
    const gaps = gapsAt(instance.advertisements, point).map((gap) =>
      withoutClockStep(gap, points[point], point, steps),
    );
    for (const { previous, next, gap } of gaps) {
      if (covered.some(({ from, to }) => previous.time >= from && next.time <= to)) continue;
      if (wasJudgedFartherOut(previous, next, point)) continue;
      const packet = previous.seen[point] ?? previous.seen.find((seen) => seen !== null);
      const interval = rules.interval ?? packet?.intervalNs ?? instance.interval;
      const lateness = gap - interval;
      // The master-down interval is of the usual interval; where another one is advertised, it counts.
      const masterDown = instance.masterDown + rules.downTimerAdverts * (interval - instance.interval);
      if (priorityOf(previous, instance) === 0) continue;
      if (lateness <= 0 || (lateness <= lateThreshold(rules, interval) && gap < masterDown)) {
        all.push({ previous, next, point, interval, masterDown, at: next.time, gap, lateness });
        continue;
      }
      // What looks at many advertisements comes last: of a day's gaps hardly any gets there.
      if (
        wasSeenFartherOut(instance, previous, next, point) ||
        wasBackup(instance, others, previous.time, next.time, rules) ||
        isBurst(previous, instance) ||
        anotherWasMaster(instance, others, previous, next)
      )
        continue;
      late.push({ previous, next, point, gap, interval, masterDown, lateness, ordinal: ordinals.get(next) ?? 0 });
      all.push({ previous, next, point, interval, masterDown, at: next.time, gap, lateness });
    }
    const at = points[point];
    const range = at && gaps.length > 0 ? coverage(at) : null;
    if (range) covered.push(range);
  }
  return { late: late.sort((a, b) => a.next.time - b.next.time), all };
};

/**
 * A farther point saw both: there the gap was judged. What a capture covers begins with a packet's arrival, so the gap at its edge, which
 * begins with that packet's sending, lies outside.
 */
const wasJudgedFartherOut = (previous: Advertisement, next: Advertisement, point: number): boolean =>
  previous.seen.some((packet, i) => i > point && packet !== null && next.seen[i] !== null);

/** An advertisement in between that a farther point saw was sent: this point missed it, and the gap never was. */
const wasSeenFartherOut = (
  { advertisements }: Instance,
  previous: Advertisement,
  next: Advertisement,
  point: number,
): boolean =>
  advertisements.some(
    ({ time, seen }) =>
      time > previous.time && time < next.time && seen.some((packet, i) => i > point && packet !== null),
  );

const priorityOf = (advertisement: Advertisement, instance: Instance): number | null =>
  advertisement.seen.find((seen) => seen !== null)?.priority ??
  advertisement.send?.attempt.priority ??
  instance.priority;

/**
 * Whether the sending thread itself heard advertisements at a master's pace in between: then it was backup. Where packets
 * show the other router, they decide ({@link anotherWasMaster}).
 */
const wasBackup = (
  instance: Instance,
  others: readonly Instance[],
  from: number,
  to: number,
  rules: TimingRules,
): boolean => {
  const isShown = others.some(
    (other) => other !== instance && other.vrid === instance.vrid && other.family === instance.family,
  );
  if (instance.source !== null && isShown) return false;
  if (instance.advertisements.some(({ time }) => time > from && time < to)) return false;
  const heard = instance.advertisements
    .flatMap(({ send }) => send?.rearms ?? [])
    .filter(({ reason, time }) => reason === 'packet' && time > from && time < to)
    .map(({ time }) => time);
  const spacings = heard.slice(1).map((time, i) => time - (heard[i] ?? 0));
  if (spacings.length > 0 && quantile(spacings, 0.5) < MASTER_SPACING * instance.interval) return false;
  if (spacings.length >= 2) return true;
  // One or two packets, and then silence for a master-down interval: it took over again as a backup does.
  const silent = to - (heard.at(-1) ?? to);
  const least = rules.downTimerAdverts * instance.interval;
  return silent >= least && silent <= least + 1.05 * Math.max(instance.interval, SECOND);
};

/**
 * A gap on a clock inside the VM that was set meanwhile: measured on the reference clock where that one was not set, and
 * without the time that did not pass where the trace's own clock was.
 */
const withoutClockStep = (
  gap: Gap,
  point: ClockedPoint | undefined,
  index: number,
  steps: readonly ClockStep[],
): Gap => {
  if (point && placeOf(point, index) !== 'vm') return gap;
  const a = gap.previous.seen[index];
  const b = gap.next.seen[index];
  const measured =
    point && a && b && parted(point, a, b) ? convert(point.clock, b.time) - convert(point.clock, a.time) : gap.gap;
  const skipped = steps
    .filter(({ from, to }) => from >= gap.previous.time && to <= gap.next.time)
    .reduce((sum, { from, to }) => sum + to - from, 0);
  return { ...gap, gap: measured - skipped };
};

/** So many neighbours within half an interval no master has. */
const BURST = 3;

/**
 * Whether an advertisement is one of a burst that no master sends (a test tool's, a flood): nothing is owed after it.
 */
const isBurst = (advertisement: Advertisement, instance: Instance): boolean => {
  const priority = priorityOf(advertisement, instance);
  let close = 0;
  for (const other of instance.advertisements) {
    if (other === advertisement || priorityOf(other, instance) !== priority) continue;
    if (Math.abs(other.time - advertisement.time) < instance.interval / 2) close++;
  }
  return close >= BURST;
};

/** Whether `challenger` beats `holder` in an election. */
export const outranks = (challenger: Instance, holder: Instance): boolean => {
  const a = challenger.priority ?? 0;
  const b = holder.priority ?? 0;
  return a > b || (a === b && compareAddresses(challenger.source ?? '', holder.source ?? '') > 0);
};

const SECOND = 1_000_000_000;

/** Advertisements closer together than this share of their interval are no master's, be it one that replies. */
const FLOOD_SPACING = 0.3;
const FLOOD_PACKETS = 4;
/** So many spacings of a master's length are a master's, whatever bursts of replies lie between. */
const PACED = 2;
/** Advertisements heard at least this share of an interval apart are a master's. */
const MASTER_SPACING = 0.7;

/**
 * Whether a higher-ranking router advertised in between, so that this one was backup and owed no advertisement. Five or
 * more packets closer together than a master sends them are a test tool's or a misconfigured router's and make nobody
 * backup; where fewer were seen nobody can say, and nobody is accused.
 */
const anotherWasMaster = (
  instance: Instance,
  others: readonly Instance[],
  previous: Advertisement,
  next: Advertisement,
): boolean => {
  const from = previous.time;
  const to = next.time;
  // Tracking may have changed the priority: what it last advertised is what the others compared with.
  const holder = { ...instance, priority: priorityOf(previous, instance) };
  return others.some((other) => {
    if (
      other === instance ||
      other.vrid !== instance.vrid ||
      other.family !== instance.family ||
      !(outranks(other, instance) || outranks(other, holder))
    )
      return false;
    const times = other.advertisements.filter(({ time }) => time > from && time < to).map(({ time }) => time);
    if (times.length === 0) return false;
    const spacings = times.slice(1).map((time, i) => time - (times[i] ?? 0));
    const paced = spacings.filter((spacing) => spacing >= MASTER_SPACING * other.interval).length;
    return (
      spacings.length < FLOOD_PACKETS || paced >= PACED || quantile(spacings, 0.5) >= FLOOD_SPACING * other.interval
    );
  });
};

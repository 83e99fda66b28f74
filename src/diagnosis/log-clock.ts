import type { KeepalivedLog } from '../model/keepalived-log.js';
import { convert, revert } from '../time/offsets.js';
import type { Frame } from './compose.js';
import type { Instance } from './instance.js';
import { isFit, judgeFit, listSent, settleFits, type Conversion, type Fit, type Sent } from './log-fit.js';
import { listRouters, type LoggedRouter } from './log-states.js';
import { coveredBy, isWallClock } from './wall-clock.js';

/** A log whose clock is related to the reference. */
export interface RelatedLog extends Conversion {
  readonly path: string;
  readonly log: KeepalivedLog;
  /** How far local time is ahead of UTC (ns); null where the log's times are UTC. */
  readonly zone: number | null;
  /** Which of its virtual routers sent which advertisements; none where nothing fits. */
  readonly fits: readonly Fit[];
}

/**
 * Why a log is not used: the reference or the log has no date, the log says nothing of the time that was recorded, several time zones fit
 * it as well, or its states are those of no sender that was recorded.
 */
export type NotRelated = 'no-calendar' | 'other-time' | 'zone-unknown' | 'other-sender';

const QUARTER = 900_000_000_000;
/** Local time is at most this many quarters of an hour behind and ahead of UTC. */
const MOST_BEHIND = 48;
const MOST_AHEAD = 56;
/** Times of a calendar are later than this (ns since 1970): September 2001. */
const CALENDAR = 10n ** 18n;
/** Pairs of a logged router and an instance that are compared. */
const MOST_PAIRS = 256;
const MOST_INSTANCES = 64;
/** Farther apart (ns), times lose their nanoseconds. */
const EXACT = 2n ** 53n;

/**
 * Relate a log's clock, the sending machine's wall clock, to the reference. A capture inside the VM is stamped by the same clock; without
 * one the calendars are taken to agree. That they do, and how far local time is from UTC, is told by what the log says and the packets
 * show: when a router became master, that it advertised only as master, how late timers were.
 */
export const relateLog = (
  log: KeepalivedLog,
  path: string,
  frame: Frame,
  instances: readonly Instance[],
): RelatedLog | NotRelated => {
  if (log.first === null || log.last === null || log.clock === 'boot' || frame.base < CALENDAR) return 'no-calendar';
  if (log.baseNs - frame.base > EXACT || frame.base - log.baseNs > EXACT) return 'other-time';
  const covered = coveredBy(frame);
  const clock = wallClock(frame);
  const shift = Number(log.baseNs - clock.baseNs);
  const conversionIn = (zone: number): Conversion => ({
    toReference: (time) => clock.toReference(time + shift - zone),
    toLog: (time) => clock.fromReference(time) - shift + zone,
  });
  const pairs = listPairs(listRouters(log), instances);
  const first = log.first;
  const last = log.last;
  const candidates = zonesOf(log)
    .map((zone) => ({ zone, conversion: conversionIn(zone) }))
    .filter(
      ({ conversion }) => conversion.toReference(first) <= covered.to && conversion.toReference(last) >= covered.from,
    )
    .map(({ zone, conversion }) => ({
      zone,
      conversion,
      fits: settleFits(
        pairs.map(({ router, sent }) => judgeFit(router, sent, conversion, covered, log.resolution)).filter(isFit),
      ),
    }));
  if (candidates.length === 0) return 'other-time';
  const fitting = candidates.filter(({ fits }) => fits.length > 0);
  const chosen = fitting.length > 1 ? choose(fitting) : (fitting[0] ?? null);
  if (chosen === null) return fitting.length === 0 ? 'other-sender' : 'zone-unknown';
  return {
    path,
    log,
    ...chosen.conversion,
    zone: log.clock === 'utc' ? null : chosen.zone,
    fits: chosen.fits,
  };
};

const zonesOf = ({ clock }: KeepalivedLog): number[] =>
  clock === 'utc' ? [0] : Array.from({ length: MOST_BEHIND + MOST_AHEAD + 1 }, (_, i) => (i - MOST_BEHIND) * QUARTER);

/** The zone in which most lines of the log are what the packets show; null where two do as well. */
const choose = <Candidate extends { readonly fits: readonly Fit[] }>(
  candidates: readonly Candidate[],
): Candidate | null => {
  const matchedIn = ({ fits }: Candidate): number => fits.reduce((sum, { matched }) => sum + matched, 0);
  const [best, second] = [...candidates].sort((a, b) => matchedIn(b) - matchedIn(a));
  return best && second && matchedIn(best) > matchedIn(second) ? best : null;
};

const listPairs = (
  routers: readonly LoggedRouter[],
  instances: readonly Instance[],
): { router: LoggedRouter; sent: Sent }[] => {
  const largest = [...instances]
    .sort((a, b) => b.advertisements.length - a.advertisements.length)
    .slice(0, MOST_INSTANCES)
    .map(listSent);
  return routers.flatMap((router) => largest.map((sent) => ({ router, sent }))).slice(0, MOST_PAIRS);
};

interface WallClock {
  /** ns since 1970. */
  readonly baseNs: bigint;
  toReference(time: number): number;
  fromReference(time: number): number;
}

/** The sending machine's wall clock: that of a capture inside it, else the reference's calendar. */
const wallClock = ({ points, base }: Frame): WallClock => {
  const inside = points.find((point, i) => isWallClock(point, i, base));
  if (!inside) return { baseNs: base, toReference: (time) => time, fromReference: (time) => time };
  const { clock } = inside;
  return {
    baseNs: inside.capture.baseNs,
    toReference: (time) => convert(clock, time),
    fromReference: (time) => revert(clock, time),
  };
};

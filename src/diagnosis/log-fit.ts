import { groupBy } from '../model/group-by.js';
import { lowerBound } from '../time/search.js';
import type { Instance } from './instance.js';
import { wasMaster, type LoggedRouter } from './log-states.js';
import type { Covered } from './wall-clock.js';

/** How well the advertisements of an instance and what a log says of a virtual router go together. */
export interface Fit {
  readonly router: LoggedRouter;
  readonly instance: Instance;
  /** Lines of the log that the packets show to be right, to the second. */
  readonly matched: number;
  /** Times at which it became master, by the log, without advertising. */
  readonly missed: number;
  /** Advertisements, of those looked at, that it sent as master and as none, by the log. */
  readonly inside: number;
  readonly outside: number;
}

/** Times of the log as times of the reference, and back (ns). */
export interface Conversion {
  readonly toReference: (time: number) => number;
  readonly toLog: (time: number) => number;
}

/** A line may be written this much (ns) before or after what it tells of. */
export const SLACK = 1_000_000_000;
/** Advertisements of an instance that are looked at, evenly chosen. */
const SAMPLE = 200;
/** Advertisements farther apart than this share of their interval begin anew. */
const PAUSE = 1.5;
/** A timer was overdue as long as the advertisement was late, to this (ns). */
const SAME_LENGTH = 300_000_000;
/** Advertisements that a master sent as none by the log: packets with its address that are not its own, or lines out of order. */
const STRAY_SHARE = 0.02;
const MISSED_SHARE = 0.25;

/** Whether anything speaks for it that this router sent those advertisements, and hardly anything against it. */
export const isFit = ({ matched, missed, inside, outside }: Fit): boolean =>
  inside + matched > 0 && outside <= STRAY_SHARE * (inside + outside) && missed <= MISSED_SHARE * matched;

/** An instance with the times (ns, reference clock, in order) of what it sent as master. */
export interface Sent {
  readonly instance: Instance;
  readonly times: readonly number[];
}

export const listSent = (instance: Instance): Sent => ({
  instance,
  times: instance.advertisements
    .filter(({ seen }) => seen.every((packet) => packet?.priority !== 0))
    .map(({ time }) => time),
});

/**
 * Compare what a log says of a router with an instance's advertisements.
 *
 * @param resolution of the log's times, ns
 */
export const judgeFit = (
  router: LoggedRouter,
  { instance, times }: Sent,
  conversion: Conversion,
  covered: Covered,
  resolution: number,
): Fit => {
  const { interval, source } = instance;
  let inside = 0;
  let outside = 0;
  const step = Math.max(1, Math.ceil(times.length / SAMPLE));
  for (let i = 0; i < times.length; i += step) {
    const time = conversion.toLog(times[i] ?? 0);
    const master = wasMaster(router, time - resolution - SLACK, time + SLACK);
    if (master === true) inside++;
    else if (master === false) outside++;
  }
  // Its own address among those it heard from: another router's log.
  if (source !== null && router.daemon.peers.has(source) && !router.daemon.own.has(source)) outside += times.length;
  const near = (time: number): number[] => between(times, time - SLACK, time + resolution + SLACK);
  const isStart = (index: number): boolean =>
    (times[index] ?? 0) - (times[index - 1] ?? covered.from) >= PAUSE * interval;
  let matched = 0;
  let missed = 0;
  for (const entered of router.entered) {
    const time = conversion.toReference(entered);
    if (time < covered.from + SLACK + resolution || time > covered.to - SLACK - resolution - interval) continue;
    const found = near(time);
    if (found.some(isStart)) matched++;
    else if (found.length === 0) missed++;
  }
  for (const { overdue, time } of router.timers) {
    const found = near(conversion.toReference(time));
    if (found.some((i) => i > 0 && Math.abs((times[i] ?? 0) - (times[i - 1] ?? 0) - interval - overdue) < SAME_LENGTH))
      matched++;
  }
  return { router, instance, matched, missed, inside, outside };
};

/**
 * Of all that fits, what is told apart: each keepalived's own sender. Where it logged its addresses they decide, else how much of the log
 * the packets show to be right, among the senders that the trace shows if there is one. Where two senders do as well, it is nobody's.
 */
export const settleFits = (fits: readonly Fit[]): Fit[] => {
  const byDaemon = groupBy(fits, ({ router }) => router.daemon);
  const settled = [...byDaemon.values()].flatMap(settleDaemon);
  // One sender has one keepalived.
  const bySender = groupBy(settled, ({ instance }) => senderOf(instance));
  return [...bySender.values()].flatMap((group) => {
    const daemons = [...groupBy(group, ({ router }) => router.daemon).values()];
    return daemons.length === 1 ? group : best(daemons);
  });
};

const settleDaemon = (fits: readonly Fit[]): Fit[] => {
  const named = fits.filter(
    ({ router, instance }) => instance.source !== null && router.daemon.own.has(instance.source),
  );
  if (named.length > 0) return named;
  const sent = fits.filter(({ instance }) => instance.advertisements.some(({ send }) => send !== null));
  const senders = [...groupBy(sent.length > 0 ? sent : fits, ({ instance }) => senderOf(instance)).values()];
  return senders.length === 1 ? (senders[0] ?? []) : best(senders);
};

const best = (groups: readonly Fit[][]): Fit[] => {
  const ranked = groups
    .map((group) => ({ group, matched: group.reduce((sum, { matched }) => sum + matched, 0) }))
    .sort((a, b) => b.matched - a.matched);
  const [first, second] = ranked;
  return first && second && first.matched > second.matched ? first.group : [];
};

/** Instances of one machine: those from one address, or where no packet shows it, of one thread. */
const senderOf = ({ source, advertisements }: Instance): string =>
  source ?? `thread ${String(advertisements.find(({ send }) => send !== null)?.send?.attempt.tid ?? '')}`;

/** Indices of times in [from, to]; the times are in order. */
const between = (times: readonly number[], from: number, to: number): number[] => {
  const found: number[] = [];
  for (let i = lowerBound(times, from); i < times.length && (times[i] ?? 0) <= to; i++) found.push(i);
  return found;
};

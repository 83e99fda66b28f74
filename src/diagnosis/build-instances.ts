import { groupBy } from '../model/group-by.js';
import { familyOf, UNKNOWN_DESTINATION } from '../timeline/info.js';
import type { SendWindow } from '../timeline/segments.js';
import { quantile } from '../time/offsets.js';
import type { Advertisement, Instance, TimingRules } from './instance.js';
import { masterDownInterval } from './instance.js';
import type { Joined, JoinedStream } from './join.js';

const SECOND = 1_000_000_000;

/** Something the answer had to take for granted. */
export interface Assumption {
  readonly what: string;
  readonly why: string;
}

/** The instances of an analysis with what was assumed to judge them. */
export interface Instances {
  readonly instances: Instance[];
  readonly assumptions: Assumption[];
}

/**
 * Instances from joined streams and from sends that no capture shows, with interval and master-down interval as the
 * packets, the user or defaults say.
 */
export const buildInstances = (joined: Joined, lives: ThreadLives, rules: TimingRules): Instances => {
  const notes = new Map<string, Assumption>();
  const drafts = [
    ...joined.streams.filter((stream) => stream.advertisements.length > 0).map((stream) => fromStream(stream, rules)),
    ...fromSends(confirmed(joined, notes), lives, rules, notes),
  ];
  const instances = drafts.map((draft): Instance => {
    const backup = backupPriority(draft, drafts, rules, notes);
    return { ...draft, masterDown: masterDownInterval(draft.version, draft.interval, backup, rules.downTimerAdverts) };
  });
  return { instances, assumptions: [...notes.values()] };
};

/**
 * Sends that no capture shows, without those that were taken for advertisements though their destination was not recorded:
 * where captures bear out other such sends, these are of something else, or go where no capture is.
 */
const confirmed = ({ streams, foreign }: Joined, notes: Map<string, Assumption>): readonly SendWindow[] => {
  const known = foreign.filter(({ attempt }) => attempt.destination !== UNKNOWN_DESTINATION);
  const left = foreign.length - known.length;
  if (left === 0 || !streams.some(({ advertisements }) => advertisements.some(({ send }) => send !== null)))
    return foreign;
  notes.set('unconfirmed', {
    what: `${String(left)} send ${left === 1 ? 'call' : 'calls'} whose destination was not recorded ${left === 1 ? 'is no advertisement' : 'are no advertisements'}`,
    why: 'no capture shows their packets; give a capture of every interface on which the sender advertises',
  });
  return known;
};

type Draft = Omit<Instance, 'masterDown'>;

const packetsOf = (advertisements: readonly Advertisement[]) =>
  advertisements.flatMap((advertisement) => advertisement.seen.find((seen) => seen !== null) ?? []);

/** The most frequent value; the later one wins a tie. */
const usual = <T>(values: readonly T[]): T | null => {
  const counts = new Map<T, number>();
  let best: T | null = null;
  for (const value of values) {
    const count = (counts.get(value) ?? 0) + 1;
    counts.set(value, count);
    if (best === null || count >= (counts.get(best) ?? 0)) best = value;
  }
  return best;
};

const fromStream = (stream: JoinedStream, rules: TimingRules): Draft => {
  const packets = packetsOf(stream.advertisements);
  const head = packets[0];
  if (!head) throw new Error('a joined stream has at least one packet');
  const intervals = packets.flatMap((packet) => (packet.intervalNs === null ? [] : [packet.intervalNs]));
  return {
    vrid: head.vrid,
    family: head.family,
    version: head.version,
    source: head.source,
    destination: head.destination,
    priority: usual(packets.filter((packet) => packet.priority > 0).map((packet) => packet.priority)) ?? 0,
    interval: rules.interval ?? usual(intervals) ?? SECOND,
    advertisements: stream.advertisements,
    failed: stream.failed,
  };
};

/** Beginnings and ends of threads, as far as the trace shows them. */
export interface ThreadLives {
  /** Threads that ended, and when (ns). */
  readonly ends: readonly { readonly tid: number; readonly time: number }[];
  /** Whether a thread was seen to be cloned. */
  wasBorn(tid: number): boolean;
}

/**
 * Without packets an instance is what one thread sends to one destination, told apart by legible router ids, and goes on
 * with another thread of that name when the first one has ended.
 */
const fromSends = (
  windows: readonly SendWindow[],
  lives: ThreadLives,
  rules: TimingRules,
  notes: Map<string, Assumption>,
): Draft[] => {
  const groups = groupBy(windows, ({ attempt: { tid, destination, vrid, descriptor } }) =>
    [tid, destination, vrid === null ? `fd ${String(descriptor)}` : vrid].join(' '),
  );
  const routers = [...groups.values()].filter((group) => !isScript(group));
  return chainThreads(routers, lives).map((group) => fromGroup(group, rules, notes));
};

/**
 * Join the sends of a thread that ended with those of the thread that went on in its place: one that was born in the
 * trace if there is any, since another router on the same machine was there before.
 */
const chainThreads = (groups: readonly SendWindow[][], lives: ThreadLives): SendWindow[][] => {
  const left = [...groups].sort((a, b) => (a[0]?.attempt.time ?? 0) - (b[0]?.attempt.time ?? 0));
  const chains: SendWindow[][] = [];
  for (let group = left.shift(); group; group = left.shift()) {
    const chain = [...group];
    for (let next = findSuccessor(chain, left, lives); next; next = findSuccessor(chain, left, lives)) {
      chain.push(...next);
      left.splice(left.indexOf(next), 1);
    }
    chains.push(chain);
  }
  return chains;
};

const findSuccessor = (
  chain: readonly SendWindow[],
  groups: readonly SendWindow[][],
  lives: ThreadLives,
): SendWindow[] | undefined => {
  const last = chain.at(-1)?.attempt;
  if (!last) return undefined;
  const end = lives.ends.find(({ tid, time }) => tid === last.tid && time > last.time)?.time;
  if (end === undefined) return undefined;
  const candidates = groups.filter((group) => {
    const first = group[0]?.attempt;
    return first?.comm === last.comm && first.destination === last.destination && first.time > end;
  });
  return candidates.find((group) => lives.wasBorn(group[0]?.attempt.tid ?? -1)) ?? candidates[0];
};

const fromGroup = (group: readonly SendWindow[], rules: TimingRules, notes: Map<string, Assumption>): Draft => {
  const sent = group.filter((window) => window.attempt.ok);
  const first = (sent[0] ?? group[0])?.attempt;
  const gaps = sent.slice(1).map((window, i) => window.attempt.time - (sent[i]?.attempt.time ?? 0));
  const version = first?.version ?? null;
  const interval = rules.interval ?? inferInterval(gaps, version);
  if (rules.interval === null) {
    notes.set(`interval ${String(first?.tid)}`, {
      what: `interval ${String(interval / 1e9)} s for ${first?.comm ?? ''} (${String(first?.tid)})`,
      why:
        gaps.length >= FEW_GAPS
          ? 'no packet says it; the usual gap between send calls'
          : 'no packet says it, and there are too few send calls to tell; use --interval',
    });
  }
  return {
    vrid: first?.vrid ?? null,
    family: familyOf(first?.destination ?? '') ?? 'ipv4',
    version,
    source: null,
    destination: first?.destination ?? '',
    priority: usual(sent.flatMap(({ attempt }) => (attempt.priority === null ? [] : [attempt.priority]))),
    interval,
    advertisements: sent.map((window): Advertisement => ({ time: window.attempt.time, send: window, seen: [] })),
    failed: group.filter((window) => !window.attempt.ok),
  };
};

/** A thread that sleeps in nanosleep between its sends has no event loop: a script or test tool, not a router. */
const isScript = (group: readonly SendWindow[]): boolean => {
  let slept = 0;
  for (const { segments } of group) {
    for (const segment of segments ?? []) {
      if (segment.kind === 'wait') return false;
      if (/nanosleep$/.test(segment.call)) slept++;
    }
  }
  return slept > 0;
};

const CENTISECOND = 10_000_000;
const FEW_GAPS = 4;

/**
 * The usual gap, in the unit that VRRP counts in: whole seconds in version 2, centiseconds in version 3; 1 s (VRRP's
 * default) where there are too few gaps.
 */
const inferInterval = (gaps: readonly number[], version: 2 | 3 | null): number => {
  if (gaps.length < FEW_GAPS) return SECOND;
  const unit = version === 2 ? SECOND : CENTISECOND;
  return Math.max(unit, Math.floor((quantile(gaps, 0.5) + unit / 20) / unit) * unit);
};

const backupPriority = (
  draft: Draft,
  drafts: readonly Draft[],
  rules: TimingRules,
  notes: Map<string, Assumption>,
): number => {
  if (rules.backupPriority !== null) return rules.backupPriority;
  const own = draft.priority ?? 255;
  const lower = drafts
    .filter((other) => other !== draft && other.vrid === draft.vrid && other.family === draft.family)
    .flatMap((other) => packetsOf(other.advertisements).map((packet) => packet.priority))
    .filter((priority) => priority > 0 && priority < own);
  if (lower.length > 0) return lower.reduce((a, b) => Math.max(a, b));
  const who = draft.source ?? draft.destination;
  notes.set(`backup ${who}`, {
    what: `backup priority 100 for ${draft.vrid === null ? '' : `vrid ${String(draft.vrid)} from `}${who}`,
    why: 'no lower priority was seen; use --backup-priority',
  });
  return 100;
};

import { groupBy } from '../model/group-by.js';
import type { Instance, TimingRules } from './instance.js';
import { masterDownInterval } from './instance.js';
import { outranks, type LateGap } from './judge.js';
import type { Advertisement } from './instance.js';

/** Another router began to advertise while this instance's sender was master. */
export interface FoundTakeover {
  /** Reference clock, ns. */
  readonly at: number;
  readonly by: string;
  readonly after: 'late' | 'loss' | 'loss-after-capture' | 'priority-zero' | 'higher-priority' | 'unknown';
  readonly late: LateGap | null;
}

interface Heard {
  /** On the listening point's own clock, ns. */
  readonly time: number;
  readonly advertisement: Advertisement;
  readonly instance: Instance;
  readonly priority: number;
}

/** A backup's timer may fire this much early by our clocks. */
const EARLY_SHARE = 0.03;
/** A master answers a lower priority at once; this is how soon (ns). */
const REPLY = 50_000_000;

/**
 * Takeovers from each instance, as the captures show them: who advertised after whom, and whether the master had been
 * silent for the backup's master-down interval, had resigned, was outranked, or was heard at the farthest point and
 * yet not by the backup.
 *
 * @param lateOf the late gaps of an instance
 * @param lost whether a late gap is a loss on the way
 */
export const findTakeovers = (
  instances: readonly Instance[],
  rules: TimingRules,
  lateOf: (instance: Instance) => readonly LateGap[],
  lost: (gap: LateGap) => boolean,
): Map<Instance, FoundTakeover[]> => {
  const found = new Map<Instance, FoundTakeover[]>();
  for (const group of groupByRouter(instances)) {
    const heard = listen(group);
    let master: Instance | null = null;
    let lastOfMaster: Heard | null = null;
    heard.forEach((event, i) => {
      if (master === null || lastOfMaster === null || event.instance === master) {
        master = event.instance;
        lastOfMaster = event;
        return;
      }
      const after = judgeTakeover(event, i, heard, lastOfMaster, rules);
      if (after === null) return;
      const late = after === 'silent' ? (lateOf(master).find((gap) => isWithin(event, gap, heard)) ?? null) : null;
      const takeover: FoundTakeover = {
        at: event.advertisement.time,
        by: event.instance.source ?? '',
        after: after !== 'silent' ? after : late === null ? 'unknown' : lost(late) ? 'loss' : 'late',
        late,
      };
      const list = found.get(master);
      if (list) list.push(takeover);
      else found.set(master, [takeover]);
      if (after === 'loss-after-capture') return;
      master = event.instance;
      lastOfMaster = event;
    });
  }
  return found;
};

const groupByRouter = (instances: readonly Instance[]): Instance[][] =>
  [...groupBy(instances, ({ vrid, family }) => `${String(vrid)} ${family}`).values()].filter(
    (group) => group.length > 1,
  );

/** All advertisements of a group at the farthest point that heard more than one of its routers, by its own clock. */
const listen = (group: readonly Instance[]): Heard[] => {
  const points = Math.max(...group.map((instance) => instance.advertisements[0]?.seen.length ?? 0));
  for (let point = points - 1; point >= 0; point--) {
    const routers = group.filter((instance) => instance.advertisements.some(({ seen }) => seen[point]));
    if (routers.length < 2) continue;
    return routers
      .flatMap((instance) =>
        instance.advertisements.flatMap((advertisement): Heard[] => {
          const packet = advertisement.seen[point];
          return packet ? [{ time: packet.time, advertisement, instance, priority: packet.priority }] : [];
        }),
      )
      .sort((a, b) => a.time - b.time);
  }
  return [];
};

/** Whether an advertisement was heard between the two of a gap. */
const isWithin = (event: Heard, gap: LateGap, heard: readonly Heard[]): boolean => {
  const timeOf = (advertisement: Advertisement): number | undefined =>
    heard.find((other) => other.advertisement === advertisement)?.time;
  const from = timeOf(gap.previous);
  const to = timeOf(gap.next);
  return from !== undefined && to !== undefined && from < event.time && event.time <= to;
};

const judgeTakeover = (
  event: Heard,
  index: number,
  heard: readonly Heard[],
  last: Heard,
  rules: TimingRules,
): 'silent' | 'priority-zero' | 'higher-priority' | 'loss-after-capture' | null => {
  if (last.priority === 0) return 'priority-zero';
  const { instance: master } = last;
  if (isFlood(event, index, heard)) return null;
  const masterDown = masterDownInterval(master.version, master.interval, event.priority, rules.downTimerAdverts);
  if (event.time - last.time >= (1 - EARLY_SHARE) * masterDown) return 'silent';
  const higher = outranks(event.instance, master) || event.priority > last.priority;
  if (event.priority > 0 && event.priority === event.instance.priority && higher) return 'higher-priority';
  return answered(event, index, heard, master) && !repeatedSoon(event, index, heard) ? 'loss-after-capture' : null;
};

/** Three or more packets of one kind within an interval come from no master. */
const isFlood = (event: Heard, index: number, heard: readonly Heard[]): boolean => {
  let close = 0;
  for (let i = Math.max(0, index - 12); i < Math.min(heard.length, index + 12); i++) {
    const other = heard[i];
    if (!other || i === index || other.instance !== event.instance || other.priority !== event.priority) continue;
    if (Math.abs(other.time - event.time) < event.instance.interval / 2) close++;
  }
  return close >= 2;
};

/** A lower priority that the master takes seriously is answered at once; a rejected packet is not. */
const answered = (event: Heard, index: number, heard: readonly Heard[], master: Instance): boolean => {
  const reply = heard.slice(index + 1, index + 4).find((other) => other.instance === master);
  return reply !== undefined && reply.time - event.time < REPLY;
};

/** The same backup took over moments ago: one takeover, not several. */
const repeatedSoon = (event: Heard, index: number, heard: readonly Heard[]): boolean =>
  heard
    .slice(Math.max(0, index - 8), index)
    .some((other) => other.instance === event.instance && event.time - other.time < 2 * event.instance.interval);

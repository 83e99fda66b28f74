import type { CounterDefinition, CounterTable } from '../model/counters.js';
import type { Assumption } from './build-instances.js';
import type { Advertisement, Instance } from './instance.js';
import type { ClockedPoint } from './clocks.js';
import { IdSeries } from './ip-ids.js';

const MISSED: CounterDefinition = {
  name: 'capture_missed_advertisements',
  source: 'capture',
  severity: 'notice',
  help: 'Captures farther out saw advertisements that a nearer one did not, so the nearer one missed them and nothing was lost; capture with a larger buffer: tcpdump -B 10000.',
};
const UNSEEN_IDS: CounterDefinition = {
  name: 'capture_unseen_ids',
  source: 'capture',
  severity: 'notice',
  help: 'IP identifications between those of captured advertisements are on no capture and belong to no send call of a trace: advertisements that were lost before the first capture, refused by the kernel, or missed by the captures; capture with a larger buffer (tcpdump -B 10000), and record a trace inside the sending VM.',
};

/** Whether a point's capture missed an advertisement: it had seen others before and saw others after, and a farther point saw this one. */
export const isMissedAt = (advertisement: Advertisement, point: number): boolean =>
  !advertisement.seen[point] && advertisement.seen.some((packet, i) => i > point && packet !== null);

/** The advertisements of an instance that a point did not see between its first and its last. */
export const absentAt = ({ advertisements }: Pick<Instance, 'advertisements'>, point: number): Advertisement[] => {
  const first = advertisements.findIndex(({ seen }) => seen[point]);
  const last = advertisements.findLastIndex(({ seen }) => seen[point]);
  return first < 0 ? [] : advertisements.slice(first, last).filter(({ seen }) => !seen[point]);
};

/** Count what captures missed that was not lost, point by point. */
export const countMisses = (
  instances: readonly Instance[],
  points: readonly ClockedPoint[],
  counters: CounterTable,
): Assumption[] => {
  const notes: Assumption[] = [];
  points.forEach(({ name }, point) => {
    const missed = instances
      .flatMap((instance) => absentAt(instance, point))
      .filter((advertisement) => isMissedAt(advertisement, point)).length;
    if (missed === 0) return;
    counters.add(MISSED, missed);
    notes.push({
      what: `the capture at ${name} missed ${String(missed)} ${missed === 1 ? 'advertisement' : 'advertisements'}`,
      why: 'captures farther out saw them, so they were not lost there; capture with a larger buffer: tcpdump -B 10000',
    });
  });
  for (const instance of instances) counters.add(UNSEEN_IDS, countUnseen(instance));
  return notes;
};

/** Ids that neither a packet nor a send call accounts for. */
const countUnseen = (instance: Instance): number => {
  const captured = instance.advertisements.filter(({ seen }) => seen.some((packet) => packet !== null));
  const from = captured[0]?.time ?? 0;
  const to = captured.at(-1)?.time ?? 0;
  const inside = (time: number): boolean => time > from && time < to;
  const sends =
    instance.advertisements.filter(({ seen, time }) => inside(time) && seen.every((packet) => packet === null)).length +
    instance.failed.filter(({ attempt }) => inside(attempt.time)).length;
  return Math.max(0, (new IdSeries(instance).missingBetween(from, to)?.count ?? 0) - sends);
};

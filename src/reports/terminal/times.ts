import type { Answer } from '../../model/answer.js';
import type { Zone } from '../format.js';
import { formatDate, formatTime, formatTimeOfDay, formatZone } from '../format.js';

/** How the times of one report are shown. */
export interface Times {
  /** A time as the report's rows show it: without the date where all have the same. */
  format(ns: string): string;
  /** The date and zone that hold for all rows. */
  readonly heading: string;
}

const listTimes = (answer: Answer): string[] => [
  ...answer.inputs.flatMap(({ firstNs, lastNs }) => [firstNs, lastNs].flatMap((time) => (time === null ? [] : [time]))),
  ...answer.artefacts.map(({ atNs }) => atNs),
  ...answer.instances.flatMap(({ late, takeovers }) => [
    ...late.flatMap(({ previousNs, sentNs, evidence }) => [previousNs, sentNs, ...evidence.map(({ ns }) => ns)]),
    ...takeovers.map(({ atNs }) => atNs),
  ]),
];

/** Choose how to show the times of an answer. */
export const chooseTimes = (answer: Answer, zone: Zone): Times => {
  const times = listTimes(answer);
  const dates = new Set(times.map((time) => formatDate(time, zone)));
  const zones = [...new Set(times.map((time) => formatZone(time, zone)))];
  const [date] = dates;
  const zoneText = zones.length === 0 ? '' : zones.join(' and ');
  if (dates.size > 1) return { format: (ns) => formatTime(ns, zone), heading: zoneText };
  return {
    format: (ns) => formatTimeOfDay(ns, zone),
    heading: typeof date === 'string' ? `${date}, ${zoneText}` : zoneText,
  };
};

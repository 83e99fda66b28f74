import type { Answer } from '../../model/answer.js';
import { formatCount, formatDuration, formatInstance } from '../format.js';
import { chooseCounters } from '../terminal/severities.js';
import type { Times } from '../terminal/times.js';
import { TAKEOVER_IN_WORDS } from '../vocabulary.js';
import type { NumberedLate } from './late-ones.js';
import { writeList, writeName, writeWords } from './write.js';

/** Items of each list. */
const LISTED = 20;

/** Who became master, when, and after what. */
export const writeTakeovers = ({ instances }: Answer, lates: readonly NumberedLate[], times: Times): string => {
  const numbers = new Map(lates.map(({ number, late }) => [late.id, number]));
  const items = instances.flatMap((instance) =>
    instance.takeovers.map(({ atNs, by, after, late }) => {
      const number = late === null ? undefined : numbers.get(late);
      const which = number === undefined ? '' : ` (no. ${number})`;
      const whose = instances.length > 1 ? ` of ${writeName(formatInstance(instance))}` : '';
      return `${times.format(atNs)} by ${writeName(by)}${whose}, ${TAKEOVER_IN_WORDS[after]}${which}`;
    }),
  );
  return writeList(items, LISTED);
};

/** What looked late and was not, what was out of the ordinary, what was assumed. */
export const writeNotices = ({ artefacts, counters, assumptions }: Answer, times: Times): string => {
  const items = [
    ...artefacts.map(
      ({ atNs, kind, clock, ns, summary }) =>
        `${times.format(atNs)} ${writeName(kind)} of ${writeName(clock)} by ${formatDuration(ns)}: ${writeWords(summary, false)}`,
    ),
    ...chooseCounters(counters).map(
      ({ name, severity, count, help }) =>
        `${severity} ${writeName(name)}: ${formatCount(count)}. ${writeWords(help, false)}`,
    ),
    ...assumptions.map(({ what, why }) => `assumed ${writeWords(what, false)}: ${writeWords(why, false)}`),
  ];
  return writeList(items, LISTED);
};

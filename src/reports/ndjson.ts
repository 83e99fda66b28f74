import type { Answer, AnswerInstance, LateAdvertisement } from '../model/answer.js';
import { escapeJson } from './escape-json.js';

/** A value as JSON on one line. */
const writeLine = (value: object): string => `${escapeJson(JSON.stringify(value))}\n`;

const describe = (instance: AnswerInstance, late: LateAdvertisement): object => {
  const { vrid, family, version, source, destination, priority, intervalNs, masterDownNs } = instance;
  return { vrid, family, version, source, destination, priority, intervalNs, masterDownNs, ...late };
};

/**
 * One late advertisement a line, in order of the time it was sent: its own fields as in the answer, and whose it is (`vrid`, `family`, `version`,
 * `source`, `destination`, `priority`, `intervalNs`, `masterDownNs`). Times and lengths are decimal strings of ns. Empty where none was late.
 */
export const renderNdjson = (answer: Answer): string =>
  answer.instances
    .flatMap((instance) => instance.late.map((late) => ({ instance, late, at: BigInt(late.sentNs) })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ instance, late }) => writeLine(describe(instance, late)))
    .join('');

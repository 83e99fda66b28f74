import type { Answer } from '../model/answer.js';
import type { Zone } from './format.js';
import { formatCulprit, formatSeconds, formatTime, formatWay, NOTHING } from './format.js';

/**
 * One line per gap over the threshold, in order of time: `TIME GAP INSTANCE FROM->TO CAUSE [CULPRIT]`, in the spirit of
 * sysdig's chisels. TIME is when the gap ended, GAP is in seconds, INSTANCE is `vrid/family`.
 */
export const renderGaps = (answer: Answer, { zone }: { zone: Zone }): string =>
  answer.instances
    .flatMap((instance) => instance.late.map((late) => ({ instance, late, at: BigInt(late.sentNs) })))
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0))
    .map(({ instance, late }) => {
      const culprit = formatCulprit(late.culprit);
      return [
        formatTime(late.sentNs, zone),
        formatSeconds(late.gapNs),
        `${instance.vrid ?? '?'}/${instance.family}`,
        formatWay(instance),
        late.cause,
        ...(culprit === NOTHING ? [] : [culprit]),
      ].join(' ');
    })
    .map((line) => `${line}\n`)
    .join('');

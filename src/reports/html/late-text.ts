import type { LateAdvertisement } from '../../model/answer.js';
import type { Picture } from '../../model/picture.js';
import { formatCounted, formatDuration, formatNs } from '../format.js';

/** Address of a late advertisement's place in the page. */
export const anchorOf = (number: number): string => `late-${number}`;

/** How sure an answer is, in a word before its percentage. */
export const describeConfidence = (confidence: number): string =>
  confidence >= 0.95
    ? 'nearly certain'
    : confidence >= 0.8
      ? 'very likely'
      : confidence >= 0.6
        ? 'likely'
        : confidence >= 0.35
          ? 'possible'
          : 'a guess';

/** What the picture shows, for those who do not see it. */
export const describePicture = (picture: Picture, { cause, latenessNs }: LateAdvertisement): string => {
  const { length, hidden, due, masterDown, cpus, sender, takeovers } = picture;
  const total = length + hidden;
  return [
    `The ${formatNs(total)} from the previous advertisement to this one, which was due after ${formatNs(due)} and came ${formatDuration(latenessNs)} late (${cause}).`,
    cpus.length === 0
      ? 'The trace does not show the CPUs in this time.'
      : `A lane for each of ${formatCounted(cpus.length, 'CPU')} shows who ran.`,
    sender.length === 0 ? '' : 'The lane of the sender is coloured and lettered by what its time counts as.',
    hidden === 0
      ? ''
      : `The VM stood still for ${formatNs(hidden)} with its clock; when exactly is not known, and it is drawn before what happened next.`,
    masterDown < total
      ? `A backup’s limit of ${formatNs(masterDown)} was passed.`
      : `A backup would have taken over after ${formatNs(masterDown)}.`,
    ...takeovers.map(({ by, at }) => `${by} took over at ${formatNs(at)}.`),
    'The table below holds the same facts.',
  ]
    .filter((sentence) => sentence !== '')
    .join(' ');
};

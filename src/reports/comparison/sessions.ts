import type { Comparison } from '../../model/comparison.js';
import type { Zone } from '../format.js';
import { formatCount, formatCounted, formatHours, formatRate, formatSecond, formatZone, NOTHING } from '../format.js';
import { chooseCounters, STYLE_OF_SEVERITY } from '../terminal/severities.js';
import type { Block, DocumentColumn, Piece, Telling } from './document.js';
import { heading, item, paragraph, quote, say, takeFirst } from './document.js';

/** Sessions left out that are listed unless all are asked for. */
const LISTED_LEFT_OUT = 10;

const COLUMNS: readonly DocumentColumn[] = [
  { header: say('group'), align: 'left' },
  { header: say('began'), align: 'left', before: 'began ' },
  { header: say('recorded'), align: 'right', before: 'recorded ' },
  { header: say('gaps'), align: 'right', before: 'gaps ' },
  { header: say('late'), align: 'left', before: 'late ' },
  { header: say('session'), align: 'left' },
];

/** `5`, `5, of them 1 past master-down` */
const tellLate = (late: number, pastMasterDown: number): Piece =>
  pastMasterDown > 0
    ? say(`${formatCount(late)}, of them ${formatCount(pastMasterDown)} past master-down`, 'bad')
    : say(formatCount(late), late > 0 ? 'warn' : 'plain');

/** Every session that counts. */
export const buildSessions = ({ sessions }: Comparison, { label }: Telling, zone: Zone): Block[] => {
  const begun = sessions.flatMap(({ startNs }) => (startNs === null ? [] : [startNs]));
  const zones = [...new Set(begun.map((ns) => formatZone(ns, zone)))];
  return [
    heading(zones.length === 0 ? 'Sessions' : `Sessions (${zones.join(' and ')})`),
    {
      kind: 'table',
      columns: COLUMNS,
      rows: sessions.map(({ path, group, startNs, recordedNs, gaps, late, pastMasterDown, isCutOff }) => [
        [quote(label(group))],
        [say(startNs === null ? NOTHING : formatSecond(startNs, zone))],
        [say(formatHours(recordedNs))],
        [say(formatCount(gaps))],
        [tellLate(late, pastMasterDown)],
        [quote(path), ...(isCutOff ? [say(' (cut off)')] : [])],
      ]),
    },
  ];
};

/** Sessions that do not count, and why. */
export const buildLeftOut = ({ leftOut }: Comparison, telling: Telling): Block[] => {
  if (leftOut.length === 0) return [];
  const { listed, left } = takeFirst(leftOut, LISTED_LEFT_OUT, telling);
  return [
    heading(`Left out: ${formatCounted(leftOut.length, 'session')}`),
    ...listed.map(({ path, why }) => item([quote(path, 'warn'), say(': '), say(why)])),
    ...(left > 0 ? [paragraph(`…and ${formatCount(left)} more${telling.hint}`)] : []),
  ];
};

/** What was out of the ordinary, the worst first. */
export const buildCounters = ({ counters }: Comparison): Block[] => {
  const shown = chooseCounters(counters);
  if (shown.length === 0) return [];
  return [
    heading('Out of the ordinary'),
    ...shown.map(({ name, severity, count, help }) =>
      item([
        say(severity, STYLE_OF_SEVERITY[severity]),
        say(' '),
        quote(name),
        say(`: ${formatCount(count)}. `),
        say(help),
      ]),
    ),
  ];
};

const describeRecords = ({ sessions }: Comparison, zone: Zone): string => {
  const analysed = sessions.filter(({ from }) => from === 'analysed').length;
  const cutOff = sessions.filter(({ isCutOff }) => isCutOff).length;
  const times = sessions
    .flatMap(({ startNs }) => (startNs === null ? [] : [BigInt(startNs)]))
    .sort((a, b) => (a < b ? -1 : a > b ? 1 : 0));
  const [first, last] = [times[0], times.at(-1)];
  const begun =
    first === undefined || last === undefined
      ? ''
      : first === last
        ? `, begun ${formatSecond(first, zone)} (${formatZone(first, zone)})`
        : `, begun from ${formatSecond(first, zone)} to ${formatSecond(last, zone)} (${formatZone(first, zone)})`;
  const parts = [
    ...(analysed > 0 ? [`${formatCount(analysed)} analysed now`] : []),
    ...(cutOff > 0 ? [`${formatCount(cutOff)} cut off`] : []),
  ];
  const of = parts.length === 0 ? '' : ` (${parts.join(', ')})`;
  return `${formatCounted(sessions.length, 'session')}${of}${begun}.`;
};

/** How the figures were made: enough to make them again. */
export const buildClosing = (comparison: Comparison, zone: Zone): Block[] => {
  const { statistics, tool } = comparison;
  const { confidence, alpha, seed, resamples } = statistics;
  return [
    heading('How this was made'),
    paragraph(describeRecords(comparison, zone)),
    paragraph(
      `Intervals: ${formatRate(confidence)}, ${formatCount(resamples)} resamples of sessions, seed ${seed}. ` +
        `Tests: Mann-Whitney, two-sided, on figures of whole sessions; p adjusted after Holm; ` +
        `a difference counts below ${alpha}.`,
    ),
    paragraph(`whylate ${tool.version}`),
  ];
};

import type { Comparison, ComparedGroup, Estimate } from '../../model/comparison.js';
import { formatCount, formatCounted, formatDuration, formatHours, NOTHING } from '../format.js';
import type { Block, DocumentColumn, Pieces, Telling } from './document.js';
import { heading, item, note, paragraph, quote, say } from './document.js';
import { describePerHour, describeRate, describeShareInterval, NO_INTERVAL, NO_INTERVAL_IN_FULL } from './estimates.js';

const column = (header: string, more: Partial<DocumentColumn> = {}): DocumentColumn => ({
  header: say(header),
  align: 'left',
  ...more,
});

const number = (header: string, more: Partial<DocumentColumn> = {}): DocumentColumn =>
  column(header, { align: 'right', ...more });

const nameGroup = ({ name }: ComparedGroup, { label }: Telling): Pieces => [quote(label(name), 'strong')];

const describeLoss = ({ sessions, loss }: ComparedGroup): string => {
  const unknown = sessions - loss.sessionsKnown;
  const known =
    loss.dropped > 0 || loss.sessionsWithLoss > 0
      ? `${formatCount(loss.dropped)} in ${formatCounted(loss.sessionsWithLoss, 'session')}`
      : 'none';
  if (unknown <= 0) return known;
  const silent = `not known of ${formatCounted(unknown, 'session')}`;
  return loss.sessionsKnown === 0 && loss.dropped === 0 ? silent : `${known}; ${silent}`;
};

/** `2 (5.3 to 85 %)`, `none: below 45 % (95 %)` */
const describeSessionsWithLate = ({ sessionsWithLate, rates }: ComparedGroup, confidence: number): string => {
  const interval = describeShareInterval(rates.late_session_rate, confidence);
  return `${sessionsWithLate === 0 ? 'none' : formatCount(sessionsWithLate)}${interval}`;
};

const buildWhatWasSeen = (groups: readonly ComparedGroup[], confidence: number, telling: Telling): Block => ({
  kind: 'table',
  columns: [
    column('group'),
    number('sessions', { before: 'sessions ' }),
    column('with late', { before: 'with late ' }),
    number('recorded', { before: 'recorded ' }),
    number('advertisements', { before: 'advertisements ' }),
    column('records lost', { before: 'records lost ' }),
  ],
  rows: groups.map((group) => [
    nameGroup(group, telling),
    [say(formatCount(group.sessions))],
    [say(describeSessionsWithLate(group, confidence))],
    [say(formatHours(group.recordedNs))],
    [say(formatCount(group.advertisements))],
    [say(describeLoss(group), group.loss.dropped > 0 ? 'warn' : 'plain')],
  ]),
});

/** `216 in 5.0 h: 43 an hour (30 to 61)`; `none in 5.0 h; below 0.60 an hour (95 %)`. */
const describeSeen = (count: number, perHour: Estimate, recordedNs: string, confidence: number): string => {
  const seen = `${count === 0 ? 'none' : formatCount(count)} in ${formatHours(recordedNs)}`;
  if (count > 0) return `${seen}: ${describePerHour(perHour, confidence)}`;
  return perHour.method === 'rule-of-three' ? `${seen}; ${describePerHour(perHour, confidence)}` : seen;
};

const buildLate = (groups: readonly ComparedGroup[], confidence: number, telling: Telling): Block => ({
  kind: 'table',
  columns: [
    column('group'),
    column('of all gaps', { before: 'late ', after: ' of all gaps' }),
    column('in the time recorded'),
  ],
  rows: groups.map((group) => [
    nameGroup(group, telling),
    [say(describeRate(group.rates.late_rate, confidence))],
    [
      say(
        describeSeen(group.late, group.rates.late_per_hour, group.recordedNs, confidence),
        group.late > 0 ? 'warn' : 'good',
      ),
    ],
  ]),
});

const buildPastMasterDown = (groups: readonly ComparedGroup[], confidence: number, telling: Telling): Block => ({
  kind: 'table',
  columns: [
    column('group'),
    number('takeovers seen', { before: 'takeovers seen ' }),
    column('of all gaps', { before: 'past master-down ', after: ' of all gaps' }),
    column('in the time recorded'),
  ],
  rows: groups.map((group) => [
    nameGroup(group, telling),
    [say(group.takeoversSeen === 0 ? 'none' : formatCount(group.takeoversSeen))],
    [say(describeRate(group.rates.takeover_rate, confidence))],
    [
      say(
        describeSeen(group.pastMasterDown, group.rates.takeovers_per_hour, group.recordedNs, confidence),
        group.pastMasterDown > 0 ? 'bad' : 'good',
      ),
    ],
  ]),
});

const buildLateness = (groups: readonly ComparedGroup[], telling: Telling): Block => ({
  kind: 'table',
  columns: [
    column('group'),
    number('gaps', { before: 'gaps ' }),
    ...['p50', 'p99', 'p99.9', 'max'].map((name) => number(name, { before: `${name} ` })),
  ],
  rows: groups.map((group) => {
    const { latenessNs } = group;
    const lengths = latenessNs === null ? null : [latenessNs.p50, latenessNs.p99, latenessNs.p999, latenessNs.max];
    return [
      nameGroup(group, telling),
      [say(formatCount(group.gaps))],
      ...(lengths ?? [null, null, null, null]).map((length) => [
        say(length === null ? NOTHING : formatDuration(length)),
      ]),
    ];
  }),
});

const explainMissingIntervals = (groups: readonly ComparedGroup[]): Block[] =>
  groups.some(({ rates }) => Object.values(rates).some(({ method }: Estimate) => method === 'none'))
    ? [note(`${NO_INTERVAL}: ${NO_INTERVAL_IN_FULL}`)]
    : [];

const explainBounds = (groups: readonly ComparedGroup[]): Block[] =>
  groups.some(({ rates }) => Object.values(rates).some(({ method }: Estimate) => method === 'rule-of-three'))
    ? [note('where none was seen: the bound holds for what comes singly; of what comes in bursts it bounds the bursts')]
    : [];

const describeBaseline = ({ by, baseline, groups }: Comparison, telling: Telling): Pieces => {
  const names = by.flatMap((name, index) => [say(index === 0 ? '' : ' and '), quote(name)]);
  if (by.length === 0) return [say('Sessions are not grouped.')];
  if (baseline === null || groups.length < 2) return [say('Sessions grouped by '), ...names, say('.')];
  return [
    say('Sessions grouped by '),
    ...names,
    say('; the others are compared with '),
    quote(telling.label(baseline)),
    say('.'),
  ];
};

/** What was seen of each group, how often it was late, how often for a takeover, and how late. */
export const buildGroups = (comparison: Comparison, telling: Telling): Block[] => {
  const { groups, statistics } = comparison;
  const { confidence } = statistics;
  const named = groups.filter(({ name }) => telling.label(name) !== name);
  return [
    heading('Groups'),
    paragraph(describeBaseline(comparison, telling)),
    ...named.map(({ name }) => item([say(`${telling.label(name)} is `, 'strong'), quote(name)])),
    buildWhatWasSeen(groups, confidence, telling),
    heading('Late'),
    buildLate(groups, confidence, telling),
    heading('Gaps past master-down: long enough for a takeover'),
    buildPastMasterDown(groups, confidence, telling),
    ...explainMissingIntervals(groups),
    ...explainBounds(groups),
    heading('Lateness of all gaps (below zero: early)'),
    buildLateness(groups, telling),
  ];
};

import type { AnswerInstance, LateAdvertisement, Where } from '../../model/answer.js';
import { formatCulprit, formatDuration, formatMargin, formatShare, NOTHING } from '../format.js';
import type { Page } from './page.js';
import type { Span, Style } from './spans.js';
import { span } from './spans.js';
import type { Column } from './table.js';
import { writeTable } from './table.js';
import type { Times } from './times.js';

/** A late advertisement with the number the report calls it by. */
export interface NumberedLate {
  readonly number: number;
  readonly instance: AnswerInstance;
  readonly late: LateAdvertisement;
}

export const STYLE_OF_WHERE: Readonly<Record<Where, Style>> = {
  'sender-process': 'warn',
  'sender-vm': 'warn',
  host: 'host',
  network: 'network',
  unknown: 'dim',
};

/** The margin to a takeover in words. */
export const describeMargin = ({ marginToTakeoverNs }: LateAdvertisement): string => {
  const margin = BigInt(marginToTakeoverNs);
  if (margin > 0n) return `${formatDuration(margin)} before a takeover`;
  return margin === 0n ? 'just long enough for a takeover' : `${formatDuration(-margin)} past the takeover`;
};

const styleOfLateness = ({ severity }: LateAdvertisement): Style => (severity === 'takeover' ? 'bad' : 'plain');

const COLUMNS: readonly Column[] = [
  { header: '#', align: 'right', alone: (cell) => [span('#'), cell] },
  { header: 'left at', align: 'left', alone: (cell) => [cell] },
  { header: 'late', align: 'right', alone: (cell) => [cell, span(' late')] },
  { header: 'margin', align: 'right', alone: (cell) => [span('margin '), cell] },
  { header: 'sure', align: 'right', alone: (cell) => [cell, span(' sure')] },
  { header: 'cause', align: 'left', alone: (cell) => [cell] },
  { header: 'culprit', align: 'left', alone: (cell) => (cell.text === NOTHING ? [] : [span('culprit '), cell]) },
];

const toRow = ({ number, late }: NumberedLate, times: Times): Span[] => [
  span(String(number)),
  span(times.format(late.sentNs)),
  span(formatDuration(late.latenessNs), styleOfLateness(late)),
  span(formatMargin(late.marginToTakeoverNs), styleOfLateness(late)),
  span(formatShare(late.confidence)),
  span(late.cause, STYLE_OF_WHERE[late.where]),
  span(formatCulprit(late.culprit)),
];

/** One row per late advertisement: when, how late, margin to takeover, confidence, cause, culprit. */
export const writeLateRows = (page: Page, lates: readonly NumberedLate[], times: Times): void => {
  writeTable(
    page,
    COLUMNS,
    lates.map((late) => toRow(late, times)),
    { indent: 2 },
  );
};

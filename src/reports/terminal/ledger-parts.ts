import type { LateAdvertisement, LedgerEntry } from '../../model/answer.js';
import { displayText } from '../../model/display.js';
import { formatCounted, formatDuration, formatShare } from '../format.js';
import { LETTER_OF_STATE } from '../vocabulary.js';
import { STYLE_OF_STATE } from './ledger-bar.js';
import type { Page } from './page.js';
import type { Span } from './spans.js';
import { span } from './spans.js';
import { writeTable } from './table.js';

/** Parts listed of one ledger; the shorter ones are summed up below. */
const LISTED_PARTS = 12;

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** The longest parts, still in time order, and the others. */
const chooseListed = (ledger: readonly LedgerEntry[], all: boolean): [LedgerEntry[], LedgerEntry[]] => {
  if (all || ledger.length <= LISTED_PARTS) return [[...ledger], []];
  const longest = new Set(
    ledger
      .map((entry, index) => ({ index, size: absolute(BigInt(entry.ns)) }))
      .sort((a, b) => (a.size > b.size ? -1 : a.size < b.size ? 1 : a.index - b.index))
      .slice(0, LISTED_PARTS)
      .map(({ index }) => index),
  );
  return [ledger.filter((_, index) => longest.has(index)), ledger.filter((_, index) => !longest.has(index))];
};

const describePart = ({ process, syscall, target, cpu, evidence }: LedgerEntry): string =>
  [
    process === null ? '' : displayText(process),
    syscall === null ? '' : displayText(syscall),
    target === null ? '' : displayText(target),
    cpu === null ? '' : `CPU ${cpu}`,
    evidence.map((index) => `[${index + 1}]`).join(' '),
  ]
    .filter((part) => part !== '')
    .join(' ');

const toRow = (entry: LedgerEntry, latenessNs: number): Span[] => [
  span(LETTER_OF_STATE[entry.state], STYLE_OF_STATE[entry.state]),
  span(entry.state, STYLE_OF_STATE[entry.state]),
  span(`${entry.bound === 'up-to' ? 'up to ' : ''}${formatDuration(entry.ns)}`),
  span(latenessNs > 0 ? formatShare(Number(entry.ns) / latenessNs) : ''),
  span(describePart(entry)),
];

const plainColumn = (align: 'left' | 'right') => ({ header: '', align, alone: (cell: Span) => [cell] }) as const;

const COLUMNS = [
  plainColumn('left'),
  plainColumn('left'),
  plainColumn('right'),
  plainColumn('right'),
  plainColumn('left'),
];

/** The parts of a ledger in time order: state, length, share of the lateness, who and what, evidence. */
export const writeLedgerParts = (page: Page, late: LateAdvertisement, { all }: { all: boolean }): void => {
  const [listed, others] = chooseListed(late.ledger, all);
  writeTable(
    page,
    COLUMNS,
    listed.map((entry) => toRow(entry, Number(late.latenessNs))),
    { indent: 4, header: false },
  );
  if (others.length === 0) return;
  const sum = others.reduce((total, { ns }) => total + BigInt(ns), 0n);
  page.line(`and ${formatCounted(others.length, 'shorter part')}, ${formatDuration(sum)} together (--all lists them)`, {
    indent: 4,
    hang: 2,
  });
};

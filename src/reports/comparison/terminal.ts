import type { ComparedGroup, Comparison } from '../../model/comparison.js';
import { displayText } from '../../model/display.js';
import type { PageOptions } from '../terminal/page.js';
import { Page } from '../terminal/page.js';
import type { Span } from '../terminal/spans.js';
import { span } from '../terminal/spans.js';
import { measureText } from '../terminal/width.js';
import { buildDocument } from './build.js';
import type { Block, Pieces } from './document.js';
import { showPiece, writeRows } from './terminal-rows.js';

export interface ComparisonTerminalOptions extends PageOptions {
  /** Everything: all culprits, settings and sessions, not the first of them only. */
  readonly all: boolean;
}

/** Names longer than this part of the page make way for numbers in tables. */
const WIDEST_LABEL = 1 / 3;

/** What groups are called in tables: `label.arm rt`, or `#2` where names are long. */
const chooseLabels = (groups: readonly ComparedGroup[], width: number): ((group: string) => string) => {
  const longest = groups.reduce((most, { name }) => Math.max(most, measureText(displayText(name))), 0);
  if (longest <= width * WIDEST_LABEL || groups.length < 2) return (group) => group;
  const numbers = new Map(groups.map(({ name }, index) => [name, `#${index + 1}`]));
  return (group) => numbers.get(group) ?? group;
};

const toSpans = (pieces: Pieces): Span[] => pieces.map((piece) => span(showPiece(piece), piece.style));

const writeBlock = (page: Page, block: Block): void => {
  switch (block.kind) {
    case 'heading':
      page.gap();
      page.line(toSpans(block.pieces).map(({ text, style }) => span(text, style === 'plain' ? 'heading' : style)));
      break;
    case 'lead':
      page.line(toSpans(block.pieces));
      break;
    case 'paragraph':
      page.line(toSpans(block.pieces), { indent: 2, hang: 2 });
      break;
    case 'item':
      page.line([span('- '), ...toSpans(block.pieces)], { indent: 2, hang: 2 });
      break;
    case 'note':
      page.line(
        toSpans(block.pieces).map(({ text }) => span(text, 'dim')),
        { indent: 2, hang: 2 },
      );
      break;
    case 'table':
      writeRows(page, block);
      break;
  }
};

/**
 * A comparison as people read it: the answer, the groups, each pair, causes, what else may be behind it, how it was made.
 * No line is longer than `width` (columns).
 */
export const renderComparisonTerminal = (comparison: Comparison, options: ComparisonTerminalOptions): string => {
  const page = new Page(options);
  const telling = {
    label: chooseLabels(comparison.groups, options.width),
    all: options.all,
    hint: ' (--all tells them)',
  };
  for (const block of buildDocument(comparison, telling, options.zone)) writeBlock(page, block);
  return page.text();
};

import { displayText } from '../../model/display.js';
import { NOTHING } from '../format.js';
import type { Page } from '../terminal/page.js';
import type { Span } from '../terminal/spans.js';
import { span } from '../terminal/spans.js';
import { writeTable } from '../terminal/table.js';
import { measureText } from '../terminal/width.js';
import type { DocumentColumn, Piece, Pieces, Table } from './document.js';

const INDENT = 2;
const BETWEEN = 2;

/** With less room for its last column a table is harder to read than sentences. */
const NARROWEST_LAST = 20;

/** A piece's text made safe; a name that cannot be seen is told. */
export const showPiece = ({ text, isName }: Piece): string =>
  isName && text.trim() === '' ? '(empty)' : displayText(text);

/** A table's cell is one span: its words in the style of the first. */
const toCell = (pieces: Pieces): Span => span(pieces.map(showPiece).join(''), pieces[0]?.style ?? 'plain');

/** Whether the rows fit side by side, the last cell wrapped where it must be. */
const isWideEnough = (width: number, headers: readonly string[], rows: readonly (readonly Span[])[]): boolean => {
  const widths = headers.map((header, index) =>
    rows.reduce((most, row) => Math.max(most, measureText(row[index]?.text ?? '')), measureText(header)),
  );
  const last = Math.min(widths.at(-1) ?? 0, NARROWEST_LAST);
  return widths.slice(0, -1).reduce((sum, columns) => sum + columns + BETWEEN, last) <= width;
};

/** `label.arm rt: sessions 5; recorded 5.0 h` */
const toSentence = (columns: readonly DocumentColumn[], row: readonly Span[]): Span[] =>
  row.flatMap((cell, index) => {
    const { before = '', after = '' } = columns[index] ?? {};
    if (index > 0 && cell.text === NOTHING) return [];
    const between = index === 0 ? '' : index === 1 ? ': ' : '; ';
    return [span(`${between}${displayText(before)}`), cell, span(after)];
  });

/** A table where there is room for it; otherwise a sentence for each row. */
export const writeRows = (page: Page, { columns, rows }: Table): void => {
  const cells = rows.map((row) => row.map(toCell));
  const headers = columns.map(({ header }) => showPiece(header));
  if (!isWideEnough(page.options.width - INDENT, headers, cells)) {
    for (const row of cells) page.line(toSentence(columns, row), { indent: INDENT, hang: BETWEEN });
    return;
  }
  writeTable(
    page,
    columns.map(({ align }, index) => ({ header: headers[index] ?? '', align, alone: (cell) => [cell] })),
    cells,
    { indent: INDENT },
  );
};

import type { Page } from './page.js';
import type { Span } from './spans.js';
import { measureSpans, span, wrapSpans } from './spans.js';
import { measureText } from './width.js';

export interface Column {
  readonly header: string;
  readonly align: 'left' | 'right';
  /** How the column's cell reads where there is no header: `1.07 s late`. */
  readonly alone: (cell: Span) => readonly Span[];
}

const BETWEEN = 2;

/** How much further in a last cell stands below its row. */
const BELOW = 4;

/** The last column wraps down to this many columns before its cells go to lines of their own. */
const NARROWEST_LAST = 16;

const space = (columns: number): Span => span(' '.repeat(Math.max(columns, 0)));

const alignCell = (cell: Span, columns: number, align: 'left' | 'right'): Span[] => {
  const filler = space(columns - measureText(cell.text));
  return align === 'right' ? [filler, cell] : [cell, filler];
};

/**
 * A table. Where the page is narrow its last column wraps; where narrower the last cells stand below their rows; where
 * even that does not fit each row is a paragraph.
 *
 * @param rows as many cells each as there are columns
 */
export const writeTable = (
  page: Page,
  columns: readonly Column[],
  rows: readonly (readonly Span[])[],
  { indent = 0, header = true }: { indent?: number; header?: boolean } = {},
): void => {
  const width = page.options.width - indent;
  const widths = columns.map(({ header: title }, index) =>
    rows.reduce(
      (widest, row) => Math.max(widest, measureText(row[index]?.text ?? '')),
      header ? measureText(title) : 0,
    ),
  );
  const last = columns.length - 1;
  const before = widths.slice(0, last).reduce((sum, columnWidth) => sum + columnWidth + BETWEEN, 0);
  const forLast = Math.min(width - before, widths[last] ?? 0);
  if (before - BETWEEN > width) {
    for (const row of rows) writeParagraph(page, columns, row, indent);
    return;
  }
  const below = forLast < Math.min(widths[last] ?? 0, NARROWEST_LAST);
  const titles = columns.map((column) => span(column.header, 'dim'));
  const writeRow = (row: readonly Span[]): void => {
    const fixed = row
      .slice(0, last)
      .flatMap((cell, index) => [
        ...alignCell(cell, widths[index] ?? 0, columns[index]?.align ?? 'left'),
        space(BETWEEN),
      ]);
    const cell = row[last] ?? span('');
    if (below) {
      page.line(fixed, { indent });
      const alone = row === titles ? [] : (columns[last]?.alone(cell) ?? []);
      if (alone.length > 0) page.line(alone, { indent: indent + BELOW, hang: BETWEEN });
      return;
    }
    const wrapped = wrapSpans([cell], forLast);
    wrapped.forEach((spans, index) => {
      const filler = columns[last]?.align === 'right' ? [space(forLast - measureSpans(spans))] : [];
      page.line([...(index === 0 ? fixed : [space(before)]), ...filler, ...spans], { indent });
    });
  };
  if (header) writeRow(titles);
  rows.forEach(writeRow);
};

/** A row as a paragraph: each cell with what tells its meaning, the rest hanging below the first. */
const writeParagraph = (page: Page, columns: readonly Column[], row: readonly Span[], indent: number): void => {
  const spans = row.flatMap((cell, index) => {
    const alone = columns[index]?.alone(cell) ?? [cell];
    return index === 0 || alone.length === 0 ? alone : [space(BETWEEN), ...alone];
  });
  page.line(spans, { indent, hang: Math.min(measureText(row[0]?.text ?? '') + BETWEEN, 4) });
};

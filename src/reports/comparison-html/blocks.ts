import { NOTHING } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { renderTable } from '../html/table.js';
import type { Block, Piece, Pieces, Table } from './text-report.js';
import { showPiece } from './text-report.js';

const CLASS_OF_STYLE: Readonly<Partial<Record<Piece['style'], string>>> = { good: 'good', warn: 'warn', bad: 'bad' };

const renderPiece = (piece: Piece): SafeHtml => {
  const text = showPiece(piece);
  const said = piece.isName ? html`<span class="name">${text}</span>` : html`${text}`;
  const kind = CLASS_OF_STYLE[piece.style];
  if (kind !== undefined) return html`<span class="${kind}">${said}</span>`;
  return piece.style === 'strong' ? html`<strong>${said}</strong>` : said;
};

/** Stretches of text in a row. */
export const renderPieces = (pieces: Pieces): SafeHtml => html`${pieces.map(renderPiece)}`;

const renderCell = (pieces: Pieces): HtmlValue =>
  pieces.length === 1 && pieces[0]?.text === NOTHING
    ? html`<span class="muted">${NOTHING}</span>`
    : renderPieces(pieces);

/** Wide enough to be broken into lines rather than to make the table wider. */
const LONG = 60;

const isLong = (rows: Table['rows'], column: number): boolean =>
  rows.some((row) => (row[column] ?? []).reduce((sum, { text }) => sum + text.length, 0) > LONG);

const renderRows = ({ columns, rows }: Table, caption: string): SafeHtml =>
  renderTable({
    caption,
    columns: columns.map(({ header, align }, index) => ({
      header: showPiece(header),
      align,
      long: align === 'left' && isLong(rows, index),
    })),
    rows: rows.map((row) => row.map(renderCell)),
    // Counts name nothing: where they stand first, what is counted stands last.
    rowHeader: columns[0]?.align === 'right' ? columns.length - 1 : 0,
  });

/** Neighbouring items are one list. */
const groupItems = (blocks: readonly Block[]): (Block | Pieces[])[] => {
  const grouped: (Block | Pieces[])[] = [];
  for (const block of blocks) {
    const last = grouped.at(-1);
    if (block.kind !== 'item') grouped.push(block);
    else if (Array.isArray(last)) last.push(block.pieces);
    else grouped.push([block.pieces]);
  }
  return grouped;
};

/**
 * Blocks of the text report as HTML. Headings are of the third level; each is the caption of the table that follows it.
 *
 * @param title what a table is called that has no heading before it
 */
export const renderBlocks = (blocks: readonly Block[], title: string): SafeHtml => {
  let caption = title;
  return html`${groupItems(blocks).map((block) => {
    if (Array.isArray(block))
      return html`<ul>
        ${block.map((pieces) => html`<li>${renderPieces(pieces)}</li>`)}
      </ul>`;
    switch (block.kind) {
      case 'heading':
        caption = block.pieces.map(showPiece).join('');
        return html`<h3>${renderPieces(block.pieces)}</h3>`;
      case 'lead':
        return html`<p class="lead">${renderPieces(block.pieces)}</p>`;
      case 'paragraph':
      case 'item':
        return html`<p>${renderPieces(block.pieces)}</p>`;
      case 'note':
        return html`<p class="muted">${renderPieces(block.pieces)}</p>`;
      case 'table':
        return renderRows(block, caption);
    }
  })}`;
};

/** Blocks without their first heading, where a section has that title already. */
export const withoutHeading = (blocks: readonly Block[]): readonly Block[] =>
  blocks[0]?.kind === 'heading' ? blocks.slice(1) : blocks;

import type { Comparison } from '../../model/comparison.js';
import type { Zone } from '../format.js';
import { NOTHING } from '../format.js';
import { buildDocument } from './build.js';
import type { Block, Piece, Pieces } from './document.js';
import { writeCode, writeSentence } from './markdown-text.js';

const writePiece = ({ text, isName }: Piece, index: number): string =>
  isName ? writeCode(text) : writeSentence(text, index === 0);

const writePieces = (pieces: Pieces): string => pieces.map(writePiece).join('').trim();

const writeCell = (pieces: Pieces): string =>
  pieces.length === 1 && pieces[0]?.text === NOTHING ? NOTHING : writePieces(pieces);

const writeRow = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;

const writeBlock = (block: Block): string => {
  switch (block.kind) {
    case 'heading':
      return `### ${writePieces(block.pieces)}`;
    case 'lead':
      return `**${writePieces(block.pieces)}**`;
    case 'paragraph':
    case 'note':
      return writePieces(block.pieces);
    case 'item':
      return `- ${writePieces(block.pieces)}`;
    case 'table':
      return [
        writeRow(block.columns.map(({ header }) => writePiece(header, 0))),
        writeRow(block.columns.map(({ align }) => (align === 'right' ? '---:' : ':---'))),
        ...block.rows.map((row) => writeRow(row.map(writeCell))),
      ].join('\n');
  }
};

/** A comparison as GitHub markdown, ready for a ticket; names in it are text, whatever is in them. */
export const renderComparisonMarkdown = (comparison: Comparison, { zone }: { zone: Zone }): string => {
  const blocks = buildDocument(comparison, { label: (group) => group, all: false, hint: '' }, zone);
  const parts = blocks.map((block, index) => {
    const isListed = block.kind === 'item' && blocks[index - 1]?.kind === 'item';
    return `${index === 0 ? '' : isListed ? '\n' : '\n\n'}${writeBlock(block)}`;
  });
  return `${parts.join('')}\n`;
};

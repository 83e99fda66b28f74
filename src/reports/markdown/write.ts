import { displayText } from '../../model/display.js';
import { writeCode, writeSentence } from '../comparison/markdown-text.js';
import { NOTHING } from '../format.js';

/** Longest name, and longest sentence, that a ticket has (characters as shown): a path may have 4,096. */
const LONGEST_NAME = 120;
const LONGEST_SENTENCE = 800;
const LONGEST_ROW = 240;

/** A text made safe to show, cut where it is longer than so many characters. */
const shorten = (text: string, limit: number): string => {
  const shown = displayText(text);
  // Not in the middle of a surrogate pair.
  return shown.length > limit ? `${shown.slice(0, limit).replace(/[\ud800-\udbff]$/, '')}...` : shown;
};

/** A name as inline code; a dash for none. */
export const writeName = (name: string | null): string =>
  name === null || name === NOTHING ? NOTHING : writeCode(shorten(name, LONGEST_NAME));

/** A sentence in which names may stand. */
export const writeWords = (sentence: string, beginsBlock = true): string =>
  writeSentence(shorten(sentence, LONGEST_SENTENCE), beginsBlock);

/** Lines as they are, in a block of code whose fence is longer than any in them (CommonMark, 4.5). */
export const writeCodeBlock = (lines: readonly string[]): string => {
  const shown = lines.map((line) => shorten(line, LONGEST_ROW));
  const longest = shown.reduce(
    (most, line) => Math.max(most, ...(line.match(/`+/g) ?? []).map(({ length }) => length)),
    2,
  );
  const fence = '`'.repeat(longest + 1);
  return [`${fence}text`, ...shown, fence].join('\n');
};

/**
 * A table.
 *
 * @param columns names, with a `>` in front where the cells are numbers
 * @param rows cells that are markdown already, as many each as there are columns
 */
export const writeTable = (columns: readonly string[], rows: readonly (readonly string[])[]): string => {
  const write = (cells: readonly string[]): string => `| ${cells.join(' | ')} |`;
  return [
    write(columns.map((column) => column.replace(/^>/, ''))),
    write(columns.map((column) => (column.startsWith('>') ? '---:' : ':---'))),
    ...rows.map(write),
  ].join('\n');
};

/** A list; what is over `limit` is counted in its last item. */
export const writeList = (items: readonly string[], limit: number): string => {
  const listed = items.slice(0, limit).map((item) => `- ${item}`);
  const left = items.length - listed.length;
  return [...listed, ...(left > 0 ? [`- ...and ${left} more`] : [])].join('\n');
};

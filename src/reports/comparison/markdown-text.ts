import { displayText } from '../../model/display.js';

/**
 * A name as inline code, in which GitHub sees no link, mention or markup. Bars would end a table's cell and backticks
 * the code: they stand beside it, as references to characters.
 */
export const writeCode = (name: string): string => {
  const text = displayText(name);
  if (text.trim() === '') return '(empty)';
  return text
    .split(/([|`])/)
    .filter((part) => part !== '')
    .map((part) => (part === '|' ? '&#124;' : part === '`' ? '&#96;' : `\`${part}\``))
    .join('');
};

/** Words in which no reader of markdown finds markup, a link, a mention or a reference. */
const HARMLESS =
  /^["'(]*[\p{L}\p{N}+\-–/…%][\p{L}\p{N}.,+\-–/…%'"()]*[;:?]?$|^\d+(?::\d\d)+[.,;)]*$|^[-–=]$|^[.,;:]+$/u;

/** Addresses, issues and commits that are made links. */
const LINKED = /www\.|gh-\d|\b[\da-f]{7,40}\b/i;

/** What would begin a list or a line at the beginning of a block. */
const BEGINS_BLOCK = /^(?:\d+[.)]|[-+=]+)$/;

const writeWord = (word: string, isFirst: boolean): string => {
  if (HARMLESS.test(word) && !LINKED.test(word) && !(isFirst && BEGINS_BLOCK.test(word))) return word;
  const end = /[.,;:]*$/.exec(word)?.[0] ?? '';
  return `${writeCode(word.slice(0, word.length - end.length))}${end}`;
};

/**
 * A sentence that may hold names: every word that could be more than a word stands as code.
 *
 * @param beginsBlock whether it is the first of its paragraph, item or cell
 */
export const writeSentence = (sentence: string, beginsBlock = true): string => {
  const words = displayText(sentence).split(/( +)/);
  const first = words.findIndex((word) => word.trim() !== '');
  return words
    .map((word, index) => (word.trim() === '' ? word.slice(0, 1) : writeWord(word, beginsBlock && index === first)))
    .join('');
};

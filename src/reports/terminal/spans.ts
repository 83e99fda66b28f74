import { styleText } from 'node:util';
import { measureText, splitAtWidth } from './width.js';

export type Style = 'plain' | 'strong' | 'dim' | 'heading' | 'good' | 'warn' | 'bad' | 'host' | 'network';

/** A stretch of text in one style. */
export interface Span {
  readonly text: string;
  readonly style: Style;
}

export const span = (text: string, style: Style = 'plain'): Span => ({ text, style });

type Format = Parameters<typeof styleText>[0];

const FORMAT: Readonly<Record<Exclude<Style, 'plain'>, Format>> = {
  strong: 'bold',
  dim: 'dim',
  heading: ['bold', 'underline'],
  good: 'green',
  warn: 'yellow',
  bad: ['bold', 'red'],
  host: 'magenta',
  network: 'cyan',
};

/** One line of spans as text, with colours only when wanted. */
export const paintLine = (spans: readonly Span[], colors: boolean): string => {
  const merged: { text: string; style: Style }[] = [];
  for (const { text, style } of spans) {
    const last = merged.at(-1);
    if (last?.style === style) last.text += text;
    else merged.push({ text, style });
  }
  const plain = merged.map(({ text }) => text).join('');
  if (!colors) return plain.trimEnd();
  return merged
    .map(({ text, style }) => (style === 'plain' ? text : styleText(FORMAT[style], text, { validateStream: false })))
    .join('');
};

/** Columns the spans take. */
export const measureSpans = (spans: readonly Span[]): number =>
  spans.reduce((sum, { text }) => sum + measureText(text), 0);

/** Spaces, or a word; a number and its unit are one word. */
const TOKEN = / +|(?:[^ ]|(?<=\d) (?=(?:ns|µs|ms|s|min|h|%)(?![\w/])))+/g;

/** Words and the spaces between them; both keep their style. */
const toTokens = (spans: readonly Span[]): Span[] =>
  spans.flatMap(({ text, style }) => (text.match(TOKEN) ?? []).map((token) => ({ text: token, style })));

/** Words that touch (no space between) are one unbreakable piece, whatever their styles. */
const toPieces = (tokens: readonly Span[]): { spans: Span[]; space: boolean }[] => {
  const pieces: { spans: Span[]; space: boolean }[] = [];
  for (const token of tokens) {
    const space = token.text.startsWith(' ');
    const last = pieces.at(-1);
    if (last?.space === space) last.spans.push(token);
    else pieces.push({ spans: [token], space });
  }
  return pieces;
};

/** Lines being filled; all but the first are indented. */
class Filler {
  readonly lines: Span[][] = [[]];
  #used = 0;

  constructor(
    readonly width: number,
    readonly indent: number,
  ) {}

  get #free(): number {
    return this.width - this.#used;
  }

  #push(item: Span): void {
    this.lines.at(-1)?.push(item);
    this.#used += measureText(item.text);
  }

  #break(): void {
    this.lines.push(this.indent > 0 ? [span(' '.repeat(this.indent))] : []);
    this.#used = this.indent;
  }

  /** Put a word behind spaces on this line or, without them, on the next; a word longer than a line on several. */
  add(spaces: readonly Span[], word: readonly Span[]): void {
    const gap = measureSpans(spaces);
    const size = measureSpans(word);
    const longer = size > this.width - this.indent;
    if (gap + size <= this.#free || (longer && gap < this.#free))
      spaces.forEach((item) => {
        this.#push(item);
      });
    else this.#break();
    for (const { text, style } of word) {
      let rest = text;
      while (rest !== '') {
        const [head, tail] = splitAtWidth(rest, this.#free);
        if (head !== '') this.#push(span(head, style));
        rest = tail;
        if (rest !== '') this.#break();
      }
    }
  }
}

/** Columns left for text however far a line is indented: room for the widest character and to spare. */
const LEAST_TEXT = 10;

/**
 * Spans broken into lines of at most `width` columns, at spaces where there are any. Nothing is cut off: a word longer
 * than a line goes on in the next.
 *
 * @param width columns, at least 2
 * @param hang columns by which all lines but the first are indented
 */
export const wrapSpans = (spans: readonly Span[], width: number, hang = 0): Span[][] => {
  const filler = new Filler(width, Math.min(hang, Math.max(width - LEAST_TEXT, 0)));
  let spaces: Span[] = [];
  for (const piece of toPieces(toTokens(spans))) {
    if (piece.space) spaces = piece.spans;
    else {
      filler.add(spaces, piece.spans);
      spaces = [];
    }
  }
  return filler.lines;
};

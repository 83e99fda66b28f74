import { splitLines } from '../text-lines.js';
import type { CaptureContext } from './context.js';
import { TEXT_LONG_LINE } from './problems.js';

/** One line of a text, without its end. */
export interface TextLine {
  readonly text: string;
  /** From 1. */
  readonly number: number;
  /** False for a last line without a line feed: it may be cut. */
  readonly isWhole: boolean;
}

/** tcpdump's longest lines (-e with -vvv) stay below 2 KiB. */
const LONGEST_BYTES = 65_536;

/** The lines of a text (LF or CRLF, byte-order mark dropped); overlong ones are counted and left out. */
export const readLines = async function* (
  bytes: AsyncIterable<Uint8Array>,
  context: CaptureContext,
): AsyncGenerator<TextLine> {
  for await (const { first, texts, unterminated } of splitLines(bytes, LONGEST_BYTES)) {
    for (const [i, text] of texts.entries()) {
      const number = first + i;
      if (text === null) context.counters.add(TEXT_LONG_LINE);
      else yield { text: withoutMarks(text, number), number, isWhole: !unterminated };
    }
  }
};

const withoutMarks = (text: string, number: number): string => {
  const from = number === 1 && text.startsWith('\ufeff') ? 1 : 0;
  return text.slice(from, text.endsWith('\r') ? -1 : undefined);
};

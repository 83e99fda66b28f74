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
const MAX_LINE = 65_536;

/** Cut a stream of UTF-8 bytes into lines (LF or CRLF, byte-order mark dropped); overlong lines are counted and left out. */
export const splitLines = async function* (
  bytes: AsyncIterable<Uint8Array>,
  context: CaptureContext,
): AsyncGenerator<TextLine> {
  const decoder = new TextDecoder();
  let pending = '';
  let overlong = false;
  let number = 0;
  const finish = (text: string, isWhole: boolean): TextLine | null => {
    number++;
    if (overlong || text.length > MAX_LINE) {
      overlong = false;
      context.counters.add(TEXT_LONG_LINE);
      return null;
    }
    return { text: text.endsWith('\r') ? text.slice(0, -1) : text, number, isWhole };
  };
  for await (const chunk of bytes) {
    const parts = decoder.decode(chunk, { stream: true }).split('\n');
    for (const [i, part] of parts.entries()) {
      pending += part;
      if (i < parts.length - 1) {
        const line = finish(pending, true);
        pending = '';
        if (line) yield line;
      } else if (pending.length > MAX_LINE) {
        overlong = true;
        pending = '';
      }
    }
  }
  pending += decoder.decode();
  if (pending !== '' || overlong) {
    const line = finish(pending, false);
    if (line) yield line;
  }
};

/** No event is longer; sysdig cuts buffers, and an environment is limited by the kernel. */
export const LONGEST_LINE_BYTES = 4 * 1024 * 1024;

/** Some physical lines of a text in order, without their line feeds. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** null: longer than {@link LONGEST_LINE_BYTES}. */
  readonly texts: readonly (string | null)[];
  /** Whether the last text is the end of the stream and had no line feed. */
  readonly unterminated: boolean;
}

const LINE_FEED = 0x0a;
// Enough lines to spread the cost of a block, few enough to stay small beside a batch.
const BLOCK_BYTES = 256 * 1024;

/** Split bytes at line feeds, whatever the chunks. UTF-8 that is broken becomes U+FFFD. Holds one line and one chunk. */
export async function* splitLines(bytes: AsyncIterable<Uint8Array>): AsyncGenerator<LineBlock, void, undefined> {
  const open = new OpenLine();
  let first = 1;
  for await (const chunk of bytes) {
    const buffer = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < buffer.length; at += BLOCK_BYTES) {
      const texts = cutLines(buffer.subarray(at, at + BLOCK_BYTES), open);
      if (texts.length === 0) continue;
      yield { first, texts, unterminated: false };
      first += texts.length;
    }
  }
  if (!open.isEmpty) yield { first, texts: [open.close(Buffer.alloc(0))], unterminated: true };
}

const cutLines = (buffer: Buffer, open: OpenLine): (string | null)[] => {
  const texts: (string | null)[] = [];
  let start = 0;
  for (;;) {
    const end = buffer.indexOf(LINE_FEED, start);
    if (end < 0) break;
    texts.push(open.isEmpty ? buffer.toString('utf8', start, end) : open.close(buffer.subarray(start, end)));
    start = end + 1;
  }
  if (start < buffer.length) open.append(buffer.subarray(start));
  return texts;
};

/** The beginning of a line whose end has not come yet. */
class OpenLine {
  #parts: Buffer[] = [];
  #length = 0;

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  append(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > LONGEST_LINE_BYTES) this.#parts = [];
    // A copy: the chunk is the producer's to use again.
    else this.#parts.push(Buffer.from(part));
  }

  close(rest: Buffer): string | null {
    this.append(rest);
    const text = this.#length > LONGEST_LINE_BYTES ? null : Buffer.concat(this.#parts).toString('utf8');
    this.#parts = [];
    this.#length = 0;
    return text;
  }
}

/** No event is longer; sysdig cuts buffers, and an environment is limited by the kernel. */
export const LONGEST_LINE_BYTES = 4 * 1024 * 1024;

/** Some physical lines of a text in order, without their line feeds. */
export interface LineBlock {
  /** Number of the first line, from 1. */
  readonly first: number;
  /** null: longer than it may be. */
  readonly texts: readonly (string | null)[];
  /** Whether the last text is the end of the stream and had no line feed. */
  readonly unterminated: boolean;
}

const LINE_FEED = 0x0a;
// Enough lines to spread the cost of a block, few enough to stay small beside a batch.
const BLOCK_BYTES = 256 * 1024;

/**
 * Split bytes at line feeds, whatever the chunks. UTF-8 that is broken becomes U+FFFD. Holds one line and one chunk.
 *
 * @param longest length of a line at most, in bytes
 */
export async function* splitLines(
  bytes: AsyncIterable<Uint8Array>,
  longest = LONGEST_LINE_BYTES,
): AsyncGenerator<LineBlock, void, undefined> {
  const open = new OpenLine(longest);
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
    texts.push(open.close(buffer.subarray(start, end)));
    start = end + 1;
  }
  if (start < buffer.length) open.append(buffer.subarray(start));
  return texts;
};

/** The beginning of a line whose end has not come yet. */
class OpenLine {
  readonly #longest: number;
  #parts: Buffer[] = [];
  #length = 0;

  constructor(longest: number) {
    this.#longest = longest;
  }

  get isEmpty(): boolean {
    return this.#length === 0;
  }

  append(part: Buffer): void {
    this.#length += part.length;
    if (this.#length > this.#longest) this.#parts = [];
    // A copy: the chunk is the producer's to use again.
    else this.#parts.push(Buffer.from(part));
  }

  /** The whole line, which begins anew; null when it is too long. */
  close(rest: Buffer): string | null {
    const length = this.#length + rest.length;
    const text =
      length > this.#longest ? null : this.isEmpty ? rest.toString() : Buffer.concat([...this.#parts, rest]).toString();
    this.#parts = [];
    this.#length = 0;
    return text;
  }
}

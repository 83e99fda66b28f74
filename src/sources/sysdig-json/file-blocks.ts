import { closeSync, fstatSync, openSync, readSync } from 'node:fs';
import type { Block } from './blocks.js';
import { LONGEST_LINE_BYTES } from '../text-lines.js';
import { MARGIN } from './row-scanner.js';
import { BLOCK_BYTES, type Slab } from './slab.js';

const LINE_FEED = 0x0a;
/** Where a stretch is read to: copying from the page cache is several times slower where the two differ in alignment. */
const LEAD = 64;

/**
 * The blocks of a plain file, in any order and by any thread: the same ones as `cutBlocks` makes of its bytes. What is added
 * to the file meanwhile is not read.
 */
export class FileBlocks {
  readonly #file: number;
  readonly #size: number;
  /** Blocks there may be; some of them may hold no line. */
  readonly count: number;

  /** @throws what the file system says */
  constructor(path: string) {
    this.#file = openSync(path, 'r');
    this.#size = fstatSync(this.#file).size;
    this.count = Math.ceil(this.#size / BLOCK_BYTES);
  }

  close(): void {
    closeSync(this.#file);
  }

  /**
   * Read the lines that begin in stretch `index`; null where none does.
   *
   * @param slab for the bytes; longer lines than it holds get memory of their own
   * @throws what the file system says
   */
  read(index: number, slab: Slab): Block | null {
    const begin = index * BLOCK_BYTES;
    const end = Math.min(this.#size, begin + BLOCK_BYTES);
    // With the byte before the stretch: whether a line begins at its first one is seen there.
    const before = index === 0 ? 0 : 1;
    let bytes = slab.text;
    let filled = LEAD - before;
    filled += this.#fill(bytes, filled, begin - before);
    const stretch = Math.min(LEAD + end - begin, filled);
    const from = index === 0 ? LEAD : bytes.subarray(0, stretch).indexOf(LINE_FEED, LEAD - before) + 1;
    if (from >= stretch || from === 0) return null;
    const lastLine = Math.max(from, bytes.subarray(0, stretch - 1).lastIndexOf(LINE_FEED) + 1);
    let searched = stretch - 1;
    for (;;) {
      const feed = bytes.subarray(0, filled).indexOf(LINE_FEED, searched);
      const length = (feed < 0 ? filled : feed) - lastLine;
      if (length > LONGEST_LINE_BYTES) return { bytes, from, to: lastLine, end: 'long', slab };
      if (feed >= 0) return { bytes, from, to: feed + 1, end: 'whole', slab };
      if (filled < bytes.length - MARGIN || begin + filled - LEAD >= this.#size) {
        bytes[filled] = LINE_FEED;
        return { bytes, from, to: filled + 1, end: 'open', slab };
      }
      searched = filled;
      const more = Buffer.alloc(Math.min(2 * bytes.length, LEAD + BLOCK_BYTES + LONGEST_LINE_BYTES + 2) + MARGIN);
      bytes.copy(more, 0, 0, filled);
      bytes = more;
      filled += this.#fill(bytes, filled, begin + filled - LEAD);
    }
  }

  /** Fill `bytes` from `at` on with what stands in the file from `position` on; returns how many there were. */
  #fill(bytes: Buffer, at: number, position: number): number {
    let filled = 0;
    for (;;) {
      const wanted = Math.min(bytes.length - MARGIN - at, this.#size - position) - filled;
      if (wanted <= 0) return filled;
      const read = readSync(this.#file, bytes, at + filled, wanted, position + filled);
      if (read === 0) return filled;
      filled += read;
    }
  }
}

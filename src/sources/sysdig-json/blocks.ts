import { LONGEST_LINE_BYTES } from '../text-lines.js';
import { MARGIN } from './row-scanner.js';
import { BLOCK_BYTES, type Slab, type SlabPool } from './slab.js';

/**
 * The lines of a trace that begin within one stretch of {@link BLOCK_BYTES}, whatever the chunks its bytes came in: the
 * same bytes give the same blocks.
 */
export interface Block {
  /** The lines are [from, to), each with its line feed; at least {@link MARGIN} more bytes follow. */
  readonly bytes: Buffer;
  readonly from: number;
  readonly to: number;
  /**
   * What is special about the end: `long`: a line over {@link LONGEST_LINE_BYTES} follows, which is left out; `open`: the
   * last line is the trace's last and had no line feed of its own.
   */
  readonly end: 'whole' | 'long' | 'open';
  readonly slab: Slab;
}

const LINE_FEED = 0x0a;

/** Cut a stream of bytes into blocks. Copies, so chunks are the producer's to use again. */
export async function* cutBlocks(
  chunks: AsyncIterable<Uint8Array>,
  slabs: SlabPool,
): AsyncGenerator<Block, void, undefined> {
  const cutter = new BlockCutter(slabs);
  for await (const chunk of chunks) {
    const bytes = Buffer.from(chunk.buffer, chunk.byteOffset, chunk.byteLength);
    for (let at = 0; at < bytes.length;) {
      at = cutter.take(bytes, at);
      if (cutter.done) yield cutter.done;
    }
  }
  const rest = cutter.end();
  if (rest) yield rest;
}

/** Gathers a block at a time. */
class BlockCutter {
  readonly #slabs: SlabPool;
  #slab: Slab;
  #bytes: Buffer;
  #filled = 0;
  /** Bytes after which the block ends with its line; where it begins in the trace. */
  #target = BLOCK_BYTES;
  #begin = 0;
  /** Where the last line begins, once the target is reached. */
  #lastLine = 0;
  /** Bytes of a last line that is too long to be kept; 0 where it is not. */
  #dropped = 0;
  done: Block | null = null;

  constructor(slabs: SlabPool) {
    this.#slabs = slabs;
    this.#slab = slabs.take();
    this.#bytes = this.#slab.text;
  }

  /** Take bytes of a chunk from `at` on; returns how far they were taken. `done` then holds the block that became whole. */
  take(chunk: Buffer, at: number): number {
    this.done = null;
    const missing = this.#target - this.#filled;
    if (missing > 0) {
      const end = Math.min(chunk.length, at + missing);
      this.#append(chunk, at, end);
      if (this.#filled === this.#target) {
        if (this.#bytes[this.#filled - 1] === LINE_FEED) this.done = this.#close('whole');
        else this.#lastLine = this.#bytes.subarray(0, this.#filled).lastIndexOf(LINE_FEED) + 1;
      }
      return end;
    }
    const feed = chunk.indexOf(LINE_FEED, at);
    const end = feed < 0 ? chunk.length : feed + 1;
    const length = this.#dropped + this.#filled - this.#lastLine + (end - at) - (feed < 0 ? 0 : 1);
    if (length > LONGEST_LINE_BYTES) {
      this.#dropped = length;
      this.#filled = this.#lastLine;
      // Reached all the same: what follows is the rest of that line.
      this.#target = this.#filled;
      if (feed >= 0) this.done = this.#close('long');
      return end;
    }
    this.#append(chunk, at, end);
    if (feed >= 0) this.done = this.#close('whole');
    return end;
  }

  /** What is left when the bytes have ended. */
  end(): Block | null {
    if (this.#dropped > 0) return this.#close('long');
    if (this.#filled === 0) {
      this.#slabs.give(this.#slab);
      return null;
    }
    if (this.#bytes[this.#filled - 1] === LINE_FEED) return this.#close('whole');
    this.#append(Buffer.from([LINE_FEED]), 0, 1);
    return this.#close('open');
  }

  #append(chunk: Buffer, from: number, to: number): void {
    const length = this.#filled + to - from;
    if (length + MARGIN > this.#bytes.length) {
      const more = Buffer.alloc(Math.min(2 * length, BLOCK_BYTES + LONGEST_LINE_BYTES + 1) + MARGIN);
      this.#bytes.copy(more, 0, 0, this.#filled);
      this.#bytes = more;
    }
    chunk.copy(this.#bytes, this.#filled, from, to);
    this.#filled = length;
  }

  #close(end: Block['end']): Block {
    const block: Block = { bytes: this.#bytes, from: 0, to: this.#filled, end, slab: this.#slab };
    this.#begin += this.#filled + (end === 'long' ? this.#dropped + 1 : 0);
    this.#slab = this.#slabs.take();
    this.#bytes = this.#slab.text;
    this.#filled = 0;
    this.#dropped = 0;
    this.#target = (Math.floor(this.#begin / BLOCK_BYTES) + 1) * BLOCK_BYTES - this.#begin;
    return block;
  }
}

import * as zlib from 'node:zlib';
import { Pump } from './zlib-pump.js';

/** What is wrong with compressed data: it ends in the middle, or is not what it should be. */
export type Failure = 'cut' | 'damaged';

const ID1 = 0x1f;
const ID2 = 0x8b;
const DEFLATE = 8;
const HEADER_BYTES = 10;
const TRAILER_BYTES = 8;
/** Bits of a header's flags (RFC 1952, 2.3.1). */
const HEADER_CHECK = 2;
const EXTRA = 4;
const NAME = 8;
const COMMENT = 16;
const RESERVED = 0xe0;

/** What gzip and others write where nothing is compressed. */
const NOTHING = [0x03, 0x00] as const;
/** Slices this large are handed to zlib, which may blow one up a thousandfold: all of it is held until it is taken. */
const SLICE = 16 * 1024;
/** Output is handed over in pieces of this size: each costs a turn of the event loop. */
const OUTPUT = 128 * 1024;
/** Of text that many bytes tell that it is none: they hold a NUL. */
const JUDGED = 64;
const LINE_END = Uint8Array.of(0x0a);

export const isGzip = (head: Uint8Array): boolean => head[0] === ID1 && head[1] === ID2;

/**
 * Decompress gzip data of any number of members (RFC 1952). Zeros behind a member are padding, as gzip(1) has it. Where a member is
 * damaged, or something else follows, reading goes on at the next member, in text on a new line; of binary data nothing can be made behind a hole, so that it ends there.
 *
 * @param fail is told each time something could not be read
 */
export async function* gunzipMembers(
  bytes: AsyncIterable<Uint8Array>,
  fail: (how: Failure) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  const source = new Source(bytes);
  const text = new TextJudge();
  try {
    for (;;) {
      if (!(await source.skipZeros())) return;
      const start = source.position;
      const header = await readHeader(source);
      if (header === 'cut') {
        fail('cut');
        return;
      }
      const outcome = header === 'none' ? 'damaged' : yield* inflateMember(source, start, text);
      if (outcome === 'whole') continue;
      fail(outcome);
      if (outcome === 'cut' || text.isBinary || !(await source.findHeader(start + 1))) return;
      if (text.hasAny) yield LINE_END;
    }
  } finally {
    await source.close();
  }
}

async function* inflateMember(
  source: Source,
  start: number,
  text: TextJudge,
): AsyncGenerator<Uint8Array, 'whole' | Failure, undefined> {
  let check = 0;
  let length = 0;
  if (!(await source.takeIf(NOTHING))) {
    const stream = zlib.createInflateRaw({ chunkSize: OUTPUT });
    const pump = new Pump(stream);
    try {
      for (let isOpen = true; isOpen;) {
        const slice = await source.take(SLICE);
        if (slice === null) await pump.end();
        else source.giveBack((await pump.write(slice)).length);
        for (const out of pump.take()) {
          text.note(out);
          check = zlib.crc32(out, check);
          length = (length + out.length) >>> 0;
          yield out;
        }
        const { failed } = pump;
        if (failed === 'damaged') source.rewind(start + HEADER_BYTES);
        if (failed !== null) return failed;
        isOpen = !pump.ended;
        if (slice === null && isOpen) return 'cut';
      }
    } finally {
      stream.destroy();
    }
  }
  const trailer = await source.read(TRAILER_BYTES);
  if (trailer === null) return 'cut';
  const matches = trailer.readUInt32LE(0) === check && trailer.readUInt32LE(4) === length;
  return matches ? 'whole' : 'damaged';
}

const readHeader = async (source: Source): Promise<'there' | 'none' | 'cut'> => {
  const head = await source.read(HEADER_BYTES);
  if (head === null) return (await source.wasHeader()) ? 'cut' : 'none';
  if (!isHeader(head, 0)) return 'none';
  const flags = head[3] ?? 0;
  if ((flags & EXTRA) !== 0) {
    const size = await source.read(2);
    if (size === null || !(await source.skip(size.readUInt16LE(0)))) return 'cut';
  }
  for (const flag of [NAME, COMMENT]) if ((flags & flag) !== 0 && !(await source.skipText())) return 'cut';
  return (flags & HEADER_CHECK) === 0 || (await source.skip(2)) ? 'there' : 'cut';
};

/** Whether a header begins at `at`: as strict as can be, for it is looked for among compressed data. */
const isHeader = (bytes: Uint8Array, at: number): boolean =>
  bytes[at] === ID1 &&
  bytes[at + 1] === ID2 &&
  bytes[at + 2] === DEFLATE &&
  ((bytes[at + 3] ?? RESERVED) & RESERVED) === 0 &&
  [0, 2, 4].includes(bytes[at + 8] ?? -1) &&
  ((bytes[at + 9] ?? -1) <= 13 || bytes[at + 9] === 255);

/** Whether what comes out is text. */
class TextJudge {
  #judged = 0;
  isBinary = false;

  get hasAny(): boolean {
    return this.#judged > 0;
  }

  note(bytes: Uint8Array): void {
    if (this.#judged >= JUDGED) return;
    if (bytes.subarray(0, JUDGED - this.#judged).includes(0)) this.isBinary = true;
    this.#judged += bytes.length;
  }
}

const NO_BYTES = Buffer.alloc(0);

/** Compressed bytes, with a little of what was taken last. */
class Source {
  readonly #iterator: AsyncIterator<Uint8Array>;
  #chunk: Buffer = NO_BYTES;
  #at = 0;
  /** Slice that was taken last, and the one before it. */
  #last: Uint8Array = NO_BYTES;
  #before: Uint8Array = NO_BYTES;
  #ended = false;
  /** Bytes taken in all. */
  position = 0;

  constructor(bytes: AsyncIterable<Uint8Array>) {
    this.#iterator = bytes[Symbol.asyncIterator]();
  }

  async close(): Promise<void> {
    await this.#iterator.return?.();
  }

  /** The next `most` bytes, fewer only at the end, so that what is lost with damage does not depend on how bytes came; null at the end. */
  async take(most: number): Promise<Uint8Array | null> {
    if (!(await this.#have(most)) && this.#chunk.length === this.#at) return null;
    const slice = this.#chunk.subarray(this.#at, this.#at + most);
    this.#move(slice.length);
    this.#before = this.#last;
    this.#last = slice;
    return slice;
  }

  /** The last `count` bytes of the slice taken last were not used. */
  giveBack(count: number): void {
    this.#move(-count);
    this.#last = this.#last.subarray(0, this.#last.length - count);
  }

  /** Go back as far as possible, but not before position `least`: damage shows behind where it is. */
  rewind(least: number): void {
    const held = Buffer.concat([this.#before, this.#last]);
    const back = Math.min(held.length, Math.max(0, this.position - least));
    this.#chunk = Buffer.concat([held.subarray(held.length - back), this.#chunk.subarray(this.#at)]);
    this.#at = 0;
    this.position -= back;
    this.#last = this.#before = NO_BYTES;
  }

  /** Exactly `count` bytes; null, and nothing is taken, where there are not as many. */
  async read(count: number): Promise<Buffer | null> {
    if (!(await this.#have(count))) return null;
    const bytes = this.#chunk.subarray(this.#at, this.#at + count);
    this.#move(count);
    return bytes;
  }

  /** Take these bytes if they are the next. */
  async takeIf(bytes: readonly number[]): Promise<boolean> {
    if (!(await this.#have(bytes.length)) || bytes.some((byte, i) => this.#chunk[this.#at + i] !== byte)) return false;
    this.#move(bytes.length);
    return true;
  }

  /** Whether what is left is the beginning of a header. */
  async wasHeader(): Promise<boolean> {
    await this.#have(HEADER_BYTES);
    return (
      isGzip(this.#chunk.subarray(this.#at)) || (this.#chunk.length === this.#at + 1 && this.#chunk[this.#at] === ID1)
    );
  }

  async skip(count: number): Promise<boolean> {
    for (let left = count; left > 0;) {
      if (!(await this.#have(1))) return false;
      const step = Math.min(left, this.#chunk.length - this.#at);
      this.#move(step);
      left -= step;
    }
    return true;
  }

  /** Skip up to the next zero. */
  async skipText(): Promise<boolean> {
    for (;;) {
      if (!(await this.#have(1))) return false;
      const end = this.#chunk.indexOf(0, this.#at);
      this.#move((end < 0 ? this.#chunk.length : end + 1) - this.#at);
      if (end >= 0) return true;
    }
  }

  /** Skip zeros; returns whether anything follows. */
  async skipZeros(): Promise<boolean> {
    for (;;) {
      if (!(await this.#have(1))) return false;
      let at = this.#at;
      while (at < this.#chunk.length && this.#chunk[at] === 0) at++;
      this.#move(at - this.#at);
      if (at < this.#chunk.length) return true;
    }
  }

  /** Go to the next header at or behind position `least`; returns whether there is one. */
  async findHeader(least: number): Promise<boolean> {
    if (this.position < least) await this.skip(least - this.position);
    while (await this.#have(HEADER_BYTES)) {
      const at = this.#chunk.indexOf(ID1, this.#at);
      const end = this.#chunk.length - HEADER_BYTES;
      if (at < 0 || at > end) this.#move(Math.max(1, (at < 0 ? this.#chunk.length : at) - this.#at));
      else {
        this.#move(at - this.#at);
        if (isHeader(this.#chunk, at)) return true;
        this.#move(1);
      }
    }
    return false;
  }

  #move(by: number): void {
    this.#at += by;
    this.position += by;
  }

  /** Whether there are as many bytes; they are in the chunk then. */
  async #have(count: number): Promise<boolean> {
    const parts: Uint8Array[] = [];
    let length = this.#chunk.length - this.#at;
    while (length < count && !this.#ended) {
      const next = await this.#iterator.next();
      if (next.done === true) this.#ended = true;
      else {
        parts.push(next.value);
        length += next.value.length;
      }
    }
    const [only] = parts;
    if (only !== undefined) {
      const isAlone = parts.length === 1 && this.#chunk.length === this.#at;
      this.#chunk = isAlone
        ? Buffer.from(only.buffer, only.byteOffset, only.byteLength)
        : Buffer.concat([this.#chunk.subarray(this.#at), ...parts]);
      this.#at = 0;
    }
    return length >= count;
  }
}

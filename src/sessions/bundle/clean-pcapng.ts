import { ByteQueue, viewOf } from '../../sources/capture/byte-queue.js';
import { zeroAuthentication } from './zero-authentication.js';
import type { OnZeroed } from './clean-capture.js';

const SECTION_HEADER = 0x0a0d0d0a;
const INTERFACE_DESCRIPTION = 1;
const INTERFACE_STATISTICS = 5;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
/** Type, length, and the length again at the end. */
const FRAME = 12;
/** wiretap's limit for a block. */
const LONGEST_BLOCK = 16_777_216;

/** Where the options of a block begin in its body, and those that are numbers or names of interfaces (draft-ietf-opsawg-pcapng). */
const KEPT_OPTIONS = new Map<number, { readonly at: number; readonly codes: ReadonlySet<number> }>([
  [SECTION_HEADER, { at: 16, codes: new Set() }],
  [INTERFACE_DESCRIPTION, { at: 8, codes: new Set([2, 9, 14]) }], // name, resolution, offset
  [INTERFACE_STATISTICS, { at: 12, codes: new Set([2, 3, 4, 5, 6, 7, 8]) }], // times and counts
]);
/** Blocks of packets: where the captured length stands, where the packet begins, and options that are counts. */
const PACKETS = new Map<number, { readonly length: number; readonly at: number; readonly codes: ReadonlySet<number> }>([
  [2, { length: 12, at: 20, codes: new Set() }],
  [6, { length: 12, at: 20, codes: new Set([2, 4]) }], // flags, drop count
]);

const pad = (length: number): number => Math.ceil(length / 4) * 4;

const keepOptions = (bytes: Uint8Array, codes: ReadonlySet<number>, little: boolean): Uint8Array => {
  const kept: Uint8Array[] = [];
  const view = viewOf(bytes);
  for (let at = 0; at + 4 <= bytes.length;) {
    const code = view.getUint16(at, little);
    const end = at + 4 + pad(view.getUint16(at + 2, little));
    if (code === 0 || end > bytes.length) break;
    if (codes.has(code)) kept.push(bytes.subarray(at, end));
    at = end;
  }
  return Buffer.concat(kept.length > 0 ? [...kept, new Uint8Array(4)] : []);
};

const makeBlock = (type: number, body: readonly Uint8Array[], little: boolean): Uint8Array => {
  const size = body.reduce((sum, { length }) => sum + length, FRAME);
  const block = new Uint8Array(size);
  const view = viewOf(block);
  view.setUint32(0, type, little);
  view.setUint32(4, size, little);
  let at = 8;
  for (const part of body) {
    block.set(part, at);
    at += part.length;
  }
  view.setUint32(at, size, little);
  return block;
};

/** Cleans the blocks of a file one after the other. */
class Cleaner {
  #little = true;
  #links: number[] = [];

  constructor(readonly onZeroed: OnZeroed) {}

  /** @returns the next block cleaned, or nothing where it is left out; null while it has not arrived, 'stop' where it makes no sense */
  next(queue: ByteQueue): Uint8Array[] | null | 'stop' {
    const head = queue.peek(12);
    if (!head) return null;
    const view = viewOf(head);
    if (view.getUint32(0) === SECTION_HEADER) {
      this.#little = view.getUint32(8, true) === BYTE_ORDER_MAGIC;
      this.#links = [];
    }
    const type = view.getUint32(0, this.#little);
    const size = view.getUint32(4, this.#little);
    if (size % 4 !== 0 || size < FRAME || size > LONGEST_BLOCK) return 'stop';
    const block = queue.peek(size);
    if (!block) return null;
    const cleaned = this.#clean(type, Uint8Array.from(block.subarray(8, size - 4)));
    queue.skip(size);
    return cleaned;
  }

  #clean(type: number, body: Uint8Array): Uint8Array[] | 'stop' {
    const options = KEPT_OPTIONS.get(type);
    if (options) {
      if (body.length < options.at) return 'stop';
      const fixed = body.subarray(0, options.at);
      if (type === SECTION_HEADER) fixed.fill(0xff, 8); // its length is not known any more
      if (type === INTERFACE_DESCRIPTION) this.#links.push(viewOf(body).getUint16(0, this.#little));
      return [makeBlock(type, [fixed, keepOptions(body.subarray(options.at), options.codes, this.#little)], this.#little)]; // prettier-ignore
    }
    const packets = PACKETS.get(type);
    return packets ? this.#cleanPacket(type, body, packets) : [];
  }

  #cleanPacket(
    type: number,
    body: Uint8Array,
    { length, at, codes }: { length: number; at: number; codes: ReadonlySet<number> },
  ): Uint8Array[] | 'stop' {
    if (body.length < at) return 'stop';
    const view = viewOf(body);
    const captured = view.getUint32(length, this.#little);
    const end = at + pad(captured);
    if (end > body.length) return 'stop';
    const link = this.#links[type === 2 ? view.getUint16(0, this.#little) : view.getUint32(0, this.#little)];
    this.onZeroed(zeroAuthentication(link ?? -1, body.subarray(at, at + captured)));
    body.fill(0, at + captured, end);
    return [makeBlock(type, [body.subarray(0, end), keepOptions(body.subarray(end), codes, this.#little)], this.#little)]; // prettier-ignore
  }
}

/**
 * A pcapng file without secrets in its packets, and without comments, names, keys and blocks of other programs. It ends where a block makes no sense.
 */
export async function* cleanPcapng(
  bytes: AsyncIterable<Uint8Array>,
  onZeroed: OnZeroed,
): AsyncGenerator<Uint8Array, void, undefined> {
  const queue = new ByteQueue();
  const cleaner = new Cleaner(onZeroed);
  for await (const chunk of bytes) {
    queue.push(chunk);
    for (let cleaned = cleaner.next(queue); cleaned !== null; cleaned = cleaner.next(queue)) {
      if (cleaned === 'stop') return;
      yield* cleaned;
    }
  }
}

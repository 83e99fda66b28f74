import type { NameTable } from '../../model/event-batch.js';
import { decodeText } from '../trace/decode-text.js';

/** Names of more different spellings than this are looked up as text each time, so that hostile traces take no more memory. */
const MAX_SPELLINGS = 65_536;
/** Longer names (bytes), which nobody has, are likewise. */
const LONGEST_KEPT = 256;
const FIRST_SLOTS = 1024;
const FIRST_BYTES = 16_384;

/**
 * The ids of names by their bytes as they stand in a JSON string, so that a name seen before makes no string. Several
 * spellings (escapes, broken UTF-8) of one name have its one id.
 */
export class ByteNames {
  readonly #names: NameTable;
  /** Open addressing: a spelling's number plus 1, 0 where free. */
  #slots = new Int32Array(FIRST_SLOTS);
  #hashes = new Int32Array(FIRST_SLOTS);
  /** Of each spelling: where its bytes begin, how many there are, its id. */
  #starts = new Int32Array(FIRST_SLOTS);
  #lengths = new Int32Array(FIRST_SLOTS);
  #ids = new Uint32Array(FIRST_SLOTS);
  #spellings = 0;
  #bytes = new Uint8Array(FIRST_BYTES);
  #used = 0;

  constructor(names: NameTable) {
    this.#names = names;
  }

  /** The id of the name that [from, to) spells; `escaped` where it has escapes. */
  idOf(bytes: Buffer, from: number, to: number, escaped: boolean): number {
    const length = to - from;
    if (length === 0) return 0;
    let hash = length;
    for (let at = from; at < to; at++) hash = Math.imul(hash ^ (bytes[at] ?? 0), 0x01000193);
    const slots = this.#slots;
    const mask = slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    for (let held = slots[slot] ?? 0; held !== 0; held = slots[(slot = (slot + 1) & mask)] ?? 0) {
      const spelling = held - 1;
      if (this.#hashes[spelling] !== hash || this.#lengths[spelling] !== length) continue;
      const start = this.#starts[spelling] ?? 0;
      let at = 0;
      while (at < length && this.#bytes[start + at] === bytes[from + at]) at++;
      if (at === length) return this.#ids[spelling] ?? 0;
    }
    const id = this.#names.idOf(decodeText(bytes, from, to, escaped));
    if (this.#spellings < MAX_SPELLINGS && length <= LONGEST_KEPT) this.#keep(bytes, from, to, hash, id);
    return id;
  }

  #keep(bytes: Buffer, from: number, to: number, hash: number, id: number): void {
    const length = to - from;
    if (2 * (this.#spellings + 1) > this.#slots.length) this.#grow();
    if (this.#used + length > this.#bytes.length) {
      const more = new Uint8Array(2 * (this.#used + length));
      more.set(this.#bytes);
      this.#bytes = more;
    }
    const spelling = this.#spellings++;
    this.#bytes.set(bytes.subarray(from, to), this.#used);
    this.#starts[spelling] = this.#used;
    this.#lengths[spelling] = length;
    this.#hashes[spelling] = hash;
    this.#ids[spelling] = id;
    this.#used += length;
    this.#place(spelling);
  }

  #place(spelling: number): void {
    const hash = this.#hashes[spelling] ?? 0;
    const mask = this.#slots.length - 1;
    let slot = (hash ^ (hash >>> 15)) & mask;
    while (this.#slots[slot] !== 0) slot = (slot + 1) & mask;
    this.#slots[slot] = spelling + 1;
  }

  #grow(): void {
    const size = 2 * this.#slots.length;
    const copy = <T extends Int32Array | Uint32Array>(into: T, from: T): T => {
      into.set(from);
      return into;
    };
    this.#hashes = copy(new Int32Array(size), this.#hashes);
    this.#starts = copy(new Int32Array(size), this.#starts);
    this.#lengths = copy(new Int32Array(size), this.#lengths);
    this.#ids = copy(new Uint32Array(size), this.#ids);
    this.#slots = new Int32Array(size);
    for (let spelling = 0; spelling < this.#spellings; spelling++) this.#place(spelling);
  }
}

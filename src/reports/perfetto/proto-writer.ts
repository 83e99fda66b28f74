import { LOW_BITS, type SplitTime } from './axis.js';

const VARINT = 0;
const FIXED64 = 1;
const BYTES = 2;
const DOUBLE = 1;

const FIRST_SIZE = 1 << 16;

/** Room that a varint takes at most, and a tag with a 64-bit number. */
const MOST_NUMBER_BYTES = 20;

/**
 * Writes protobuf fields (https://protobuf.dev/programming-guides/encoding/) into one growing buffer. Numbers are exact up to
 * 2^53; what can be larger or negative is a bigint.
 */
export class ProtoWriter {
  private bytes = new Uint8Array(FIRST_SIZE);
  private view = new DataView(this.bytes.buffer);
  private at = 0;
  private readonly encoder = new TextEncoder();

  /** A whole number >= 0 (uint32, uint64, int32, int64, bool, enum). */
  writeNumber(field: number, value: number): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + VARINT);
    this.putVarint(value);
  }

  /** An int64 or uint64 of any size. */
  writeBigInt(field: number, value: bigint): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + VARINT);
    let rest = BigInt.asUintN(64, value);
    while (rest > 127n) {
      this.bytes[this.at++] = Number(rest & 127n) | 128;
      rest >>= 7n;
    }
    this.bytes[this.at++] = Number(rest);
  }

  /** The time `offset` ns (>= 0) after `base`, as uint64. */
  writeTime(field: number, base: SplitTime, offset: number): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + VARINT);
    const sum = base.low + offset;
    const low = sum % LOW_BITS;
    const high = base.high + Math.floor(sum / LOW_BITS);
    if (high === 0) {
      this.putVarint(low);
      return;
    }
    for (let shift = 0; shift < 28; shift += 7) this.bytes[this.at++] = ((low >>> shift) & 127) | 128;
    this.putVarint(high);
  }

  writeFixed64(field: number, value: number): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + FIXED64);
    this.view.setBigUint64(this.at, BigInt(value), true);
    this.at += 8;
  }

  writeDouble(field: number, value: number): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + DOUBLE);
    this.view.setFloat64(this.at, value, true);
    this.at += 8;
  }

  /** A string, or bytes that are UTF-8. */
  writeText(field: number, text: string): void {
    this.writeMessage(field, () => {
      this.reserve(text.length * 3);
      this.at += this.encoder.encodeInto(text, this.bytes.subarray(this.at)).written;
    });
  }

  /** A message whose fields `write` writes. */
  writeMessage(field: number, write: () => void): void {
    this.reserve(MOST_NUMBER_BYTES);
    this.putVarint(field * 8 + BYTES);
    const lengthAt = this.at++;
    write();
    const length = this.at - lengthAt - 1;
    if (length < 128) {
      this.bytes[lengthAt] = length;
      return;
    }
    this.reserve(MOST_NUMBER_BYTES);
    this.at = lengthAt;
    const room = Math.ceil((32 - Math.clz32(length)) / 7);
    this.bytes.copyWithin(lengthAt + room, lengthAt + 1, lengthAt + 1 + length);
    this.putVarint(length);
    this.at += length;
  }

  /** All that was written; the writer is not to be used after that. */
  finish(): Uint8Array {
    return this.bytes.subarray(0, this.at);
  }

  private putVarint(value: number): void {
    let rest = value;
    while (rest > 127) {
      this.bytes[this.at++] = (rest % 128) | 128;
      rest = Math.floor(rest / 128);
    }
    this.bytes[this.at++] = rest;
  }

  private reserve(more: number): void {
    if (this.at + more <= this.bytes.length) return;
    const grown = new Uint8Array(Math.max(2 * this.bytes.length, this.at + more));
    grown.set(this.bytes.subarray(0, this.at));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

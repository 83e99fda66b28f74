const EMPTY = new Uint8Array(0);

/** Bytes that arrived but were not yet used: chunks of any size in, contiguous views out. */
export class ByteQueue {
  #bytes: Uint8Array = EMPTY;
  #start = 0;
  #end = 0;
  #owned = false;
  #toSkip = 0;
  #consumed = 0;

  /** Bytes that can be viewed or taken now. */
  get available(): number {
    return this.#end - this.#start;
  }

  /** Offset in the input of the next byte, skipped bytes that have not arrived yet included. */
  get offset(): number {
    return this.#consumed;
  }

  /** Whether bytes were skipped that never arrived. */
  get owesSkipped(): boolean {
    return this.#toSkip > 0;
  }

  /** Append a chunk. It may be kept without a copy, so the caller must not change it afterwards. */
  push(chunk: Uint8Array): void {
    const skipped = Math.min(this.#toSkip, chunk.length);
    this.#toSkip -= skipped;
    const added = skipped > 0 ? chunk.subarray(skipped) : chunk;
    if (added.length === 0) return;
    const held = this.available;
    if (held === 0) {
      this.#bytes = added;
      this.#owned = false;
      this.#start = 0;
      this.#end = added.length;
      return;
    }
    if (!this.#owned || this.#end + added.length > this.#bytes.length) {
      const grown = new Uint8Array(Math.max(2 * (held + added.length), 4096));
      grown.set(this.#bytes.subarray(this.#start, this.#end));
      this.#bytes = grown;
      this.#owned = true;
      this.#start = 0;
      this.#end = held;
    }
    this.#bytes.set(added, this.#end);
    this.#end += added.length;
  }

  /** A view of the next `length` bytes, null while fewer have arrived. Valid until the next `push`. */
  peek(length: number): Uint8Array | null {
    if (this.available < length) return null;
    return this.#bytes.subarray(this.#start, this.#start + length);
  }

  /** Pass over `length` bytes, whether they have arrived or not. */
  skip(length: number): void {
    const here = Math.min(length, this.available);
    this.#start += here;
    this.#toSkip += length - here;
    this.#consumed += length;
  }
}

/** A DataView over exactly the bytes of `bytes`. */
export const viewOf = (bytes: Uint8Array): DataView => new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);

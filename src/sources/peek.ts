/** A byte stream with its beginning known. */
export interface Peeked {
  /** The first bytes, at least as many as asked for unless the stream is shorter. Do not modify. */
  readonly head: Uint8Array;
  /** The whole stream, `head` included; to be read once. Returning its iterator closes the source, read or not. */
  readonly bytes: AsyncIterable<Uint8Array>;
}

/**
 * Read the first `atLeast` bytes of a stream without losing them.
 *
 * @throws what the source throws while these bytes are read
 */
export const peek = async (source: AsyncIterable<Uint8Array>, atLeast: number): Promise<Peeked> => {
  const iterator = source[Symbol.asyncIterator]();
  const held: Uint8Array[] = [];
  let length = 0;
  while (length < atLeast) {
    const next = await iterator.next();
    if (next.done === true) break;
    held.push(next.value);
    length += next.value.byteLength;
  }
  return { head: held.length === 1 && held[0] ? held[0] : Buffer.concat(held), bytes: replay(held, iterator) };
};

// Not a generator: one that was never started would not close the source when it is returned.
const replay = (held: Uint8Array[], iterator: AsyncIterator<Uint8Array>): AsyncIterable<Uint8Array> => {
  const replaying: AsyncIterator<Uint8Array> = {
    next() {
      const value = held.shift();
      return value ? Promise.resolve({ done: false, value }) : iterator.next();
    },
    async return() {
      held.length = 0;
      await iterator.return?.();
      return { done: true, value: undefined };
    },
  };
  return { [Symbol.asyncIterator]: () => replaying };
};

/** How much of a file's beginning tells how its events are laid out, bytes. */
export const LAYOUT_BYTES = 64 * 1024;

const LINE_FEED = 0x0a;
const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COMMA = 0x2c;
const SPACE = 0x20;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_ARRAY = 0x5b;
const CLOSE_ARRAY = 0x5d;

const isSpace = (byte: number | undefined): boolean => byte === SPACE || byte === 0x09 || byte === 0x0d;

/** Objects on one line that show that it is no accident, such as a line feed that was lost. */
const SEVERAL = 3;
/** Line feeds within an object, likewise. */
const INDENTED = 3;

/**
 * Whether a trace has not one event a line, as sysdig writes it, but all on one line (an array, or one behind the other), or each
 * on several (`jq .`). Judged by its first event, which must be whole and sysdig's.
 *
 * @param head the trace's first {@link LAYOUT_BYTES}, or all of it
 */
export const needsRewrapping = (head: Uint8Array): boolean => {
  const bytes = head.subarray(0, LAYOUT_BYTES);
  let at = bytes[0] === 0xef && bytes[1] === 0xbb && bytes[2] === 0xbf ? 3 : 0;
  const skipSpace = (): void => {
    while (isSpace(bytes[at]) || bytes[at] === LINE_FEED) at++;
  };
  skipSpace();
  if (bytes[at] === OPEN_ARRAY) at++;
  skipSpace();
  const end = endOfObject(bytes, at);
  if (end < 0 || !isEvent(bytes.subarray(at, end))) return false;
  if (countFeeds(bytes.subarray(at, end)) >= INDENTED) return true;
  let objects = 1;
  for (at = end; objects < SEVERAL; objects++) {
    while (isSpace(bytes[at]) || bytes[at] === COMMA) at++;
    const next = endOfObject(bytes, at);
    if (next < 0) break;
    at = next;
  }
  return objects >= SEVERAL || (objects > 1 && !bytes.subarray(0, lastByte(bytes)).includes(LINE_FEED));
};

/** Where the object that begins at `at` ends; -1 where none does, or not within the bytes. */
const endOfObject = (bytes: Uint8Array, at: number): number => {
  if (bytes[at] !== OPEN) return -1;
  const state = new Nesting();
  for (; at < bytes.length; at++) if (state.take(bytes[at] ?? 0) === 'end') return at + 1;
  return -1;
};

const isEvent = (bytes: Uint8Array): boolean => {
  try {
    const row = JSON.parse(Buffer.from(bytes).toString('utf8')) as object;
    return Object.keys(row).some((key) => key.startsWith('evt.'));
  } catch {
    return false;
  }
};

const countFeeds = (bytes: Uint8Array): number => bytes.reduce((sum, byte) => sum + (byte === LINE_FEED ? 1 : 0), 0);

/** Where the white space at the end begins. */
const lastByte = (bytes: Uint8Array): number => {
  let end = bytes.length;
  while (end > 0 && (isSpace(bytes[end - 1]) || bytes[end - 1] === LINE_FEED)) end--;
  return end;
};

/** How deep in JSON a place is. */
class Nesting {
  depth = 0;
  inText = false;
  #escaped = false;

  /** @returns `end` with the brace that closes the outermost object, `torn` with a line feed inside a text, else `inside` */
  take(byte: number): 'inside' | 'end' | 'torn' {
    if (this.inText) {
      if (this.#escaped) this.#escaped = false;
      else if (byte === BACKSLASH) this.#escaped = true;
      else if (byte === QUOTE) this.inText = false;
      if (byte !== LINE_FEED) return 'inside';
      this.reset();
      return 'torn';
    }
    if (byte === QUOTE) this.inText = true;
    else if (byte === OPEN || byte === OPEN_ARRAY) this.depth++;
    else if (byte === CLOSE || byte === CLOSE_ARRAY) this.depth--;
    return this.depth <= 0 ? 'end' : 'inside';
  }

  reset(): void {
    this.depth = 0;
    this.inText = false;
    this.#escaped = false;
  }
}

/**
 * The same events one a line, told apart by their braces: line feeds inside an event become spaces, what lies between two (commas,
 * brackets, white space) goes, anything else there gets a line of its own. Holds nothing but the place it is at; a text that is never
 * closed ends at its line.
 */
export async function* rewrap(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, undefined> {
  const nesting = new Nesting();
  let where: 'between' | 'object' | 'foreign' = 'between';
  for await (const chunk of chunks) {
    // Behind an object a line feed is put in, which takes no more room than what was between it and the next, but for `}{` and `}x`.
    const out = Buffer.allocUnsafe(2 * chunk.length + 1);
    let length = 0;
    for (const byte of chunk) {
      if (where === 'between') {
        if (byte === OPEN) where = 'object';
        else if (isSpace(byte) || [LINE_FEED, COMMA, OPEN_ARRAY, CLOSE_ARRAY].includes(byte)) continue;
        else where = 'foreign';
      }
      if (where === 'foreign') {
        out[length++] = byte;
        if (byte === LINE_FEED) where = 'between';
        continue;
      }
      const state = nesting.take(byte);
      out[length++] = byte === LINE_FEED && state === 'inside' ? SPACE : byte;
      if (state === 'inside') continue;
      if (state === 'end') out[length++] = LINE_FEED;
      nesting.reset();
      where = 'between';
    }
    if (length > 0) yield out.subarray(0, length);
  }
}

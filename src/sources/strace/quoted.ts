/** Texts as strace quotes them: C's escapes, `\xHH` and `\ooo`, cut to the length of `-s` with `...` behind the quote. */

const QUOTE = 0x22;
const BACKSLASH = 0x5c;

const SHORT: Readonly<Partial<Record<string, number>>> = { a: 7, b: 8, t: 9, n: 10, v: 11, f: 12, r: 13 };

/**
 * Where the text that begins at `from`, its opening quote, ends: the place behind the closing one.
 *
 * @returns -1 where it is cut
 */
export const endOfQuoted = (text: string, from: number): number => {
  for (let at = from + 1; at < text.length; at++) {
    const code = text.charCodeAt(at);
    if (code === BACKSLASH) at++;
    else if (code === QUOTE) return at + 1;
  }
  return -1;
};

/** The first `most` bytes that the text between `from`, its opening quote, and `to`, behind its closing one, spells. */
export const readQuoted = (text: string, from: number, to: number, most: number): Uint8Array => {
  const bytes: number[] = [];
  for (let at = from + 1; at < to - 1 && bytes.length < most;) {
    if (text.charCodeAt(at) !== BACKSLASH) {
      bytes.push(text.charCodeAt(at) & 0xff);
      at++;
      continue;
    }
    const escape = /^(?:x([\da-f]{2})|([0-7]{1,3})|([^]))/i.exec(text.slice(at + 1, Math.min(at + 4, to - 1)));
    if (!escape) break;
    const [whole, hex, octal, char = ''] = escape;
    if (hex !== undefined) bytes.push(Number.parseInt(hex, 16));
    else if (octal !== undefined) bytes.push(Number.parseInt(octal, 8) & 0xff);
    else bytes.push(SHORT[char] ?? char.charCodeAt(0) & 0xff);
    at += 1 + whole.length;
  }
  return Uint8Array.from(bytes);
};

/** Names longer than this (bytes, the kernel's PATH_MAX) there are not. */
const LONGEST_NAME = 4096;

/** The text as a name for an info text, in which a space ends a value: spaces and what is not printable become `\xNN`. */
export const readName = (quoted: string): string =>
  Buffer.from(readQuoted(quoted, 0, quoted.length, LONGEST_NAME))
    .toString('utf8')
    .replace(/[\s\p{Cc}]/gu, (char) => `\\x${(char.codePointAt(0) ?? 0).toString(16).padStart(2, '0')}`);

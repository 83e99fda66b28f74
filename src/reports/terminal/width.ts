/** Ranges that take two columns: East Asian Width W and F (UAX #11), the blocks a name can hold. */
const WIDE: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0x303e],
  [0x3041, 0x33ff],
  [0x3400, 0x4dbf],
  [0x4e00, 0x9fff],
  [0xa000, 0xa4cf],
  [0xa960, 0xa97f],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x20000, 0x3fffd],
];

const NO_WIDTH = /^[\p{Mn}\p{Me}\p{Cf}]$/u;
const EMOJI = /^\p{Emoji_Presentation}$/u;

const measureChar = (char: string): number => {
  const code = char.codePointAt(0) ?? 0;
  if (code < 0x300) return 1;
  if (NO_WIDTH.test(char)) return 0;
  return EMOJI.test(char) || WIDE.some(([from, to]) => code >= from && code <= to) ? 2 : 1;
};

/** Columns a text takes on a terminal. The text holds no control characters (`displayText`). */
export const measureText = (text: string): number => {
  let columns = 0;
  for (const char of text) columns += measureChar(char);
  return columns;
};

/** As much of a text as fits in so many columns, and the rest. */
export const splitAtWidth = (text: string, columns: number): [string, string] => {
  let used = 0;
  let end = 0;
  for (const char of text) {
    used += measureChar(char);
    if (used > columns) break;
    end += char.length;
  }
  return [text.slice(0, end), text.slice(end)];
};

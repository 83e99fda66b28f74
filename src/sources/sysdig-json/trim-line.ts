/** A physical line without what does not belong to its row. */
export interface TrimmedLine {
  /** 'bracket': opens or closes the array of old versions, or is a lone comma. */
  readonly kind: 'row' | 'blank' | 'bracket';
  readonly text: string;
  readonly byteOrderMark: boolean;
  readonly carriageReturn: boolean;
}

const BRACE_OPEN = 0x7b;
const BRACE_CLOSE = 0x7d;
const BYTE_ORDER_MARK = 0xfeff;

/**
 * Take off a byte-order mark, CR, and the brackets and commas of the array form written before 2017. Only a line that
 * then is a row loses a bracket; `[1,2]` stays what it is.
 */
export const trimLine = (line: string): TrimmedLine => {
  if (line.charCodeAt(0) === BRACE_OPEN && line.charCodeAt(line.length - 1) === BRACE_CLOSE) {
    return { kind: 'row', text: line, byteOrderMark: false, carriageReturn: false };
  }
  const byteOrderMark = line.charCodeAt(0) === BYTE_ORDER_MARK;
  const carriageReturn = line.endsWith('\r');
  let text = trimSpace(line, byteOrderMark ? 1 : 0);
  if (text === '') return { kind: 'blank', text, byteOrderMark, carriageReturn };
  if (/^(?:\[[ \t]*\]?|\]?[ \t]*,?)$/.test(text)) return { kind: 'bracket', text, byteOrderMark, carriageReturn };
  text = text.replace(/^[[,][ \t\r]*(?=\{)/, '');
  if (text.charCodeAt(0) === BRACE_OPEN) text = text.replace(/(?<=\})[ \t\r]*(?:\][ \t\r]*)?,?$/, '');
  return { kind: 'row', text, byteOrderMark, carriageReturn };
};

/** What JSON takes for space within a line; `trim()` takes more. */
const trimSpace = (text: string, from: number): string => {
  let start = from;
  let end = text.length;
  while (start < end && isSpace(text.charCodeAt(start))) start++;
  while (end > start && isSpace(text.charCodeAt(end - 1))) end--;
  return text.slice(start, end);
};

const isSpace = (code: number): boolean => code === 0x20 || code === 0x09 || code === 0x0d;

import { INFO_KEYS, NANOS_KEY, RELATIVE_KEY, SECONDS_KEY, tellsArgument, TIME_KEYS } from './keys.js';

/** What the value of a key is to the scanner. */
export const SKIPPED = 0;
export const CPU = 1;
export const DIRECTION = 2;
export const INFO = 3;
export const NUMBER = 4;
export const TIME = 5;
export const TYPE = 6;
export const PROCESS = 7;
export const THREAD = 8;
export const SECONDS = 9;
export const NANOS = 10;
/** An info text for which another key stands in where it is `null`. */
export const INFO_TEXT = 11;

/** Keys with one column each. */
const KINDS: ReadonlyMap<string, number> = new Map([
  ['evt.cpu', CPU],
  ['evt.dir', DIRECTION],
  ['evt.num', NUMBER],
  ['evt.type', TYPE],
  ['proc.name', PROCESS],
  ['thread.tid', THREAD],
]);

/** More keys than this are no row of sysdig's. */
const MAX_KEYS = 64;
/** Longest key with what stands around it; shortest that 4 bytes at a time can compare. */
const MAX_LITERAL = 256;
const MIN_LITERAL = 4;

/** How rows are written: everything in them that is no value, and what each value is. */
export interface Shape {
  /** In front of each value, from the end of the value before (or the beginning of the row). */
  readonly literals: readonly Uint8Array[];
  /** What each value is. */
  readonly kinds: readonly number[];
  /** Behind the last value, the closing brace included. */
  readonly ending: Uint8Array;
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const COLON = 0x3a;
const COMMA = 0x2c;
const OPEN = 0x7b;
const CLOSE = 0x7d;

const isSpace = (byte: number | undefined): boolean => byte === 0x20 || byte === 0x09 || byte === 0x0d;

/**
 * The shape of the row in [from, to), or null where it has none that a scanner can go by: it is no flat object, a key has
 * escapes or comes twice, or it is no event. Values are not judged.
 */
export const learnShape = (bytes: Uint8Array, from: number, to: number): Shape | null => {
  const literals: Uint8Array[] = [];
  const keys: string[] = [];
  let at = from;
  let literalFrom = from;
  const skipSpace = (): void => {
    while (at < to && isSpace(bytes[at])) at++;
  };
  if (bytes[at++] !== OPEN) return null;
  for (;;) {
    skipSpace();
    if (bytes[at] !== QUOTE) return null;
    const keyFrom = ++at;
    while (at < to && bytes[at] !== QUOTE && bytes[at] !== BACKSLASH && (bytes[at] ?? 0) >= 0x20) at++;
    if (bytes[at] !== QUOTE) return null;
    const key = Buffer.from(bytes.subarray(keyFrom, at)).toString('latin1');
    at++;
    skipSpace();
    if (bytes[at++] !== COLON) return null;
    skipSpace();
    const length = at - literalFrom;
    if (keys.includes(key) || keys.length >= MAX_KEYS || length > MAX_LITERAL || length < MIN_LITERAL) return null;
    keys.push(key);
    literals.push(bytes.slice(literalFrom, at));
    at = endOfValue(bytes, at, to);
    if (at < 0) return null;
    literalFrom = at;
    skipSpace();
    if (bytes[at] === COMMA) at++;
    else break;
  }
  if (bytes[at] !== CLOSE || at + 1 - literalFrom > MAX_LITERAL) return null;
  const kinds = kindsOf(keys);
  return kinds && { literals, kinds, ending: bytes.slice(literalFrom, at + 1) };
};

/**
 * What each key's value is; null where the keys make no event, or where its arguments must be put together. Of several keys for one
 * thing the first of {@link TIME_KEYS} or {@link INFO_KEYS} counts.
 */
const kindsOf = (keys: readonly string[]): number[] | null => {
  const absolute = TIME_KEYS.find((key) => keys.includes(key));
  const isApart = absolute === undefined && keys.includes(SECONDS_KEY) && keys.includes(NANOS_KEY);
  const timeKey = absolute ?? (!isApart && keys.includes(RELATIVE_KEY) ? RELATIVE_KEY : undefined);
  if (!keys.includes('evt.type') || (timeKey === undefined && !isApart)) return null;
  const [infoKey, standIn] = INFO_KEYS.filter((key) => keys.includes(key));
  const hasArguments = keys.some(tellsArgument);
  if (infoKey === undefined && hasArguments) return null;
  return keys.map((key) => {
    if (key === timeKey) return TIME;
    if (key === infoKey) return standIn === undefined && !hasArguments ? INFO : INFO_TEXT;
    if (isApart && key === SECONDS_KEY) return SECONDS;
    if (isApart && key === NANOS_KEY) return NANOS;
    return KINDS.get(key) ?? SKIPPED;
  });
};

/** Where the scalar that begins at `at` ends, -1 where there is none. */
const endOfValue = (bytes: Uint8Array, at: number, to: number): number => {
  if (bytes[at] !== QUOTE) {
    const begin = at;
    while (at < to && isScalarByte(bytes[at] ?? 0)) at++;
    return at > begin ? at : -1;
  }
  for (at++; at < to && bytes[at] !== QUOTE; at++) if (bytes[at] === BACKSLASH) at++;
  return at < to ? at + 1 : -1;
};

/** Of numbers, `null`, `true` and `false`. */
const isScalarByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) || (byte >= 0x61 && byte <= 0x7a) || byte === 0x2d || byte === 0x2b || byte === 0x2e || byte === 0x45; // prettier-ignore

/** Whether two shapes read the same rows. */
export const sameShape = (a: Shape, b: Shape): boolean =>
  a.literals.length === b.literals.length &&
  Buffer.compare(a.ending, b.ending) === 0 &&
  a.literals.every((literal, i) => Buffer.compare(literal, b.literals[i] ?? new Uint8Array(0)) === 0);

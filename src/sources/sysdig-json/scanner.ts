/* eslint-disable @typescript-eslint/no-non-null-assertion -- every index is within the bytes and their margin; a default would cost a branch a byte */
import { ENTER, EXIT, type NameTable } from '../../model/event-batch.js';
import { ByteNames } from './byte-names.js';
import { BATCH_EVENTS, type Columns } from '../trace/columns.js';
import { BIGGEST_CPU, BIGGEST_TID, inferDirection } from './row-writer.js';
import { startCounts, type RowScanner } from './row-scanner.js';
import * as shapes from './shape.js';
import type { Shape } from './shape.js';
import { NS_PER_SECOND, REACH_SECONDS, type TraceBase } from '../trace/base.js';

/** Classes of bytes in a JSON string. */
const PLAIN = 0;
const PARENTHESIS = 1;
const BACKSLASH = 2;
const QUOTE = 3;
const CONTROL = 4;

const CLASSES = new Uint8Array(256);
CLASSES.fill(CONTROL, 0, 0x20);
CLASSES[0x22] = QUOTE;
CLASSES[0x5c] = BACKSLASH;
/** `)`: the name of a switch's next thread ends with one. */
CLASSES[0x29] = PARENTHESIS;

const byteSet = (text: string): Uint8Array => {
  const set = new Uint8Array(256);
  for (const byte of Buffer.from(text)) set[byte] = 1;
  return set;
};
/** What may follow a backslash alone; `u` needs four hexadecimal digits behind it. */
const SHORT_ESCAPES = byteSet('"\\/bfnrt');
const HEXADECIMAL = byteSet('0123456789abcdefABCDEF');

const LINE_FEED = 0x0a;
const CARRIAGE_RETURN = 0x0d;
const COMMA = 0x2c;
const QUOTE_BYTE = 0x22;
const PARENTHESIS_OPEN = 0x28;
const ZERO = 0x30;
const MINUS = 0x2d;

/** Four characters as they are compared. */
const wordOf = (text: string): number => Buffer.from(text).readInt32LE(0);
const NULL_WORD = wordOf('null');
const TRUE_WORD = wordOf('true');
const ALSE_WORD = wordOf('alse');
const NEXT_WORD = wordOf('next');
const EQUALS = 0x3d;
/** What follows the name in a switch's info: ` pgft_maj=`. */
const BEHIND_NAME = [wordOf(' pgf'), wordOf('t_ma'), wordOf('maj=')] as const;

/** Digits that a double holds whatever they are. */
const EXACT_DIGITS = 15;

/** A shape laid out for comparing four bytes at a time. */
interface Layout {
  readonly shape: Shape;
  readonly kinds: Uint8Array;
  readonly lengths: Int32Array;
  /** Where the words of each literal begin; the last word of a literal overlaps the one before. */
  readonly starts: Int32Array;
  readonly words: Int32Array;
  readonly hasCpu: boolean;
  readonly hasDirection: boolean;
  readonly hasThread: boolean;
}

const layOut = (shape: Shape): Layout => {
  const words: number[] = [];
  const starts: number[] = [];
  for (const literal of shape.literals) {
    starts.push(words.length);
    const bytes = Buffer.from(literal);
    for (let at = 0; at < bytes.length - 4; at += 4) words.push(bytes.readInt32LE(at));
    words.push(bytes.readInt32LE(bytes.length - 4));
  }
  return {
    shape,
    kinds: Uint8Array.from(shape.kinds),
    lengths: Int32Array.from(shape.literals, (literal) => literal.length),
    starts: Int32Array.from(starts),
    words: Int32Array.from(words),
    hasCpu: shape.kinds.includes(shapes.CPU),
    hasDirection: shape.kinds.includes(shapes.DIRECTION),
    hasThread: shape.kinds.includes(shapes.THREAD),
  };
};

/**
 * The scanner in TypeScript; see {@link RowScanner}. `assembly/scanner.ts` does the same in WebAssembly, and both stop at the
 * same rows.
 */
export class Scanner implements RowScanner {
  readonly #names: NameTable;
  readonly #base: TraceBase;
  readonly #byteNames: ByteNames;
  readonly #switch: number;
  /** Direction to infer by type, where rows tell none; 255: not asked yet. */
  #directions = new Uint8Array(0);
  #layout: Layout | null = null;
  counts = startCounts();

  constructor(names: NameTable, base: TraceBase) {
    this.#names = names;
    this.#base = base;
    this.#byteNames = new ByteNames(names);
    this.#switch = names.idOf('switch');
  }

  use(shape: Shape): void {
    if (this.#layout?.shape !== shape) this.#layout = layOut(shape);
  }

  scan(bytes: Buffer, from: number, to: number, line: number, columns: Columns): number {
    const layout = this.#layout;
    if (layout === null) return from;
    const { kinds, lengths, starts, words, shape, hasCpu, hasDirection, hasThread } = layout;
    const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
    const slots = kinds.length;
    const { ending } = shape;
    const endingLength = ending.length;
    const { time, nanos, num, tid, nextTid, type, comm, nextComm, infoFrom, infoTo, cpu, dir } = columns;
    const hasBase = this.#base.seconds !== null;
    const base = this.#base.seconds ?? 0;
    const byteNames = this.#byteNames;
    const switchId = this.#switch;
    const first = columns.length;
    let row = first;
    let returns = 0;
    let at = from;

    rows: while (at < to && row < BATCH_EVENTS) {
      let p = at;
      let seconds = 0;
      let behind = 0;
      let textFrom = 0;
      let textTo = 0;
      let lastParenthesis = -1;
      let escaped = false;
      let typeFrom = 0;
      let typeTo = 0;
      let typeEscaped = false;
      let commFrom = 0;
      let commTo = 0;
      let commEscaped = false;
      let number = -1;
      let cpuNumber = -1;
      let thread = -1;
      let direction = ENTER;

      for (let slot = 0; slot < slots; slot++) {
        const length = lengths[slot]!;
        const last = p + length - 4;
        let word = starts[slot]!;
        for (; p < last; p += 4) if (view.getInt32(p, true) !== words[word++]) break rows;
        if (view.getInt32(last, true) !== words[word]) break rows;
        p = last + 4;

        const kind = kinds[slot]!;
        switch (kind) {
          case shapes.TIME: {
            const begin = p;
            let digit = bytes[p]! - ZERO;
            if (digit <= 0 || digit > 9) break rows;
            do {
              seconds = seconds * 10 + digit;
              digit = bytes[++p]! - ZERO;
            } while (digit >= 0 && digit <= 9 && p < begin + 10);
            if (digit >= 0 && digit <= 9) {
              do {
                behind = behind * 10 + digit;
                digit = bytes[++p]! - ZERO;
              } while (digit >= 0 && digit <= 9 && p < begin + 19);
            }
            if (digit >= 0 && digit <= 9) break rows;
            if (p !== begin + 19) {
              seconds = Number(bytes.toString('latin1', begin, Math.max(begin, p - 9)));
              behind = Number(bytes.toString('latin1', Math.max(begin, p - 9), p));
            }
            break;
          }
          case shapes.CPU:
          case shapes.NUMBER:
          case shapes.THREAD:
          case shapes.SECONDS:
          case shapes.NANOS: {
            let value = bytes[p]! - ZERO;
            if (value < 0 || value > 9) {
              // -1, of a thread or a CPU; and an event without a number.
              if (bytes[p] === MINUS && bytes[p + 1] === ZERO + 1 && kind !== shapes.SECONDS && kind !== shapes.NANOS) {
                value = -1;
                p += 2;
              } else if (kind === shapes.NUMBER && view.getInt32(p, true) === NULL_WORD) {
                value = -1;
                p += 4;
              } else break rows;
            } else {
              const begin = p++;
              let digit = bytes[p]! - ZERO;
              if (value === 0 && digit >= 0 && digit <= 9) break rows;
              while (digit >= 0 && digit <= 9) {
                value = value * 10 + digit;
                digit = bytes[++p]! - ZERO;
              }
              if (p - begin > EXACT_DIGITS) break rows;
            }
            if (kind === shapes.NUMBER) number = value;
            else if (kind === shapes.CPU) {
              if (value > BIGGEST_CPU) break rows;
              cpuNumber = value;
            } else if (kind === shapes.THREAD) {
              if (value > BIGGEST_TID) break rows;
              thread = value;
            } else if (kind === shapes.SECONDS) seconds = value;
            else if (value >= NS_PER_SECOND) break rows;
            else behind = value;
            break;
          }
          case shapes.DIRECTION: {
            if (bytes[p] !== QUOTE_BYTE || bytes[p + 2] !== QUOTE_BYTE) break rows;
            const sign = bytes[p + 1];
            if (sign === 0x3e) direction = ENTER;
            else if (sign === 0x3c) direction = EXIT;
            else break rows;
            p += 3;
            break;
          }
          default: {
            if (bytes[p] !== QUOTE_BYTE) {
              if (kind === shapes.SKIPPED) p = endOfScalar(bytes, view, p);
              else if ((kind === shapes.INFO || kind === shapes.PROCESS) && view.getInt32(p, true) === NULL_WORD)
                p += 4;
              else p = -1;
              if (p < 0) break rows;
              break;
            }
            const begin = ++p;
            let parenthesis = -1;
            let hasEscapes = false;
            for (;;) {
              let found: number;
              while ((found = CLASSES[bytes[p]!]!) === PLAIN) p++;
              if (found === QUOTE) break;
              if (found === PARENTHESIS) parenthesis = p++;
              else if (found === BACKSLASH) {
                hasEscapes = true;
                if (SHORT_ESCAPES[bytes[p + 1]!] === 1) p += 2;
                else if (
                  bytes[p + 1] === 0x75 &&
                  HEXADECIMAL[bytes[p + 2]!]! + HEXADECIMAL[bytes[p + 3]!]! + HEXADECIMAL[bytes[p + 4]!]! + HEXADECIMAL[bytes[p + 5]!]! === 4 // prettier-ignore
                )
                  p += 6;
                else break rows;
              } else break rows;
            }
            if (kind === shapes.INFO || kind === shapes.INFO_TEXT) {
              textFrom = begin;
              textTo = p;
              lastParenthesis = parenthesis;
              escaped = hasEscapes;
            } else if (kind === shapes.TYPE) {
              typeFrom = begin;
              typeTo = p;
              typeEscaped = hasEscapes;
            } else if (kind === shapes.PROCESS) {
              commFrom = begin;
              commTo = p;
              commEscaped = hasEscapes;
            }
            p++;
          }
        }
      }
      for (let i = 0; i < endingLength; i++) if (bytes[p++] !== ending[i]) break rows;
      // What a line may have behind its row, as in the array form of old versions.
      let isReturned = 0;
      if (bytes[p] !== LINE_FEED) {
        if (bytes[p] === COMMA) p++;
        if (bytes[p] === CARRIAGE_RETURN) {
          isReturned = 1;
          p++;
        }
        if (bytes[p] !== LINE_FEED) break;
      }
      if (typeTo === typeFrom) break;

      const apart = seconds - base;
      if (hasBase && (apart > REACH_SECONDS || apart < -REACH_SECONDS)) break;
      const typeId = byteNames.idOf(bytes, typeFrom, typeTo, typeEscaped);
      const commId = byteNames.idOf(bytes, commFrom, commTo, commEscaped);
      let coming = -1;
      let comingComm = 0;
      if (typeId === switchId) {
        // next=TID(NAME) pgft_maj=..., as parseNextThread reads it; other forms are for a second look.
        let q = textFrom + 5;
        let digit = bytes[q]! - ZERO;
        if (escaped || textTo <= q || view.getInt32(textFrom, true) !== NEXT_WORD || bytes[q - 1] !== EQUALS) break;
        if (digit < 0 || digit > 9) break;
        coming = 0;
        do {
          coming = coming * 10 + digit;
          digit = bytes[++q]! - ZERO;
        } while (digit >= 0 && digit <= 9 && coming <= BIGGEST_TID);
        if (coming > BIGGEST_TID) break;
        if (bytes[q] === PARENTHESIS_OPEN) {
          const behindName = lastParenthesis + 1;
          if (
            lastParenthesis <= q ||
            view.getInt32(behindName, true) !== BEHIND_NAME[0] ||
            view.getInt32(behindName + 4, true) !== BEHIND_NAME[1] ||
            view.getInt32(behindName + 6, true) !== BEHIND_NAME[2]
          )
            break;
          comingComm = byteNames.idOf(bytes, q + 1, lastParenthesis, false);
        }
      }
      time[row] = hasBase ? apart * NS_PER_SECOND + behind : seconds;
      if (!hasBase) nanos[row] = behind;
      num[row] = number;
      cpu[row] = cpuNumber;
      tid[row] = thread;
      infoFrom[row] = textFrom;
      infoTo[row] = escaped ? -textTo - 1 : textTo;
      type[row] = typeId;
      comm[row] = commId;
      dir[row] = hasDirection ? direction : this.#directionOf(typeId);
      nextTid[row] = coming;
      nextComm[row] = comingComm;
      row++;
      returns += isReturned;
      at = p + 1;
    }

    const read = row - first;
    const { line: lines } = columns;
    for (let i = 0; i < read; i++) lines[first + i] = line + i;
    columns.length = row;
    this.counts.carriageReturns += returns;
    if (!hasCpu) this.counts.noCpu += read;
    if (!hasThread) this.counts.noThread += read;
    if (!hasDirection) this.counts.noDirection += read;
    return at;
  }

  #directionOf(typeId: number): number {
    if (typeId >= this.#directions.length) {
      const more = new Uint8Array(2 * typeId + 64).fill(255);
      more.set(this.#directions);
      this.#directions = more;
    }
    let direction = this.#directions[typeId] ?? EXIT;
    if (direction === 255) {
      direction = inferDirection(this.#names.nameOf(typeId));
      this.#directions[typeId] = direction;
    }
    return direction;
  }
}

/** Where a number, `null`, `true` or `false` that begins at `at` ends; -1 where it is none, or needs a second look. */
const endOfScalar = (bytes: Buffer, view: DataView, at: number): number => {
  const word = view.getInt32(at, true);
  if (word === NULL_WORD || word === TRUE_WORD) return at + 4;
  if (bytes[at] === 0x66) return view.getInt32(at + 1, true) === ALSE_WORD ? at + 5 : -1;
  let p = at;
  if (bytes[p] === MINUS) p++;
  const begin = p;
  while (isDigit(bytes[p]!)) p++;
  if (p === begin || (bytes[begin] === ZERO && p > begin + 1)) return -1;
  if (bytes[p] === 0x2e) {
    const fraction = ++p;
    while (isDigit(bytes[p]!)) p++;
    if (p === fraction) return -1;
  }
  // An exponent is for the second look; what follows must be the next literal.
  return p;
};

const isDigit = (byte: number): boolean => byte >= ZERO && byte <= ZERO + 9;

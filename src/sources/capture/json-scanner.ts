/** What a scanner tells of a text of JSON, as it goes. `depth` is 1 for the outermost container. */
export interface JsonSink {
  onOpen(isObject: boolean, depth: number): void;
  onClose(depth: number): void;
  /** @param name null where it is longer than is kept */
  onKey(name: string | null, depth: number): void;
  /** @param text a string's content, or a number or word as it is written; null where it is longer than is kept */
  onScalar(text: string | null): void;
  /** The text is broken here: every container that was open is given up. */
  onBroken(): void;
  /** A line outside any value. @param text its beginning */
  onOtherLine(text: string): void;
}

/** Where to go on after a place that is broken: behind the next line feed, or at the next object with a key of that name. */
export type Resume = 'line' | { readonly key: string };

/** No form of tshark's nests deeper than its protocols do; each level is two. */
const MAX_DEPTH = 128;
/** Longer strings are passed over: no field that is used is longer. */
const MAX_TEXT = 256;

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const LINE_FEED = 0x0a;
const isSpace = (byte: number): boolean => byte === 0x20 || (byte >= 0x09 && byte <= 0x0d);
const LITERAL = /^(?:-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?|true|false|null)$/;

type Expect = 'value' | 'key' | 'colon' | 'next';
type Inside = 'nothing' | 'string' | 'escape' | 'literal' | 'line' | 'broken';

/**
 * Reads values of JSON that follow each other, or stand in one array, byte by byte: memory does not grow with the text,
 * and a broken place costs only what is open there.
 */
export class JsonScanner {
  readonly #sink: JsonSink;
  readonly #resume: Resume;
  readonly #anchor: Buffer;
  readonly #text = Buffer.alloc(MAX_TEXT);
  readonly #isObject = new Uint8Array(MAX_DEPTH + 1);
  #length = 0;
  #hasEscape = false;
  #depth = 0;
  #expect: Expect = 'value';
  #isFirst = false;
  #inside: Inside = 'nothing';
  #matched = 0;

  constructor(sink: JsonSink, resume: Resume) {
    this.#sink = sink;
    this.#resume = resume;
    this.#anchor = Buffer.from(resume === 'line' ? '' : `"${resume.key}"`);
  }

  /** Whether the text so far ends inside a value of an array, or inside any other outermost one. */
  get isInsideValue(): boolean {
    return this.#depth > 1 || (this.#depth === 1 && this.#isObject[1] === 1) || this.#inside === 'string';
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) this.#take(byte);
  }

  /** The text has ended. */
  end(): void {
    if (this.#inside === 'line') this.#endLine();
    if (this.#inside === 'literal') this.#endLiteral();
  }

  #take(byte: number): void {
    switch (this.#inside) {
      case 'string':
        if (byte === QUOTE) this.#endString();
        else if (byte < 0x20) this.#break(byte);
        else this.#keep(byte, byte === BACKSLASH ? 'escape' : 'string');
        return;
      case 'escape':
        if (byte < 0x20) this.#break(byte);
        else this.#keep(byte, 'string');
        return;
      case 'line':
        if (byte === LINE_FEED) this.#endLine();
        else this.#keep(byte, 'line');
        return;
      case 'broken':
        this.#seekAnchor(byte);
        return;
      case 'literal':
        if (isLiteralByte(byte)) {
          this.#keep(byte, 'literal');
          return;
        }
        if (!this.#endLiteral()) {
          this.#break(byte);
          return;
        }
        break;
      case 'nothing':
    }
    this.#takeToken(byte);
  }

  #takeToken(byte: number): void {
    if (byte === LINE_FEED && this.#resume === 'line' && this.#depth > 0) this.#break(byte);
    else if (isSpace(byte)) return;
    else if (this.#depth === 0) this.#takeOutermost(byte);
    else if (byte === 0x7d || byte === 0x5d) this.#close(byte);
    else if (this.#expect === 'next') {
      if (byte !== 0x2c) this.#break(byte);
      else this.#expectAfterComma();
    } else if (this.#expect === 'colon') {
      if (byte !== 0x3a) this.#break(byte);
      else this.#expect = 'value';
    } else if (this.#expect === 'key') {
      if (byte !== QUOTE) this.#break(byte);
      else this.#begin('string');
    } else this.#takeValue(byte);
  }

  #takeOutermost(byte: number): void {
    if (byte === 0x7b || byte === 0x5b) this.#open(byte === 0x7b);
    // What is left of an array whose beginning was lost; a byte-order mark.
    else if (byte !== 0x2c && byte !== 0x5d && byte !== 0xef && byte !== 0xbb && byte !== 0xbf) {
      this.#begin('line');
      this.#keep(byte, 'line');
    }
  }

  #takeValue(byte: number): void {
    if (byte === QUOTE) this.#begin('string');
    else if (byte === 0x7b || byte === 0x5b) this.#open(byte === 0x7b);
    else if (isLiteralByte(byte)) {
      this.#begin('literal');
      this.#keep(byte, 'literal');
    } else this.#break(byte);
  }

  #begin(inside: Inside): void {
    this.#inside = inside;
    this.#length = 0;
    this.#hasEscape = false;
  }

  #keep(byte: number, inside: Inside): void {
    if (byte === BACKSLASH) this.#hasEscape = true;
    if (this.#length < MAX_TEXT) this.#text[this.#length] = byte;
    this.#length++;
    this.#inside = inside;
  }

  #open(isObject: boolean): void {
    if (this.#depth === MAX_DEPTH) {
      this.#break(0);
      return;
    }
    this.#depth++;
    this.#isObject[this.#depth] = isObject ? 1 : 0;
    this.#expect = isObject ? 'key' : 'value';
    this.#isFirst = true;
    this.#sink.onOpen(isObject, this.#depth);
  }

  #close(byte: number): void {
    const isObject = this.#isObject[this.#depth] === 1;
    const fits = (byte === 0x7d) === isObject && (this.#expect === 'next' || this.#isFirst);
    if (!fits) {
      this.#break(byte);
      return;
    }
    this.#sink.onClose(this.#depth);
    this.#depth--;
    this.#expect = 'next';
    this.#isFirst = false;
  }

  #expectAfterComma(): void {
    this.#expect = this.#isObject[this.#depth] === 1 ? 'key' : 'value';
    this.#isFirst = false;
  }

  #takeText(): string | null {
    if (this.#length > MAX_TEXT) return null;
    const text = this.#text.toString('utf8', 0, this.#length);
    return this.#hasEscape ? unescapeText(text) : text;
  }

  #endString(): void {
    this.#inside = 'nothing';
    this.#isFirst = false;
    if (this.#expect === 'key') {
      this.#expect = 'colon';
      this.#sink.onKey(this.#takeText(), this.#depth);
    } else {
      this.#expect = 'next';
      this.#sink.onScalar(this.#takeText());
    }
  }

  /** @returns whether it was a number or a word of JSON */
  #endLiteral(): boolean {
    this.#inside = 'nothing';
    const text = this.#takeText();
    if (text !== null && !LITERAL.test(text)) return false;
    this.#expect = 'next';
    this.#isFirst = false;
    this.#sink.onScalar(text);
    return true;
  }

  #endLine(): void {
    this.#inside = 'nothing';
    this.#sink.onOtherLine(this.#text.toString('utf8', 0, Math.min(this.#length, MAX_TEXT)));
  }

  #break(byte: number): void {
    this.#sink.onBroken();
    this.#depth = 0;
    this.#matched = 0;
    this.#inside = 'broken';
    this.#seekAnchor(byte);
  }

  #seekAnchor(byte: number): void {
    if (this.#resume === 'line') {
      if (byte === LINE_FEED) this.#inside = 'nothing';
      return;
    }
    // The anchor's first byte, a quote, occurs again only at its end.
    this.#matched = byte === this.#anchor[this.#matched] ? this.#matched + 1 : byte === QUOTE ? 1 : 0;
    if (this.#matched < this.#anchor.length) return;
    this.#inside = 'nothing';
    this.#open(true);
    this.#isFirst = false;
    this.#expect = 'colon';
    this.#sink.onKey(this.#resume.key, this.#depth);
  }
}

const isLiteralByte = (byte: number): boolean =>
  (byte >= 0x30 && byte <= 0x39) ||
  (byte >= 0x61 && byte <= 0x7a) ||
  byte === 0x45 ||
  byte === 0x2b ||
  byte === 0x2d ||
  byte === 0x2e;

const unescapeText = (text: string): string | null => {
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return null;
  }
};

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import ndjson from 'ndjson';
import type { Block } from './blocks.js';
import type { ColumnSource, Lane, LaneContext, Reached } from './lane.js';
import { LineAccount, quoteLongTimes } from './line-account.js';
import { RowWriter } from './row-writer.js';
import type { TrimmedLine } from './trim-line.js';

const LINE_FEED = 0x0a;

/**
 * The reference lane (`--parser ndjson`): the `ndjson` package behind a guard. It would end at a `null` row, drop bad rows
 * uncounted (`strict: false`) or hang (`strict: true`); so each line goes in inside an envelope, `[index,LINE]`: no row is
 * `null`, and a missing index is a bad row.
 */
export class NdjsonLane implements Lane {
  readonly #account: LineAccount;
  readonly #writer: RowWriter;
  readonly #parser: Duplex = createParser();

  constructor(context: LaneContext) {
    this.#account = new LineAccount(context.counters);
    this.#writer = new RowWriter(context);
  }

  async read(block: Block, line: number, into: ColumnSource): Promise<Reached> {
    const lines = splitBlock(block).map((text) => this.#account.trim(text));
    const envelopes = await this.#send(lines);
    let next = 0;
    lines.forEach((trimmed, index) => {
      const envelope = envelopes[next]?.[0] === index ? envelopes[next++] : undefined;
      if (trimmed.kind !== 'row') return;
      const row = this.#account.open(trimmed, envelope, block.end === 'open' && index === lines.length - 1);
      const columns = row === null ? null : into.open();
      if (row !== null && columns) this.#writer.add(row, line + index, columns);
    });
    if (block.end !== 'long') return { lines: lines.length, at: block.to };
    this.#account.noteLong();
    return { lines: lines.length + 1, at: block.to };
  }

  end(): void {
    this.#account.end();
  }

  close(): void {
    this.#account.settle();
    this.#parser.destroy();
  }

  /** Send lines through the parser; gives back the envelopes that came out, in order. */
  async #send(lines: readonly TrimmedLine[]): Promise<readonly (readonly unknown[])[]> {
    let text = '';
    for (const [index, line] of lines.entries()) if (line.kind === 'row') text += `[${index},${line.text}]\n`;
    if (text === '') return [];
    // The end mark tells when all has come out.
    this.#parser.write(`${quoteLongTimes(text)}[]\n`);
    const envelopes: unknown[][] = [];
    for (;;) {
      const envelope = this.#parser.read() as unknown[] | null;
      if (envelope === null) await once(this.#parser, 'readable');
      else if (envelope.length === 0) return envelopes;
      else envelopes.push(envelope);
    }
  }
}

const splitBlock = ({ bytes, from, to }: Block): string[] => {
  const texts: string[] = [];
  for (let at = from; at < to;) {
    const end = bytes.indexOf(LINE_FEED, at);
    texts.push(bytes.toString('utf8', at, end));
    at = end + 1;
  }
  return texts;
};

// @types/ndjson names the stream of an older version; it is a split2 stream, whose options pass through.
const createParser = (): Duplex =>
  ndjson.parse({ strict: false, decodeStrings: false } as Parameters<typeof ndjson.parse>[0]);

import { once } from 'node:events';
import type { Duplex } from 'node:stream';
import ndjson from 'ndjson';
import type { CounterTable } from '../../model/counters.js';
import { trimLine, type TrimmedLine } from './trim-line.js';
import type { LineBlock } from './lines.js';
import * as problems from './problems.js';

/** A JSON object, whatever it holds. */
export type Row = Readonly<Record<string, unknown>>;

/** The objects of some lines, with the number of the line of each. */
export interface NumberedRows {
  readonly rows: readonly Row[];
  readonly lines: readonly number[];
}

/**
 * Numbers that JSON.parse would round, as the value of a key that holds a time: quoted before the parse. An unescaped
 * quote behind `{` or `,` opens a key, so text inside a string (`evt.info`) cannot match in a row that is valid.
 */
const LONG_TIME =
  /([{,][ \t\r]*"evt\.(?:outputtime|rawtime|time|datetime)"[ \t\r]*:[ \t\r]*)([1-9]\d{15,})(?=[ \t\r]*[,}])/g;

/**
 * The `ndjson` package behind a guard. It would end at a `null` row, drop bad rows uncounted (`strict: false`) or hang
 * (`strict: true`); so each line goes in inside an envelope, `[index,LINE]`: no row is `null`, and a missing index is a
 * bad row. Rows come out with exact times, as strings of digits where they are long.
 */
export class RowParser {
  readonly #counters: CounterTable;
  readonly #parser: Duplex = createParser();
  /** Lines that do not even begin as a row, since the last that did. */
  #foreign = 0;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  /** The rows of a block; all its other lines are counted. */
  async parse(block: LineBlock): Promise<NumberedRows> {
    const rows: Row[] = [];
    const lines: number[] = [];
    const { texts } = block;
    const trimmed = texts.map((text) => (text === null ? null : this.#trim(text)));
    const envelopes = await this.#send(trimmed);

    let next = 0;
    for (let index = 0; index < texts.length; index++) {
      const envelope = envelopes[next];
      const parsed = envelope?.[0] === index;
      if (parsed) next++;
      const line = trimmed[index];
      if (line === null) this.#count(problems.LONG_LINE);
      else if (line === undefined || line.kind !== 'row') continue;
      else if (!parsed || envelope.length !== 2) this.#countBad(line, block.unterminated && index === texts.length - 1);
      else {
        const row = envelope[1];
        if (row === null) this.#count(problems.NULL_ROW);
        else if (typeof row !== 'object' || Array.isArray(row)) this.#count(problems.NOT_OBJECT);
        else {
          this.#settleForeign();
          rows.push(row as Row);
          lines.push(block.first + index);
        }
      }
    }
    return { rows, lines };
  }

  /** The trace has ended: count what only its end can tell. */
  end(): void {
    if (this.#foreign > 0) this.#counters.add(problems.TRAILING_GARBAGE, this.#foreign);
    this.#foreign = 0;
  }

  /** No more is wanted, whether the trace has ended or not. */
  close(): void {
    this.#settleForeign();
    this.#parser.destroy();
  }

  #trim(text: string): TrimmedLine {
    const line = trimLine(text);
    if (line.byteOrderMark) this.#counters.add(problems.BYTE_ORDER_MARK);
    if (line.carriageReturn) this.#counters.add(problems.CRLF);
    if (line.kind === 'blank') this.#counters.add(problems.BLANK_LINE);
    else if (line.kind === 'bracket') this.#counters.add(problems.ARRAY_FORM);
    return line;
  }

  /** Send lines through the parser; gives back the envelopes that came out, in order. */
  async #send(lines: readonly (TrimmedLine | null)[]): Promise<readonly (readonly unknown[])[]> {
    let text = '';
    for (let index = 0; index < lines.length; index++) {
      const line = lines[index];
      if (line?.kind === 'row') text += `[${index},${line.text}]\n`;
    }
    if (text === '') return [];
    // The end mark tells when all has come out.
    this.#parser.write(`${text.replace(LONG_TIME, '$1"$2"')}[]\n`);
    const envelopes: unknown[][] = [];
    for (;;) {
      const envelope = this.#parser.read() as unknown[] | null;
      if (envelope === null) await once(this.#parser, 'readable');
      else if (envelope.length === 0) return envelopes;
      else envelopes.push(envelope);
    }
  }

  #countBad(line: TrimmedLine, last: boolean): void {
    const asRow = line.text.startsWith('{');
    if (asRow && last) this.#count(problems.CUT_LINE);
    else if (asRow) this.#count(problems.BAD_ROW);
    else this.#foreign++;
  }

  #count(problem: (typeof problems)[keyof typeof problems]): void {
    this.#settleForeign();
    this.#counters.add(problem);
  }

  #settleForeign(): void {
    if (this.#foreign > 0) this.#counters.add(problems.BAD_ROW, this.#foreign);
    this.#foreign = 0;
  }
}

// @types/ndjson names the stream of an older version; it is a split2 stream, whose options pass through.
const createParser = (): Duplex =>
  ndjson.parse({ strict: false, decodeStrings: false } as Parameters<typeof ndjson.parse>[0]);

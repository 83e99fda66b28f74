import type { CounterTable } from '../../model/counters.js';
import * as problems from './problems.js';
import { trimLine, type TrimmedLine } from './trim-line.js';

/** A JSON object, whatever it holds. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Numbers that JSON.parse would round, as the value of a key that holds a time: quoted before the parse. An unescaped
 * quote behind `{` or `,` opens a key, so text inside a string (`evt.info`) cannot match in a row that is valid.
 */
const LONG_TIME =
  /([{,][ \t\r]*"evt\.(?:outputtime|rawtime|reltime|(?:time|datetime)(?:\.s)?|time\.iso8601)"[ \t\r]*:[ \t\r]*)([1-9]\d{15,})(?=[ \t\r]*[,}])/g;

/** Some text of rows with its long times as strings of digits, so that no parser rounds them. */
export const quoteLongTimes = (text: string): string => text.replace(LONG_TIME, '$1"$2"');

/** Foreign lines of a part of a trace, of which only the lines around it tell what they are. */
export interface ForeignLines {
  /** Those before the part's first line that is none; all, where every line is one, are `trailing`. */
  readonly leading: number;
  readonly trailing: number;
  /** Whether there was a line that is none. */
  readonly settled: boolean;
}

/**
 * What becomes of each line of a trace: a row, or a count under the name of what is wrong with it. Lines are to be told
 * in order; parts of a trace may be accounted for apart and joined.
 */
export class LineAccount {
  readonly #counters: CounterTable;
  /** Lines that do not even begin as a row, since the last that did. */
  #foreign = 0;
  /** In a part: those before the first line that is none; null as long as there was none such. */
  #leading: number | null = 0;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  /** From here on lines are a part whose beginning is judged when it is joined. */
  startPart(): void {
    this.#leading = null;
    this.#foreign = 0;
  }

  /** What the lines around the part must judge. */
  endPart(): ForeignLines {
    const foreign = { leading: this.#leading ?? 0, trailing: this.#foreign, settled: this.#leading !== null };
    this.#leading = 0;
    this.#foreign = 0;
    return foreign;
  }

  /** Go on behind a part. */
  join({ leading, trailing, settled }: ForeignLines): void {
    this.#foreign += leading;
    if (settled) this.settle();
    this.#foreign += trailing;
  }

  /** What is to be parsed of a line; its form is counted where it is unusual. */
  trim(text: string): TrimmedLine {
    const line = trimLine(text);
    if (line.byteOrderMark) this.#counters.add(problems.BYTE_ORDER_MARK);
    if (line.carriageReturn) this.#counters.add(problems.CRLF);
    if (line.kind === 'blank') this.#counters.add(problems.BLANK_LINE);
    else if (line.kind === 'bracket') this.#counters.add(problems.ARRAY_FORM);
    return line;
  }

  /** A line was longer than any event. */
  noteLong(): void {
    this.#count(problems.LONG_LINE);
  }

  /**
   * The row that a line of kind `row` holds, or null, and counted, where it holds none.
   *
   * @param envelope what a parser made of `[index,LINE]`; undefined where it refused
   * @param isOpen whether the line is the trace's last and has no line feed
   */
  open(line: TrimmedLine, envelope: readonly unknown[] | undefined, isOpen: boolean): Row | null {
    const row = envelope?.[1];
    if (envelope?.length !== 2) this.#countBad(line, isOpen);
    else if (row === null) this.#count(problems.NULL_ROW);
    else if (typeof row !== 'object' || Array.isArray(row)) this.#count(problems.NOT_OBJECT);
    else {
      this.settle();
      return row as Row;
    }
    return null;
  }

  /** A row was read: whatever foreign stood before it stood between rows. */
  settle(): void {
    if (this.#leading === null) this.#leading = this.#foreign;
    else if (this.#foreign > 0) this.#counters.add(problems.BAD_ROW, this.#foreign);
    this.#foreign = 0;
  }

  /** The trace has ended: count what only its end can tell. */
  end(): void {
    if (this.#foreign > 0) this.#counters.add(problems.TRAILING_GARBAGE, this.#foreign);
    this.#foreign = 0;
  }

  #countBad(line: TrimmedLine, isOpen: boolean): void {
    const asRow = line.text.startsWith('{');
    if (asRow && isOpen) this.#count(problems.CUT_LINE);
    else if (asRow) this.#count(problems.BAD_ROW);
    else this.#foreign++;
  }

  #count(problem: (typeof problems)[keyof typeof problems]): void {
    this.settle();
    this.#counters.add(problem);
  }
}

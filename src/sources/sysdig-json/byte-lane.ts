import type { CounterTable } from '../../model/counters.js';
import type { Block } from './blocks.js';
import type { Columns } from '../trace/columns.js';
import type { ColumnSource, Lane, LaneContext, Reached } from './lane.js';
import { LineAccount, quoteLongTimes, type Row } from './line-account.js';
import * as problems from './problems.js';
import { RowWriter } from './row-writer.js';
import { startCounts, type RowScanner } from './row-scanner.js';
import { Scanner } from './scanner.js';
import { learnShape, sameShape, type Shape } from './shape.js';

/** More shapes than this are not kept. */
const MAX_SHAPES = 8;
const LINE_FEED = 0x0a;
const BRACE_OPEN = 0x7b;

/**
 * The default lane: a scanner over bytes that knows how the trace's rows are written. A row it cannot read is parsed as
 * JSON, as the reference lane does, counted, and looked at for another way rows are written.
 */
export class ByteLane implements Lane {
  readonly account: LineAccount;
  readonly #writer: RowWriter;
  readonly #ours: RowScanner;
  readonly #fast: RowScanner | null;
  #scanner: RowScanner;
  readonly #counters: CounterTable;
  readonly #shapes: Shape[] = [];
  #current: Shape | null = null;

  /** @param fast a scanner in WebAssembly, for blocks that lie in its memory */
  constructor(context: LaneContext, fast: RowScanner | null) {
    const { names, base, counters } = context;
    this.account = new LineAccount(counters);
    this.#writer = new RowWriter(context);
    this.#ours = new Scanner(names, base);
    this.#fast = fast;
    this.#scanner = this.#ours;
    this.#counters = counters;
  }

  read({ bytes, from, to, end, slab }: Block, firstLine: number, into: ColumnSource): Reached {
    const mayBeFast = slab.isScanners && bytes === slab.text;
    let line = firstLine;
    for (let at = from; at < to;) {
      const columns = into.open();
      if (columns === null) {
        this.#report();
        return { lines: line - firstLine, at };
      }
      this.#choose(mayBeFast && columns.isScanners);
      const before = columns.length;
      const reached = this.#scan(bytes, at, to, line, columns);
      if (reached > at) {
        line += columns.length - before;
        this.account.settle();
        at = reached;
        continue;
      }
      const feed = bytes.indexOf(LINE_FEED, at);
      this.#readLine(bytes, at, feed, line, end === 'open' && feed === to - 1, columns);
      line++;
      at = feed + 1;
    }
    this.#report();
    if (end !== 'long') return { lines: line - firstLine, at: to };
    this.account.noteLong();
    return { lines: line + 1 - firstLine, at: to };
  }

  end(): void {
    this.account.end();
  }

  close(): void {
    this.account.settle();
  }

  /** Scan by the shape of the row before, else by any known one, else by the row's own. */
  #scan(bytes: Buffer, from: number, to: number, line: number, columns: Columns): number {
    if (this.#current) {
      const reached = this.#scanner.scan(bytes, from, to, line, columns);
      if (reached > from) return reached;
    }
    if (bytes[from] !== BRACE_OPEN) return from;
    const before = this.#current;
    for (const shape of this.#shapes) {
      if (shape === before) continue;
      this.#use(shape);
      const reached = this.#scanner.scan(bytes, from, to, line, columns);
      if (reached > from) return reached;
    }
    const shape = this.#learn(bytes, from) ?? before;
    if (shape === null) return from;
    this.#use(shape);
    return shape === before ? from : this.#scanner.scan(bytes, from, to, line, columns);
  }

  /** The scanner in WebAssembly, where both the bytes and the columns lie in its memory. */
  #choose(mayBeFast: boolean): void {
    const scanner = mayBeFast && this.#fast ? this.#fast : this.#ours;
    if (scanner === this.#scanner) return;
    this.#report();
    this.#scanner = scanner;
    if (this.#current) scanner.use(this.#current);
  }

  #use(shape: Shape): void {
    this.#current = shape;
    this.#scanner.use(shape);
  }

  /** The shape of a row that no known one fits; null where it has none, or its values are what does not fit. */
  #learn(bytes: Buffer, from: number): Shape | null {
    const shape = learnShape(bytes, from, bytes.indexOf(LINE_FEED, from));
    if (shape === null || this.#shapes.some((known) => sameShape(known, shape))) return null;
    if (this.#shapes.length === MAX_SHAPES) this.#shapes.shift();
    this.#shapes.push(shape);
    return shape;
  }

  #readLine(bytes: Buffer, from: number, to: number, line: number, isOpen: boolean, columns: Columns): void {
    const trimmed = this.account.trim(bytes.toString('utf8', from, to));
    if (trimmed.kind !== 'row') return;
    const row = this.account.open(trimmed, parseEnvelope(trimmed.text), isOpen);
    if (row === null) return;
    this.#counters.add(problems.SLOW_ROW);
    this.#writer.add(row, line, columns);
  }

  /** Hand on what the scanner counted. */
  #report(): void {
    const { counts } = this.#scanner;
    this.#counters.add(problems.CRLF, counts.carriageReturns);
    this.#counters.add(problems.NO_CPU, counts.noCpu);
    this.#counters.add(problems.NO_THREAD, counts.noThread);
    this.#counters.add(problems.NO_DIRECTION, counts.noDirection);
    this.#scanner.counts = startCounts();
  }
}

/** What the reference lane's parser makes of a row. */
const parseEnvelope = (text: string): readonly unknown[] | undefined => {
  try {
    return JSON.parse(quoteLongTimes(`[0,${text}]`)) as [0, Row];
  } catch {
    return undefined;
  }
};

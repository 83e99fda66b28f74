import { isIP } from 'node:net';
import type { Capture } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import type { CaptureContext } from './context.js';
import { readLines, type TextLine } from './lines.js';
import { CUT_RECORD, TSHARK_INTERVAL_UNSURE, TSHARK_OTHER_LINE, TSHARK_WRONG_COLUMNS } from './problems.js';
import { ClosingStatistics } from './tcpdump-stats.js';
import { missingField, refuseMissing, TsharkCollector, WRITE_AGAIN } from './tshark-collector.js';
import { isAboutItself } from './tshark-lines.js';
import { guessRoles } from './tshark-roles.js';
import { findSeparator, isSummaryLine, MOST_COLUMNS, readHeader, splitColumns, type Layout } from './tshark-table.js';
import { TIME_FIELDS } from './tshark-time.js';
import { FieldValues, type FieldName } from './tshark-values.js';

/** So many lines without header are looked at, and held, before their columns are named. */
const LINES_LOOKED_AT = 500;

/** The values of a field that occurs more than once in a packet, put together by an aggregator of one character. */
const occurrencesOf = (name: FieldName, text: string): string[] => {
  if (name.startsWith('frame.') || isIP(text) !== 0) return [text];
  const parts = text.split(/[^\w.:-]+/);
  const isList = parts.length > 1 && (!name.startsWith('ip') || parts.every((part) => isIP(part) !== 0));
  return isList ? parts : [text];
};

/** The advertisements' fields that say how long they may be apart. */
const INTERVALS: readonly (FieldName | null)[] = ['vrrp.adver_int', 'vrrp.short_adver_int'];

/** Reads the lines of one text. */
class FieldsReader {
  readonly #context: CaptureContext;
  readonly #values = new FieldValues();
  readonly #statistics = new ClosingStatistics();
  #held: TextLine[] = [];
  #separator: string | null = null;
  #headerLine: string | null = null;
  #layout: Layout | null = null;
  #collector: TsharkCollector | null = null;
  #rows = 0;
  #wrong = 0;

  constructor(context: CaptureContext) {
    this.#context = context;
  }

  readLine(line: TextLine): void {
    if (this.#layout && this.#collector) this.#readRow(line, this.#layout, this.#collector);
    else if (this.#separator === null) this.#begin(line);
    else {
      this.#held.push(line);
      if (this.#held.length >= LINES_LOOKED_AT) this.#guess(this.#separator);
    }
  }

  finish(): Capture {
    if (!this.#layout && this.#separator !== null) this.#guess(this.#separator);
    const { where, counters } = this.#context;
    if (!this.#collector) {
      throw new InputError(
        "no line of tshark's fields",
        `${where}, line 1`,
        'give what tshark -T fields prints, or a pcap file',
      );
    }
    if (this.#rows === 0 && this.#wrong > 0) {
      throw new InputError('no line has as many columns as the header', where, WRITE_AGAIN);
    }
    counters.add(TSHARK_WRONG_COLUMNS, this.#wrong);
    return this.#collector.finish('tshark-fields', this.#statistics.loss());
  }

  #begin(line: TextLine): void {
    const where = `${this.#context.where}, line ${String(line.number)}`;
    if (isSummaryLine(line.text)) refuseMissing('virtual router id in the packet list', where);
    const layout = readHeader(line.text);
    this.#separator = layout ? null : findSeparator(line.text);
    if (layout) {
      this.#headerLine = line.text;
      this.#use(layout, where);
    } else if (this.#separator === null) this.#readOther(line);
    else this.#held.push(line);
  }

  /** Name the columns of a text without header, and read the lines that were held for it. */
  #guess(separator: string): void {
    const split = this.#held.map(({ text }) => splitColumns(text, separator, MOST_COLUMNS));
    const width = split.find((values) => values !== null)?.length;
    const rows = split.filter((values) => values !== null && values.length === width);
    const roles = guessRoles(rows.filter((values) => values !== null));
    const first = `${this.#context.where}, line ${String(this.#held[0]?.number ?? 1)}`;
    if ('ambiguous' in roles) {
      throw new InputError(
        `nothing says ${roles.ambiguous}`,
        first,
        'record with -E header=y, which names the columns',
      );
    }
    if (roles.isIntervalUnsure) this.#context.counters.add(TSHARK_INTERVAL_UNSURE);
    this.#use({ separator, columns: roles.columns }, first);
    const held = this.#held;
    this.#held = [];
    for (const line of held) this.readLine(line);
  }

  #use(layout: Layout, where: string): void {
    const timeField = TIME_FIELDS.find(({ name }) => layout.columns.includes(name));
    if (!timeField) return refuseMissing('time (frame.time_epoch)', where);
    const missing = missingField((name) => layout.columns.includes(name));
    if (missing !== null) refuseMissing(missing, where);
    this.#layout = layout;
    this.#collector = new TsharkCollector(this.#context, timeField);
  }

  #readRow(line: TextLine, { separator, columns }: Layout, collector: TsharkCollector): void {
    const { text } = line;
    if (text === this.#headerLine) return;
    const values = text.includes(separator) ? splitColumns(text, separator, columns.length) : null;
    if (values?.length !== columns.length) this.#readOther(line, text.includes(separator));
    // Its last value may be cut.
    else if (!line.isWhole) this.#context.counters.add(CUT_RECORD);
    else {
      this.#rows++;
      this.#values.clear();
      for (const [i, name] of columns.entries()) {
        const value = values[i] ?? '';
        if (name === null || value === '') continue;
        for (const one of occurrencesOf(name, value)) this.#values.add(name, one);
      }
      collector.add(this.#values, columns.filter((name) => INTERVALS.includes(name)).length === 2, line.number);
    }
  }

  #readOther(line: TextLine, hasSeparator = false): void {
    if (this.#statistics.addLine(line.text) || isAboutItself(line.text)) return;
    if (!line.isWhole) this.#context.counters.add(CUT_RECORD);
    else if (hasSeparator) this.#wrong++;
    else this.#context.counters.add(TSHARK_OTHER_LINE);
  }
}

/**
 * Read what `tshark -T fields` prints, as a stream: any separator, quotes, occurrences and aggregator (-E), columns in
 * any order. With a header (`-E header=y`) columns are known by their names, without one by what their values are.
 *
 * `clock` is `epoch` with `frame.time_epoch`, `frame.time_utc` or `frame.time`, `relative` with `frame.time_relative` or
 * (added up) `frame.time_delta`. `packet` is the line. Of columns that are not used, `vrrp.auth_string` among them,
 * nothing is kept.
 *
 * @throws InputError where no column is the time, the source, the router id or the priority, or none can be told to be
 */
export const readTsharkFields = async (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> => {
  const reader = new FieldsReader(context);
  for await (const line of readLines(bytes, context)) reader.readLine(line);
  return reader.finish();
};

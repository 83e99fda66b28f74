import { isIP } from 'node:net';
import { readEpoch } from './tshark-time.js';
import { FIELD_NAMES, type FieldName } from './tshark-values.js';

/** What may stand between columns, most usual first (`-E separator=`). A letter, digit, dot or colon could not be told from values. */
const SEPARATORS = ['\t', ',', '|', ';', ' ', '/', '!', '#', '%', '&', '*', '+', '=', '@', '^', '~'];

/** What the packet list shows stands for a field where the field itself is not there. */
const ALIASES: readonly { readonly names: RegExp; readonly field: FieldName; readonly unless: readonly FieldName[] }[] =
  [
    { names: /^_ws\.col\.(?:source|(?:def|unres|res)_src)$/i, field: 'ip.src', unless: ['ip.src', 'ipv6.src'] },
    { names: /^_ws\.col\.(?:destination|(?:def|unres|res)_dst)$/i, field: 'ip.dst', unless: ['ip.dst', 'ipv6.dst'] },
  ];

/** How the lines of a text are to be read. */
export interface Layout {
  readonly separator: string;
  /** What each column holds; null where it is not used. */
  readonly columns: readonly (FieldName | null)[];
}

const NAME = /^[A-Za-z_][\w-]*(?:\.[\w-]+)*\.?$/;
const KNOWN_FIRST = /^(?:frame|ip|ipv6|vrrp|eth|_ws)\./;

const bare = (name: string): string => /^"(.*)"$|^'(.*)'$/.exec(name)?.slice(1).join('') ?? name;

/** The layout that a header line (`-E header=y`) gives; null for any other line. */
export const readHeader = (line: string): Layout | null => {
  const separator = SEPARATORS.find((one) => line.includes(one));
  if (separator === undefined || line.length > 8192) return null;
  const names = line.split(separator).map(bare);
  if (names.length < 2 || !names.every((name) => NAME.test(name)) || !names.some((name) => KNOWN_FIRST.test(name)))
    return null;
  return { separator, columns: nameColumns(names) };
};

/** Of a field that is there twice, the first column is used. */
const nameColumns = (names: readonly string[]): (FieldName | null)[] => {
  const taken = new Set<FieldName>();
  const fieldOf = (name: string): FieldName | null =>
    FIELD_NAMES.find((one) => one === name) ??
    ALIASES.find((alias) => alias.names.test(name) && !alias.unless.some((one) => names.includes(one)))?.field ??
    null;
  return names.map((name) => {
    const field = fieldOf(name);
    if (field === null || taken.has(field)) return null;
    taken.add(field);
    return field;
  });
};

/**
 * The values of a line; quotes around a value (`-E quote=d` or `s`) are taken off, and a separator inside them is none.
 *
 * @param most more columns than this are not looked for
 * @returns null where there are more, or a quote is not closed
 */
export const splitColumns = (line: string, separator: string, most: number): string[] | null => {
  const values: string[] = [];
  let at = 0;
  for (;;) {
    if (values.length === most) return null;
    const quote = line[at];
    if (quote === '"' || quote === "'") {
      const end = line.indexOf(quote + separator, at + 1);
      if (end < 0) {
        if (line.length < at + 2 || !line.endsWith(quote)) return null;
        values.push(line.slice(at + 1, -1));
        return values;
      }
      values.push(line.slice(at + 1, end));
      at = end + 2;
    } else {
      const end = line.indexOf(separator, at);
      values.push(end < 0 ? line.slice(at) : line.slice(at, end));
      if (end < 0) return values;
      at = end + 1;
    }
  }
};

/** Lines of more columns are none of packets as a person lets tshark print them. */
export const MOST_COLUMNS = 256;

const isTime = (text: string): boolean =>
  /^\d{1,11}\.\d{3,9}$/.test(text) || (text.length < 64 && /\d:\d\d:\d\d/.test(text) && readEpoch(text) !== null);

/**
 * The separator of a line without header: one between which a time and an address stand, among at least four values.
 *
 * @returns null for a line that is none of tshark's
 */
export const findSeparator = (line: string): string | null => {
  if (line.length > 8192 || !/\d\.\d|\d:\d/.test(line)) return null;
  const fits = (separator: string): boolean => {
    if (!line.includes(separator)) return false;
    const values = splitColumns(line, separator, MOST_COLUMNS);
    return values !== null && values.length >= 4 && values.some(isTime) && values.some((value) => isIP(value) !== 0);
  };
  return SEPARATORS.find(fits) ?? null;
};

/** A line of the packet list, which tshark prints when it is told no other form; it names no router. */
export const isSummaryLine = (line: string): boolean =>
  /^ *\d{1,10} {1,3}(?:\S{1,35} ){1,2} *\S{1,60} (?:→|->) \S{1,60} +VRRP \d+ Announcement \(v\d\)/.test(line);

/** Whether a text that begins with these lines is what `tshark -T fields` (or tshark without -T) prints. */
export const isTsharkFields = (lines: readonly string[]): boolean =>
  lines.slice(0, 200).some((line) => readHeader(line) !== null || findSeparator(line) !== null || isSummaryLine(line));

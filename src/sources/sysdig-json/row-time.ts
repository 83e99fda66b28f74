import { NANOS_KEY, RELATIVE_KEY, SECONDS_KEY, TIME_KEYS } from './keys.js';
import type { Row } from './line-account.js';
import { readTimeText, type TextTime } from './time-text.js';

/** A time as two numbers that doubles hold exactly. */
export interface SplitTime {
  seconds: number;
  /** 0 to 999,999,999. */
  nanos: number;
}

/** What a row's time counts from: see {@link TextTime}; `relative`: since the first event. */
export type RowTime = TextTime | 'relative';

const NS_DIGITS = 9;
const NS_PER_SECOND = 1e9;
const BILLION_DIGITS = /^\d{1,20}$/;
const COUNT_DIGITS = /^\d{1,15}$/;

/**
 * The time of a row, exact: integer ns as a string of digits or a number that was not rounded, else the two small
 * integers of `evt.rawtime.s` and `evt.rawtime.ns`, else a text, else the time since the first event.
 *
 * @param into receives the time, so that no object is made per row
 * @returns null where there is none
 */
export const readRowTime = (row: Row, into: SplitTime): RowTime | null => {
  for (const key of TIME_KEYS) if (splitNs(row[key], into)) return 'moment';
  const seconds = countOf(row[SECONDS_KEY]);
  const nanos = countOf(row[NANOS_KEY]);
  if (seconds !== null && nanos !== null && nanos < NS_PER_SECOND) {
    into.seconds = seconds;
    into.nanos = nanos;
    return 'moment';
  }
  for (const key of TIME_KEYS) {
    const text = row[key];
    const kind = typeof text === 'string' ? readTimeText(text, into) : null;
    if (kind !== null) return kind;
  }
  return splitNs(row[RELATIVE_KEY], into) ? 'relative' : null;
};

const splitNs = (value: unknown, into: SplitTime): boolean => {
  if (typeof value === 'string') {
    if (!BILLION_DIGITS.test(value)) return false;
    into.seconds = Number(value.slice(0, -NS_DIGITS));
    into.nanos = Number(value.slice(-NS_DIGITS));
    return true;
  }
  if (!isCount(value)) return false;
  into.nanos = value % NS_PER_SECOND;
  into.seconds = (value - into.nanos) / NS_PER_SECOND;
  return true;
};

/** A count, also as digits in a string. */
const countOf = (value: unknown): number | null => {
  if (typeof value === 'string') return COUNT_DIGITS.test(value) ? Number(value) : null;
  return isCount(value) ? value : null;
};

/** An integer from 0 that JSON.parse has not rounded. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

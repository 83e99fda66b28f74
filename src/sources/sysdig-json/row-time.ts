import { NANOS_KEY, SECONDS_KEY, TIME_KEYS } from './keys.js';
import type { Row } from './line-account.js';

/** A time since the epoch as two numbers that doubles hold exactly. */
export interface SplitTime {
  seconds: number;
  /** 0 to 999,999,999. */
  nanos: number;
}

const NS_DIGITS = 9;
const NS_PER_SECOND = 1e9;
const BILLION_DIGITS = /^\d{1,20}$/;

/**
 * The time of a row, exact: integer ns as a string of digits or a number that was not rounded, else the two small
 * integers of `evt.rawtime.s` and `evt.rawtime.ns`.
 *
 * @param into receives the time, so that no object is made per row
 * @returns whether there was one
 */
export const readRowTime = (row: Row, into: SplitTime): boolean => {
  for (const key of TIME_KEYS) if (splitNs(row[key], into)) return true;
  const seconds = row[SECONDS_KEY];
  const nanos = row[NANOS_KEY];
  if (!isCount(seconds) || !isCount(nanos) || nanos >= NS_PER_SECOND) return false;
  into.seconds = seconds;
  into.nanos = nanos;
  return true;
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

/** An integer from 0 that JSON.parse has not rounded. */
const isCount = (value: unknown): value is number => Number.isSafeInteger(value) && (value as number) >= 0;

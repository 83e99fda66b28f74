import { UsageError } from './usage-error.js';

const EPOCH = /^(\d{1,11})(?:\.(\d+))?$/;

/** RFC 3339, section 5.6; a space for `T` as its note allows. */
const RFC_3339 = /^(\d{4})-(\d\d)-(\d\d)[Tt ](\d\d):(\d\d):(\d\d)(?:\.(\d+))?(?:([Zz])|([+-])(\d\d):(\d\d))$/;

const WITHOUT_ZONE = /^\d{4}-\d\d-\d\d[Tt ]\d\d:\d\d(:\d\d(\.\d+)?)?$/;
const WITHOUT_DATE = /^\d\d:\d\d(:\d\d(\.\d+)?)?$/;

const HINT = 'write 2014-09-10T17:01:21.339942868Z, the same with an offset such as +02:00, or seconds since 1970';

/** ns of the digits behind a decimal point. */
const parseFraction = (digits: string): bigint => {
  if (/[1-9]/.test(digits.slice(9))) throw new UsageError('finer than a nanosecond; leave out the last digits');
  return BigInt(digits.slice(0, 9).padEnd(9, '0'));
};

/** Seconds since 1970 of a calendar date and time in UTC; null when there is no such date or time. */
const secondsOf = (year: number, month: number, day: number, hour: number, minute: number, second: number) => {
  if (hour > 23 || minute > 59 || second > 59) return null;
  const date = new Date(0);
  date.setUTCFullYear(year, month - 1, day);
  if (date.getUTCFullYear() !== year || date.getUTCMonth() !== month - 1 || date.getUTCDate() !== day) return null;
  return date.getTime() / 1000 + hour * 3600 + minute * 60 + second;
};

/**
 * The ns since 1970 of a time: RFC 3339 with its offset, or seconds since 1970 with an optional fraction; exact to 1 ns.
 * A time without a date or an offset is refused: it would mean several times.
 *
 * @throws UsageError when it is none
 */
export const parseInstant = (text: string): bigint => {
  const epoch = EPOCH.exec(text);
  if (epoch) return BigInt(epoch[1] ?? '') * 1_000_000_000n + parseFraction(epoch[2] ?? '');
  const match = RFC_3339.exec(text);
  if (!match) {
    if (WITHOUT_DATE.test(text)) throw new UsageError(`a time without a date is ambiguous; ${HINT}`);
    if (WITHOUT_ZONE.test(text)) throw new UsageError(`a time without an offset is ambiguous; ${HINT}`);
    throw new UsageError(`not a time; ${HINT}`);
  }
  const part = (index: number): number => Number(match[index] ?? '0');
  const seconds = secondsOf(part(1), part(2), part(3), part(4), part(5), part(6));
  if (seconds === null || part(10) > 23 || part(11) > 59) {
    throw new UsageError(`no such date or time (leap seconds are not supported); ${HINT}`);
  }
  const offset = (match[9] === '-' ? -1 : 1) * (part(10) * 3600 + part(11) * 60);
  return BigInt(seconds - offset) * 1_000_000_000n + parseFraction(match[7] ?? '');
};

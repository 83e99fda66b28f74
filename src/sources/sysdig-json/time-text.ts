import type { SplitTime } from './row-time.js';

/** What a text of a time says: which moment; which time of a day and date without a zone; which time of an unknown day. */
export type TextTime = 'moment' | 'no-zone' | 'time-of-day';

const DATE = String.raw`(\d{4})-(\d\d)-(\d\d)[T ]`;
const CLOCK = String.raw`(\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?`;
const ZONE = String.raw`(?: ?(Z|UTC|[+-]\d\d:?\d\d))?`;
const DATED = new RegExp(`^${DATE}${CLOCK}${ZONE}$`);
const UNDATED = new RegExp(`^${CLOCK}$`);
/** Longer texts are no times. */
const LONGEST = 48;

/**
 * A time as sysdig prints it in text: `2026-11-22T10:38:33.728196760+0000` (`evt.time.iso8601`), `2026-11-22 10:38:33.728196760`
 * (`evt.datetime`, the recorder's local time, of which the zone is not said), `10:38:33.728196760` (`evt.time`).
 *
 * @param into receives the time: since the epoch (without a zone as if it were UTC), or since midnight
 * @returns null where it is none
 */
export const readTimeText = (text: string, into: SplitTime): TextTime | null => {
  if (text.length > LONGEST) return null;
  const dated = DATED.exec(text);
  if (dated) {
    const [, year, month, day, hour, minute, second, fraction, zone] = dated;
    if (!isClock(hour, minute, second)) return null;
    const date = Date.UTC(Number(year), Number(month) - 1, Number(day));
    // 2026-02-31 would be a day in March.
    if (Number(year) < 1970 || new Date(date).toISOString().slice(8, 10) !== day) return null;
    const offset = zone === undefined ? 0 : zoneSeconds(zone);
    into.seconds = Math.max(0, date / 1000 + secondsOf(hour, minute, second) - offset);
    into.nanos = nanosOf(fraction);
    return zone === undefined ? 'no-zone' : 'moment';
  }
  const undated = UNDATED.exec(text);
  if (!undated) return null;
  const [, hour, minute, second, fraction] = undated;
  if (!isClock(hour, minute, second)) return null;
  into.seconds = secondsOf(hour, minute, second);
  into.nanos = nanosOf(fraction);
  return 'time-of-day';
};

/** A leap second is the 60th of its minute. */
const isClock = (hour = '', minute = '', second = ''): boolean => hour < '24' && minute < '60' && second <= '60';

const secondsOf = (hour = '', minute = '', second = ''): number =>
  3600 * Number(hour) + 60 * Number(minute) + Number(second);

const nanosOf = (fraction = ''): number => Number(fraction.padEnd(9, '0'));

const zoneSeconds = (zone: string): number => {
  if (zone === 'Z' || zone === 'UTC') return 0;
  const digits = zone.slice(1).replace(':', '');
  const seconds = 3600 * Number(digits.slice(0, 2)) + 60 * Number(digits.slice(2));
  return zone.startsWith('-') ? -seconds : seconds;
};

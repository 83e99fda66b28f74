/**
 * How `%evt.outputtime` writes a time (libs, sinsp_filter_check_event, TYPE_RUNTIME_TIME_OUTPUT_FORMAT): `time-of-day` for
 * -t h, `epoch` for -t a, `count` for -t r, d and D, which look alike. `date` is `%evt.datetime` or `%evt.time.iso8601`.
 */
export type TimeForm = 'time-of-day' | 'epoch' | 'count' | 'date';

/** A time as it is written. */
export interface WrittenTime {
  form: TimeForm;
  /** Since midnight, 1970 or what a count begins with. A count that went below 0 is written as 64 bits without a sign. */
  seconds: number;
  /** 0 to 999,999,999. */
  nanos: number;
  /** Where its text ends. */
  end: number;
}

const ZERO = 0x30;
const COLON = 0x3a;
const DOT = 0x2e;
const DASH = 0x2d;
const PLUS = 0x2b;
const UPPER_T = 0x54;
const UPPER_Z = 0x5a;
const SPACE = 0x20;
const NS_DIGITS = 9;
/** In 1973; a count that long is of no trace, and no clock that early is set. */
const LEAST_EPOCH_SECONDS = 100_000_000;
/** From here on 64 bits are a negative number (2^63 ns). */
const NEGATIVE_SECONDS = 9_223_372_036;
const MOST_SECOND_DIGITS = 11;

const digitAt = (text: string, at: number): number => {
  const digit = text.charCodeAt(at) - ZERO;
  return digit >= 0 && digit <= 9 ? digit : -1;
};

/** The two digits at `at`, -1 where they are none or more than `most`. */
const pairAt = (text: string, at: number, most: number): number => {
  const tens = digitAt(text, at);
  const ones = digitAt(text, at + 1);
  const value = tens * 10 + ones;
  return tens < 0 || ones < 0 || value > most ? -1 : value;
};

/**
 * Read the time that begins at `from`.
 *
 * @param into receives it, so that no object is made per line
 * @returns whether there was one
 */
export const readTime = (text: string, from: number, into: WrittenTime): boolean => {
  if (text.charCodeAt(from + 2) === COLON) {
    into.form = 'time-of-day';
    return readTimeOfDay(text, from, into);
  }
  if (text.charCodeAt(from + 4) === DASH) return readDate(text, from, into);
  return readCount(text, from, into);
};

/** `HH:MM:SS.NNNNNNNNN`; a leap second is 60. */
const readTimeOfDay = (text: string, from: number, into: WrittenTime): boolean => {
  const hours = pairAt(text, from, 23);
  const minutes = pairAt(text, from + 3, 59);
  const seconds = pairAt(text, from + 6, 60);
  if (hours < 0 || minutes < 0 || seconds < 0) return false;
  if (text.charCodeAt(from + 2) !== COLON || text.charCodeAt(from + 5) !== COLON) return false;
  if (text.charCodeAt(from + 8) !== DOT || readNanos(text, from + 9, into) !== NS_DIGITS) return false;
  into.seconds = hours * 3600 + minutes * 60 + seconds;
  return true;
};

/** `YYYY-MM-DD HH:MM:SS.NNNNNNNNN`, whose digits are taken for UTC, or `YYYY-MM-DDTHH:MM:SS.NNNNNNNNN+ZZZZ`. */
const readDate = (text: string, from: number, into: WrittenTime): boolean => {
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(text.slice(from, from + 10));
  const between = text.charCodeAt(from + 10);
  if (!parts || (between !== SPACE && between !== UPPER_T) || !readTimeOfDay(text, from + 11, into)) return false;
  const [, year = '', month = '', day = ''] = parts;
  const midnight = Date.UTC(Number(year), Number(month) - 1, Number(day));
  if (new Date(midnight).getUTCDate() !== Number(day)) return false;
  into.form = 'date';
  into.seconds += midnight / 1000;
  return between === SPACE || readZone(text, into);
};

/** `+HHMM`, `-HHMM` or `Z` behind a time, which is made UTC. */
const readZone = (text: string, into: WrittenTime): boolean => {
  const sign = text.charCodeAt(into.end);
  if (sign === UPPER_Z) {
    into.end++;
    return true;
  }
  const hours = pairAt(text, into.end + 1, 23);
  const minutes = pairAt(text, into.end + 3, 59);
  if ((sign !== PLUS && sign !== DASH) || hours < 0 || minutes < 0) return false;
  into.end += 5;
  into.seconds -= (sign === PLUS ? 1 : -1) * (hours * 3600 + minutes * 60);
  return true;
};

/** `SECONDS.NANOSECONDS`; -t a does not pad the nanoseconds, the others do. */
const readCount = (text: string, from: number, into: WrittenTime): boolean => {
  let at = from;
  let seconds = 0;
  for (let digit = digitAt(text, at); digit >= 0; digit = digitAt(text, ++at)) seconds = seconds * 10 + digit;
  if (at === from || at - from > MOST_SECOND_DIGITS || text.charCodeAt(at) !== DOT) return false;
  const digits = readNanos(text, at + 1, into);
  const isEpoch = seconds >= LEAST_EPOCH_SECONDS && seconds < NEGATIVE_SECONDS;
  if (digits === 0 || (digits < NS_DIGITS && !isEpoch)) return false;
  into.form = isEpoch ? 'epoch' : 'count';
  into.seconds = seconds;
  return true;
};

/** @returns how many digits there were; 0 for more than nine */
const readNanos = (text: string, from: number, into: WrittenTime): number => {
  let at = from;
  let nanos = 0;
  for (let digit = digitAt(text, at); digit >= 0 && at - from <= NS_DIGITS; digit = digitAt(text, ++at))
    nanos = nanos * 10 + digit;
  into.nanos = nanos;
  into.end = at;
  return at - from > NS_DIGITS ? 0 : at - from;
};

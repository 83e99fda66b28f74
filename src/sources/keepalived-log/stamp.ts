import type { LogClock } from '../../model/keepalived-log.js';
import { calendarNs, MONTHS } from '../calendar.js';

/** A time as a log line has it. */
export interface Stamp {
  readonly clock: LogClock;
  /** ns since 1970 or boot; where the line has no year, as if in the year 2000. */
  readonly ns: bigint;
  /** The last digit's worth, ns. */
  readonly resolution: number;
  readonly hasYear: boolean;
}

/** What stands at the beginning of a line, and where the rest begins. */
export interface Stamped {
  readonly stamp: Stamp;
  readonly end: number;
}

const SECOND = 1_000_000_000n;
/** A leap year: a line without a year may be of 29 February. */
const SOME_YEAR = 2000;

const fractionOf = (digits: string | undefined): { ns: bigint; resolution: number } =>
  digits === undefined
    ? { ns: 0n, resolution: 1_000_000_000 }
    : { ns: BigInt(digits.slice(0, 9).padEnd(9, '0')), resolution: 10 ** (9 - Math.min(9, digits.length)) };

/** `2026-11-22T14:03:11.123456+01:00`, also with a space, without a colon in the zone, with a comma, or without a zone. */
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(Z| UTC| GMT| ?([+-])(\d\d):?(\d\d))?(?= |:|\t|$)/;

export const readIso = (text: string): Stamped | null => {
  const found = ISO.exec(text);
  if (!found) return null;
  const [all, year, month, day, hours, minutes, seconds, digits, zone, sign, zoneHours, zoneMinutes] = found;
  const ns = calendarNs(Number(year), Number(month) - 1, Number(day), [
    Number(hours),
    Number(minutes),
    Number(seconds),
  ]);
  if (ns === null) return null;
  const ahead = sign === undefined ? 0 : Number(zoneHours) * 60 + Number(zoneMinutes);
  const fraction = fractionOf(digits);
  const offset = BigInt(sign === '-' ? -ahead : ahead) * 60n * SECOND;
  const clock = zone === undefined ? 'local' : 'utc';
  const stamp = { clock, ns: ns + fraction.ns - offset, resolution: fraction.resolution, hasYear: true } as const;
  return { stamp, end: all.length };
};

/** `Nov 22 14:03:11`, `Nov  2 14:03:11.123456` (RFC 3164, rsyslog, journalctl). */
const BSD = /^([A-Z][a-z]{2}) ([ \d]?\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?= |:|$)/;

export const readBsd = (text: string): Stamped | null => {
  const found = BSD.exec(text);
  return found && readNamedMonth(found, null);
};

/** `Sun Nov 22 14:03:11 2026` (keepalived --log-console, strftime's %c), `Sun Nov 22 14:03:11.123456789 2026` (--log-file). */
const CTIME = /^[A-Z][a-z]{2} ([A-Z][a-z]{2}) ([ \d]?\d) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))? (\d{4})(?=:)/;

export const readCtime = (text: string): Stamped | null => {
  const found = CTIME.exec(text);
  return found && readNamedMonth(found, Number(found[7]));
};

/** @param found the whole, month, day, hours, minutes, seconds, and digits behind them */
const readNamedMonth = (found: RegExpExecArray, year: number | null): Stamped | null => {
  const [all, month = '', day, hours, minutes, seconds, digits] = found;
  const index = MONTHS.indexOf(month);
  if (index < 0) return null;
  const time = [Number(hours), Number(minutes), Number(seconds)] as const;
  const ns = calendarNs(year ?? SOME_YEAR, index, Number(day), time);
  if (ns === null) return null;
  const fraction = fractionOf(digits);
  const stamp = {
    clock: 'local',
    ns: ns + fraction.ns,
    resolution: fraction.resolution,
    hasYear: year !== null,
  } as const;
  return { stamp, end: all.length };
};

/** `Sun 2026-11-22 14:03:11 CET` (journalctl -o short-full): the zone's letters do not tell how far it is from UTC, but for UTC itself. */
const FULL = /^[A-Z][a-z]{2} (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d(?:\.\d{1,9})?) ([A-Z]{2,5}|[+-]\d{2,4})(?= )/;

export const readFull = (text: string): Stamped | null => {
  const found = FULL.exec(text);
  if (!found) return null;
  const [all, time = '', zone] = found;
  const stamped = readIso(zone === 'UTC' || zone === 'GMT' ? `${time} UTC` : time);
  return stamped && { stamp: stamped.stamp, end: all.length };
};

/** `1795343595.843117` (journalctl -o short-unix), `1795344071602852010` (ns). */
const EPOCH = /^(?:(\d{9,10})(?:\.(\d{1,9}))?|(\d{19}))(?= )/;

export const readEpoch = (text: string): Stamped | null => {
  const found = EPOCH.exec(text);
  if (!found) return null;
  const [all, seconds, digits, whole] = found;
  if (whole !== undefined)
    return { stamp: { clock: 'utc', ns: BigInt(whole), resolution: 1, hasYear: true }, end: all.length };
  const fraction = fractionOf(digits);
  const ns = BigInt(seconds ?? 0) * SECOND + fraction.ns;
  return { stamp: { clock: 'utc', ns, resolution: fraction.resolution, hasYear: true }, end: all.length };
};

/** `[   12.345678]` (journalctl -o short-monotonic, the kernel's ring). */
const BOOT = /^\[ *(\d{1,9})\.(\d{1,9})\](?= )/;

export const readBoot = (text: string): Stamped | null => {
  const found = BOOT.exec(text);
  if (!found) return null;
  const [all, seconds, digits] = found;
  const fraction = fractionOf(digits);
  const ns = BigInt(seconds ?? 0) * SECOND + fraction.ns;
  return { stamp: { clock: 'boot', ns, resolution: fraction.resolution, hasYear: true }, end: all.length };
};

/**
 * The year of a stamp that has none: the one that brings it nearest to a time.
 *
 * @param near ns since 1970
 * @returns ns since 1970
 */
export const giveYear = (ns: bigint, near: bigint): bigint => {
  const date = new Date(Number(ns / 1_000_000n));
  const rest = ns % (86_400n * SECOND);
  const around = new Date(Number(near / 1_000_000n)).getUTCFullYear();
  const distance = (time: bigint): bigint => (time > near ? time - near : near - time);
  let best: bigint | null = null;
  // 29 February may lie four years off, eight around 2100.
  for (let year = around - 8; year <= around + 8; year++) {
    const midnight = calendarNs(year, date.getUTCMonth(), date.getUTCDate(), [0, 0, 0]);
    if (midnight !== null && (best === null || distance(midnight + rest) < distance(best))) best = midnight + rest;
  }
  return best ?? ns;
};

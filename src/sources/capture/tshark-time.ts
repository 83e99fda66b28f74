import { calendarNs, MONTHS } from '../calendar.js';
import type { FieldName, FieldValues } from './tshark-values.js';

/** A column of times: since the epoch, since the first packet, or since the packet before. */
export interface TimeField {
  readonly name: FieldName;
  readonly kind: 'epoch' | 'relative' | 'delta';
}

/** The best first. */
export const TIME_FIELDS: readonly TimeField[] = [
  { name: 'frame.time_epoch', kind: 'epoch' },
  { name: 'frame.time_utc', kind: 'epoch' },
  { name: 'frame.time', kind: 'epoch' },
  { name: 'frame.time_relative', kind: 'relative' },
  { name: 'frame.time_delta_displayed', kind: 'delta' },
  { name: 'frame.time_delta', kind: 'delta' },
];

/** ns; `isZoneAssumed`: the text names no zone, or one that has no fixed meaning, and was read as UTC. */
export interface ReadTime {
  readonly ns: bigint;
  readonly isZoneAssumed: boolean;
}

const SECOND = 1_000_000_000n;

const DECIMAL = /^([+-]?)(\d{1,11})(?:\.(\d{1,9}))?$/;
const ISO =
  /^(\d{4})-(\d\d)-(\d\d)[T ](\d\d):(\d\d):(\d\d)(?:[.,](\d{1,9}))?(?:(Z| ?UTC)|([+-])(\d\d):?(\d\d)| ?([A-Za-z]{1,5}))?$/;
const CALENDAR = /^([A-Z][a-z]{2}) {1,2}(\d{1,2}), (\d{4}) (\d\d):(\d\d):(\d\d)(?:\.(\d{1,9}))?(?: (.{1,40}))?$/;

const fractionNs = (digits: string | undefined): bigint => BigInt((digits ?? '').padEnd(9, '0'));

/** @param parts year, month from 1, day, hours, minutes, seconds */
const readCalendar = (parts: readonly number[], fraction: string | undefined): bigint | null => {
  const [year = 0, month = 0, day = 0, hours = 0, minutes = 0, seconds = 0] = parts;
  const ns = calendarNs(year, month - 1, day, [hours, minutes, seconds]);
  return ns === null ? null : ns + fractionNs(fraction);
};

/**
 * A number of seconds as tshark prints it, in ns.
 *
 * @returns null for anything else
 */
export const readSeconds = (text: string): bigint | null => {
  const match = DECIMAL.exec(text);
  if (!match) return null;
  const [, sign, seconds = '', fraction] = match;
  const size = BigInt(seconds) * SECOND + fractionNs(fraction);
  return sign === '-' ? -size : size;
};

/**
 * A time since the epoch in any form tshark prints: seconds (`frame.time_epoch` up to 4.0), ISO 8601 (newer, and in
 * EK), or its calendar form (`frame.time`: `Nov 22, 2026 12:22:02.452611545 UTC`).
 */
export const readEpoch = (text: string): ReadTime | null => {
  const seconds = readSeconds(text);
  if (seconds !== null) return { ns: seconds, isZoneAssumed: false };
  const iso = ISO.exec(text);
  if (iso) {
    const ns = readCalendar(iso.slice(1, 7).map(Number), iso[7]);
    const [utc, sign, hours, minutes] = iso.slice(8, 12);
    if (ns === null) return null;
    const ahead = BigInt(Number(hours ?? 0) * 3600 + Number(minutes ?? 0) * 60) * SECOND;
    return { ns: sign === '-' ? ns + ahead : ns - ahead, isZoneAssumed: utc === undefined && sign === undefined };
  }
  const printed = CALENDAR.exec(text);
  if (!printed) return null;
  const [, month = '', day, year, hours, minutes, ...rest] = printed;
  const parts = [year, MONTHS.indexOf(month) + 1, day, hours, minutes, rest[0]].map(Number);
  const ns = readCalendar(parts, rest[1]);
  return ns === null ? null : { ns, isZoneAssumed: !/^(?:UTC|GMT|Coordinated Universal Time)$/.test(rest[2] ?? '') };
};

/** The best time field a packet has. */
export const bestTimeField = (values: FieldValues): TimeField | null =>
  TIME_FIELDS.find(({ name }) => values.get(name) !== null) ?? null;

import type { AnswerInstance, Culprit } from '../model/answer.js';
import { displayText } from '../model/display.js';
import { formatDuration, trimZeros } from '../model/duration.js';
import { formatCount, formatNumber } from '../model/numbers.js';

export { formatDuration } from '../model/duration.js';
export { formatCount, formatNumber, formatRate } from '../model/numbers.js';

/** Zone in which times are shown to people. */
export type Zone = 'local' | 'utc';

/** What stands where there is nothing to show. */
export const NOTHING = '-';

const NS_PER_DAY = 86_400_000_000_000n;

/** Times before this are of clocks that know no date: a time of day, or a time since the first packet. */
const FIRST_DATED_NS = 400n * NS_PER_DAY;

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

/** A length in ns as seconds to the microsecond, for columns that programs read as well: `5.035432`. */
export const formatSeconds = (length: string | bigint): string => {
  const ns = BigInt(length);
  const us = (absolute(ns) + 500n) / 1_000n;
  return `${ns < 0n ? '-' : ''}${us / 1_000_000n}.${(us % 1_000_000n).toString().padStart(6, '0')}`;
};

/** A count and what is counted: `1 gap`, `2 gaps`. */
export const formatCounted = (count: number, one: string, several = `${one}s`): string =>
  `${formatCount(count)} ${count === 1 ? one : several}`;

/** The same with its sign: `+1.2`, `-0.40`. */
export const formatSigned = (value: number): string => `${value > 0 ? '+' : ''}${formatNumber(value)}`;

/** A probability: `0.012`, `<0.0001`, `1`. */
export const formatProbability = (p: number): string => (p < 0.0001 ? '<0.0001' : p >= 0.995 ? '1' : formatNumber(p));

/** A long time in ns: `5.0 h`, `0.25 h`; what is shorter than six minutes as `formatDuration` has it. */
export const formatHours = (length: string | bigint): string => {
  const hours = Number(length) / 3_600_000_000_000;
  if (hours < 0.1) return formatDuration(length);
  return `${hours < 0.995 || hours >= 99.95 ? formatNumber(hours) : hours.toFixed(1)} h`;
};

/** A number of ns that was computed, as a length: `1.07 s`. */
export const formatNs = (ns: number): string => {
  const whole = Math.round(ns);
  return whole === 0 ? '0 s' : formatDuration(BigInt(whole));
};

/** The same with its sign: `+1.07 s`. */
export const formatSignedNs = (ns: number): string => `${Math.round(ns) > 0 ? '+' : ''}${formatNs(ns)}`;

/** What a gap left before a backup would have taken over, in ns, or how far it passed that: `204 ms`, `past 696 ms`. */
export const formatMargin = (marginNs: string): string => {
  const margin = BigInt(marginNs);
  if (margin > 0n) return formatDuration(margin);
  return margin === 0n ? 'reached' : `past ${formatDuration(-margin)}`;
};

/** A number of bytes: `120 MB`. */
export const formatBytes = (bytes: number): string => {
  const units = ['B', 'kB', 'MB', 'GB', 'TB'];
  let amount = bytes;
  let index = 0;
  while (amount >= 999.5 && index < units.length - 1) {
    amount /= 1000;
    index += 1;
  }
  return `${trimZeros(amount.toFixed(amount < 9.95 && index > 0 ? 1 : 0))} ${units[index] ?? ''}`;
};

/** A share from 0 to 1 as percent; 100 % and 0 % only where it is exactly that. */
export const formatShare = (share: number): string => {
  const percent = Math.round(share * 100);
  if (percent >= 100 && share < 1) return '>99 %';
  if (percent === 0 && share > 0) return '<1 %';
  return `${percent} %`;
};

const pad = (value: number, length = 2): string => String(value).padStart(length, '0');

interface ClockReading {
  readonly date: string | null;
  readonly timeOfDay: string;
}

const floorDivide = (value: bigint, by: bigint): bigint => (value >= 0n ? value / by : -((-value + by - 1n) / by));

/** A time without a date: its day, counted from 0, stands in place of the date. */
const readUndated = (ns: bigint): ClockReading => {
  const day = floorDivide(ns, NS_PER_DAY);
  const us = (ns - day * NS_PER_DAY) / 1_000n;
  const seconds = Number(us / 1_000_000n);
  const time = [Math.floor(seconds / 3600), Math.floor(seconds / 60) % 60, seconds % 60].map((part) => pad(part));
  return {
    date: day === 0n ? null : `day ${day}`,
    timeOfDay: `${time.join(':')}.${(us % 1_000_000n).toString().padStart(6, '0')}`,
  };
};

/** A time cut, not rounded, to the microsecond, as tcpdump and sysdig cut theirs. */
const readClock = (ns: bigint, zone: Zone): ClockReading => {
  if (ns < FIRST_DATED_NS) return readUndated(ns);
  const utc = new Date(Number(ns / 1_000_000n));
  const shifted = zone === 'utc' ? utc : new Date(utc.getTime() - utc.getTimezoneOffset() * 60_000);
  const iso = shifted.toISOString();
  return { date: iso.slice(0, 10), timeOfDay: `${iso.slice(11, 23)}${pad(Number((ns / 1_000n) % 1_000n), 3)}` };
};

/** `17:01:26.375374` */
export const formatTimeOfDay = (ns: string | bigint, zone: Zone): string => readClock(BigInt(ns), zone).timeOfDay;

/** `2014-09-10 17:01:26.375374`; without a date where the clock has none. */
export const formatTime = (ns: string | bigint, zone: Zone): string => {
  const { date, timeOfDay } = readClock(BigInt(ns), zone);
  return date === null ? timeOfDay : `${date} ${timeOfDay}`;
};

/** The same to the second: `2014-09-10 17:01:26`. */
export const formatSecond = (ns: string | bigint, zone: Zone): string => formatTime(ns, zone).replace(/\.\d+$/, '');

/** `2014-09-10`; null for a clock without a date. */
export const formatDate = (ns: string | bigint, zone: Zone): string | null => readClock(BigInt(ns), zone).date;

/** The zone in words at that time: `UTC`, `local time, UTC+02:00`, `clock without a date`. */
export const formatZone = (ns: string | bigint, zone: Zone): string => {
  const value = BigInt(ns);
  if (value < FIRST_DATED_NS) return 'clock without a date';
  if (zone === 'utc') return 'UTC';
  const east = -new Date(Number(value / 1_000_000n)).getTimezoneOffset();
  const size = Math.abs(east);
  return `local time, UTC${east < 0 ? '-' : '+'}${pad(Math.floor(size / 60))}:${pad(size % 60)}`;
};

/** `192.168.205.8->224.0.0.18` */
export const formatWay = ({ source, destination }: AnswerInstance): string =>
  `${source === null ? '?' : displayText(source)}->${displayText(destination)}`;

/** `VRID 205 ipv4 192.168.205.8->224.0.0.18`; `?` for what the inputs do not show. */
export const formatInstance = (instance: AnswerInstance): string =>
  `VRID ${instance.vrid ?? '?'} ${instance.family} ${formatWay(instance)}`;

/** Process and id of a culprit, what it was in, and on what: `bash (23671) kill`; `-` when nobody is to blame. */
export const formatCulprit = (culprit: Culprit | null): string => {
  if (culprit === null) return NOTHING;
  const { process, pid, tid, syscall, target } = culprit;
  const id = pid ?? tid;
  const who =
    process === null ? (id === null ? null : `pid ${id}`) : `${displayText(process)}${id === null ? '' : ` (${id})`}`;
  const parts = [who, syscall, target].flatMap((part) => (part === null ? [] : [displayText(part)]));
  return parts.length === 0 ? NOTHING : parts.join(' ');
};

import { isIP } from 'node:net';
import { readEpoch, readSeconds } from './tshark-time.js';
import type { FieldName } from './tshark-values.js';

/** What columns without names hold, or why nobody can say. */
export type Roles =
  | { readonly columns: readonly (FieldName | null)[]; readonly isIntervalUnsure: boolean }
  | { readonly ambiguous: string };

/** A column: its values in the rows that were looked at, empty ones included. */
interface Column {
  readonly index: number;
  readonly values: readonly string[];
  readonly filled: readonly string[];
}

const isWhole = (text: string): boolean => /^\d{1,10}$/.test(text);
const isEpoch = (text: string): boolean => {
  const ns = readEpoch(text)?.ns;
  return ns !== undefined && (!/^\d/.test(text) || ns > 100_000_000_000_000_000n || text.includes(':'));
};
const isRising = (numbers: readonly number[]): boolean =>
  numbers.every((one, i) => i === 0 || one > (numbers[i - 1] ?? 0));
const isGroup = (address: string): boolean => address === '224.0.0.18' || address.toLowerCase() === 'ff02::12';

/** The source is the address that stands first; the group VRRP is sent to is a destination wherever it stands. */
const placeAddresses = (columns: readonly Column[], family: 4 | 6, roles: Map<number, FieldName>): void => {
  const those = columns.filter(({ filled }) => filled.length > 0 && filled.every((value) => isIP(value) === family));
  const destination = those.find(({ filled }) => filled.every(isGroup)) ?? those[1];
  const source = those.find((one) => one !== destination);
  if (source) roles.set(source.index, family === 4 ? 'ip.src' : 'ipv6.src');
  if (source && destination) roles.set(destination.index, family === 4 ? 'ip.dst' : 'ipv6.dst');
};

/** Times since the first packet never fall and leave their beginning behind; differences stay about the interval. */
const kindOfSeconds = (column: Column): 'frame.time_relative' | 'frame.time_delta' | null => {
  const times = column.filled.map((text) => Number(readSeconds(text) ?? 0n));
  if (times.some((time, i) => i > 0 && time < (times[i - 1] ?? 0))) return 'frame.time_delta';
  return times.length >= 8 && (times.at(-1) ?? 0) > 2 * (times[1] ?? 0) ? 'frame.time_relative' : null;
};

const placeTime = (columns: readonly Column[], roles: Map<number, FieldName>): string | null => {
  const epoch = columns.find(({ filled }) => filled.length > 0 && filled.every(isEpoch));
  if (epoch) {
    roles.set(epoch.index, 'frame.time_epoch');
    return null;
  }
  const seconds = columns.filter(
    ({ filled }) => filled.length > 0 && filled.every((text) => /^\d+\.\d{6,9}$/.test(text)),
  );
  const [first] = seconds;
  if (!first) return 'which column holds the time';
  const kinds = seconds.map((column) => [column, kindOfSeconds(column)] as const);
  const since = kinds.find(([, kind]) => kind === 'frame.time_relative') ?? kinds.find(([, kind]) => kind !== null);
  if (!since?.[1]) return 'whether times are since the first packet or since the one before';
  roles.set(since[0].index, since[1]);
  return null;
};

/** The IP identification counts up; a checksum, which looks the same, does not. */
const placeId = (columns: readonly Column[], roles: Map<number, FieldName>): void => {
  const hex = columns.filter(
    ({ filled }) => filled.length > 2 && filled.every((value) => /^0x[0-9a-f]{4}$/.test(value)),
  );
  const counting = hex.filter(({ filled }) => {
    const steps = filled.slice(1).filter((value, i) => ((Number(value) - Number(filled[i])) & 0xffff) === 1);
    return 2 * steps.length >= filled.length - 1;
  });
  const [only] = counting;
  if (only && counting.length === 1) roles.set(only.index, 'ip.id');
};

/** How far apart each sender's advertisements are, ns, in the middle; senders with too few are left out. */
const medianGaps = (times: readonly (bigint | null)[], senders: readonly string[]): number[] => {
  const before = new Map<string, bigint>();
  const gapsOf = new Map<string, number[]>();
  for (const [i, time] of times.entries()) {
    const sender = senders[i] ?? '';
    if (time === null) continue;
    const previous = before.get(sender);
    const gaps = gapsOf.get(sender) ?? [];
    if (previous !== undefined) gaps.push(Number(time - previous));
    gapsOf.set(sender, gaps);
    before.set(sender, time);
  }
  return [...gapsOf.values()].flatMap((gaps) => {
    const sorted = gaps.toSorted((a, b) => a - b);
    return sorted.length < 2 ? [] : [sorted[Math.floor(sorted.length / 2)] ?? 0];
  });
};

const AMBIGUOUS_NUMBERS = 'which columns hold the router id and the priority';

/**
 * Small numbers are told apart by their order, `vrrp.version vrrp.virt_rtr_id vrrp.prio`, then an interval: a version is
 * 2 or 3, no router's id is 0. What stands between, or in another order, cannot be told.
 */
const placeNumbers = (columns: readonly Column[], roles: Map<number, FieldName>): { intervals: Column[] } | string => {
  const numbers = columns.filter(
    ({ index, filled }) =>
      !roles.has(index) && filled.length > 0 && filled.every((value) => isWhole(value) && Number(value) <= 0xffff),
  );
  const at = numbers.findIndex(({ filled }) => filled.every((value) => value === '2' || value === '3'));
  const [version, ...behind] = at < 0 ? [] : numbers.slice(at);
  const router = behind[0];
  const priority = behind[1];
  if (!version || !router || !priority) return AMBIGUOUS_NUMBERS;
  const reachesZero = ({ filled }: Column): boolean => filled.some((value) => Number(value) === 0);
  const isByte = ({ filled }: Column): boolean => filled.every((value) => Number(value) <= 255);
  if (!isByte(router) || !isByte(priority) || router.filled.length !== version.filled.length) return AMBIGUOUS_NUMBERS;
  const isSwapped = reachesZero(router);
  if (isSwapped && reachesZero(priority)) return AMBIGUOUS_NUMBERS;
  roles.set(version.index, 'vrrp.version');
  roles.set(router.index, isSwapped ? 'vrrp.prio' : 'vrrp.virt_rtr_id');
  roles.set(priority.index, isSwapped ? 'vrrp.virt_rtr_id' : 'vrrp.prio');
  return { intervals: behind.slice(2) };
};

/** An interval is taken where the gaps between some sender's advertisements are about as long, or are too few to tell. */
const placeInterval = (
  rows: readonly (readonly string[])[],
  candidates: readonly Column[],
  roles: Map<number, FieldName>,
): boolean => {
  const columnOf = (...names: FieldName[]): ((row: readonly string[]) => string) => {
    const indexes = [...roles].filter(([, role]) => names.includes(role)).map(([index]) => index);
    return (row) => indexes.map((index) => row[index] ?? '').find((value) => value !== '') ?? '';
  };
  const timeOf = columnOf('frame.time_epoch', 'frame.time_relative');
  const [versionOf, routerOf, sourceOf] = [
    columnOf('vrrp.version'),
    columnOf('vrrp.virt_rtr_id'),
    columnOf('ip.src', 'ipv6.src'),
  ];
  let isUnsure = false;
  for (const [version, name, unit] of [
    ['2', 'vrrp.adver_int', 1e9],
    ['3', 'vrrp.short_adver_int', 1e7],
  ] as const) {
    const those = rows.filter((row) => versionOf(row) === version);
    const filled = candidates.filter(
      ({ index }) => those.length > 0 && those.every((row) => (row[index] ?? '') !== ''),
    );
    if (filled.length === 0) continue;
    const gaps = medianGaps(
      those.map((row) => readEpoch(timeOf(row))?.ns ?? null),
      those.map((row) => `${routerOf(row)} ${sourceOf(row)}`),
    );
    const fitting = filled.filter(({ index }) => {
      const interval = Number(those[0]?.[index]) * unit;
      return interval > 0 && (gaps.length === 0 || gaps.some((gap) => gap > interval / 2 && gap < interval * 2));
    });
    const [only] = fitting;
    if (only && fitting.length === 1 && !roles.has(only.index)) roles.set(only.index, name);
    else isUnsure = true;
  }
  return isUnsure;
};

/**
 * What the columns of a text without header hold, by what their values are.
 *
 * @param rows of as many values each
 */
export const guessRoles = (rows: readonly (readonly string[])[]): Roles => {
  const width = rows[0]?.length ?? 0;
  const columns: Column[] = Array.from({ length: width }, (_, index) => {
    const values = rows.map((row) => row[index] ?? '');
    return { index, values, filled: values.filter((value) => value !== '') };
  });
  const roles = new Map<number, FieldName>();
  const unclear = placeTime(columns, roles);
  if (unclear !== null) return { ambiguous: unclear };
  placeAddresses(columns, 4, roles);
  placeAddresses(columns, 6, roles);
  if (![...roles.values()].some((role) => role === 'ip.src' || role === 'ipv6.src'))
    return { ambiguous: 'which column holds the source' };
  placeId(columns, roles);
  const counting = columns.find(
    ({ filled }) =>
      filled.length === rows.length && filled.every(isWhole) && filled.length > 2 && isRising(filled.map(Number)),
  );
  if (counting) roles.set(counting.index, 'frame.number');
  const placed = placeNumbers(columns, roles);
  if (typeof placed === 'string') return { ambiguous: placed };
  const isIntervalUnsure = placeInterval(rows, placed.intervals, roles);
  return { columns: columns.map(({ index }) => roles.get(index) ?? null), isIntervalUnsure };
};

/** Names of months in English, as programs print them whatever the language. */
export const MONTHS: readonly string[] = [
  'Jan',
  'Feb',
  'Mar',
  'Apr',
  'May',
  'Jun',
  'Jul',
  'Aug',
  'Sep',
  'Oct',
  'Nov',
  'Dec',
];

/**
 * A date and a time of day in UTC.
 *
 * @param month from 0
 * @returns ns since 1970; null where there is no such day or time of day
 */
export const calendarNs = (
  year: number,
  month: number,
  day: number,
  [hours, minutes, seconds]: readonly [number, number, number],
): bigint | null => {
  // A leap second is written as second 60.
  if (hours > 23 || minutes > 59 || seconds > 60 || day < 1) return null;
  const ms = Date.UTC(year, month, day, hours, minutes, seconds);
  const midnight = new Date(Date.UTC(year, month, day));
  if (Number.isNaN(ms) || midnight.getUTCMonth() !== month || midnight.getUTCDate() !== day) return null;
  return BigInt(ms) * 1_000_000n;
};

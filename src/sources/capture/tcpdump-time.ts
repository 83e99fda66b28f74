/** How a time is printed: `epoch` -tt, `date` -tttt, `hms` the default, -ttt and -ttttt. */
export type TimeShape = 'epoch' | 'date' | 'hms';

/** The beginning of a tcpdump line that names a packet. */
export interface PrintedTime {
  readonly shape: TimeShape;
  /** ns: since the epoch (`date`: its digits read as UTC), or as many as the hours, minutes and seconds make. */
  readonly ns: bigint;
  /** `hms` with the sign column of -ttt and -ttttt in front: a space or `-`. */
  readonly hasSignColumn: boolean;
  /** The packet number of -#, null without. */
  readonly index: number | null;
  /** What follows the time. */
  readonly rest: string;
}

/**
 * -# prints `%5u` and two spaces. -ttt and -ttttt print a sign column before the time, the other forms do not.
 * Fractions have six digits, or nine (--nano); tcpdump prints no others (print.c, ts_print, 4.99).
 */
const TIMED =
  /^( {0,12})(?:(\d{1,15}) {2})?([ -]?)(?:(?:(\d{4})-(\d\d)-(\d\d) )?(\d\d):(\d\d):(\d\d)|(\d{1,12}))\.(\d{6}(?:\d{3})?) +(\S.*)$/;

const readDateMs = (year: string, month: string, day: string): number | null => {
  const ms = Date.UTC(Number(year), Number(month) - 1, Number(day));
  return new Date(ms).getUTCDate() === Number(day) ? ms : null;
};

/** Read the time (and packet number) a line of tcpdump begins with; null when it does not begin with one. */
export const readPrintedTime = (line: string): PrintedTime | null => {
  const match = TIMED.exec(line);
  if (!match) return null;
  const [, lead = '', index, sign = '', year, month, day, hours, minutes, seconds, epoch, fraction = '', rest = ''] =
    match;
  const frac = BigInt(fraction.padEnd(9, '0'));
  const common = { index: index === undefined ? null : Number(index), rest };
  if (epoch !== undefined) {
    return { shape: 'epoch', ns: BigInt(epoch) * 1_000_000_000n + frac, hasSignColumn: false, ...common };
  }
  if (Number(hours) > 23 || Number(minutes) > 59 || Number(seconds) > 60) return null;
  const ofDay = BigInt(Number(hours) * 3600 + Number(minutes) * 60 + Number(seconds)) * 1_000_000_000n + frac;
  if (year !== undefined) {
    const midnight = readDateMs(year, month ?? '', day ?? '');
    if (midnight === null) return null;
    return { shape: 'date', ns: BigInt(midnight) * 1_000_000n + ofDay, hasSignColumn: false, ...common };
  }
  const hasSignColumn = sign !== '' || (index === undefined && lead !== '');
  return { shape: 'hms', ns: sign === '-' ? -ofDay : ofDay, hasSignColumn, ...common };
};

import { LONGEST_MESSAGE, type LogLine } from './line.js';

type Row = Readonly<Record<string, unknown>>;

/** A field may be an array where a record has it more than once. */
const textOf = (value: unknown): string | null => {
  const first: unknown = Array.isArray(value) ? value[0] : value;
  return typeof first === 'string' ? first : null;
};

/** MESSAGE is an array of bytes where it is no UTF-8, and null where it was too long to be shown. */
const messageOf = (value: unknown): string | null => {
  if (!Array.isArray(value) || typeof value[0] !== 'number') return textOf(value);
  const bytes = value.slice(0, LONGEST_MESSAGE);
  if (!bytes.every((byte): byte is number => Number.isInteger(byte) && byte >= 0 && byte < 256)) return null;
  return Buffer.from(bytes).toString('utf8');
};

const microseconds = (value: unknown): bigint | null => {
  const text = textOf(value);
  return text !== null && /^\d{1,17}$/.test(text) ? BigInt(text) : null;
};

const numberOf = (value: unknown): number | null => {
  const text = textOf(value);
  return text !== null && /^\d{1,10}$/.test(text) ? Number(text) : null;
};

/**
 * A record of `journalctl -o json` (systemd.journal-fields(7)). The time at which the sender wrote it is preferred to that at which the
 * journal received it.
 *
 * @returns null for what is no record; a record without a message is one without a time, too
 */
export const readJournalRecord = (row: Row): LogLine | null => {
  const time = microseconds(row['_SOURCE_REALTIME_TIMESTAMP']) ?? microseconds(row['__REALTIME_TIMESTAMP']);
  const message = messageOf(row['MESSAGE']);
  if (time === null || message === null) return null;
  return {
    stamp: { clock: 'utc', ns: time * 1000n, resolution: 1000, hasYear: true },
    host: textOf(row['_HOSTNAME']),
    ident: textOf(row['SYSLOG_IDENTIFIER']) ?? textOf(row['_COMM']),
    pid: numberOf(row['SYSLOG_PID']) ?? numberOf(row['_PID']),
    message: message.slice(0, LONGEST_MESSAGE),
  };
};

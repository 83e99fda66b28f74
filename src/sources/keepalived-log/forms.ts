import { readDockerRow, withoutComposeName, withoutCriTag } from './container.js';
import { readJournalRecord } from './journal.js';
import { LONGEST_MESSAGE, type LogLine } from './line.js';
import { readBoot, readBsd, readCtime, readEpoch, readFull, readIso, type Stamped } from './stamp.js';
import { readRfc5424, readSyslogRest, withoutPriority } from './syslog.js';

const STAMPS: readonly ((text: string) => Stamped | null)[] = [readIso, readBsd, readEpoch, readFull, readBoot];

/**
 * Take a line of a log apart, whatever wrote it: syslog (RFC 3164, RFC 5424, with ISO times), journalctl (text and JSON), keepalived's own
 * output and file, a container's log, and these one in the other.
 *
 * @returns null where no time is found
 */
export const readLine = (text: string): LogLine | null => {
  if (/^\s*\{/.test(text)) return readJson(text);
  return readText(text.length > LONGEST_MESSAGE ? text.slice(0, LONGEST_MESSAGE) : text);
};

const readJson = (text: string): LogLine | null => {
  let row: unknown;
  try {
    row = JSON.parse(text);
  } catch {
    return null;
  }
  if (typeof row !== 'object' || row === null) return null;
  const record = row as Readonly<Record<string, unknown>>;
  const docker = readDockerRow(record);
  return docker
    ? readText(`${docker.time.slice(0, 64)} ${docker.text.slice(0, LONGEST_MESSAGE)}`)
    : readJournalRecord(record);
};

const readText = (text: string): LogLine | null => {
  const line = withoutPriority(withoutComposeName(text).trimEnd());
  const own = readOwn(line);
  if (own) return own;
  const structured = readRfc5424(line);
  if (structured) return structured;
  for (const read of STAMPS) {
    const outer = read(line);
    if (!outer) continue;
    const rest = withoutPriority(withoutCriTag(line.slice(outer.end).replace(/^:?\s/, '')));
    // A time within the time is finer only where the outer one has none of its own.
    const inner = readOwn(rest);
    if (inner) return { ...inner, stamp: outer.stamp };
    const header = readSyslogRest(rest);
    return header
      ? { stamp: outer.stamp, ...header }
      : { stamp: outer.stamp, host: null, ident: null, pid: null, message: rest };
  }
  return null;
};

/** What keepalived itself writes, to its standard error or its file. */
const readOwn = (text: string): LogLine | null => {
  const stamped = readCtime(text);
  if (!stamped) return null;
  const message = text.slice(stamped.end).replace(/^: ?/, '');
  return { stamp: stamped.stamp, host: null, ident: null, pid: null, message };
};

/** What stands in front of a call in a line of strace: whose it is, and when it was. */

/** How strace writes times: `-ttt`, `-tt`, both without a fraction (`-t`), `-r`, not at all. */
export type TimeForm = 'epoch' | 'time-of-day' | 'seconds' | 'relative' | 'none';

export interface StraceLine {
  /** Process or thread; null where the line names none. */
  pid: number | null;
  /** Its name (`-Y`), '' where the line does not tell. */
  comm: string;
  form: TimeForm;
  /** Since 1970, or since midnight. */
  seconds: number;
  nanos: number;
  /** The rest: a call, a signal, an end, a message. */
  body: string;
}

/** Linux knows no higher number (PID_MAX_LIMIT). */
const HIGHEST_PID = 4_194_304;

const BRACKETED = /^\[pid\s+(\d{1,10})(?:<((?:[^<>\\]|\\.)*)>)?(?: \/\* \d+ in strace's PID NS \*\/)?\]\s+/;
const BARE = /^(\d{1,10})(?:<((?:[^<>\\]|\\.)*)>)?(?: \/\* \d+ in strace's PID NS \*\/)?\s+(?=\D|\d+[\s.:])/;
const EPOCH = /^(\d{9,11})(?:\.(\d{3}|\d{6}|\d{9}))?\s+(?!\d+[.:])/;
const TIME_OF_DAY = /^(\d\d):(\d\d):(\d\d)(?:\.(\d{3}|\d{6}|\d{9}))?\s+/;
const RELATIVE = /^\s*(\d{1,8})\.(\d{3}|\d{6}|\d{9})\s+(?=\S)/;
/** `-r` beside another form, `-i`, `-n`. */
const ASIDE = /^(?:\(\+\s*[\d.]+\)\s+)?(?:\[\s*[\da-f?]{1,16}\]\s+){0,2}/;

/** A line before it is read. */
export const makeLine = (): StraceLine => ({ pid: null, comm: '', form: 'none', seconds: 0, nanos: 0, body: '' });

const readNanos = (fraction: string): number => Number(fraction.padEnd(9, '0'));

/** Read what stands in front of a line's body into `line`; any text has a body, if only the text itself. */
export const readLine = (text: string, line: StraceLine): void => {
  let rest = text;
  line.pid = null;
  line.comm = '';
  const named = BRACKETED.exec(rest) ?? BARE.exec(rest);
  // A number too high for a process is a time without a fraction.
  if (named && Number(named[1]) <= HIGHEST_PID) {
    line.pid = Number(named[1]);
    line.comm = named[2] ?? '';
    rest = rest.slice(named[0].length);
  }
  rest = readTime(rest, line);
  line.body = rest.slice(ASIDE.exec(rest)?.[0].length ?? 0);
};

const readTime = (text: string, line: StraceLine): string => {
  line.form = 'none';
  line.seconds = 0;
  line.nanos = 0;
  const epoch = EPOCH.exec(text);
  if (epoch) {
    line.form = epoch[2] === undefined ? 'seconds' : 'epoch';
    line.seconds = Number(epoch[1]);
    line.nanos = readNanos(epoch[2] ?? '');
    return text.slice(epoch[0].length);
  }
  const day = TIME_OF_DAY.exec(text);
  if (day) {
    line.form = day[4] === undefined ? 'seconds' : 'time-of-day';
    line.seconds = 3600 * Number(day[1]) + 60 * Number(day[2]) + Number(day[3]);
    line.nanos = readNanos(day[4] ?? '');
    return text.slice(day[0].length);
  }
  const relative = RELATIVE.exec(text);
  if (!relative) return text.trimStart();
  line.form = 'relative';
  return text.slice(relative[0].length);
};

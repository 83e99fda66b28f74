import { endOfNote, readArguments, type Arguments } from './arguments.js';

/** What a call returned. */
export interface Returned {
  /** null: `?`, it did not return, or what it returned is not known. */
  readonly value: number | null;
  /** `EPERM`; `ERESTARTNOHAND` and the like where a signal broke it off; null. */
  readonly errno: string | null;
  /** The note of a new descriptor: `</var/log/x>`. */
  readonly note: string;
  /** `-T`: ns; null where the line does not tell. */
  readonly durationNs: number | null;
}

/** What a line of strace tells of its process. */
export type Body =
  | { readonly kind: 'call'; readonly name: string; readonly args: Arguments; readonly returned: Returned }
  /** It is in the call still, or was when it ended or strace left it. */
  | { readonly kind: 'begun'; readonly name: string; readonly args: Arguments; readonly left: boolean }
  | { readonly kind: 'resumed'; readonly name: string; readonly args: Arguments; readonly returned: Returned }
  | { readonly kind: 'signal'; readonly signal: string; readonly by: number | null; readonly byComm: string }
  | { readonly kind: 'stopped'; readonly signal: string }
  | { readonly kind: 'ended'; readonly status: number; readonly signal: string | null }
  | { readonly kind: 'attached' | 'detached'; readonly pid: number }
  /** Stacks (`-k`), the table of `-C`, messages. */
  | { readonly kind: 'aside' }
  | { readonly kind: 'cut' }
  | { readonly kind: 'foreign' };

const ASIDE: Body = { kind: 'aside' };
const CUT: Body = { kind: 'cut' };
const FOREIGN: Body = { kind: 'foreign' };

const CALL = /^([a-z_][a-z0-9_]*|\?\?\?)\(/;
const RESUMED = /^<\.\.\. ([a-z_][a-z0-9_]*|\?\?\?) resumed>(?:, )?\s?/;
const RESTARTED = /^restart_syscall\(<\.\.\. resuming interrupted (.+?) \.\.\.>/;
const SIGNAL = /^--- (SIG[A-Z0-9+]+|RT_\d+) (?:\{(.*)\} )?---$/;
const STOPPED = /^--- stopped by (SIG[A-Z0-9+]+) ---$/;
const ENDED =
  /^\+\+\+ (?:exited with (\d+)|killed by (SIG[A-Z0-9+]+)(?: \(core dumped\))?|superseded by execve in pid \d+) \+\+\+$/;
const MOVED = /^(?:\S*strace: )?Process (\d{1,10}) (attached|detached)\b/;
const ASIDES = /^(?:> |\[ Process PID=|\S*strace: |% time |------|\s*\d+\.\d+\s+\d+\.\d+\s|\s*$)/;
/** Who sends them tells who: a process by a call of its own. */
const SENT = /\bsi_code=SI_(?:USER|TKILL|QUEUE)\b.*\bsi_pid=(\d+)(?:<((?:[^<>\\]|\\.)*)>)?/;

const NAMED = new Set([
  'open', 'openat', 'openat2', 'creat', 'execve', 'execveat', 'unlink', 'unlinkat', 'rename', 'renameat', 'renameat2',
  'mkdir', 'mkdirat', 'rmdir', 'stat', 'lstat', 'newfstatat', 'statx', 'access', 'faccessat', 'faccessat2', 'readlink',
  'readlinkat', 'truncate', 'chdir', 'chmod', 'chown', 'link', 'symlink', 'statfs', 'utimensat',
]); // prettier-ignore

/** Names a process or thread gives itself. */
const RENAMES = /^prctl\(PR_SET_NAME, /;

/** Read what stands behind the time in a line. Never throws; holds no text of what was sent, received or handed over. */
export const readBody = (body: string): Body => {
  const call = CALL.exec(body);
  if (call) return readCall(body, call[1] ?? '', call[0].length);
  const resumed = RESUMED.exec(body);
  if (resumed) {
    const name = resumed[1] ?? '';
    const args = readArguments(body, resumed[0].length, NAMED.has(name));
    if (args.end === 'unfinished') return { kind: 'begun', name, args, left: false };
    const returned = args.end === 'closed' ? readReturned(body, args.at) : null;
    return returned ? { kind: 'resumed', name, args, returned } : CUT;
  }
  return readEvent(body);
};

const readCall = (body: string, name: string, argumentsFrom: number): Body => {
  const restarted = RESTARTED.exec(body);
  const from = restarted ? restarted[0].length : argumentsFrom;
  // `restart_syscall(<... resuming interrupted system call ...>)`: of which one is not known.
  const called = restarted ? (/^[a-z_][a-z0-9_]*$/.exec(restarted[1] ?? '')?.[0] ?? 'restart_syscall') : name;
  const args = readArguments(body, from, NAMED.has(name) || RENAMES.test(body));
  if (args.end === 'unfinished' || args.end === 'detached')
    return { kind: 'begun', name: called, args, left: args.end === 'detached' };
  if (args.end === 'cut') return CUT;
  const returned = readReturned(body, args.at);
  return returned ? { kind: 'call', name: called, args, returned } : CUT;
};

const readEvent = (body: string): Body => {
  const signal = SIGNAL.exec(body);
  if (signal) {
    const sent = SENT.exec(signal[2] ?? '');
    const by = sent && Number(sent[1]) > 0 ? Number(sent[1]) : null;
    return { kind: 'signal', signal: signal[1] ?? '', by, byComm: sent?.[2] ?? '' };
  }
  const stopped = STOPPED.exec(body);
  if (stopped) return { kind: 'stopped', signal: stopped[1] ?? '' };
  const ended = ENDED.exec(body);
  if (ended) return { kind: 'ended', status: Number(ended[1] ?? 0), signal: ended[2] ?? null };
  const moved = MOVED.exec(body);
  if (moved) return { kind: moved[2] === 'attached' ? 'attached' : 'detached', pid: Number(moved[1]) };
  return ASIDES.test(body) ? ASIDE : FOREIGN;
};

const VALUE = /^\s*= (\?|-?\d{1,20}|0x[\da-f]{1,16})/;
const ERRNO = /^ (E[A-Z0-9_]+)\b/;
const DURATION = / <(\d{1,9})(?:\.(\d{1,9}))?>$/;
/** As long as a duration gets. */
const DURATION_CHARACTERS = 24;

/** Read ` = 40 <0.000058>` behind the closing bracket; null where there is none. */
const readReturned = (body: string, from: number): Returned | null => {
  const value = VALUE.exec(body.slice(from, from + 80));
  if (!value) return null;
  const behind = from + value[0].length;
  const duration = DURATION.exec(body.slice(-DURATION_CHARACTERS));
  const note = body[behind] === '<' ? body.slice(behind, endOfNote(body, behind)) : '';
  return {
    value: value[1] === '?' ? null : Number(value[1]),
    errno: ERRNO.exec(body.slice(behind, behind + 40))?.[1] ?? null,
    note,
    durationNs: duration ? Number(duration[1]) * 1e9 + Number((duration[2] ?? '').padEnd(9, '0')) : null,
  };
};

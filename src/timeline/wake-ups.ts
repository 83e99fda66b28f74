/**
 * Wake-ups and task states, which recorders other than sysdig may add to a trace. Wake-ups of everybody may be as many as
 * the switches, so finding out whom one is about makes no string.
 */

/** Keys under which recorders name the thread that is woken (ftrace: `pid=`). */
const WOKEN_KEYS = ['tid=', 'pid=', 'woken=', 'target=', 'next='] as const;

const SPACE = 32;
const ZERO = 48;
const NINE = 57;

const isDigit = (code: number): boolean => code >= ZERO && code <= NINE;

/** Where the digits behind `key` begin, at the beginning of a word; -1 where there are none. */
const placeOf = (info: string, key: string): number => {
  for (let at = info.indexOf(key); at >= 0; at = info.indexOf(key, at + 1)) {
    const digits = at + key.length;
    if ((at === 0 || info.charCodeAt(at - 1) <= SPACE) && isDigit(info.charCodeAt(digits))) return digits;
  }
  return -1;
};

const numberAt = (info: string, place: number): number => {
  let value = 0;
  for (let at = place; isDigit(info.charCodeAt(at)); at++) value = 10 * value + info.charCodeAt(at) - ZERO;
  return value;
};

/**
 * The thread a wake-up row is about: the number behind the first of `tid=`, `pid=`, `woken=`, `target=`, `next=`; where
 * a process is named (`pid=`), `tid=` behind it tells which thread of it.
 *
 * @returns -1 where the row names nobody
 */
export const readWoken = (info: string): number => {
  let first = -1;
  let ofProcess = false;
  for (let i = 0; i < WOKEN_KEYS.length; i++) {
    const key = WOKEN_KEYS[i] ?? '';
    const place = placeOf(info, key);
    if (place < 0 || (first >= 0 && place > first)) continue;
    first = place;
    ofProcess = key === 'pid=';
  }
  if (ofProcess) first = Math.max(first, placeOf(info, 'tid='));
  return first < 0 ? -1 : numberAt(info, first);
};

/** The CPU whose run queue the woken thread was put on (`target_cpu=`, `cpu=`), -1 where the row does not say. */
export const readTargetCpu = (info: string): number => {
  const place = Math.max(placeOf(info, 'target_cpu='), placeOf(info, 'cpu='));
  return place < 0 ? -1 : numberAt(info, place);
};

/** How a thread left its CPU: still able to run, asleep, held by a stop signal or a tracer, or for good. */
export type LeftState = 'ready' | 'asleep' | 'stopped' | 'traced' | 'gone';

const LETTERS: Readonly<Partial<Record<string, LeftState>>> = {
  R: 'ready',
  S: 'asleep',
  D: 'asleep',
  I: 'asleep',
  K: 'asleep',
  P: 'asleep',
  T: 'stopped',
  t: 'traced',
  X: 'gone',
  x: 'gone',
  Z: 'gone',
};

/**
 * `prev_state=` of a `switch` row: ftrace's letters (`S`, `D|K`, `R+`; `+` is who was preempted on its way to sleep, and
 * still is on its run queue), or the number that `sched_switch` has (bits of `TASK_REPORT`, linux/sched.h; 256 and, before
 * Linux 4.14, 1024 to 4096: preempted).
 *
 * @returns null where the row does not say, or says what is not known
 */
export const readLeftState = (info: string): LeftState | null => {
  const text = /(?:^|\s)prev_state=(\S+)/.exec(info)?.[1];
  if (text === undefined) return null;
  if (!/^(?:\d+|0x[\da-f]+)$/i.test(text)) return text.endsWith('+') ? 'ready' : (LETTERS[text.charAt(0)] ?? null);
  const bits = Number(text);
  if (bits === 0 || [256, 1024, 2048, 4096].includes(bits)) return 'ready';
  if ((bits & 4) !== 0) return 'stopped';
  if ((bits & 8) !== 0) return 'traced';
  if ((bits & 3) !== 0 || bits === 64 || bits === 128) return 'asleep';
  return bits === 16 || bits === 32 ? 'gone' : null;
};

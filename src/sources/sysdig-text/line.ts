import { ENTER, EXIT } from '../../model/event-batch.js';
import { readTime, type TimeForm, type WrittenTime } from './time.js';

/** In {@link EventLine}: the line says `<NA>`, or a number that can be none of these. */
export const MISSING = -2;

/** An event as its line writes it. */
export interface EventLine extends WrittenTime {
  /** -1: `<NA>`. */
  num: number;
  /** -1: of no CPU; {@link MISSING}. */
  cpu: number;
  /** -1: of no thread; {@link MISSING}. */
  tid: number;
  /** null: nothing, or `<NA>`, as for the idle thread and for the kernel's. */
  comm: string | null;
  dir: number;
  type: string;
  info: string;
}

export const makeEventLine = (): EventLine => ({
  form: 'time-of-day' satisfies TimeForm,
  seconds: 0,
  nanos: 0,
  end: 0,
  num: -1,
  cpu: -1,
  tid: -1,
  comm: null,
  dir: ENTER,
  type: '',
  info: '',
});

const ZERO = 0x30;
const SPACE = 0x20;
const COLON = 0x3a;
const DASH = 0x2d;
const CLOSE = 0x29;
const LESS = 0x3c;
const GREATER = 0x3e;

const NOT_AVAILABLE = '<NA>';
/** The kernel's names of threads are no longer (TASK_COMM_LEN, linux/sched.h); only container engines know longer ones. */
const LONGEST_COMM = 15;
const BIGGEST_CPU = 0x7fff;
const BIGGEST_TID = 0x7fffffff;
/** What -1 is as 64 or 32 bits without a sign. */
const MINUS_ONES = new Set([2 ** 64, 2 ** 32 - 1]);

/**
 * Read a line of sysdig's default output, `num time cpu name (tid) dir type info`, or of -pc, -pk and -pm,
 * `num time cpu container (id) name (tid:vtid) dir type info`.
 *
 * @param into receives the event; what it holds is good only where the answer is true
 * @returns whether the line is an event
 */
export const readEventLine = (text: string, into: EventLine): boolean => {
  let at = readField(text, 0, Number.MAX_SAFE_INTEGER);
  if (at < 0 || text.charCodeAt(at) !== SPACE) return false;
  into.num = field.value === MISSING ? -1 : field.value;
  if (!readTime(text, at + 1, into) || text.charCodeAt(into.end) !== SPACE) return false;
  at = readField(text, into.end + 1, BIGGEST_CPU);
  if (at < 0 || text.charCodeAt(at) !== SPACE) return false;
  into.cpu = field.value;
  return readThread(text, at + 1, into);
};

/** Whether a line is an event of sysdig's text output. */
export const isSysdigTextLine = (line: string): boolean => readEventLine(line, makeEventLine());

/** The value of a field, or {@link MISSING}. */
const field = { value: 0 };

/**
 * Read a number, or `<NA>`.
 *
 * @returns where it ends, -1 where there is none
 */
const readField = (text: string, from: number, most: number): number => {
  if (text.charCodeAt(from) === LESS) {
    field.value = MISSING;
    return text.startsWith(NOT_AVAILABLE, from) ? from + NOT_AVAILABLE.length : -1;
  }
  const negative = text.charCodeAt(from) === DASH;
  const start = negative ? from + 1 : from;
  let at = start;
  let value = 0;
  for (let digit = text.charCodeAt(at) - ZERO; digit >= 0 && digit <= 9; digit = text.charCodeAt(++at) - ZERO)
    value = value * 10 + digit;
  if (at === start) return -1;
  if (negative) field.value = value === 1 ? -1 : MISSING;
  else if (value <= most) field.value = value;
  else field.value = MINUS_ONES.has(value) ? -1 : MISSING;
  return at;
};

const place = { open: 0, tid: 0, behind: 0, isPair: false };

/**
 * Find the next ` (TID) > TYPE` or ` (TID:VTID) > TYPE` from `from` on, into {@link place}.
 *
 * @param last no further than here; the text is searched once, whatever is in it
 */
const findThread = (text: string, from: number, last: number): boolean => {
  for (let open = text.indexOf(' (', from); open >= 0 && open <= last; open = text.indexOf(' (', open + 1)) {
    let at = readField(text, open + 2, BIGGEST_TID);
    if (at < 0) continue;
    const tid = field.value;
    const isPair = text.charCodeAt(at) === COLON;
    if (isPair) at = readField(text, at + 1, BIGGEST_TID);
    if (at < 0 || text.charCodeAt(at) !== CLOSE || text.charCodeAt(at + 1) !== SPACE) continue;
    const dir = text.charCodeAt(at + 2);
    if ((dir !== LESS && dir !== GREATER) || text.charCodeAt(at + 3) !== SPACE) continue;
    // A name where the type stands is none of sysdig's.
    if (at + 4 >= text.length || text.charCodeAt(at + 4) === SPACE) continue;
    place.open = open;
    place.tid = tid;
    place.behind = at + 2;
    place.isPair = isPair;
    return true;
  }
  return false;
};

/**
 * Read from the name on. A name may hold whatever it likes, this very pattern too: it ends at the last one that begins
 * within a name's length, and where there is none, at the first.
 */
const readThread = (text: string, from: number, into: EventLine): boolean => {
  if (!findThread(text, from, text.length)) return false;
  const start = place.isPair ? skipContainer(text, from, place.open) : from;
  const last = start + LONGEST_COMM;
  while (place.open < last && findThread(text, place.open + 1, last));
  const name = text.slice(start, place.open);
  into.comm = name === '' || name === NOT_AVAILABLE ? null : name;
  into.tid = place.tid;
  into.dir = text.charCodeAt(place.behind) === LESS ? EXIT : ENTER;
  const type = place.behind + 2;
  const end = text.indexOf(' ', type);
  into.type = end < 0 ? text.slice(type) : text.slice(type, end);
  into.info = end < 0 ? '' : text.slice(end + 1);
  return true;
};

/** Where the name begins behind `CONTAINER (ID) `, neither of which holds spaces. */
const skipContainer = (text: string, from: number, last: number): number => {
  const open = text.indexOf(' (', from);
  const close = text.indexOf(') ', open);
  return open >= 0 && close >= 0 && close + 2 <= last ? close + 2 : from;
};

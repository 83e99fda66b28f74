/** Who a `switch` row says comes next. */
export interface NextThread {
  /** -1: not said. */
  readonly tid: number;
  /** null: no name was printed (tid 0, kernel threads, unknown ones). */
  readonly comm: string | null;
}

const NOT_SAID: NextThread = { tid: -1, comm: null };
const NEXT = 'next=';
/** What recorders print behind the name: sysdig and the bpftrace recorder, perf and ftrace. */
const BEHIND_NAME = [') pgft_maj=', ') prev_state='] as const;
const BIGGEST_TID = 0x7fffffff;

/**
 * Read `next=TID(NAME) pgft_maj=...`. A name may hold parentheses and spaces: it ends at the last `) pgft_maj=` or
 * `) prev_state=`, behind which there is no name, or at the closing parenthesis of the text.
 */
export const parseNextThread = (info: string): NextThread => {
  if (!info.startsWith(NEXT)) return NOT_SAID;
  let at = NEXT.length;
  let tid = 0;
  for (; at < info.length; at++) {
    const digit = info.charCodeAt(at) - 0x30;
    if (digit < 0 || digit > 9) break;
    tid = tid * 10 + digit;
  }
  if (at === NEXT.length || tid > BIGGEST_TID) return NOT_SAID;
  if (info[at] !== '(') return { tid, comm: null };
  const end = BEHIND_NAME.reduce((last, behind) => Math.max(last, info.lastIndexOf(behind)), -1);
  if (end > at) return { tid, comm: info.slice(at + 1, end) };
  const text = info.trimEnd();
  return { tid, comm: text.endsWith(')') ? text.slice(at + 1, -1) : null };
};

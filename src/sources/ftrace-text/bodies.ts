import type { Told } from './event.js';

/** A body in words of its event; `other`: of no use here, `dull`: of no use and not worth a count, `broken`: not as it should be. */
export type BodyMeaning = Told | 'other' | 'dull' | 'broken';

/** Names of threads have at most 15 bytes (TASK_COMM_LEN, linux/sched.h). */
const COMM = '.{0,15}?';
const PRIORITY = '-?\\d{1,6}';
const TID = '\\d{1,10}';

const KERNEL_NEXT = new RegExp(`^(?: ==>)? next_comm=(.{0,15}) next_pid=(${TID}) next_prio=${PRIORITY}\\s*$`, 's');
const KERNEL_SWITCH = new RegExp(
  `^prev_comm=(${COMM}) prev_pid=(${TID}) prev_prio=${PRIORITY} prev_state=(\\S{1,16})(?= )`,
  's',
);
/** libtraceevent's plugin prints `comm:pid [prio] S ==> comm:pid [prio]`. */
const PLUGIN_NEXT = new RegExp(`^ ==> (.{0,15}):(${TID}) \\[${PRIORITY}\\]\\s*$`, 's');
const KERNEL_STATE = new RegExp(`^${PRIORITY} prev_state=(\\S{1,16})(?= )`);
const PLUGIN_STATE = new RegExp(`^${PRIORITY}\\] ([A-Za-z+|\\d]{1,16})(?= ==> )`);
const PLUGIN_SWITCH = new RegExp(`^(${COMM}):(${TID}) \\[${PRIORITY}\\] ([A-Za-z+|0-9]{1,16})(?= ==> )`, 's');

const KERNEL_WAKE_UP = new RegExp(`^comm=(.{0,15}) pid=(${TID}) prio=${PRIORITY}(?: success=\\d)?(?: target_cpu=(\\d{1,5}))?\\s*$`, 's'); // prettier-ignore
const PLUGIN_WAKE_UP = new RegExp(`^(.{0,15}):(${TID}) \\[${PRIORITY}\\](?: success=\\d| \\w{1,10})?(?: CPU:(\\d{1,5}))?\\s*$`, 's'); // prettier-ignore

const EXIT = new RegExp(`^comm=(.{0,15}) pid=(${TID}) prio=`, 's');
const FORK = new RegExp(
  `^(?:parent_)?comm=.{0,15} (?:parent_)?pid=${TID} child_comm=(.{0,15}) child_pid=(${TID})`,
  's',
);
const SENT = new RegExp(`^sig=(\\d{1,3}) errno=-?\\d{1,10} code=(-?\\d{1,10}) comm=(.{0,15}) pid=(${TID})(?: grp=|\\s*$)`, 's'); // prettier-ignore
const DELIVERED = /^sig=(\d{1,3}) errno=/;
const RAW_ENTER = /^NR (-?\d{1,9}) \(([\da-f, ]{0,140})\)/;
const RAW_LEAVE = /^NR (-?\d{1,9}) = (-?\d{1,20})\s*$/;
const NAMED_LEAVE = /^(-?(?:0x)?[\da-f]{1,16})\s*$/;
const ARGUMENT = /\w: (?:0x)?([\da-f]{1,16})(?![\w.])/g;
const MOST_ARGUMENTS = 6;

const ENTER = 'sys_enter_';
const LEAVE = 'sys_exit_';
/** Rows so frequent, and so well known to be of no use here, that they need no count. */
const DULL = new Set(['cpu_idle', 'cpu_frequency', 'sched_stat_runtime']);

/**
 * Read what an event says, in the words of the kernel's own format or of trace-cmd's plugins.
 *
 * A name may hold anything, the format's own words included: of who leaves a CPU the line's head knows the name and the
 * thread, and what the head says is looked for first.
 */
export const readBody = (event: string, body: string, comm: string | null, tid: number): BodyMeaning => {
  switch (event) {
    case 'sched_switch':
      return readSwitch(body, comm ?? '', tid);
    case 'sched_wakeup':
    case 'sched_waking':
    case 'sched_wakeup_new': {
      const match = KERNEL_WAKE_UP.exec(body) ?? PLUGIN_WAKE_UP.exec(body);
      if (!match) return 'broken';
      return { kind: 'wake-up', comm: match[1] ?? '', tid: Number(match[2]), cpu: Number(match[3] ?? -1) };
    }
    case 'sched_process_exit': {
      const match = EXIT.exec(body);
      return match ? { kind: 'exit', comm: match[1] ?? '', tid: Number(match[2]) } : 'broken';
    }
    case 'sched_process_fork': {
      const match = FORK.exec(body);
      return match ? { kind: 'fork', childComm: match[1] ?? '', child: Number(match[2]) } : 'broken';
    }
    case 'sched_process_exec':
      return { kind: 'exec' };
    case 'signal_generate': {
      const match = SENT.exec(body);
      if (!match) return 'broken';
      return {
        kind: 'signal-sent',
        signal: Number(match[1]),
        code: Number(match[2]),
        comm: match[3] ?? '',
        tid: Number(match[4]),
      };
    }
    case 'signal_deliver': {
      const match = DELIVERED.exec(body);
      return match ? { kind: 'signal-delivered', signal: Number(match[1]) } : 'broken';
    }
    case 'sys_enter': {
      const match = RAW_ENTER.exec(body);
      return match ? { kind: 'enter', call: Number(match[1]), args: (match[2] ?? '').split(', ') } : 'broken';
    }
    case 'sys_exit': {
      const match = RAW_LEAVE.exec(body);
      return match ? { kind: 'leave', call: Number(match[1]), result: Number(match[2]) } : 'broken';
    }
    default:
      if (event.startsWith(ENTER)) return readNamedEnter(event.slice(ENTER.length), body);
      if (event.startsWith(LEAVE)) return readNamedLeave(event.slice(LEAVE.length), body);
      return DULL.has(event) ? 'dull' : 'other';
  }
};

const readSwitch = (body: string, comm: string, tid: number): Told | 'broken' => {
  const kernel = body.startsWith('prev_comm=');
  const leaving = kernel
    ? readLeaving(body, comm, tid, `prev_comm=${comm} prev_pid=${String(tid)} prev_prio=`, KERNEL_STATE, KERNEL_SWITCH)
    : readLeaving(body, comm, tid, `${comm}:${String(tid)} [`, PLUGIN_STATE, PLUGIN_SWITCH);
  if (!leaving) return 'broken';
  const next = (kernel ? KERNEL_NEXT : PLUGIN_NEXT).exec(leaving.rest);
  if (!next) return 'broken';
  return {
    kind: 'switch',
    comm: leaving.comm,
    tid: leaving.tid,
    state: leaving.state,
    nextComm: next[1] ?? '',
    nextTid: Number(next[2]),
  };
};

/** Who leaves, in which state, and what is said behind: where the body begins with whom the head names, that one. */
const readLeaving = (
  body: string,
  comm: string,
  tid: number,
  start: string,
  state: RegExp,
  whole: RegExp,
): { comm: string; tid: number; state: string; rest: string } | null => {
  const named = body.startsWith(start) ? state.exec(body.slice(start.length)) : null;
  if (named) return { comm, tid, state: named[1] ?? '', rest: body.slice(start.length + named[0].length) };
  const match = whole.exec(body);
  if (!match) return null;
  return {
    comm: match[1] ?? '',
    tid: Number(match[2]),
    state: match[3] ?? '',
    rest: body.slice(match[0].length),
  };
};

const KERNEL_NAMES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    newfstat: 'fstat',
    newstat: 'stat',
    newlstat: 'lstat',
  }),
);

const callOf = (name: string): string => KERNEL_NAMES.get(name) ?? name;

/** `fd: 0x0000000e, msg: 0x7ffc...`; newer kernels also print texts, behind which nothing is read. */
const readNamedEnter = (name: string, body: string): Told => {
  const quote = body.indexOf('"');
  const args: string[] = [];
  for (const match of body.slice(0, quote < 0 ? body.length : quote).matchAll(ARGUMENT)) {
    args.push(match[1] ?? '');
    if (args.length === MOST_ARGUMENTS) break;
  }
  return { kind: 'enter', call: callOf(name), args };
};

const readNamedLeave = (name: string, body: string): Told | 'broken' => {
  const text = NAMED_LEAVE.exec(body)?.[1];
  if (text === undefined) return 'broken';
  const result = text.startsWith('0x') ? Number(BigInt.asIntN(64, BigInt(text))) : Number(text);
  return Number.isNaN(result) ? 'broken' : { kind: 'leave', call: callOf(name), result };
};

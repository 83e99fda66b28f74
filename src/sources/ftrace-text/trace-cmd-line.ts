import { readBody } from './bodies.js';
import { DULL, FOREIGN, type EventHead, type LineMeaning } from './event.js';

/** No line of an event is longer, but for texts of which nothing is read. */
const MOST_READ = 4096;

/**
 * `INSTANCE: COMM-TID (TGID) [CPU] FLAGS TIME: EVENT: `. The instance is trace-cmd's (-B); TGID and FLAGS are where they were
 * asked for; with flags in the latency format the CPU stands in front of them (`1d..2.`). The kernel's own latency format has
 * microseconds since the trace began (`1019952us+: `). A call is `sys_sendmsg(` and `sys_sendmsg -> ` in the kernel's own text.
 */
const HEAD = new RegExp(
  [
    String.raw`^(?:[\w.-]{1,64}: {1,32})? {0,32}(.{1,48}?)-(\d{1,10})\s{1,16}`,
    String.raw`(?:\(\s{0,10}(?:\d{1,10}|-{1,10})\)\s{1,8})?`,
    String.raw`(?:\[(\d{3,5})\](?:\s{1,4}([^\s\d[\]:]\S{0,11}))?|(\d{1,4})([^\s\d[\]:]\S{1,11}))\s{1,12}`,
    String.raw`(?:(\d{1,12})\.(\d{9}|\d{6}):|(\d{1,15})us[^\s:\d]?\s?:)\s{1,4}`,
    String.raw`([A-Za-z_]\w{0,63})(:(?=\s|$)|\((?=\w|\))| -> | <-)`,
  ].join(''),
);
const LOST = /^CPU:(\d{1,5}) \[(?:LOST (?:(\d{1,15}) )?EVENTS|(?:(\d{1,15}) )?EVENTS DROPPED)\]/;
const STRUCTURE = /^(?:#|cpus=\d|version = |CPU:? ?\d+ is empty|\s*=> |\s*$)|<stack trace>\s*$/;
const SYSTEM_CALL = 'sys_';
/** Names of threads whose name is not known, and of the idle one. */
const UNKNOWN = new Set(['<...>', '<idle>', '']);

/** Whether a line is of `trace-cmd report` or of the kernel's own `trace`: an event, or how such a text begins. */
export const isTraceCmdLine = (line: string): boolean =>
  /^# tracer: \S/.test(line) || HEAD.test(line.slice(0, MOST_READ));

/** What a line of `trace-cmd report`, or of the kernel's own `trace`, means. */
export const readTraceCmdLine = (line: string): LineMeaning => {
  const text = line.slice(0, MOST_READ);
  const match = HEAD.exec(text);
  if (!match) return readOther(text);
  const [all, comm = '', tid = '', bracketed, flags, latencyCpu, latencyFlags, seconds, fraction, micros, name = '', sign = ''] = match; // prettier-ignore
  const cpu = Number(bracketed ?? latencyCpu ?? -1);
  const time =
    micros === undefined
      ? { seconds: Number(seconds), nanos: Number((fraction ?? '').padEnd(9, '0')) }
      : { seconds: Math.floor(Number(micros) / 1e6), nanos: (Number(micros) % 1e6) * 1000 };
  const { event, body } = readEvent(name, sign.trim(), text.slice(all.length));
  const head: EventHead = {
    comm: UNKNOWN.has(comm.trimStart()) ? null : comm.trimStart(),
    tid: Number(tid),
    cpu,
    ...time,
    event,
    body,
    interrupt: interruptOf(flags ?? latencyFlags ?? ''),
  };
  const told = readBody(event, body, head.comm, head.tid);
  if (typeof told === 'string') return { kind: told };
  return { kind: 'event', head, told };
};

const readEvent = (name: string, sign: string, rest: string): { event: string; body: string } => {
  if (sign === '<-') return { event: 'function', body: '' };
  const body = rest.trimStart();
  if (!name.startsWith(SYSTEM_CALL) || sign === ':') return { event: name, body };
  const call = name.slice(SYSTEM_CALL.length);
  return { event: sign === '->' ? `sys_exit_${call}` : `sys_enter_${call}`, body };
};

/** `irqs-off, need-resched, hardirq/softirq, ...` (the header of the kernel's text). */
const interruptOf = (flags: string): EventHead['interrupt'] => {
  const flag = flags.charAt(2);
  if (flag === 's') return 'softirq';
  return 'hHzZ'.includes(flag) && flag !== '' ? 'irq' : null;
};

const readOther = (text: string): LineMeaning => {
  const lost = LOST.exec(text);
  if (lost) {
    const events = lost[2] ?? lost[3];
    return { kind: 'lost', events: events === undefined ? null : Number(events), cpu: Number(lost[1]), head: null };
  }
  return STRUCTURE.test(text) ? DULL : FOREIGN;
};

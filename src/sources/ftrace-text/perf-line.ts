import { readBody } from './bodies.js';
import { DULL, FOREIGN, type EventHead, type LineMeaning } from './event.js';

/** No line of an event is longer, but for texts of which nothing is read. */
const MOST_READ = 4096;

const TIME = String.raw`(?:^|\s)(\d{1,10})\.(\d{9}|\d{6}):\s{1,64}`;
/** `24644.354761:  raw_syscalls:sys_exit: `, with the period between them where it was asked for (-F +period). */
const EVENT = new RegExp(String.raw`${TIME}(?:\d{1,20}\s{1,64})?([A-Za-z_][\w-]{0,63}):([\w.-]{1,63}):(?=\s|$)`);
const RECORD = new RegExp(String.raw`${TIME}PERF_RECORD_([A-Z_]{1,32})`);
const CPU = /\[(\d{1,5})\]$/;
const THREAD = /(?:^|\s)(-?\d{1,10})(?:\s*\/\s*(-?\d{1,10}))?$/;
const MACHINE = /^# arch : (\S{1,32})$/;
const PROGRAM = /^# (?:perf version|cmdline) : \S*/;
const CALL_CHAIN = /^\s+[\da-f]{4,16} /;
const LOST_IN_ALL = /^Processed (\d{1,15}) (?:events|samples) and lost (?:(\d{1,15}) chunks|([\d.]{1,8})%)!/;
const LOST_HERE = /^\s*LOST (\d{1,15}) events!/i;
const MESSAGE = /^(?:Warning:|Check IO\/CPU overload!)$/;

/** Whether a line is of `perf script`: an event of a tracepoint, or its header's. */
export const isPerfScriptLine = (line: string): boolean =>
  /^# perf version : \S/.test(line) || EVENT.test(line.slice(0, MOST_READ));

/** What a line of `perf script` means. */
export const readPerfLine = (line: string): LineMeaning => {
  if (line === '') return DULL;
  if (line.startsWith('#')) {
    const machine = MACHINE.exec(line)?.[1];
    return machine === undefined || PROGRAM.test(line) ? DULL : { kind: 'machine', machine };
  }
  const text = line.slice(0, MOST_READ);
  const match = EVENT.exec(text);
  if (!match) return readOther(text);
  const [all, seconds = '', fraction = '', , event = ''] = match;
  const body = text.slice(match.index + all.length).trimStart();
  const head = readHead(text.slice(0, match.index), seconds, fraction, event, body);
  const told = readBody(event, body, head.comm, head.tid);
  if (typeof told === 'string') return { kind: told };
  return { kind: 'event', head, told };
};

const readOther = (text: string): LineMeaning => {
  const record = RECORD.exec(text);
  if (record) {
    const [all, seconds = '', fraction = '', kind = ''] = record;
    if (!kind.startsWith('LOST')) return DULL;
    const head = readHead(text.slice(0, record.index), seconds, fraction, kind, '');
    const events = /^\s+lost (\d{1,15})/.exec(text.slice(record.index + all.length))?.[1];
    return { kind: 'lost', events: events === undefined ? null : Number(events), cpu: head.cpu, head };
  }
  const here = LOST_HERE.exec(text)?.[1];
  if (here !== undefined) return { kind: 'lost', events: Number(here), cpu: -1, head: null };
  const inAll = LOST_IN_ALL.exec(text);
  if (inAll)
    return {
      kind: 'lost-in-all',
      events: Number(inAll[2] ?? 0),
      share: inAll[3] === undefined ? null : Number(inAll[3]) / 100,
    };
  return CALL_CHAIN.test(text) || text.trim() === '' || MESSAGE.test(text.trim()) ? DULL : FOREIGN;
};

/**
 * `comm pid [cpu]`, as much of it as there is: the comm is aligned to the right and may hold anything, so that the line is
 * read from the time backwards.
 */
const readHead = (front: string, seconds: string, fraction: string, event: string, body: string): EventHead => {
  let rest = front.trimEnd();
  const cpu = CPU.exec(rest);
  if (cpu) rest = rest.slice(0, cpu.index).trimEnd();
  const thread = THREAD.exec(rest);
  if (thread) rest = rest.slice(0, thread.index);
  const comm = rest.trim();
  return {
    comm: comm === '' || /^:-?\d+$/.test(comm) ? null : comm,
    tid: thread ? Number(thread[2] ?? thread[1]) : -1,
    cpu: cpu ? Number(cpu[1]) : -1,
    seconds: Number(seconds),
    nanos: Number(fraction.padEnd(9, '0')),
    event,
    body,
    interrupt: null,
  };
};

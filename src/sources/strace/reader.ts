import type { ClockKind } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import { ENTER, EXIT } from '../../model/event-batch.js';
import { InputError } from '../../model/input-error.js';
import type { TraceContext } from '../trace/open-trace.js';
import { makeRow } from '../trace/row-batches.js';
import { printSignalName } from '../trace/signals.js';
import type { LineReader, RowSink } from '../trace/text-trace.js';
import { readBody, type Body, type Returned } from './body.js';
import { CLONES, describeEnter, describeExit, SENDS, type KnownCall } from './call-info.js';
import { StraceClock } from './clock.js';
import { makeLine, readLine, type TimeForm } from './line.js';
import * as problems from './problems.js';
import { readName } from './quoted.js';
import { Threads, type Thread } from './threads.js';

type Kind<K extends Body['kind']> = Extract<Body, { kind: K }>;

const CUT_BY_MESSAGE = /strace: Process (\d{1,10}) attached$/;
const MESSAGE_LENGTH = 48;

/** So many calls without a usable time, and none with one, show that there is none. */
const UNTIMED = 3;

const WHY_UNUSABLE: Readonly<Record<Exclude<TimeForm, 'epoch' | 'time-of-day'>, string>> = {
  seconds: 'is output of strace with times in whole seconds (-t)',
  relative: 'is output of strace that tells only how long after the line before each line came (-r)',
  none: 'is output of strace without times',
};

/** Lines of strace into rows: each call one where it begins and one where it ends. */
export class StraceReader implements LineReader {
  readonly #rows: RowSink;
  readonly #where: string;
  readonly #counters: CounterTable;
  readonly #line = makeLine();
  readonly #clock = new StraceClock();
  readonly #threads: Threads;
  readonly #row = makeRow();
  #form: 'epoch' | 'time-of-day' | null = null;
  #untimed = 0;
  /** A line whose end has not come yet. */
  #begun: string | null = null;

  constructor(rows: RowSink, { where, counters }: TraceContext) {
    this.#rows = rows;
    this.#where = where;
    this.#counters = counters;
    this.#threads = new Threads(pidInName(where));
  }

  get clock(): ClockKind {
    return this.#form ?? 'epoch';
  }

  readLine(text: string, number: number, isWhole: boolean): void {
    const line = this.#line;
    const whole = this.#rejoin(text);
    if (whole === null) return;
    readLine(whole, line);
    const body = readBody(line.body);
    switch (body.kind) {
      case 'attached':
        this.#threads.announce(body.pid);
        return;
      case 'detached':
        this.#threads.of(body.pid, '').left = true;
        return;
      case 'aside':
        return;
      case 'foreign':
      case 'cut':
        this.#counters.add(isWhole ? problems.FOREIGN_LINE : problems.CUT_LINE);
        return;
      default:
        if (this.#takeTime(body)) this.#take(this.#threads.of(line.pid, readComm(line.comm)), body, number);
    }
  }

  end(): void {
    if (this.#begun !== null) this.#counters.add(problems.CUT_LINE);
    for (const thread of this.#threads.all()) this.#release(thread, true);
    if (this.#form === null && this.#untimed > 0) throw this.#unusable();
    if (this.#form === null) return;
    this.#counters.add(problems.SLOWED_DOWN);
  }

  /**
   * On a terminal strace says in the middle of the line of a `clone` that it was attached to the new process; the rest of
   * that call is the next line.
   *
   * @returns the line, with its beginning; null for a beginning
   */
  #rejoin(text: string): string | null {
    const begun = this.#begun;
    this.#begun = null;
    const cut = CUT_BY_MESSAGE.exec(text.slice(-MESSAGE_LENGTH));
    if (cut && text.length > cut[0].length) {
      this.#threads.announce(Number(cut[1]));
      this.#begun = text.slice(0, -cut[0].length);
      return null;
    }
    if (begun === null) return text;
    if (/^[,)]/.test(text)) return begun + text;
    this.#counters.add(problems.FOREIGN_LINE);
    return text;
  }

  /** Whether the line has a time, of the form that the first ones have. */
  #takeTime(body: Body): boolean {
    const { form, seconds, nanos } = this.#line;
    if (form === 'epoch' || form === 'time-of-day') this.#form ??= form;
    if (form === this.#form) {
      this.#clock.take(form, seconds, nanos);
      return true;
    }
    if (this.#form === null && (body.kind === 'call' || body.kind === 'begun')) {
      this.#untimed++;
      if (this.#untimed >= UNTIMED) throw this.#unusable();
    }
    this.#counters.add(problems.OTHER_TIME);
    return false;
  }

  #unusable(): InputError {
    const { form } = this.#line;
    const why = WHY_UNUSABLE[form === 'epoch' || form === 'time-of-day' ? 'none' : form];
    return new InputError(why, this.#where, 'record with strace -f -ttt -T -yy -o FILE -p PID');
  }

  #take(thread: Thread, body: Body, number: number): void {
    if (thread.left) this.#reattach(thread, number);
    switch (body.kind) {
      case 'call':
        this.#begin(thread, body, number);
        this.#finish(thread, body, number);
        break;
      case 'begun':
        // A call that is resumed and broken off again has begun once.
        if (thread.open?.call.name !== body.name || body.args.masked !== '') this.#begin(thread, body, number);
        thread.left = body.left;
        break;
      case 'resumed':
        this.#resume(thread, body, number);
        break;
      case 'signal':
        this.#signal(thread, body, number);
        break;
      case 'stopped':
        // Of a process' threads only one is told who sent it.
        if (thread.signal !== body.signal)
          this.#give(thread, 'signaldeliver', ENTER, `sig=${printSignalName(body.signal)} `, number);
        break;
      case 'ended':
        this.#end(thread, body, number);
        break;
      default:
    }
  }

  /** What happened while strace was away is not known. */
  #reattach(thread: Thread, number: number): void {
    thread.left = false;
    thread.open = null;
    thread.held = null;
    this.#counters.add(problems.NOT_WATCHED);
    this.#give(thread, 'drop', ENTER, '', number);
  }

  #begin(thread: Thread, { name, args }: Kind<'call' | 'begun'>, number: number): void {
    this.#release(thread);
    thread.signal = '';
    if (thread.open && thread.open.call.name === name && SENDS.has(name)) return;
    const call: KnownCall = { name, args: args.masked, head: args.head };
    this.#give(thread, name, ENTER, describeEnter(call, thread.descriptors), number);
    thread.open = { call, seconds: thread.seconds, nanos: thread.nanos };
  }

  #resume(thread: Thread, body: Kind<'resumed'>, number: number): void {
    const open = thread.open?.call.name === body.name ? thread.open : null;
    if (!open) {
      this.#counters.add(problems.NOT_BEGUN);
      thread.open = null;
      return;
    }
    const { args, head } = open.call;
    const call = {
      name: body.name,
      args: args + body.args.masked,
      head: head.length > 0 ? head : body.args.head,
    };
    thread.open = { ...open, call };
    this.#finish(thread, body, number, true);
  }

  #finish(thread: Thread, { returned }: { returned: Returned }, number: number, isNow = false): void {
    const { open } = thread;
    if (!open || isGone(returned)) return;
    // Broken off by a signal: the kernel makes the call again, and its program sees one.
    if (SENDS.has(open.call.name) && returned.errno?.startsWith('ERESTART') === true) return;
    thread.open = null;
    const { call } = open;
    const nameOf = (pid: number): string => this.#threads.nameOf(pid);
    if (CLONES.has(call.name) && (returned.value ?? 0) > 0) this.#threads.inherit(thread, returned.value ?? 0);
    const info = describeExit(call, returned, thread.descriptors, nameOf);
    if (returned.durationNs !== null) {
      const nanos = open.nanos + returned.durationNs;
      const carry = Math.floor(nanos / 1e9);
      this.#give(thread, call.name, EXIT, info, number, open.seconds + carry, nanos - carry * 1e9);
    } else if (isNow) this.#give(thread, call.name, EXIT, info, number);
    else {
      this.#counters.add(problems.NO_DURATIONS);
      thread.held = { type: call.name, info, line: number, seconds: open.seconds, nanos: open.nanos };
    }
    if (returned.value === 0) this.#learnName(thread, call);
  }

  /** A thread's name is that of the program it executes (its first 15 bytes), or the one it gives itself. */
  #learnName(thread: Thread, { name, args }: KnownCall): void {
    const quoted = name.startsWith('execve') || name === 'prctl' ? /"(?:[^"\\]|\\.)+"/.exec(args)?.[0] : undefined;
    if (quoted === undefined || (name === 'prctl' && !args.startsWith('PR_SET_NAME'))) return;
    const path = readName(quoted);
    this.#threads.rename(thread, name === 'prctl' ? path : path.slice(path.lastIndexOf('/') + 1));
  }

  #signal(thread: Thread, { signal, by, byComm }: Kind<'signal'>, number: number): void {
    this.#release(thread);
    if (by !== null) this.#threads.note(by, readComm(byComm));
    const name = by === null ? '' : this.#threads.nameOf(by);
    const sender = by === null ? '' : `spid=${String(by)}${name === '' ? '' : `(${name})`} `;
    this.#give(thread, 'signaldeliver', ENTER, `${sender}sig=${printSignalName(signal)} `, number);
    thread.signal = signal;
  }

  #end(thread: Thread, { status, signal }: Kind<'ended'>, number: number): void {
    this.#release(thread);
    const why = signal === null ? '' : `sig=${printSignalName(signal)} `;
    this.#give(thread, 'procexit', ENTER, `status=${String(status)} ${why}`, number);
    this.#threads.end(thread);
  }

  /** The exit that has waited for its thread's next line; where there is none, nothing is known but that it came. */
  #release(thread: Thread, isLast = false): void {
    const { held } = thread;
    if (!held) return;
    thread.held = null;
    const at = isLast ? held : this.#clock;
    this.#give(thread, held.type, EXIT, held.info, held.line, at.seconds, at.nanos);
  }

  #give(
    thread: Thread,
    type: string,
    dir: number,
    info: string,
    line: number,
    seconds = this.#clock.seconds,
    nanos = this.#clock.nanos,
  ): void {
    if (!thread.advance(seconds, nanos)) this.#counters.add(problems.SET_BACK);
    if (thread.comm === '' && !thread.isNameMissed && !type.startsWith('execve')) {
      thread.isNameMissed = true;
      this.#counters.add(problems.NO_NAME);
    }
    const row = this.#row;
    row.seconds = thread.seconds;
    row.nanos = thread.nanos;
    row.tid = thread.pid;
    row.comm = thread.comm === '' ? null : thread.comm;
    row.type = type;
    row.dir = dir;
    row.info = info;
    this.#rows.add(row, line);
  }
}

/** `= ?` without an errno: the process was ended in the call, or strace was. */
const isGone = ({ value, errno }: Returned): boolean => value === null && errno === null;

const readComm = (comm: string): string => (comm === '' ? '' : readName(`"${comm}"`));

/** `strace -ff -o FILE` writes a file for each process, FILE.PID. */
const pidInName = (where: string): number | null => {
  const pid = /\.(\d{1,7})(?:\.gz|\.zst)?$/.exec(where)?.[1];
  return pid === undefined ? null : Number(pid);
};

import type { CounterTable } from '../../model/counters.js';
import { ENTER, EXIT } from '../../model/event-batch.js';
import type { TraceRow } from '../trace/row-batches.js';
import { printSignal } from '../trace/signals.js';
import type { RowSink } from '../trace/text-trace.js';
import { AssumedSends } from './assumed-sends.js';
import { describeDescriptor, describeEnter, descriptorOf, intOf, socketKind } from './call-info.js';
import type { EventHead, Told } from './event.js';
import { printResult } from './names.js';
import { NO_CPU, NO_THREAD } from './problems.js';

/** Threads and names kept in mind. */
const MOST_KNOWN = 65_536;
/** Descriptors of a thread of which it is known what they are. */
const MOST_KINDS = 4096;

const KILLS = new Set(['kill', 'tkill', 'tgkill']);
const CLONES = new Set(['clone', 'clone3', 'fork', 'vfork']);
const SENDER = /^keepalived/;

interface OpenCall {
  readonly name: string;
  readonly args: readonly string[];
  /** Name of the thread it has made, where that was told. */
  childComm: string;
}

/** Turns what events say into rows as sysdig writes them, which is what the timeline reads. */
export class EventRows {
  readonly #sends: AssumedSends;
  readonly #counters: CounterTable;
  /** The call each thread is in. */
  readonly #open = new Map<number, OpenCall>();
  /** What descriptors of senders are. */
  readonly #kinds = new Map<number, Map<number, string>>();
  readonly #names = new Map<number, string>();

  constructor(rows: RowSink, counters: CounterTable) {
    this.#sends = new AssumedSends(rows, counters);
    this.#counters = counters;
  }

  /** @param callName of a number on the machine that was traced */
  add(head: EventHead, told: Told, line: number, callName: (number: number) => string): void {
    if (head.cpu < 0) this.#counters.add(NO_CPU);
    if (head.comm !== null && head.tid > 0) this.#note(head.tid, head.comm);
    switch (told.kind) {
      case 'switch':
        this.#switch(head, told, line);
        break;
      case 'wake-up':
        this.#wakeUp(head, told, line);
        break;
      case 'fork':
        this.#fork(head, told, line);
        break;
      case 'exec':
        break;
      case 'exit':
        this.#put(line, head, 'procexit', ENTER, '', told);
        this.#open.delete(told.tid);
        this.#kinds.delete(told.tid);
        this.#names.delete(told.tid);
        this.#sends.endThread(told.tid);
        break;
      case 'signal-sent':
        this.#signal(head, told, line);
        break;
      case 'signal-delivered': {
        const info = `spid=0 dpid=${this.#nameThread(head.tid)} sig=${printSignal(told.signal)} `;
        this.#put(line, head, 'signaldeliver', ENTER, info);
        break;
      }
      case 'enter':
        this.#enter(head, typeof told.call === 'string' ? told.call : callName(told.call), told.args, line);
        break;
      case 'leave':
        this.#leave(head, typeof told.call === 'string' ? told.call : callName(told.call), told.result, line);
    }
  }

  /** Events were lost about here. */
  drop(moment: Pick<EventHead, 'seconds' | 'nanos' | 'cpu'>, line: number): void {
    this.#put(line, { ...moment, tid: -1, comm: null }, 'drop', ENTER, '');
  }

  end(): void {
    this.#sends.end();
  }

  #switch(head: EventHead, told: Extract<Told, { kind: 'switch' }>, line: number): void {
    this.#note(told.tid, told.comm);
    if (told.nextTid > 0) this.#note(told.nextTid, told.nextComm);
    const next = told.nextTid === 0 ? '0' : `${String(told.nextTid)}(${told.nextComm})`;
    this.#put(line, head, 'switch', ENTER, `next=${next} prev_state=${told.state} `, told);
  }

  #wakeUp(head: EventHead, told: Extract<Told, { kind: 'wake-up' }>, line: number): void {
    const by = head.interrupt === null ? '' : `by=${head.interrupt} `;
    const cpu = told.cpu < 0 ? '' : `target_cpu=${String(told.cpu)} `;
    this.#put(line, head, head.event, ENTER, `tid=${String(told.tid)}(${told.comm}) ${cpu}${by}`);
  }

  /** Inside a call that is itself recorded, its exit tells of the new thread. */
  #fork(head: EventHead, told: Extract<Told, { kind: 'fork' }>, line: number): void {
    const open = this.#open.get(head.tid);
    if (open && CLONES.has(open.name)) open.childComm = told.childComm;
    else this.#put(line, head, 'clone', EXIT, `res=${String(told.child)}(${told.childComm}) `);
  }

  /** A signal is sent by the thread in which that happens, unless the kernel itself does so (`si_code` over 0). */
  #signal(head: EventHead, told: Extract<Told, { kind: 'signal-sent' }>, line: number): void {
    if (told.code > 0) return;
    const open = this.#open.get(head.tid);
    const { args } = open ?? { args: [] };
    // Its call's own row has said so.
    if (open && KILLS.has(open.name) && intOf(args[open.name === 'tgkill' ? 1 : 0]) === told.tid) return;
    this.#put(line, head, 'kill', ENTER, `pid=${String(told.tid)}(${told.comm}) sig=${printSignal(told.signal)} `);
  }

  #enter(head: EventHead, call: string, args: readonly string[], line: number): void {
    const { tid } = head;
    if (tid < 0) {
      this.#counters.add(NO_THREAD);
      return;
    }
    if (this.#open.size >= MOST_KNOWN) this.#open.clear();
    this.#open.set(tid, { name: call, args, childComm: '' });
    const descriptor = descriptorOf(call, args);
    if (call.startsWith('timerfd_') && descriptor >= 0) this.#learnKind(head, descriptor, 't');
    const kinds = this.#kinds.get(tid);
    const info = describeEnter(call, args, kinds, (thread) => this.#names.get(thread) ?? '');
    this.#sends.enter(rowOf(head, call, ENTER, info, head), line, descriptor);
    if (call === 'close') kinds?.delete(descriptor);
  }

  #leave(head: EventHead, call: string, result: number, line: number): void {
    const { tid } = head;
    if (tid < 0) {
      this.#counters.add(NO_THREAD);
      return;
    }
    const open = this.#open.get(tid);
    this.#open.delete(tid);
    const row = rowOf(head, call, EXIT, this.#describeExit(head, call, result, open), head);
    this.#sends.leave(row, line, result);
  }

  #describeExit(head: EventHead, call: string, result: number, open: OpenCall | undefined): string {
    const plain = `res=${printResult(result)} `;
    if (result < 0 || open?.name !== call) return plain;
    if (CLONES.has(call))
      return result === 0 || open.childComm === '' ? plain : `res=${String(result)}(${open.childComm}) `;
    if (call === 'timerfd_create') this.#learnKind(head, result, 't');
    if (call === 'socket') {
      const { kind, isVrrp } = socketKind(open.args);
      this.#learnKind(head, result, kind);
      if (SENDER.test(head.comm ?? '')) this.#sends.learn(head.tid, result, isVrrp ? 'sends' : 'other');
      return describeDescriptor(result, this.#kinds.get(head.tid));
    }
    return plain;
  }

  #learnKind({ tid, comm }: EventHead, descriptor: number, kind: string): void {
    if (!SENDER.test(comm ?? '') || kind === '') return;
    let kinds = this.#kinds.get(tid);
    if (!kinds || kinds.size >= MOST_KINDS) {
      if (this.#kinds.size >= MOST_KINDS) this.#kinds.clear();
      kinds = new Map<number, string>();
      this.#kinds.set(tid, kinds);
    }
    kinds.set(descriptor, kind);
  }

  #note(tid: number, comm: string): void {
    if (this.#names.size >= MOST_KNOWN && !this.#names.has(tid)) this.#names.clear();
    this.#names.set(tid, comm);
  }

  #nameThread(tid: number): string {
    const name = this.#names.get(tid);
    return `${String(tid)}${name === undefined ? '' : `(${name})`}`;
  }

  #put(line: number, head: Moment, type: string, dir: number, info: string, thread: Thread = head): void {
    this.#sends.add(rowOf(head, type, dir, info, thread), line);
  }
}

type Moment = Pick<EventHead, 'seconds' | 'nanos' | 'cpu' | 'tid' | 'comm'>;
type Thread = Pick<EventHead, 'tid' | 'comm'>;

const rowOf = (
  { seconds, nanos, cpu }: Moment,
  type: string,
  dir: number,
  info: string,
  { tid, comm }: Thread,
): TraceRow => ({ seconds, nanos, num: -1, cpu, tid, comm: tid === 0 ? null : comm, type, dir, info });

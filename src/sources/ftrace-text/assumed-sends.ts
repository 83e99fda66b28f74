import type { CounterTable } from '../../model/counters.js';
import type { TraceRow } from '../trace/row-batches.js';
import type { RowSink } from '../trace/text-trace.js';
import { ASSUMED_SENDS, NO_SENDS } from './problems.js';

/**
 * What a send's row says where nobody recorded where it goes, and all else speaks for an advertisement. The timeline takes
 * such a send for one.
 */
const NOT_RECORDED = 'destination=not-recorded ';

/** Rows held back for a decision: some tens of milliseconds of a busy machine. */
const MOST_HELD = 20_000;
/** Threads, and descriptors of each, that are kept in mind. */
const MOST_KNOWN = 4096;

const SENDER = /^keepalived/;
/** An event loop goes to sleep in these; `poll` is also what a resolver waits with. */
const LOOP_WAITS = new Set(['epoll_wait', 'epoll_pwait', 'epoll_pwait2', 'select', 'pselect6']);
const RECEIVES = new Set(['read', 'readv', 'recvfrom', 'recvmsg', 'recvmmsg']);
/** keepalived sends advertisements with it alone; ARP, log messages and BFD go out through sendto. */
const SEND = 'sendmsg';

/** A descriptor: all that it sends are advertisements, or none. */
export type Use = 'sends' | 'other';

interface Held {
  readonly row: TraceRow;
  readonly line: number;
}

interface Pending extends Held {
  readonly descriptor: number;
  /** Bytes sent, once the call has ended. */
  sent: number | null;
}

interface Thread {
  readonly uses: Map<number, Use>;
  /** Sends through descriptors not known yet, since the thread last went to sleep. */
  pending: Pending[];
  /** Descriptor of the send it is in. */
  sending: number | null;
}

/**
 * Which send calls are advertisements, in a trace that does not show where they go. Taken for one is a `sendmsg` of a thread
 * called keepalived... that sends as many bytes as an advertisement has, through a descriptor on which the thread receives
 * nothing before it next waits in its event loop, as it does on netlink's.
 *
 * What a descriptor is has to be found out once; until then the rows behind its first send are held back.
 */
export class AssumedSends implements RowSink {
  readonly #rows: RowSink;
  readonly #counters: CounterTable;
  readonly #threads = new Map<number, Thread>();
  #held: Held[] = [];
  #undecided = 0;
  #assumed = 0;

  constructor(rows: RowSink, counters: CounterTable) {
    this.#rows = rows;
    this.#counters = counters;
  }

  /** A row that is not to be looked at. */
  add(row: TraceRow, line: number): void {
    if (this.#undecided === 0) this.#rows.add(row, line);
    else this.#hold({ row: { ...row }, line });
  }

  /** A thread enters a call. */
  enter(row: TraceRow, line: number, descriptor: number): void {
    if (!SENDER.test(row.comm ?? '')) {
      this.add(row, line);
      return;
    }
    const { tid, type } = row;
    if (type === SEND && descriptor >= 0) {
      this.#enterSend(row, line, descriptor);
      return;
    }
    const thread = this.#threads.get(tid);
    if (thread) {
      if (LOOP_WAITS.has(type)) this.#decide(thread);
      else if (RECEIVES.has(type) && descriptor >= 0) this.#use(thread, descriptor, 'other');
      else if (type === 'close' && descriptor >= 0) this.#forget(thread, descriptor);
    }
    this.add(row, line);
  }

  /** A thread leaves the call it was in. */
  leave(row: TraceRow, line: number, result: number): void {
    const thread = row.type === SEND ? this.#threads.get(row.tid) : undefined;
    const descriptor = thread?.sending ?? null;
    if (thread && descriptor !== null) {
      thread.sending = null;
      const last = thread.pending.at(-1);
      if (last?.descriptor === descriptor && last.sent === null) last.sent = result;
      if (result >= 0 && !isAdvertisementLength(result)) this.#use(thread, descriptor, 'other');
      // A send that failed is no proof of anything.
      else if (result < 0 && !thread.uses.has(descriptor)) this.#release(thread, (one) => one !== last);
    }
    this.add(row, line);
  }

  /** What a descriptor is, where the trace shows how it was made. */
  learn(tid: number, descriptor: number, use: Use): void {
    this.#use(this.#threadOf(tid), descriptor, use);
  }

  /** A thread has ended. */
  endThread(tid: number): void {
    const thread = this.#threads.get(tid);
    if (!thread) return;
    this.#release(thread, () => false);
    this.#threads.delete(tid);
  }

  /** The trace has ended. */
  end(): void {
    for (const thread of this.#threads.values()) this.#decide(thread);
    this.#flush();
    if (this.#assumed > 0) this.#counters.add(ASSUMED_SENDS, this.#assumed);
    else this.#counters.add(NO_SENDS);
  }

  #enterSend(row: TraceRow, line: number, descriptor: number): void {
    const thread = this.#threadOf(row.tid);
    thread.sending = descriptor;
    const use = thread.uses.get(descriptor);
    if (use === 'sends') {
      this.#assumed++;
      this.add({ ...row, info: row.info + NOT_RECORDED }, line);
    } else if (use === 'other') this.add(row, line);
    else {
      const pending = { row: { ...row }, line, descriptor, sent: null };
      thread.pending.push(pending);
      this.#undecided++;
      this.#hold(pending);
    }
  }

  /** The thread goes to sleep: through whatever it received nothing until now, it only sends. */
  #decide(thread: Thread): void {
    for (const { descriptor, sent } of thread.pending) {
      if (sent !== null && isAdvertisementLength(sent)) thread.uses.set(descriptor, 'sends');
    }
    this.#release(thread, () => false);
  }

  #use(thread: Thread, descriptor: number, use: Use): void {
    if (thread.uses.size >= MOST_KNOWN) thread.uses.clear();
    thread.uses.set(descriptor, use);
    this.#release(thread, (one) => one.descriptor !== descriptor);
  }

  #forget(thread: Thread, descriptor: number): void {
    this.#release(thread, (one) => one.descriptor !== descriptor);
    thread.uses.delete(descriptor);
  }

  /** Decide on the sends of a thread that wait, but for those that are to be kept waiting. */
  #release(thread: Thread, isKept: (one: Pending) => boolean): void {
    if (thread.pending.length === 0) return;
    const kept = thread.pending.filter(isKept);
    for (const one of thread.pending) {
      if (kept.includes(one)) continue;
      this.#undecided--;
      if (thread.uses.get(one.descriptor) !== 'sends') continue;
      one.row.info += NOT_RECORDED;
      this.#assumed++;
    }
    thread.pending = kept;
    if (this.#undecided === 0) this.#flush();
  }

  #hold(held: Held): void {
    this.#held.push(held);
    if (this.#held.length < MOST_HELD) return;
    for (const thread of this.#threads.values()) this.#decide(thread);
  }

  #flush(): void {
    const held = this.#held;
    this.#held = [];
    for (const { row, line } of held) this.#rows.add(row, line);
  }

  #threadOf(tid: number): Thread {
    const known = this.#threads.get(tid);
    if (known) return known;
    if (this.#threads.size >= MOST_KNOWN) {
      for (const thread of this.#threads.values()) this.#decide(thread);
      this.#threads.clear();
    }
    const made: Thread = { uses: new Map(), pending: [], sending: null };
    this.#threads.set(tid, made);
    return made;
  }
}

/**
 * Bytes that an advertisement of one address or more has as keepalived hands it to the kernel: on IPv4 with the IP header (20),
 * VRRP's (8), 4 an address, and in version 2 a password (8); on IPv6 VRRP's header and 16 an address (RFC 3768, RFC 9568).
 */
export const isAdvertisementLength = (bytes: number): boolean => {
  const words = (bytes - 28) / 4;
  const addresses6 = (bytes - 8) / 16;
  return isCount(words, MOST_ADDRESSES + 2) || isCount(addresses6, MOST_ADDRESSES);
};

const MOST_ADDRESSES = 255;

const isCount = (count: number, most: number): boolean => Number.isInteger(count) && count >= 1 && count <= most;

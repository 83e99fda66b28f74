import { Descriptors } from './descriptors.js';
import { CLONES, type KnownCall } from './call-info.js';

/** A call whose exit row is still to come. */
export interface OpenCall {
  readonly call: KnownCall;
  /** Time of its enter row: since what the trace's clock counts from (s), and ns behind that. */
  readonly seconds: number;
  readonly nanos: number;
}

/** An exit row whose time nobody tells: it comes before its thread's next row. */
export interface HeldExit {
  readonly type: string;
  readonly info: string;
  readonly line: number;
  readonly seconds: number;
  readonly nanos: number;
}

/** A process or thread that strace traces. */
export class Thread {
  readonly pid: number;
  /** '' unknown. */
  comm: string;
  descriptors: Descriptors;
  /** The call it is in. */
  open: OpenCall | null = null;
  held: HeldExit | null = null;
  /** strace has left it. */
  left = false;
  /** The newest row's time. */
  seconds = Number.NEGATIVE_INFINITY;
  nanos = 0;
  /** The signal that was delivered last, until a call follows. */
  signal = '';
  /** It was counted that nothing tells its name. */
  isNameMissed = false;

  constructor(pid: number, comm: string, descriptors: Descriptors) {
    this.pid = pid;
    this.comm = comm;
    this.descriptors = descriptors;
  }

  /**
   * A row of it is at this time, or at the one before where that is later by what rounding makes of it.
   *
   * @returns false where the clock was set back
   */
  advance(seconds: number, nanos: number): boolean {
    const back = (this.seconds - seconds) * 1e9 + (this.nanos - nanos);
    if (back > 0 && back <= ROUNDING) return true;
    this.seconds = seconds;
    this.nanos = nanos;
    return !(back > 0);
  }
}

/** Durations and times are rounded, and are taken one behind the other (ns). */
const ROUNDING = 1_000_000;

const MOST_THREADS = 1024;
const MOST_NAMES = 65_536;

/** A kernel's name of a process is this long at most (TASK_COMM_LEN, less the zero). */
const COMM_LENGTH = 15;

/** The traced threads, and the names of all processes of which the trace tells one. */
export class Threads {
  readonly #threads = new Map<number, Thread>();
  readonly #names = new Map<number, string>();
  /** Whose lines name nobody: of one that is traced alone. */
  #alone: number | null;
  #aloneSeen = false;
  /** The thread whose lines named nobody, where a line has told its number since. */
  #alias: number | null = null;
  readonly #announced = new Set<number>();

  /** @param alone number of the process whose lines name nobody, where it is known */
  constructor(alone: number | null) {
    this.#alone = alone;
  }

  /** All of them, for the end of the trace. */
  all(): IterableIterator<Thread> {
    return this.#threads.values();
  }

  /** strace was attached to it. */
  announce(pid: number): void {
    if (!this.#aloneSeen) this.#alone ??= pid;
    if (this.#announced.size >= MOST_NAMES) this.#announced.clear();
    this.#announced.add(pid);
  }

  /** The thread of a line, -1 in place of a number that nothing tells. */
  of(named: number | null, comm: string): Thread {
    const pid = this.#numberOf(named);
    const known = this.#threads.get(pid);
    if (known) {
      if (comm !== '') this.rename(known, comm);
      return known;
    }
    const parent = this.#parentOfNew();
    const name = comm === '' ? (this.#names.get(pid) ?? parent?.comm ?? '') : comm;
    const thread = new Thread(pid, '', new Descriptors(parent?.descriptors ?? null));
    this.rename(thread, name);
    if (this.#threads.size >= MOST_THREADS) {
      const oldest = this.#threads.keys().next();
      if (!oldest.done) this.#threads.delete(oldest.value);
    }
    this.#threads.set(pid, thread);
    return thread;
  }

  /** A thread has another name from now on. */
  rename(thread: Thread, comm: string): void {
    if (comm === '') return;
    thread.comm = comm.slice(0, COMM_LENGTH);
    this.note(thread.pid, thread.comm);
  }

  /** A process was named in passing. */
  note(pid: number, comm: string): void {
    if (comm === '') return;
    if (this.#names.size >= MOST_NAMES) this.#names.clear();
    this.#names.set(pid, comm.slice(0, COMM_LENGTH));
  }

  /** '' unknown. */
  nameOf(pid: number): string {
    return this.#names.get(pid) ?? '';
  }

  /** A thread has made another one. */
  inherit(parent: Thread, child: number): void {
    if (this.nameOf(child) === '') this.note(child, parent.comm);
    this.announce(child);
  }

  end({ pid }: Thread): void {
    this.#threads.delete(pid);
    this.#names.delete(pid);
  }

  /** Lines name their process only while there are several: the first one's number may come later than its rows. */
  #numberOf(named: number | null): number {
    if (named === null) {
      this.#aloneSeen = true;
      return this.#alone ?? -1;
    }
    if (this.#aloneSeen && this.#alone === null && this.#alias === null && !this.#announced.has(named))
      this.#alias = named;
    return named === this.#alias ? -1 : named;
  }

  /** A child's first line may come before its parent's call has returned; null where nobody, or several, may be the parent. */
  #parentOfNew(): Thread | null {
    let parent: Thread | null = null;
    for (const thread of this.#threads.values()) {
      if (!CLONES.has(thread.open?.call.name ?? '')) continue;
      if (parent) return null;
      parent = thread;
    }
    return parent;
  }
}

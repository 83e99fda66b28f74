import { readResult } from './info.js';

const MAX_PROCESSES = 65_536;

interface Entry {
  name: string;
  parent: number | null;
  /** Its number may become another thread's. */
  ended: boolean;
}

/** Names and parents of threads, as clone rows and names in passing tell them. */
export class ProcessTable {
  readonly #known = new Map<number, Entry>();
  /** Threads whose name and parent were forgotten because there were too many. */
  forgotten = 0;

  /** A thread was seen under this name. */
  noteName(tid: number, name: string): void {
    if (name === '') return;
    const entry = this.#entry(tid);
    entry.name = name;
    entry.ended = false;
  }

  /** A thread has ended. */
  noteEnd(tid: number): void {
    const entry = this.#known.get(tid);
    if (entry) entry.ended = true;
  }

  /** `clone` returned in the parent: `res=25215(keepalived)`. */
  noteClone(parent: number, parentName: string, info: string): void {
    const child = /(?:^|\s)res=(\d+)(?:\((.*?)\))?(?=\s+exe=|\s*$)/.exec(info);
    const tid = Number(child?.[1] ?? 0);
    if (tid <= 0 || readResult(info).value === 0) return;
    this.noteName(parent, parentName);
    const entry = this.#entry(tid);
    entry.parent = parent;
    if (entry.name === '' || entry.ended) entry.name = child?.[2] ?? '';
    entry.ended = false;
  }

  /** Last known name of a thread, '' when never seen. */
  nameOf(tid: number): string {
    return this.#known.get(tid)?.name ?? '';
  }

  /** The thread that cloned it, null when that was not recorded. */
  parentOf(tid: number): number | null {
    return this.#known.get(tid)?.parent ?? null;
  }

  #entry(tid: number): Entry {
    const known = this.#known.get(tid);
    if (known) return known;
    if (this.#known.size >= MAX_PROCESSES) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) {
        this.#known.delete(oldest.value);
        this.forgotten++;
      }
    }
    const made: Entry = { name: '', parent: null, ended: false };
    this.#known.set(tid, made);
    return made;
  }
}

import { readResult } from './info.js';

const MAX_PROCESSES = 65_536;

/** Names and parents of threads, as clone rows and names in passing tell them. */
export class ProcessTable {
  readonly #known = new Map<number, { name: string; parent: number | null }>();

  /** A thread was seen under this name. */
  noteName(tid: number, name: string): void {
    if (name === '') return;
    const entry = this.#entry(tid);
    entry.name = name;
  }

  /** `clone` returned in the parent: `res=25215(keepalived)`. */
  noteClone(parent: number, parentName: string, info: string): void {
    const child = /(?:^|\s)res=(\d+)(?:\((.*?)\))?(?=\s+exe=|\s*$)/.exec(info);
    const tid = Number(child?.[1] ?? 0);
    if (tid <= 0 || readResult(info).value === 0) return;
    this.noteName(parent, parentName);
    const entry = this.#entry(tid);
    entry.parent = parent;
    if (entry.name === '') entry.name = child?.[2] ?? '';
  }

  /** Last known name of a thread, '' when never seen. */
  nameOf(tid: number): string {
    return this.#known.get(tid)?.name ?? '';
  }

  /** The thread that cloned it, null when that was not recorded. */
  parentOf(tid: number): number | null {
    return this.#known.get(tid)?.parent ?? null;
  }

  #entry(tid: number): { name: string; parent: number | null } {
    const known = this.#known.get(tid);
    if (known) return known;
    if (this.#known.size >= MAX_PROCESSES) {
      const oldest = this.#known.keys().next();
      if (!oldest.done) this.#known.delete(oldest.value);
    }
    const made = { name: '', parent: null };
    this.#known.set(tid, made);
    return made;
  }
}

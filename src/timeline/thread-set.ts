const RECENT = 256;
/** A set that becomes larger than this begins anew: both are asked about threads of late. */
const MOST = 4096;
/** No tid, and none of the numbers that stand for an unknown thread. */
const NOBODY = -(2 ** 31);

/** A few threads by tid, of which most threads that are asked for are none. */
export class FewThreads {
  readonly #all = new Set<number>();
  /** 1 where a tid of the set, modulo its length, is or was. */
  readonly #filter = new Uint8Array(RECENT);

  add(tid: number): void {
    this.#filter[tid & (RECENT - 1)] = 1;
    if (this.#all.size >= MOST) this.#all.clear();
    this.#all.add(tid);
  }

  /** Take a thread out; returns whether it was there. */
  delete(tid: number): boolean {
    return this.#filter[tid & (RECENT - 1)] !== 0 && this.#all.delete(tid);
  }
}

/** Threads by tid. Most of those added were added lately: they are known without a look into the set. */
export class ThreadSet {
  readonly #all = new Set<number>();
  readonly #recent = new Int32Array(RECENT).fill(NOBODY);

  add(tid: number): void {
    const place = tid & (RECENT - 1);
    if (this.#recent[place] === tid) return;
    this.#recent[place] = tid;
    if (this.#all.size >= MOST) this.#all.clear();
    this.#all.add(tid);
  }

  has(tid: number): boolean {
    return this.#recent[tid & (RECENT - 1)] === tid || this.#all.has(tid);
  }
}

/** Thread id of a slice whose occupant is not known (a switch row is missing). */
export const UNKNOWN_THREAD = -1;

/** Time on one CPU by thread; every field in ns. */
export interface Occupancy {
  totalNs: number;
  idleNs: number;
  /** Occupant unknown: before the first switch, or across a broken switch chain. */
  unknownNs: number;
  /** Longest stretch of the idle thread without a switch. */
  longestIdleNs: number;
  readonly threads: Map<number, { comm: number; ns: number }>;
}

export const emptyOccupancy = (): Occupancy => ({
  totalNs: 0,
  idleNs: 0,
  unknownNs: 0,
  longestIdleNs: 0,
  threads: new Map(),
});

const addThread = (into: Occupancy, tid: number, comm: number, ns: number): void => {
  const known = into.threads.get(tid);
  if (known) {
    known.ns += ns;
    if (comm !== 0) known.comm = comm;
  } else into.threads.set(tid, { comm, ns });
};

/** Add a slice of `ns` of one thread. */
export const addSlice = (into: Occupancy, tid: number, comm: number, ns: number): void => {
  into.totalNs += ns;
  if (tid === 0) {
    into.idleNs += ns;
    if (ns > into.longestIdleNs) into.longestIdleNs = ns;
  } else if (tid === UNKNOWN_THREAD) into.unknownNs += ns;
  else addThread(into, tid, comm, ns);
};

/** Add one occupancy to another. */
export const addOccupancy = (into: Occupancy, from: Occupancy): void => {
  into.totalNs += from.totalNs;
  into.idleNs += from.idleNs;
  into.unknownNs += from.unknownNs;
  into.longestIdleNs = Math.max(into.longestIdleNs, from.longestIdleNs);
  for (const [tid, { comm, ns }] of from.threads) addThread(into, tid, comm, ns);
};

/** A bucket names at most this many threads; what the smaller ones used is kept as unknown time. */
const MAX_THREADS = 64;

/**
 * The occupancy of a stretch of a lane that lies far back, in little room: a busy trace makes tens of thousands of these.
 * Times in ns.
 */
export class Bucket {
  readonly from: number;
  to: number;
  #total = 0;
  #idle = 0;
  #unknown = 0;
  #longestIdle = 0;
  /** The threads, and of each its name's id and its time. */
  #tids: number[] = [];
  #comms: number[] = [];
  #ns: number[] = [];

  constructor(from: number, to: number) {
    this.from = from;
    this.to = to;
  }

  /** Add a slice of `ns` of one thread. */
  add(tid: number, comm: number, ns: number): void {
    this.#total += ns;
    if (tid === 0) {
      this.#idle += ns;
      if (ns > this.#longestIdle) this.#longestIdle = ns;
    } else if (tid === UNKNOWN_THREAD) this.#unknown += ns;
    else this.#addThread(tid, comm, ns);
  }

  /** Take in the bucket that follows this one. */
  absorb(next: Bucket): void {
    this.to = next.to;
    this.#total += next.#total;
    this.#idle += next.#idle;
    this.#unknown += next.#unknown;
    this.#longestIdle = Math.max(this.#longestIdle, next.#longestIdle);
    next.#tids.forEach((tid, i) => {
      this.#addThread(tid, next.#comms[i] ?? 0, next.#ns[i] ?? 0);
    });
    this.#keepLargest();
  }

  /** Add `share` (0 to 1) of it to an occupancy. */
  addTo(into: Occupancy, share: number): void {
    into.totalNs += this.#total * share;
    into.idleNs += this.#idle * share;
    into.unknownNs += this.#unknown * share;
    into.longestIdleNs = Math.max(into.longestIdleNs, this.#longestIdle * share);
    this.#tids.forEach((tid, i) => {
      addThread(into, tid, this.#comms[i] ?? 0, (this.#ns[i] ?? 0) * share);
    });
  }

  #addThread(tid: number, comm: number, ns: number): void {
    const i = this.#tids.indexOf(tid);
    if (i < 0) {
      this.#tids.push(tid);
      this.#comms.push(comm);
      this.#ns.push(ns);
      return;
    }
    this.#ns[i] = (this.#ns[i] ?? 0) + ns;
    if (comm !== 0) this.#comms[i] = comm;
  }

  #keepLargest(): void {
    if (this.#tids.length <= MAX_THREADS) return;
    const ns = this.#ns;
    const largest = [...this.#tids.keys()].sort((a, b) => (ns[b] ?? 0) - (ns[a] ?? 0));
    for (const i of largest.slice(MAX_THREADS)) this.#unknown += ns[i] ?? 0;
    // In the order they came, as before.
    const kept = largest.slice(0, MAX_THREADS).sort((a, b) => a - b);
    this.#tids = kept.map((i) => this.#tids[i] ?? 0);
    this.#comms = kept.map((i) => this.#comms[i] ?? 0);
    this.#ns = kept.map((i) => ns[i] ?? 0);
  }
}

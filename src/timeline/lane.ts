/**
 * Who ran on one CPU, folded: exact slices for the recent past, buckets for what lies further back, so that memory grows
 * neither with the trace nor with the length of a stall.
 */

import { UsualGap } from './usual-gap.js';

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

/** One stretch of a lane: a single occupant, or several folded together. Times in ns on the trace's clock. */
export interface LaneSpan {
  readonly from: number;
  readonly to: number;
  readonly occupancy: Occupancy;
}

const EXACT_CAPACITY = 8192;
const BUCKET_SLICES = 64;
const MAX_BUCKETS = 1024;

const addThread = (into: Occupancy, tid: number, comm: number, ns: number): void => {
  const known = into.threads.get(tid);
  if (known) {
    known.ns += ns;
    if (comm !== 0) known.comm = comm;
  } else into.threads.set(tid, { comm, ns });
};

const addSlice = (into: Occupancy, tid: number, comm: number, ns: number): void => {
  into.totalNs += ns;
  if (tid === 0) {
    into.idleNs += ns;
    if (ns > into.longestIdleNs) into.longestIdleNs = ns;
  } else if (tid === UNKNOWN_THREAD) into.unknownNs += ns;
  else addThread(into, tid, comm, ns);
};

/** Add `share` (0 to 1) of one occupancy to another. */
export const addOccupancy = (into: Occupancy, from: Occupancy, share = 1): void => {
  into.totalNs += from.totalNs * share;
  into.idleNs += from.idleNs * share;
  into.unknownNs += from.unknownNs * share;
  into.longestIdleNs = Math.max(into.longestIdleNs, from.longestIdleNs * share);
  for (const [tid, { comm, ns }] of from.threads) addThread(into, tid, comm, ns * share);
};

/** Switches of one CPU (or, with shared ring buffers, of one reconstructed CPU). */
export class Lane {
  readonly id: number;
  currentTid = UNKNOWN_THREAD;
  currentComm = 0;
  currentSince: number;
  /** Switches so far. */
  switches = 0;
  /** The last switch row. */
  lastNum = -1;
  lastLine = 0;
  readonly #idleGaps = new UsualGap();
  #start = new Float64Array(EXACT_CAPACITY);
  #tid = new Int32Array(EXACT_CAPACITY);
  #comm = new Uint32Array(EXACT_CAPACITY);
  #first = 0;
  #count = 0;
  #buckets: LaneSpan[] = [];

  constructor(id: number, since: number) {
    this.id = id;
    this.currentSince = since;
  }

  /**
   * The occupant changes at `time`: `leaving` goes, `coming` comes. When `leaving` is not who was thought to run, the
   * slice behind it is marked unknown: nobody is blamed across a broken chain.
   *
   * @param leavingComm name id of `leaving` as the row prints it, 0 when it prints none; it may have changed by `execve`
   * @returns whether the chain was whole
   */
  change(time: number, leaving: number, coming: number, comm: number, leavingComm = 0): boolean {
    const whole = this.currentTid === leaving || this.currentTid === UNKNOWN_THREAD;
    if (this.currentTid === leaving && leavingComm !== 0) this.currentComm = leavingComm;
    this.switches++;
    if (this.currentTid === 0) this.#idleGaps.note(time, time - this.currentSince);
    this.#push(this.currentSince, whole ? this.currentTid : UNKNOWN_THREAD, this.currentComm);
    this.currentTid = coming;
    this.currentComm = comm;
    this.currentSince = Math.max(time, this.currentSince);
    return whole;
  }

  /** The longest idle stretch without a switch (ns) of an ordinary second. */
  get usualIdleNs(): number {
    return this.#idleGaps.ns;
  }

  /** Forget everything that ended before `time`. */
  trim(time: number): void {
    if (this.#buckets.length > 0) {
      const keep = this.#buckets.findIndex((bucket) => bucket.to > time);
      if (keep < 0) this.#buckets = [];
      else if (keep > 0) this.#buckets.splice(0, keep);
    }
    while (this.#count > 1 && this.#startAt(1) <= time) {
      this.#first = (this.#first + 1) % EXACT_CAPACITY;
      this.#count--;
    }
  }

  /** The spans that overlap [from, to), oldest first, cut to it; folded ones share their time out evenly. */
  spans(from: number, to: number): LaneSpan[] {
    const out: LaneSpan[] = [];
    for (const bucket of this.#buckets) {
      if (bucket.to <= from || bucket.from >= to) continue;
      const cutFrom = Math.max(from, bucket.from);
      const cutTo = Math.min(to, bucket.to);
      const occupancy = emptyOccupancy();
      addOccupancy(occupancy, bucket.occupancy, (cutTo - cutFrom) / (bucket.to - bucket.from));
      out.push({ from: cutFrom, to: cutTo, occupancy });
    }
    for (let i = this.#lowerBound(from); i < this.#count; i++) {
      const start = this.#startAt(i);
      if (start >= to) break;
      this.#emit(out, Math.max(from, start), Math.min(to, this.#endAt(i)), this.#tidAt(i), this.#commAt(i));
    }
    this.#emit(out, Math.max(from, this.currentSince), to, this.currentTid, this.currentComm);
    return out;
  }

  #emit(out: LaneSpan[], from: number, to: number, tid: number, comm: number): void {
    if (to <= from) return;
    const occupancy = emptyOccupancy();
    addSlice(occupancy, tid, comm, to - from);
    out.push({ from, to, occupancy });
  }

  #startAt(i: number): number {
    return this.#start[(this.#first + i) % EXACT_CAPACITY] ?? 0;
  }

  #endAt(i: number): number {
    return i + 1 < this.#count ? this.#startAt(i + 1) : this.currentSince;
  }

  #tidAt(i: number): number {
    return this.#tid[(this.#first + i) % EXACT_CAPACITY] ?? UNKNOWN_THREAD;
  }

  #commAt(i: number): number {
    return this.#comm[(this.#first + i) % EXACT_CAPACITY] ?? 0;
  }

  /** Index of the first slice that ends after `time`. */
  #lowerBound(time: number): number {
    let low = 0;
    let high = this.#count;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.#endAt(middle) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #push(start: number, tid: number, comm: number): void {
    if (this.#count === EXACT_CAPACITY) this.#fold();
    const at = (this.#first + this.#count) % EXACT_CAPACITY;
    this.#start[at] = start;
    this.#tid[at] = tid;
    this.#comm[at] = comm;
    this.#count++;
  }

  /** Move the older half of the exact slices into buckets; when there are too many buckets, halve the older half. */
  #fold(): void {
    const half = EXACT_CAPACITY / 2;
    for (let i = 0; i < half; i += BUCKET_SLICES) {
      const occupancy = emptyOccupancy();
      const end = Math.min(i + BUCKET_SLICES, half);
      for (let k = i; k < end; k++) {
        addSlice(occupancy, this.#tidAt(k), this.#commAt(k), this.#endAt(k) - this.#startAt(k));
      }
      const from = this.#startAt(i);
      const to = this.#startAt(end);
      if (to > from) this.#buckets.push({ from, to, occupancy });
    }
    this.#first = (this.#first + half) % EXACT_CAPACITY;
    this.#count -= half;
    if (this.#buckets.length > MAX_BUCKETS) this.#buckets = mergeOlderHalf(this.#buckets);
  }
}

const mergeOlderHalf = (buckets: LaneSpan[]): LaneSpan[] => {
  const half = buckets.length >> 1;
  const merged: LaneSpan[] = [];
  for (let i = 0; i < half; i += 2) {
    const a = buckets[i];
    const b = buckets[i + 1];
    if (!a) continue;
    if (!b || i + 1 >= half) {
      merged.push(a);
      continue;
    }
    addOccupancy(a.occupancy, b.occupancy);
    keepLargest(a.occupancy);
    merged.push({ from: a.from, to: b.to, occupancy: a.occupancy });
  }
  return merged.concat(buckets.slice(half));
};

/** A bucket names at most this many threads; what the smaller ones used is kept as unknown time. */
const MAX_THREADS_PER_BUCKET = 64;

const keepLargest = (occupancy: Occupancy): void => {
  if (occupancy.threads.size <= MAX_THREADS_PER_BUCKET) return;
  const sorted = [...occupancy.threads].sort((a, b) => b[1].ns - a[1].ns);
  for (const [tid, { ns }] of sorted.slice(MAX_THREADS_PER_BUCKET)) {
    occupancy.threads.delete(tid);
    occupancy.unknownNs += ns;
  }
};

/**
 * Who ran on one CPU, folded: exact slices for the recent past, buckets for what lies further back, so that memory grows
 * neither with the trace nor with the length of a stall.
 */

import { lineOf, type EventBatch } from '../model/event-batch.js';
import { addSlice, Bucket, emptyOccupancy, UNKNOWN_THREAD, type Occupancy } from './occupancy.js';
import { UsualGap } from './usual-gap.js';

/** One stretch of a lane: a single occupant, or several folded together. Times in ns on the trace's clock. */
export interface LaneSpan {
  readonly from: number;
  readonly to: number;
  readonly occupancy: Occupancy;
}

const EXACT_CAPACITY = 8192;
/** What a lane has room for at first: most of a trace's many CPUs may have few switches. */
const FIRST_CAPACITY = 512;
const BUCKET_SLICES = 64;
const MAX_BUCKETS = 1024;
/** What all lanes may have together; each may have some. */
const ALL_BUCKETS = 65_536;
const LEAST_BUCKETS = 32;

/** How many buckets a lane may have, by how many lanes there are. */
export class LaneRoom {
  buckets = MAX_BUCKETS;

  share(lanes: number): void {
    this.buckets = Math.min(MAX_BUCKETS, Math.max(LEAST_BUCKETS, Math.floor(ALL_BUCKETS / lanes)));
  }
}

/** Switches of one CPU (or, with shared ring buffers, of one reconstructed CPU). */
export class Lane {
  readonly id: number;
  currentTid = UNKNOWN_THREAD;
  currentComm = 0;
  /** Switches so far. */
  switches = 0;
  /** Since when the occupant has been there (ns), the last switch row's number and line. In an array: fields would make an object a row. */
  readonly #now: Float64Array;
  readonly #idleGaps = new UsualGap();
  #start = new Float64Array(FIRST_CAPACITY);
  #tid = new Int32Array(FIRST_CAPACITY);
  #comm = new Uint32Array(FIRST_CAPACITY);
  /** One less than there is room for, which is a power of two. */
  #mask = FIRST_CAPACITY - 1;
  readonly #room: LaneRoom;
  #first = 0;
  #count = 0;
  #buckets: Bucket[] = [];

  constructor(id: number, since: number, room = new LaneRoom()) {
    this.id = id;
    this.#room = room;
    this.#now = Float64Array.of(since, -1, -1);
  }

  /** When the occupant came, ns. */
  get currentSince(): number {
    return this.#now[0] ?? 0;
  }

  /** `evt.num` of the last switch row. */
  get lastNum(): number {
    return this.#now[1] ?? -1;
  }

  /** Line of the last switch row. */
  get lastLine(): number {
    return this.#now[2] ?? -1;
  }

  /** Row `i` of a batch was the last switch. */
  noteRow(batch: EventBatch, i: number): void {
    this.#now[1] = batch.num[i] ?? -1;
    this.#now[2] = lineOf(batch, i);
  }

  /**
   * The occupant changes: `leaving` goes, `coming` comes. When `leaving` is not who was thought to run, the slice behind it
   * is marked unknown: nobody is blamed across a broken chain.
   *
   * @param times ns; it changes at `times[i]`
   * @param leavingComm name id of `leaving` as the row prints it, 0 when it prints none; it may have changed by `execve`
   * @returns whether the chain was whole
   */
  change(times: Float64Array, i: number, leaving: number, coming: number, comm: number, leavingComm = 0): boolean {
    const current = this.currentTid;
    const whole = current === leaving || current === UNKNOWN_THREAD;
    if (current === leaving && leavingComm !== 0) this.currentComm = leavingComm;
    this.switches++;
    if (current === 0) this.#noteIdle(times, i);
    this.#push(whole ? current : UNKNOWN_THREAD, this.currentComm);
    this.currentTid = coming;
    this.currentComm = comm;
    const time = times[i] ?? 0;
    if (time > (this.#now[0] ?? 0)) this.#now[0] = time;
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
      this.#first = (this.#first + 1) & this.#mask;
      this.#count--;
    }
  }

  /**
   * The spans that overlap [from, to), oldest first, cut to it; folded ones share their time out evenly.
   *
   * @param most so many at most: where there are more, as many neighbours as it takes are put together each
   */
  spans(from: number, to: number, most = Number.POSITIVE_INFINITY): LaneSpan[] {
    let count = 0;
    this.#walk(from, to, () => count++);
    const group = Math.max(1, Math.ceil(count / most));
    const out: { from: number; to: number; occupancy: Occupancy }[] = [];
    let members = 0;
    this.#walk(from, to, (start, end, bucket, tid, comm) => {
      let span = out[out.length - 1];
      if (!span || members === group) {
        span = { from: start, to: end, occupancy: emptyOccupancy() };
        out.push(span);
        members = 0;
      }
      span.to = end;
      members++;
      if (bucket) bucket.addTo(span.occupancy, (end - start) / (bucket.to - bucket.from));
      else addSlice(span.occupancy, tid, comm, end - start);
    });
    return out;
  }

  /** Visit what overlaps [from, to), oldest first: buckets, then slices of one thread. */
  #walk(
    from: number,
    to: number,
    visit: (from: number, to: number, bucket: Bucket | null, tid: number, comm: number) => void,
  ): void {
    for (const bucket of this.#buckets) {
      if (bucket.to <= from || bucket.from >= to) continue;
      visit(Math.max(from, bucket.from), Math.min(to, bucket.to), bucket, UNKNOWN_THREAD, 0);
    }
    for (let i = this.#lowerBound(from); i < this.#count; i++) {
      const start = Math.max(from, this.#startAt(i));
      if (start >= to) break;
      const end = Math.min(to, this.#endAt(i));
      if (end > start) visit(start, end, null, this.#tidAt(i), this.#commAt(i));
    }
    const since = Math.max(from, this.currentSince);
    if (to > since) visit(since, to, null, this.currentTid, this.currentComm);
  }

  /** The idle thread has been there until `times[i]`. */
  #noteIdle(times: Float64Array, i: number): void {
    const time = times[i] ?? 0;
    const gap = time - (this.#now[0] ?? 0);
    const { longestNs, secondEnds } = this.#idleGaps;
    if (gap > longestNs || time >= secondEnds) this.#idleGaps.note(time, gap);
  }

  #startAt(i: number): number {
    return this.#start[(this.#first + i) & this.#mask] ?? 0;
  }

  #endAt(i: number): number {
    return i + 1 < this.#count ? this.#startAt(i + 1) : this.currentSince;
  }

  #tidAt(i: number): number {
    return this.#tid[(this.#first + i) & this.#mask] ?? UNKNOWN_THREAD;
  }

  #commAt(i: number): number {
    return this.#comm[(this.#first + i) & this.#mask] ?? 0;
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

  /** The occupant's slice ends. */
  #push(tid: number, comm: number): void {
    if (this.#count > this.#mask) {
      if (this.#count < EXACT_CAPACITY) this.#grow();
      else this.#fold();
    }
    const at = (this.#first + this.#count) & this.#mask;
    this.#start[at] = this.#now[0] ?? 0;
    this.#tid[at] = tid;
    this.#comm[at] = comm;
    this.#count++;
  }

  #grow(): void {
    const larger = <T extends Float64Array | Int32Array | Uint32Array>(from: T, into: T): T => {
      into.set(from.subarray(this.#first));
      into.set(from.subarray(0, this.#first), from.length - this.#first);
      return into;
    };
    const capacity = 4 * this.#start.length;
    this.#start = larger(this.#start, new Float64Array(capacity));
    this.#tid = larger(this.#tid, new Int32Array(capacity));
    this.#comm = larger(this.#comm, new Uint32Array(capacity));
    this.#mask = capacity - 1;
    this.#first = 0;
  }

  /** Move the older half of the exact slices into buckets; when there are too many buckets, halve the older half. */
  #fold(): void {
    const half = EXACT_CAPACITY / 2;
    for (let i = 0; i < half; i += BUCKET_SLICES) {
      const end = Math.min(i + BUCKET_SLICES, half);
      const from = this.#startAt(i);
      const to = this.#startAt(end);
      if (to <= from) continue;
      const bucket = new Bucket(from, to);
      for (let k = i; k < end; k++) bucket.add(this.#tidAt(k), this.#commAt(k), this.#endAt(k) - this.#startAt(k));
      this.#buckets.push(bucket);
    }
    this.#first = (this.#first + half) & this.#mask;
    this.#count -= half;
    if (this.#buckets.length > this.#room.buckets) this.#buckets = mergeOlderHalf(this.#buckets);
  }
}

const mergeOlderHalf = (buckets: Bucket[]): Bucket[] => {
  const half = buckets.length >> 1;
  const merged: Bucket[] = [];
  for (let i = 0; i < half; i += 2) {
    const bucket = buckets[i];
    const next = buckets[i + 1];
    if (!bucket) continue;
    if (next && i + 1 < half) bucket.absorb(next);
    merged.push(bucket);
  }
  return merged.concat(buckets.slice(half));
};

import type { EventBatch } from '../model/event-batch.js';
import type { CounterDefinition, CounterTable } from '../model/counters.js';

const OUT_OF_ORDER: CounterDefinition = {
  name: 'trace_events_out_of_order',
  severity: 'notice',
  help: 'Events came later than the merge could wait for and were taken where they stood; record to a file (-w), so that the recorder keeps up.',
};

/** A ring buffer without a row for this long (ns of trace time) does not hold the others up. */
const IDLE_RING = 3_000_000_000;
/** Rows of one ring buffer may be out of order by this much (ns) before its own history says more. */
const RING_SLACK = 50_000_000;
/** Never hold more rows than this. */
const MAX_PENDING = 150_000;
/** A buffer may fall behind the others by this much (ns): 1,091 ms was observed. Also one not seen yet, or idle. */
const HELD_UP = 1_500_000_000;
const OUT_ROWS = 8192;

interface Ring {
  /** Keys of pending rows in time order; a key is slot * 2^20 + row. */
  keys: number[];
  times: number[];
  head: number;
  tail: number;
  slack: number;
}

/**
 * Puts a trace in time order. Recorders empty one ring buffer after the other, so rows step back in time, by a second and
 * more when the recorder itself was held up; inside one buffer they are (nearly) in order. The buffers are merged as
 * sorted queues: a row leaves when every buffer that is not idle has been seen past it. (`reference/formats.md`: a fixed
 * window of time is not enough.)
 */
export class RingMerge {
  readonly #rings = new Map<number, Ring>();
  readonly #slots = new Map<number, { batch: EventBatch; left: number }>();
  readonly #counters: CounterTable;
  #nextSlot = 0;
  #pending = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #emitted = Number.NEGATIVE_INFINITY;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  /** Take a batch in file order; returns what is now certain, in time order. */
  push(batch: EventBatch): EventBatch[] {
    const slot = this.#nextSlot++;
    if (batch.length === 0) return [];
    this.#slots.set(slot, { batch, left: batch.length });
    this.#pending += batch.length;
    for (let i = 0; i < batch.length; i++) this.#insert(batch.cpu[i] ?? -1, batch.time[i] ?? 0, slot * 2 ** 20 + i);
    return this.#emit(this.#watermark());
  }

  /** The rest, when the trace has ended. */
  flush(): EventBatch[] {
    return this.#emit(Number.POSITIVE_INFINITY);
  }

  #insert(cpu: number, time: number, key: number): void {
    let ring = this.#rings.get(cpu);
    if (!ring) {
      ring = { keys: [], times: [], head: 0, tail: time, slack: RING_SLACK };
      this.#rings.set(cpu, ring);
    }
    if (time > this.#newest) this.#newest = time;
    if (time >= ring.tail) {
      ring.tail = time;
      ring.keys.push(key);
      ring.times.push(time);
      return;
    }
    ring.slack = Math.max(ring.slack, 2 * (ring.tail - time));
    let at = ring.times.length;
    while (at > ring.head && (ring.times[at - 1] ?? 0) > time) at--;
    ring.keys.splice(at, 0, key);
    ring.times.splice(at, 0, time);
  }

  #watermark(): number {
    let mark = this.#newest - HELD_UP;
    for (const ring of this.#rings.values()) {
      if (this.#newest - ring.tail > IDLE_RING) continue;
      mark = Math.min(mark, ring.tail - ring.slack);
    }
    if (this.#pending > MAX_PENDING) mark = Math.max(mark, this.#newest - RING_SLACK);
    return mark;
  }

  #emit(until: number): EventBatch[] {
    const out: EventBatch[] = [];
    let keys: number[] = [];
    const rings = [...this.#rings.values()];
    for (;;) {
      let best: Ring | null = null;
      let bestTime = until;
      let second = until;
      for (const ring of rings) {
        if (ring.head >= ring.times.length) continue;
        const time = ring.times[ring.head] ?? 0;
        if (time <= bestTime && (best === null || time < bestTime)) {
          second = best === null ? until : bestTime;
          best = ring;
          bestTime = time;
        } else if (time < second) second = time;
      }
      if (!best) break;
      while (best.head < best.times.length) {
        const time = best.times[best.head] ?? 0;
        if (time > second || time > until) break;
        if (time < this.#emitted) this.#counters.add(OUT_OF_ORDER);
        else this.#emitted = time;
        keys.push(best.keys[best.head] ?? 0);
        best.head++;
        if (keys.length === OUT_ROWS) {
          out.push(this.#gather(keys));
          keys = [];
        }
      }
      if (best.head > 65_536) {
        best.keys = best.keys.slice(best.head);
        best.times = best.times.slice(best.head);
        best.head = 0;
      }
    }
    if (keys.length > 0) out.push(this.#gather(keys));
    for (const ring of rings) {
      if (ring.head === ring.times.length) {
        ring.keys = [];
        ring.times = [];
        ring.head = 0;
      }
    }
    return out;
  }

  #gather(keys: readonly number[]): EventBatch {
    const length = keys.length;
    const from: EventBatch[] = new Array<EventBatch>(length);
    const rows = new Int32Array(length);
    const first = this.#slots.get(Math.floor((keys[0] ?? 0) / 2 ** 20))?.batch;
    if (!first) throw new Error('a pending row lost its batch');
    const columns = {
      time: new Float64Array(length), num: new Float64Array(length), line: new Float64Array(length),
      cpu: new Int16Array(length), tid: new Int32Array(length), type: new Uint32Array(length),
      dir: new Uint8Array(length), comm: new Uint32Array(length), nextTid: new Int32Array(length),
      nextComm: new Uint32Array(length),
    }; // prettier-ignore
    for (let i = 0; i < length; i++) {
      const key = keys[i] ?? 0;
      const slotId = Math.floor(key / 2 ** 20);
      const row = key - slotId * 2 ** 20;
      const slot = this.#slots.get(slotId);
      if (!slot) throw new Error('a pending row lost its batch');
      const { batch } = slot;
      from[i] = batch;
      rows[i] = row;
      columns.time[i] = batch.time[row] ?? 0;
      columns.num[i] = batch.num[row] ?? -1;
      columns.line[i] = batch.line[row] ?? 0;
      columns.cpu[i] = batch.cpu[row] ?? -1;
      columns.tid[i] = batch.tid[row] ?? -1;
      columns.type[i] = batch.type[row] ?? 0;
      columns.dir[i] = batch.dir[row] ?? 0;
      columns.comm[i] = batch.comm[row] ?? 0;
      columns.nextTid[i] = batch.nextTid[row] ?? -1;
      columns.nextComm[i] = batch.nextComm[row] ?? 0;
      if (--slot.left === 0) this.#slots.delete(slotId);
    }
    this.#pending -= length;
    return { ...columns, length, names: first.names, info: (i) => from[i]?.info(rows[i] ?? 0) ?? '' };
  }
}

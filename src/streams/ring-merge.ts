import type { CounterDefinition, CounterTable } from '../model/counters.js';
import type { EventBatch } from '../model/event-batch.js';
import { OrderedEvents } from './ordered-events.js';
import { QueueHeap, RunQueue, type Run } from './sorted-runs.js';

const OUT_OF_ORDER: CounterDefinition = {
  name: 'trace_events_out_of_order',
  source: 'trace',
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

/** Of so many queues it is looked for one that a run continues: recordings of machines have a few for each buffer. */
const MOST_OPEN = 64;

/** What is known of a ring buffer. */
interface Ring {
  /** Time of the newest row, ns. */
  tail: number;
  /** How far its rows may be out of order, ns. */
  slack: number;
}

/**
 * Puts a trace in time order. Recorders empty one ring buffer after the other, so rows step back in time, by a second and
 * more when the recorder itself was held up; inside one buffer they are (nearly) in order. A row leaves when every buffer
 * that is not idle has been seen past it. (`reference/formats.md`: a fixed window of time is not enough.)
 *
 * Between two steps back lie tens to hundreds of rows in order, so it is such runs that are merged, and no row is moved.
 * Of equal times the buffer that appeared first comes first. What it hands out is one and the same, filled anew: it is
 * to be used up before the next is taken. Batches are released when all their rows have been used.
 */
export class RingMerge {
  readonly #rings: Ring[] = [];
  /** Index of a ring by `evt.cpu` + 1. */
  readonly #ringOf: number[] = [];
  /** Given batches by slot, and how many of their rows still wait. */
  readonly #batches: (EventBatch | null)[] = [];
  readonly #left: number[] = [];
  readonly #freeSlots: number[] = [];
  /** All queues that are not empty, the one with the next row of all first: a heap, for rows that go backwards make a queue each. */
  readonly #queues = new QueueHeap();
  /** Queues that runs may be put behind. */
  #open: RunQueue[] = [];
  readonly #counters: CounterTable;
  readonly #ordered = new OrderedEvents();
  #runs = 0;
  #pending = 0;
  #newest = Number.NEGATIVE_INFINITY;
  #emitted = Number.NEGATIVE_INFINITY;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  /** Take a batch in file order; hands out what is now certain, in time order. */
  push(batch: EventBatch): Generator<OrderedEvents, void, undefined> {
    if (batch.length === 0) batch.release?.();
    else this.#take(batch);
    return this.#emit(this.#watermark());
  }

  /** The rest, when the trace has ended. */
  flush(): Generator<OrderedEvents, void, undefined> {
    return this.#emit(Number.POSITIVE_INFINITY);
  }

  #take(batch: EventBatch): void {
    const slot = this.#freeSlots.pop() ?? this.#batches.length;
    const { length, cpu, time: times } = batch;
    this.#batches[slot] = batch;
    this.#left[slot] = length;
    this.#pending += length;
    const rings = new Int32Array(length);
    let from = 0;
    let before = times[0] ?? 0;
    let ringBefore = -1;
    for (let i = 0; i < length; i++) {
      const time = times[i] ?? 0;
      const index = this.#ringOf[(cpu[i] ?? -1) + 1] ?? this.#addRing(cpu[i] ?? -1, time);
      rings[i] = index;
      if (time < before || (time === before && index < ringBefore)) {
        this.#enqueue({ slot, times, rings, at: from, end: i, order: this.#runs++ });
        from = i;
        if (before > this.#newest) this.#newest = before;
      }
      before = time;
      ringBefore = index;
      const ring = this.#rings[index];
      if (!ring) continue;
      if (time >= ring.tail) ring.tail = time;
      else ring.slack = Math.max(ring.slack, 2 * (ring.tail - time));
    }
    this.#enqueue({ slot, times, rings, at: from, end: length, order: this.#runs++ });
    if (before > this.#newest) this.#newest = before;
  }

  #addRing(cpu: number, time: number): number {
    this.#rings.push({ tail: time, slack: RING_SLACK });
    return (this.#ringOf[cpu + 1] = this.#rings.length - 1);
  }

  /** Put a run behind the one that ends the least before it begins, of those of late. */
  #enqueue(run: Run): void {
    const time = run.times[run.at] ?? 0;
    const ring = run.rings[run.at] ?? 0;
    let best: RunQueue | null = null;
    for (const queue of this.#open) {
      if (queue.isEmpty || queue.lastTime > time || (queue.lastTime === time && queue.lastRing > ring)) continue;
      if (!best || queue.lastTime > best.lastTime) best = queue;
    }
    if (best) {
      best.add(run);
      return;
    }
    const queue = new RunQueue(run);
    this.#queues.push(queue);
    this.#open = this.#open.filter(({ isEmpty }) => !isEmpty);
    if (this.#open.length >= MOST_OPEN) this.#open.shift();
    this.#open.push(queue);
  }

  #watermark(): number {
    let mark = this.#newest - HELD_UP;
    for (const ring of this.#rings) {
      if (this.#newest - ring.tail > IDLE_RING) continue;
      mark = Math.min(mark, ring.tail - ring.slack);
    }
    if (this.#pending > MAX_PENDING) mark = Math.max(mark, this.#newest - RING_SLACK);
    return mark;
  }

  *#emit(until: number): Generator<OrderedEvents, void, undefined> {
    const ordered = this.#ordered;
    for (;;) {
      const best = this.#queues.first;
      if (best === undefined || (best.head.times[best.head.at] ?? 0) > until) break;
      this.#takeStretch(best, this.#queues.limit, until);
      if (ordered.isFull) yield* this.#handOut();
    }
    if (ordered.length > 0) yield* this.#handOut();
  }

  /** Take the next row, and those behind it in the same run that are before the limit and not after `until`. */
  #takeStretch(queue: RunQueue, limit: number, until: number): void {
    const run = queue.head;
    const { times, end, at: from, slot } = run;
    let at = from + 1;
    while (at < end && (times[at] ?? 0) < limit && (times[at] ?? 0) <= until) at++;
    const last = times[at - 1] ?? 0;
    if ((times[from] ?? 0) < this.#emitted) this.#countLate(times, from, at);
    if (last > this.#emitted) this.#emitted = last;
    const batch = this.#batches[slot];
    if (!batch) throw new Error('a pending row lost its batch');
    this.#ordered.add(batch, slot, from, at);
    run.at = at;
    if (at === end && !queue.next()) this.#queues.removeFirst();
    else this.#queues.settleFirst();
  }

  #countLate(times: Float64Array, from: number, to: number): void {
    let late = 0;
    for (let i = from; i < to && (times[i] ?? 0) < this.#emitted; i++) late++;
    this.#counters.add(OUT_OF_ORDER, late);
  }

  *#handOut(): Generator<OrderedEvents, void, undefined> {
    const ordered = this.#ordered;
    yield ordered;
    for (let i = 0; i < ordered.length; i++) {
      const slot = ordered.slots[i] ?? 0;
      const left = (this.#left[slot] ?? 0) - (ordered.tos[i] ?? 0) + (ordered.froms[i] ?? 0);
      this.#left[slot] = left;
      if (left > 0) continue;
      this.#batches[slot]?.release?.();
      this.#batches[slot] = null;
      this.#freeSlots.push(slot);
    }
    this.#pending -= ordered.rows;
    ordered.clear();
  }
}

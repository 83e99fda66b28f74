// @ts-check
/**
 * Puts events of several CPUs in order of time while they come. bpftrace empties the CPUs' buffers one after the other, so what comes is in
 * order for each CPU (nearly), and seconds apart between them.
 */

/** @typedef {{ cpu: number, time: number }} Timed time in ns */

/** So far back in time may a CPU's own next event be (ns): the switch of the tracer itself is printed when something else happens. */
const SLACK = 200_000_000;
/** CPUs whose first event comes later than this behind the very first one (ns) are not waited for. */
const BEGIN = 2_000_000_000;
/** So many events are worth sorting. */
const BATCH = 4096;

/**
 * Events leave when every CPU was seen past them: each prints a beat every 30 ms, so one that is behind has not been read yet. At most
 * `limit` events are kept: then the older half leaves, and who is still behind has to come late.
 *
 * @template {Timed} E
 */
export class ReorderBuffer {
  #limit;
  /** @type {E[]} in order up to #sorted */
  #events = [];
  /** How many events make the next round. */
  #due = BATCH;
  /** @type {Map<number, number>} CPU -> time of its newest event (ns) */
  #newest = new Map();
  #first = Number.NaN;
  /** Time of the newest event that has left (ns). */
  #left = Number.NEGATIVE_INFINITY;
  /** How many events came when later ones had left already; they leave where they stand. */
  late = 0;

  /** @param {number} [limit] how many events are kept at most */
  constructor(limit = 400_000) {
    this.#limit = limit;
  }

  /** How many events wait. */
  get size() {
    return this.#events.length;
  }

  /**
   * @param {E} event
   * @returns {E[]} what may leave now, in order of time; events of one time in the order in which they came
   */
  push(event) {
    const { cpu, time } = event;
    this.#events.push(event);
    // The newest line counts, not the highest time: a damaged one must not make its CPU run ahead for ever.
    this.#newest.set(cpu, time);
    if (Number.isNaN(this.#first)) this.#first = time;
    if (this.#events.length < this.#due && this.#events.length < this.#limit) return [];
    return this.#round();
  }

  /** @returns {E[]} all that is left, in order of time */
  end() {
    this.#sort();
    return this.#take(this.#events.length);
  }

  #round() {
    this.#sort();
    const events = this.#events;
    let before = this.#watermark();
    if (events.length >= this.#limit) {
      const half = events[events.length >> 1]?.time ?? 0;
      if (before < half) {
        before = half;
        for (const [cpu, newest] of this.#newest) if (newest - SLACK < half) this.#newest.delete(cpu);
      }
    }
    let from = 0;
    let to = events.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      if ((events[middle]?.time ?? 0) <= before) from = middle + 1;
      else to = middle;
    }
    return this.#take(from);
  }

  /** @returns {number} up to when all events are here (ns), as far as can be told */
  #watermark() {
    let watermark = Number.POSITIVE_INFINITY;
    let newest = Number.NEGATIVE_INFINITY;
    for (const time of this.#newest.values()) {
      watermark = Math.min(watermark, time);
      newest = Math.max(newest, time);
    }
    return newest - this.#first < BEGIN ? Number.NEGATIVE_INFINITY : watermark - SLACK;
  }

  #sort() {
    this.#events.sort((a, b) => a.time - b.time);
  }

  /** @param {number} count */
  #take(count) {
    const taken = this.#events.slice(0, count);
    this.#events = this.#events.slice(count);
    this.#due = Math.max(BATCH, 2 * this.#events.length);
    for (const { time } of taken) {
      if (time < this.#left) this.late += 1;
      else this.#left = time;
    }
    return taken;
  }
}

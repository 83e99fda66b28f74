import type { EventBatch } from '../model/event-batch.js';

/** Most stretches that are handed on at a time. */
const MAX_STRETCHES = 1024;

/**
 * Events in time order, without having been moved: stretches of rows of several batches, one after the other. Good until
 * the next ones are taken.
 */
export class OrderedEvents {
  /** How many stretches. */
  length = 0;
  /** Rows in all of them. */
  rows = 0;
  readonly #batches: EventBatch[] = [];
  /** Of each stretch: the slot of its batch with the merge, the rows [from, to). */
  readonly slots = new Int32Array(MAX_STRETCHES);
  readonly froms = new Int32Array(MAX_STRETCHES);
  readonly tos = new Int32Array(MAX_STRETCHES);

  get isFull(): boolean {
    return this.length === MAX_STRETCHES;
  }

  add(batch: EventBatch, slot: number, from: number, to: number): void {
    const i = this.length++;
    this.#batches[i] = batch;
    this.slots[i] = slot;
    this.froms[i] = from;
    this.tos[i] = to;
    this.rows += to - from;
  }

  /** The batch of stretch `i`. */
  batchOf(i: number): EventBatch {
    const batch = this.#batches[i];
    if (!batch) throw new RangeError(`there is no stretch ${i}`);
    return batch;
  }

  clear(): void {
    this.length = 0;
    this.rows = 0;
  }
}

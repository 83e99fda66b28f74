import type { CounterSeries, Growth } from '../model/vitals.js';

/** More entries than this are put together in pairs: memory is bounded, old growth is only less exactly placed. */
const MAX_ENTRIES = 32_768;
const FIRST_ENTRIES = 256;
const COLUMNS = 5;

/**
 * A counter kept by the intervals between samples in which it grew, in typed arrays: what stands still costs nothing,
 * and steal is 0 on most machines for ever.
 */
export class GrowthSeries implements CounterSeries {
  /** from, to, grown, line of the earlier sample, line of the later one. */
  #rows = new Float64Array(FIRST_ENTRIES * COLUMNS);
  #length = 0;
  /** How far (ns) beginnings were moved back at most. */
  #farthestBack = 0;
  /** Grown time cannot be longer than the time it grew in: what is more, was counted late. */
  readonly #isTime: boolean;

  /** @param isTime whether the counter counts ns, which cannot grow faster than time passes */
  constructor(isTime: boolean) {
    this.#isTime = isTime;
  }

  /** The counter grew by `grown` between the samples at `from` and `to` (ns), which stand on these lines. */
  note(from: number, to: number, grown: number, fromLine: number, toLine: number): void {
    if (grown <= 0 || to <= from) return;
    if (this.#length === MAX_ENTRIES) this.#halve();
    if ((this.#length + 1) * COLUMNS > this.#rows.length) {
      const wider = new Float64Array(this.#rows.length * 2);
      wider.set(this.#rows);
      this.#rows = wider;
    }
    const start = this.#isTime ? Math.min(from, to - grown) : from;
    this.#farthestBack = Math.max(this.#farthestBack, from - start);
    this.#rows.set([start, to, grown, fromLine, toLine], this.#length * COLUMNS);
    this.#length++;
  }

  growthIn(from: number, to: number): Growth | null {
    let found: { grown: number; total: number; fromLine: number; toLine: number; from: number; to: number } | null =
      null;
    for (let i = this.#firstEndingAfter(from); i < this.#length; i++) {
      const [start = 0, end = 0, grown = 0, fromLine = 0, toLine = 0] = this.#rows.subarray(
        i * COLUMNS,
        (i + 1) * COLUMNS,
      );
      // A beginning lies no earlier than the end before it, less what it was moved back by.
      if ((this.#rows[(i - 1) * COLUMNS + 1] ?? Number.NEGATIVE_INFINITY) - this.#farthestBack >= to) break;
      const inside = Math.min(end, to) - Math.max(start, from);
      if (inside <= 0) continue;
      const part = (grown * inside) / (end - start);
      found ??= { grown: 0, total: 0, fromLine, toLine, from: start, to: end };
      found.grown += part;
      found.total += grown;
      found.from = Math.min(found.from, start);
      Object.assign(found, { toLine, to: end });
    }
    return found;
  }

  /** Index of the first entry with an end behind `time`. */
  #firstEndingAfter(time: number): number {
    let low = 0;
    let high = this.#length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if ((this.#rows[middle * COLUMNS + 1] ?? 0) <= time) low = middle + 1;
      else high = middle;
    }
    return low;
  }

  #halve(): void {
    const rows = this.#rows;
    const half = this.#length >> 1;
    for (let i = 0; i < half; i++) {
      const a = 2 * i * COLUMNS;
      const b = a + COLUMNS;
      rows.set(
        [
          Math.min(rows[a] ?? 0, rows[b] ?? 0),
          rows[b + 1] ?? 0,
          (rows[a + 2] ?? 0) + (rows[b + 2] ?? 0),
          rows[a + 3] ?? 0,
          rows[b + 4] ?? 0,
        ],
        i * COLUMNS,
      );
    }
    this.#length = half;
  }
}

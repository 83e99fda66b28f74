import { lineOf, type EventBatch, type InfoSpan, type NameTable } from '../../model/event-batch.js';
import { BatchColumns } from './batch-columns.js';

/**
 * A batch of one file of a trace as one of the whole trace: times from the trace's base, names of its table, lines that go on. The
 * batch's own columns are changed, not copied.
 */
export class ContinuedBatch extends BatchColumns implements EventBatch {
  /** First and last event (ns since the base), and the last line. */
  readonly reach: { readonly first: number; readonly last: number; readonly line: number };
  readonly #batch: EventBatch;

  /**
   * @param ids of the file's names in `names`, as far as they were met
   * @param shift what to add to its times, ns
   * @param linesBefore lines of the files before it
   */
  constructor(batch: EventBatch, names: NameTable, ids: Map<number, number>, shift: number, linesBefore: number) {
    super(batch, batch.firstLine + linesBefore, names);
    const { length, time, type, comm, nextComm } = batch;
    this.#batch = batch;
    const idOf = (id: number): number => {
      let known = ids.get(id);
      if (known === undefined) ids.set(id, (known = names.idOf(batch.names.nameOf(id))));
      return known;
    };
    let first = Number.POSITIVE_INFINITY;
    let last = Number.NEGATIVE_INFINITY;
    for (let i = 0; i < length; i++) {
      const at = (time[i] ?? 0) + shift;
      time[i] = at;
      if (at < first) first = at;
      if (at > last) last = at;
      type[i] = idOf(type[i] ?? 0);
      comm[i] = idOf(comm[i] ?? 0);
      nextComm[i] = idOf(nextComm[i] ?? 0);
    }
    this.reach = { first, last, line: length === 0 ? linesBefore : lineOf(batch, length - 1) + linesBefore };
  }

  info(i: number): string {
    return this.#batch.info(i);
  }

  span(i: number): InfoSpan | null {
    return this.#batch.span?.(i) ?? null;
  }

  release(): void {
    this.#batch.release?.();
  }
}

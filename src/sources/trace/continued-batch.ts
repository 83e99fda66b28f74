import { lineOf, type EventBatch, type InfoSpan, type NameTable } from '../../model/event-batch.js';

/**
 * A batch of one file of a trace as one of the whole trace: times from the trace's base, names of its table, lines that go on. The
 * batch's own columns are changed, not copied.
 */
export class ContinuedBatch implements EventBatch {
  readonly length: number;
  readonly time: Float64Array;
  readonly num: Float64Array;
  readonly line: Float64Array;
  readonly firstLine: number;
  readonly cpu: Int16Array;
  readonly tid: Int32Array;
  readonly type: Uint32Array;
  readonly dir: Uint8Array;
  readonly comm: Uint32Array;
  readonly nextTid: Int32Array;
  readonly nextComm: Uint32Array;
  readonly names: NameTable;
  /** First and last event (ns since the base), and the last line. */
  readonly reach: { readonly first: number; readonly last: number; readonly line: number };
  readonly #batch: EventBatch;

  /**
   * @param ids of the file's names in `names`, as far as they were met
   * @param shift what to add to its times, ns
   * @param linesBefore lines of the files before it
   */
  constructor(batch: EventBatch, names: NameTable, ids: Map<number, number>, shift: number, linesBefore: number) {
    const { length, time, num, line, firstLine, cpu, tid, type, dir, comm, nextTid, nextComm } = batch;
    this.length = length;
    this.time = time;
    this.num = num;
    this.line = line;
    this.firstLine = firstLine + linesBefore;
    this.cpu = cpu;
    this.tid = tid;
    this.type = type;
    this.dir = dir;
    this.comm = comm;
    this.nextTid = nextTid;
    this.nextComm = nextComm;
    this.names = names;
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

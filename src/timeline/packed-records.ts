import type { LaneRecord } from './segments.js';

/** Columns of a record: from, to, idle, unknown, longest idle; all ns. */
const FIELDS = 5;

/**
 * Lane records of one window in typed arrays, a fifth of what the objects take and outside the garbage-collected heap:
 * every disturbed window keeps hundreds of them until its advertisement is judged (`scripts/bench/memory.js --full`).
 */
export class PackedRecords {
  readonly length: number;
  readonly #times: Float64Array;
  /** Where the threads of each record begin; one more than there are records. */
  readonly #starts: Uint32Array;
  readonly #tids: Int32Array;
  readonly #ns: Float64Array;
  readonly #processes: Uint32Array;
  readonly #names: readonly string[];

  constructor(records: readonly LaneRecord[]) {
    this.length = records.length;
    const threads = records.reduce((sum, record) => sum + record.threads.length, 0);
    this.#times = new Float64Array(FIELDS * records.length);
    this.#starts = new Uint32Array(records.length + 1);
    this.#tids = new Int32Array(threads);
    this.#ns = new Float64Array(threads);
    this.#processes = new Uint32Array(threads);
    const ids = new Map<string, number>();
    let at = 0;
    records.forEach(({ from, to, idleNs, unknownNs, longestIdleNs, threads: held }, i) => {
      this.#times.set([from, to, idleNs, unknownNs, longestIdleNs], FIELDS * i);
      for (const { tid, process, ns } of held) {
        let id = ids.get(process);
        if (id === undefined) ids.set(process, (id = ids.size));
        this.#tids[at] = tid;
        this.#ns[at] = ns;
        this.#processes[at] = id;
        at++;
      }
      this.#starts[i + 1] = at;
    });
    this.#names = [...ids.keys()];
  }

  /** What they take, bytes. */
  get bytes(): number {
    return 1200 + 8 * this.#times.length + 4 * this.#starts.length + 16 * this.#tids.length + 32 * this.#names.length;
  }

  /** The records, oldest first, made anew with every iteration. */
  *[Symbol.iterator](): Generator<LaneRecord> {
    for (let i = 0; i < this.length; i++) {
      const time = (field: number): number => this.#times[FIELDS * i + field] ?? 0;
      const threads: LaneRecord['threads'][number][] = [];
      for (let k = this.#starts[i] ?? 0; k < (this.#starts[i + 1] ?? 0); k++) {
        threads.push({
          tid: this.#tids[k] ?? 0,
          process: this.#names[this.#processes[k] ?? 0] ?? '',
          ns: this.#ns[k] ?? 0,
        });
      }
      yield {
        from: time(0),
        to: time(1),
        idleNs: time(2),
        unknownNs: time(3),
        longestIdleNs: time(4),
        threads,
      };
    }
  }
}

/** Rows of one batch that follow each other in order of time, and of ring buffers where times are equal. */
export interface Run {
  /** Which batch, with the merge. */
  readonly slot: number;
  readonly times: Float64Array;
  readonly rings: Int32Array;
  /** The rows [at, end) have not been taken. */
  at: number;
  readonly end: number;
  /** Its place among all runs. */
  readonly order: number;
}

/** Runs that follow each other in order, so that only the first one is to be looked at. */
export class RunQueue {
  readonly #runs: Run[] = [];
  #first = 0;
  /** The first run. */
  head: Run;
  /** The last row: its time (ns), its ring buffer. */
  lastTime = 0;
  lastRing = 0;

  constructor(run: Run) {
    this.head = run;
    this.add(run);
  }

  add(run: Run): void {
    this.#runs.push(run);
    this.lastTime = run.times[run.end - 1] ?? 0;
    this.lastRing = run.rings[run.end - 1] ?? 0;
  }

  /** The first run was taken; returns whether there is another. */
  next(): boolean {
    const head = this.#runs[++this.#first];
    if (!head) return false;
    this.head = head;
    if (this.#first >= 64 && 2 * this.#first > this.#runs.length) {
      this.#runs.splice(0, this.#first);
      this.#first = 0;
    }
    return true;
  }
}

/** Whether run `a` is to go on before run `b`: by time, ring buffer, place in the file. */
export const isBefore = (a: Run, b: Run): boolean => {
  const timeA = a.times[a.at] ?? 0;
  const timeB = b.times[b.at] ?? 0;
  if (timeA !== timeB) return timeA < timeB;
  const ringA = a.rings[a.at] ?? 0;
  const ringB = b.rings[b.at] ?? 0;
  return ringA === ringB ? a.order < b.order : ringA < ringB;
};

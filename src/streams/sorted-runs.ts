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
  /** Whether all its runs were taken: it is not to be used any more. */
  isEmpty = false;

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
    if (!head) {
      this.isEmpty = true;
      return false;
    }
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

/** Queues, of which the one with the next row of all is at hand: a binary heap. */
export class QueueHeap {
  readonly #queues: RunQueue[] = [];

  /** The queue whose first row is the next of all. */
  get first(): RunQueue | undefined {
    return this.#queues[0];
  }

  /** Before which time (ns) the rows of the first queue come before those of all others. */
  get limit(): number {
    return Math.min(this.#timeOf(1), this.#timeOf(2));
  }

  push(queue: RunQueue): void {
    const queues = this.#queues;
    let at = queues.push(queue) - 1;
    while (at > 0) {
      const above = (at - 1) >> 1;
      const other = queues[above];
      if (!other || !isBefore(queue.head, other.head)) break;
      queues[at] = other;
      at = above;
    }
    queues[at] = queue;
  }

  /** The first queue is empty. */
  removeFirst(): void {
    const last = this.#queues.pop();
    if (last === undefined || this.#queues.length === 0) return;
    this.#queues[0] = last;
    this.settleFirst();
  }

  /** Of the first queue rows were taken: others may come before it. */
  settleFirst(): void {
    const queues = this.#queues;
    const queue = queues[0];
    if (!queue) return;
    let at = 0;
    for (;;) {
      const left = 2 * at + 1;
      const a = queues[left];
      if (!a) break;
      const b = queues[left + 1];
      const isRight = b !== undefined && isBefore(b.head, a.head);
      const below = isRight ? b : a;
      if (!isBefore(below.head, queue.head)) break;
      queues[at] = below;
      at = isRight ? left + 1 : left;
    }
    queues[at] = queue;
  }

  #timeOf(index: number): number {
    const head = this.#queues[index]?.head;
    return head ? (head.times[head.at] ?? 0) : Number.POSITIVE_INFINITY;
  }
}

/** More attempts within an interval than this are a flood, or so many routers that a stall shows between any two. */
const FEW_ROUTERS = 12;
/** Attempts of a thread that are looked back at: this many, this many intervals. */
const MAX_ROUTERS = 256;
const MAX_LATENESS = 1.5;

/** The last attempts of each sending thread. */
export class Attempts {
  readonly #of = new Map<number, number[]>();

  /**
   * Note an attempt at `time` (ns): whether its thread sends for several routers, and then whether none of its attempts lies one
   * interval back: the gap to the attempt before is another router's then, and says nothing of lateness.
   */
  note(tid: number, time: number, interval: number, slack: number): 'one' | 'in-time' | 'late' {
    const recent = (this.#of.get(tid) ?? []).filter((at) => time - at <= MAX_LATENESS * interval);
    this.#of.set(tid, [...recent.slice(1 - MAX_ROUTERS), time]);
    const within = recent.filter((at) => time - at < 0.9 * interval).length;
    if (within === 0) return 'one';
    if (within > FEW_ROUTERS) return 'in-time';
    return recent.some((at) => Math.abs(time - at - interval) <= slack) ? 'in-time' : 'late';
  }

  forget(tid: number): void {
    this.#of.delete(tid);
  }
}

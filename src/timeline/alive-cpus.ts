import { ns } from '../time/ns.js';
import { MOST_ALIVE } from './caps.js';
import type { Lane } from './lane.js';
import type { AliveCpu } from './segments.js';

/** Which CPUs switched between the attempts of each sending thread, which shows that they ran. */
export class AliveCpus {
  readonly #switchesAt = new Map<number, Float64Array>();
  /** The last two attempts of a thread: a window closes at its attempt's exit, or at the next attempt. */
  readonly #of = new Map<number, { time: number; alive: readonly AliveCpu[] }[]>();

  /** At the moment of an attempt (ns) of thread `tid`: which CPUs have switched since the one before, of many only some. */
  note(tid: number, time: number, lanes: readonly Lane[]): void {
    const counts = this.#countsOf(tid, lanes.length);
    const alive: AliveCpu[] = [];
    for (const lane of lanes) {
      const switches = lane.switches - (counts[lane.id] ?? 0);
      counts[lane.id] = lane.switches;
      if (switches <= 0 || alive.length >= MOST_ALIVE) continue;
      const last = { time: ns(lane.currentSince), num: lane.lastNum, line: lane.lastLine };
      alive.push({ lane: lane.id, switches, last });
    }
    const earlier = this.#of.get(tid)?.at(-1);
    this.#of.set(tid, earlier ? [earlier, { time, alive }] : [{ time, alive }]);
  }

  /** Switches of each lane at a thread's last attempt. */
  #countsOf(tid: number, lanes: number): Float64Array {
    const known = this.#switchesAt.get(tid);
    if (known && known.length >= lanes) return known;
    const counts = new Float64Array(2 * lanes);
    if (known) counts.set(known);
    this.#switchesAt.set(tid, counts);
    return counts;
  }

  /** What was noted at one of a thread's last two attempts. */
  of(tid: number, time: number): readonly AliveCpu[] {
    return this.#of.get(tid)?.find((noted) => noted.time === time)?.alive ?? [];
  }

  forget(tid: number): void {
    this.#switchesAt.delete(tid);
    this.#of.delete(tid);
  }
}

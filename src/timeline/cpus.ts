import type { EventBatch } from '../model/event-batch.js';
import { MOST_LANES } from './caps.js';
import { Lane, LaneRoom } from './lane.js';
import { UNKNOWN_THREAD } from './occupancy.js';
import { FewThreads, ThreadSet } from './thread-set.js';

/** Below these nobody can say whether a ring buffer serves one CPU or several. */
const MIN_SWITCHES = 200;
const MIN_BREAKS = 20;
const MIN_FOREIGN_ROWS = 50;
/**
 * Observed: with a buffer of their own at most 0.3 % of a CPU's rows are of a thread that is not thought to run, at most
 * 0.2 % of its switches break the chain, and who was displaced by a break hardly ever goes on running; with shared ones
 * 40-70 % of the rows are, 0.3-11 % of the switches do, and most of the displaced do.
 */
const SHARED_FOREIGN_SHARE = 0.1;
const SHARED_BREAK_SHARE = 0.01;
const SHARED_SURVIVOR_SHARE = 0.3;
const MAX_LANES_PER_RING = 4;
/** Threads whose last CPU is known. */
const MOST_HOMES = 65_536;

interface Ring {
  readonly lanes: Lane[];
  /** The first of them, which is the only one as long as the buffer is not shared. */
  readonly only: Lane;
  switches: number;
  /** Switches until it is asked again whether the buffer is shared. */
  undecided: number;
  breaks: number;
  /** Threads that a break displaced, until they are switched in again. */
  readonly displaced: FewThreads;
  /** Threads that were seen to leave; of others (filtered rows) nobody can say whether they still run. */
  readonly leavers: ThreadSet;
  /** Displaced threads that then showed to be running still: by a row of their own. */
  survivors: number;
  /** Rows that are no switch, and those of them by a thread that is not thought to run. */
  rows: number;
  foreignRows: number;
  shared: boolean;
  /** Number of its CPU; null where it stands for several. */
  number: number | null;
}

/** A thread that leaves although another was thought to run had been running all along. */
const noteDisplaced = (ring: Ring, before: number, leaving: number, coming: number): void => {
  if (before !== leaving && before > 0) ring.displaced.add(before);
  if (leaving > 0 && ring.displaced.delete(leaving)) ring.survivors++;
  ring.displaced.delete(coming);
};

/**
 * The CPUs of a trace. `evt.cpu` is a ring buffer's number: with one CPU per buffer its switches form one chain; where
 * CPUs share a buffer (the modern BPF probe's default) the chains are told apart by who leaves and who comes.
 */
export class Cpus {
  readonly #rings = new Map<number, Ring>();
  /** The same by number, +1 as it may be -1. */
  readonly #ringOf: (Ring | undefined)[] = [];
  #anyShared = false;
  readonly #lanes: Lane[] = [];
  /** The ring of each lane. */
  readonly #ringOfLane: Ring[] = [];
  readonly #room = new LaneRoom();
  /** Of CPUs beyond those that are told apart. */
  #rest: Ring | null = null;
  /** How many these are. */
  joined = 0;
  readonly #homeOf = new Map<number, Lane>();

  /** All lanes, in order of appearance; a lane's id is its index. */
  get lanes(): readonly Lane[] {
    return this.#lanes;
  }

  /** Whether any ring buffer was seen to serve more than one CPU. */
  get sharedRings(): boolean {
    for (const ring of this.#rings.values()) if (ring.shared) return true;
    return false;
  }

  /** Switch rows whose leaving thread was not the one thought to run. */
  get brokenChains(): number {
    let sum = 0;
    for (const ring of this.#rings.values()) sum += ring.breaks;
    return sum;
  }

  get switches(): number {
    let sum = 0;
    for (const ring of this.#rings.values()) sum += ring.switches;
    return sum;
  }

  /** The CPU number to print for a lane: null where the number in the trace is a shared buffer's. */
  cpuNumber(laneId: number): number | null {
    const ring = this.#ringOfLane[laneId];
    return !ring || ring.shared ? null : ring.number;
  }

  /** The lane of a CPU, -1 where there is none of its own. */
  laneOf(cpu: number): number {
    const ring = this.#ringOf[cpu + 1];
    return !ring || ring.shared || ring.number !== cpu ? -1 : ring.only.id;
  }

  /** A row that is no switch, by thread `tid` of name `comm`: evidence of its name, and of whether the buffer is shared. */
  noteRow(cpu: number, tid: number, comm = 0): void {
    const ring = this.#ringOf[cpu + 1];
    if (!ring) return;
    if (ring.shared) {
      if (comm !== 0) for (const lane of ring.lanes) if (lane.currentTid === tid) lane.currentComm = comm;
      return;
    }
    const { only } = ring;
    ring.rows++;
    if (only.currentTid === tid) {
      if (comm !== 0) only.currentComm = comm;
    } else if (ring.leavers.has(only.currentTid)) ring.foreignRows++;
    if (ring.displaced.delete(tid)) ring.survivors++;
  }

  /**
   * Row `i` of a batch is a `switch`: who leaves its CPU, and who comes. (Times are handed on as places in arrays: a double
   * handed to a function becomes an object.)
   *
   * @returns the lane it happened on
   */
  noteSwitch(batch: EventBatch, i: number): Lane {
    const { time: times } = batch;
    const ring = this.#ringOf[(batch.cpu[i] ?? -1) + 1] ?? this.#addRing(batch.cpu[i] ?? -1, times[i] ?? 0);
    const leaving = batch.tid[i] ?? -1;
    const coming = batch.nextTid[i] ?? -1;
    const comm = batch.nextComm[i] ?? 0;
    const leavingComm = batch.comm[i] ?? 0;
    ring.switches++;
    if (ring.shared) {
      const lane = this.#laneLeaving(ring, leaving, coming, times, i);
      if (!lane.change(times, i, leaving, coming, comm, leavingComm)) ring.breaks++;
      if (coming !== 0) this.#settle(coming, lane);
      return lane;
    }
    ring.leavers.add(leaving);
    const lane = ring.only;
    const before = lane.currentTid;
    if (!lane.change(times, i, leaving, coming, comm, leavingComm)) ring.breaks++;
    noteDisplaced(ring, before, leaving, coming);
    // Without shared buffers a thread's last CPU is asked of nobody.
    if (this.#anyShared && coming !== 0) this.#settle(coming, lane);
    if (--ring.undecided === 0) this.#decide(ring);
    return lane;
  }

  /** Forget what ended before `time` on every lane. */
  trim(time: number): void {
    for (const lane of this.#lanes) lane.trim(time);
  }

  /** A thread's last CPU. */
  #settle(tid: number, lane: Lane): void {
    if (this.#homeOf.size >= MOST_HOMES) this.#homeOf.clear();
    this.#homeOf.set(tid, lane);
  }

  #addRing(cpu: number, time: number): Ring {
    if (this.#lanes.length < MOST_LANES) return this.#makeRing(cpu, cpu, time);
    this.joined++;
    this.#rest ??= this.#makeRing(cpu, null, time);
    return (this.#ringOf[cpu + 1] = this.#rest);
  }

  #makeRing(cpu: number, number: number | null, time: number): Ring {
    const only = this.#makeLane(time);
    const ring: Ring = {
      lanes: [only],
      only,
      switches: 0,
      undecided: MIN_SWITCHES,
      breaks: 0,
      displaced: new FewThreads(),
      leavers: new ThreadSet(),
      survivors: 0,
      rows: 0,
      foreignRows: 0,
      shared: false,
      number,
    };
    this.#ringOfLane[only.id] = ring;
    this.#rings.set(cpu, ring);
    this.#ringOf[cpu + 1] = ring;
    return ring;
  }

  #addLane(ring: Ring, time: number): Lane {
    const lane = this.#makeLane(time);
    ring.lanes.push(lane);
    this.#ringOfLane[lane.id] = ring;
    return lane;
  }

  #makeLane(time: number): Lane {
    const lane = new Lane(this.#lanes.length, time, this.#room);
    this.#lanes.push(lane);
    this.#room.share(this.#lanes.length);
    return lane;
  }

  #decide(ring: Ring): void {
    ring.undecided = MIN_SWITCHES;
    const foreign = ring.foreignRows >= MIN_FOREIGN_ROWS && ring.foreignRows > SHARED_FOREIGN_SHARE * ring.rows;
    const survivors =
      ring.breaks >= MIN_BREAKS &&
      ring.breaks > SHARED_BREAK_SHARE * ring.switches &&
      ring.survivors > SHARED_SURVIVOR_SHARE * ring.breaks;
    ring.shared = foreign || survivors;
    if (ring.shared) this.#anyShared = true;
  }

  #laneLeaving(ring: Ring, leaving: number, coming: number, times: Float64Array, i: number): Lane {
    for (const lane of ring.lanes) {
      if (coming !== 0 && lane.currentTid === coming) lane.change(times, i, UNKNOWN_THREAD - 1, UNKNOWN_THREAD, 0);
    }
    const fitting = ring.lanes.filter((lane) => lane.currentTid === leaving);
    const home = this.#homeOf.get(coming);
    if (home && fitting.includes(home)) return home;
    // Rows that a kernel thread leaves are sometimes missing: the lane that seems to run one is the one that went idle.
    const first =
      fitting[0] ??
      ring.lanes.find((lane) => lane.currentTid === UNKNOWN_THREAD) ??
      ring.lanes.find((lane) => lane.currentTid > 0 && lane.currentComm === 0);
    if (first) return first;
    if (ring.lanes.length < MAX_LANES_PER_RING && this.#lanes.length < MOST_LANES)
      return this.#addLane(ring, times[i] ?? 0);
    return ring.lanes.reduce((a, b) => (b.currentSince < a.currentSince ? b : a));
  }
}

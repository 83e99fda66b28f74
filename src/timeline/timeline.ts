import { EXIT, lineOf, type EventBatch, type NameTable } from '../model/event-batch.js';
import { ns } from '../time/ns.js';
import { classifyCall, type CallClass } from './calls.js';
import { findClockSteps, type ClockStep } from './clock-steps.js';
import { Cpus } from './cpus.js';
import { Heartbeats } from './heartbeats.js';
import { FACT_CLASSES, FactRows } from './fact-rows.js';
import type { FactTable } from './facts.js';
import { mayBeVrrp, vrrpDestination } from './info.js';
import { IntervalTable } from './intervals.js';
import { recordLanes, recordPicture } from './lane-records.js';
import type { ProcessTable } from './processes.js';
import { actorOf, witnessOf } from './row-words.js';
import { SenderTrack, type ClosedWindow } from './sender-track.js';
import { SenderTracks } from './sender-tracks.js';
import type { AliveCpu, SendWindow, Witness } from './segments.js';
import { SilenceLog, type RowNumbers } from './silence.js';
import { readTargetCpu, readWoken } from './wake-ups.js';

export type { ClockStep } from './clock-steps.js';

/** What is to be done with a row. */
const PLAIN_ROW = 0;
const SWITCH_ROW = 1;
const HEARTBEAT_ROW = 2;
const WAKE_UP_ROW = 3;
/** It may start a sender's track, or tell a fact. */
const TELLING_ROW = 4;
const CODES: Readonly<Partial<Record<CallClass, number>>> = {
  switch: SWITCH_ROW,
  heartbeat: HEARTBEAT_ROW,
  'wake-up': WAKE_UP_ROW,
  send: TELLING_ROW,
  ...Object.fromEntries(FACT_CLASSES.map((callClass) => [callClass, TELLING_ROW])),
};

/** A stretch with nobody to send keeps this much of the past (ns), for a sender yet to be found. */
const PAST_WITHOUT_SENDERS = 2_000_000_000;
/** A window that exceeds its interval by more than this share, or this many ns, keeps who ran meanwhile. */
const DISTURBED_SHARE = 0.002;
const DISTURBED_NS = 500_000;

/** Stretches a CPU has in a picture: of the first pictures, and of the rest, so that memory holds. */
const PICTURE_STRETCHES = 128;
const PICTURES_IN_FULL = 500;
const STRETCHES_OF_MORE = 32;

/** Of which windows pictures are wanted: of none, of those that exceed their interval by so much (ns), of all. */
export type WantedPictures = 'none' | 'all' | { readonly afterNs: number };

/** No window. */
const NONE: readonly SendWindow[] = [];

/** More attempts within an interval than this are a flood, or so many routers that a stall shows between any two. */
const FEW_ROUTERS = 12;
/** Attempts of a thread that are looked back at: this many, this many intervals. */
const MAX_ROUTERS = 256;
const MAX_LATENESS = 1.5;

/** What the end of the trace leaves behind besides the windows: small, whatever the trace's length. */
export interface TraceSummary {
  readonly events: number;
  readonly switches: number;
  /** First and last event, ns on the trace's clock; null without events. */
  readonly first: number | null;
  readonly last: number | null;
  readonly sharedRings: boolean;
  readonly brokenChains: number;
  /** `drop` rows the recorder wrote into the stream: times in ns. */
  readonly drops: readonly number[];
  readonly facts: FactTable;
  readonly silences: SilenceLog;
  /** When the CPU of a lane stood still; null where no heartbeats of it tell. */
  standstills(lane: number): SilenceLog | null;
  readonly processes: ProcessTable;
  /** The longest idle stretch without a switch (ns) of an ordinary second on a lane. */
  usualIdleNs(lane: number): number;
  /** CPU number to print for a lane, null where it cannot be known. */
  cpuNumber(lane: number): number | null;
  /** Where the trace's own clock was set forward. */
  readonly clockSteps: readonly ClockStep[];
  /** When and why sending threads ended. */
  readonly ends: readonly { tid: number; time: number; witness: Witness }[];
  /** Threads that were seen to call send for an advertisement, with their last open state. */
  readonly unfinished: readonly { tid: number; comm: string; from: number | null }[];
}

/**
 * The fold over a trace in time order: one plain pass that keeps, for every sending thread, what it did since its last
 * advertisement, and for every CPU who ran. It knows nothing of captures, lateness or causes.
 */
export class Timeline {
  readonly #cpus = new Cpus();
  readonly #facts = new FactRows();
  readonly #silences = new SilenceLog();
  readonly #heartbeats = new Heartbeats();
  readonly #tracks = new SenderTracks();
  /** Of each type seen, by its name's id: its class, and what is to be done with its rows. */
  readonly #classes: CallClass[] = [];
  readonly #codes: number[] = [];
  readonly #ends: { tid: number; time: number; witness: Witness }[] = [];
  readonly #attemptsOf = new Map<number, number[]>();
  readonly #switchesAt = new Map<number, number[]>();
  /** The last two attempts of a thread: a window closes at its attempt's exit, or at the next attempt. */
  readonly #aliveOf = new Map<number, { time: number; alive: AliveCpu[] }[]>();
  readonly #intervals: IntervalTable;
  #closed: SendWindow[] = [];
  #events = 0;
  #first: number | null = null;
  /** The newest event: its time (ns), its number, its line. */
  readonly #newest = Float64Array.of(Number.NEGATIVE_INFINITY, -1, 0);
  #nextTrim = PAST_WITHOUT_SENDERS;
  #names: NameTable | null = null;
  readonly #wanted: WantedPictures;
  #pictures = 0;

  /**
   * @param intervalHint the advertisement interval (ns) where it is known before the trace is read, else null
   * @param wanted of which windows it is kept who ran on every CPU
   */
  constructor(intervalHint: number | null, wanted: WantedPictures = 'none') {
    this.#wanted = wanted;
    this.#intervals = new IntervalTable(intervalHint);
  }

  /**
   * Fold the rows [from, to) of a batch (default: all), which come next in time.
   *
   * @returns the windows that closed in them, oldest first
   */
  push(batch: EventBatch, from = 0, to = batch.length): readonly SendWindow[] {
    if (to <= from) return NONE;
    this.#names = batch.names;
    const { time: times, tid: tids, cpu: cpus, type } = batch;
    const silences = this.#silences;
    let { dullNs, dullUntil } = silences;
    let newest = this.#newest[0] ?? 0;
    let newestAt = -1;
    for (let i = from; i < to; i++) {
      const time = times[i] ?? 0;
      if (time > newest) {
        if (time - newest > dullNs || time >= dullUntil) {
          this.#noteGap(newest, newestAt, batch, i);
          ({ dullNs, dullUntil } = silences);
        }
        newest = time;
        newestAt = i;
      }
      if (time > this.#nextTrim) this.#trim(time);
      const tid = tids[i] ?? -1;
      const cpu = cpus[i] ?? -1;
      const code = this.#codes[type[i] ?? 0] ?? this.#codeOf(type[i] ?? 0);
      if (code === HEARTBEAT_ROW) {
        this.#heartbeats.note(cpu, time, batch.num[i] ?? -1, lineOf(batch, i));
        continue;
      }
      if (this.#heartbeats.any) this.#heartbeats.noteRow(cpu, time, batch.num[i] ?? -1, lineOf(batch, i));
      if (code === SWITCH_ROW) this.#switch(batch, i);
      else if (code === WAKE_UP_ROW) this.#wakeUp(batch, i, time, tid);
      else {
        this.#cpus.noteRow(cpu, tid, batch.comm[i] ?? 0);
        const track = this.#tracks.get(tid);
        if (code !== PLAIN_ROW || track) this.#call(batch, i, time, tid, track);
      }
    }
    this.#events += to - from;
    this.#first ??= times[from] ?? 0;
    if (newestAt >= 0) {
      this.#newest[0] = newest;
      this.#newest[1] = batch.num[newestAt] ?? -1;
      this.#newest[2] = lineOf(batch, newestAt);
    }
    const closed = this.#closed;
    if (closed.length === 0) return NONE;
    this.#closed = [];
    return closed;
  }

  /** What remains when the trace has ended. */
  end(): TraceSummary {
    const cpus = this.#cpus;
    return {
      events: this.#events,
      switches: cpus.switches,
      first: this.#first,
      last: this.#first === null ? null : (this.#newest[0] ?? null),
      sharedRings: cpus.sharedRings,
      brokenChains: cpus.brokenChains,
      drops: this.#facts.drops,
      facts: this.#facts.facts,
      clockSteps: findClockSteps(this.#facts.facts, this.#silences, this.#heartbeats),
      silences: this.#silences,
      standstills: (lane) => this.#heartbeats.standstillsOf(cpus.cpuNumber(lane)),
      processes: this.#facts.processes,
      usualIdleNs: (lane) => cpus.lanes[lane]?.usualIdleNs ?? 0,
      cpuNumber: (lane) => cpus.cpuNumber(lane),
      ends: this.#ends,
      unfinished: [...this.#tracks.all()].map(({ tid, comm, lastAttempt }) => ({ tid, comm, from: lastAttempt })),
    };
  }

  /** A silence behind row `beforeAt` of the batch, or behind the newest one before the batch (-1), ends with row `i`. */
  #noteGap(from: number, beforeAt: number, batch: EventBatch, i: number): void {
    const [, num = -1, line = 0] = this.#newest;
    const numbersOf = (at: number): RowNumbers => ({ num: batch.num[at] ?? -1, line: lineOf(batch, at) });
    this.#silences.noteGap(from, batch.time[i] ?? 0, beforeAt < 0 ? { num, line } : numbersOf(beforeAt), numbersOf(i));
  }

  /** What is to be done with rows of a type, by what the type is. */
  #codeOf(typeId: number): number {
    const callClass = classifyCall(this.#names?.nameOf(typeId) ?? '');
    this.#classes[typeId] = callClass;
    const code = CODES[callClass] ?? PLAIN_ROW;
    this.#codes[typeId] = code;
    return code;
  }

  #switch(batch: EventBatch, i: number): void {
    const lane = this.#cpus.noteSwitch(batch, i);
    lane.noteRow(batch, i);
    const leaving = this.#tracks.get(batch.tid[i] ?? -1);
    const coming = this.#tracks.get(batch.nextTid[i] ?? -1);
    if (leaving || coming) this.#switchSenders(batch, i, lane.id, leaving, coming);
  }

  // A function of its own: one that makes closures costs an object at every call.
  #switchSenders(
    batch: EventBatch,
    i: number,
    lane: number,
    leaving: SenderTrack | undefined,
    coming: SenderTrack | undefined,
  ): void {
    const time = batch.time[i] ?? 0;
    if (leaving) {
      leaving.switchOut(time, lane, batch.info(i), () => witnessOf(batch, i));
      this.#collect(leaving);
    }
    coming?.switchIn(time, lane, () => witnessOf(batch, i));
  }

  /** Its row is the waker's, or whom the interrupt found (no evidence of what that one does), or names nobody else. */
  #wakeUp(batch: EventBatch, i: number, time: number, tid: number): void {
    if (this.#tracks.size === 0) return;
    const info = batch.info(i);
    const named = readWoken(info);
    const track = this.#tracks.get(named < 0 ? tid : named);
    if (!track) return;
    const cpu = readTargetCpu(info);
    track.wakeUp(time, tid > 0 ? actorOf(batch, i) : null, this.#laneOfCpu(cpu), () => {
      const told = `tid=${String(track.tid)}(${track.comm}) ${cpu < 0 ? '' : `target_cpu=${String(cpu)} `}`;
      return witnessOf(batch, i, told);
    });
  }

  #call(batch: EventBatch, i: number, time: number, tid: number, known: SenderTrack | undefined): void {
    const callClass = this.#classes[batch.type[i] ?? 0] ?? 'other';
    let track = known;
    if (callClass === 'send' && !track) {
      track = this.#newSender(batch, i, time, tid);
      if (!track) return;
    }
    if (track) {
      const attemptBefore = track.lastAttempt;
      track.row(
        {
          time: ns(time),
          num: batch.num[i] ?? -1,
          line: lineOf(batch, i),
          type: batch.names.nameOf(batch.type[i] ?? 0),
          callClass,
          exit: batch.dir[i] === EXIT,
          comm: batch.names.nameOf(batch.comm[i] ?? 0),
          info: batch.info(i),
          witness: () => witnessOf(batch, i),
        },
        this.#laneOf(batch.cpu[i] ?? -1, tid),
      );
      if (track.lastAttempt !== null && track.lastAttempt !== attemptBefore) this.#noteAlive(tid, track.lastAttempt);
      this.#collect(track);
    }
    this.#facts.note(batch, i, callClass, track !== undefined);
    if (callClass === 'exit' && track) {
      this.#ends.push({ tid, time, witness: witnessOf(batch, i) });
      this.#tracks.delete(tid);
    }
  }

  /** A thread that sends an advertisement is a sender from then on. */
  #newSender(batch: EventBatch, i: number, time: number, tid: number): SenderTrack | undefined {
    const span = batch.span?.(i);
    if ((span && !mayBeVrrp(span)) || vrrpDestination(batch.info(i)) === null) return undefined;
    const track = new SenderTrack(tid, batch.names.nameOf(batch.comm[i] ?? 0), time);
    this.#tracks.add(track);
    return track;
  }

  #laneOf(cpu: number, tid: number): number {
    for (const lane of this.#cpus.lanes) if (lane.currentTid === tid) return lane.id;
    return this.#laneOfCpu(cpu);
  }

  #laneOfCpu(cpu: number): number {
    return this.#cpus.lanes.findIndex((lane) => this.#cpus.cpuNumber(lane.id) === cpu);
  }

  #collect(track: SenderTrack): void {
    if (track.closed.length === 0) return;
    for (const window of track.closed) this.#closed.push(this.#complete(window));
    track.closed.length = 0;
  }

  /** Add who ran on the sender's CPUs, or drop the details of a window in which nothing happened. */
  #complete(window: ClosedWindow): SendWindow {
    const { attempt, from } = window;
    const gap = from === null ? 0 : attempt.time - from;
    const { interval, learning } = this.#intervals.learn(attempt.tid, gap);
    const slack = Math.max(DISTURBED_NS, DISTURBED_SHARE * interval);
    const several = this.#servesSeveral(attempt.tid, attempt.time, interval, slack);
    const disturbed = from !== null && (learning || gap - interval > slack || several === 'late' || !attempt.ok);
    const alive = disturbed
      ? (this.#aliveOf.get(attempt.tid)?.find(({ time }) => time === attempt.time)?.alive ?? [])
      : [];
    const picture = this.#takePicture(
      window,
      gap - interval,
      disturbed && (learning || !attempt.ok || several === 'late'),
    );
    if (!disturbed) return { ...window, segments: null, lanes: null, alive, picture };
    const lanes = recordLanes(
      this.#cpus,
      this.#facts.processes,
      this.#names,
      window.segments,
      from,
      several === 'one' ? interval : 0,
    );
    return { ...window, lanes, alive, picture };
  }

  /** @param maybe it cannot be told from its length whether it is late */
  #takePicture({ attempt, from }: ClosedWindow, lateness: number, maybe: boolean): SendWindow['picture'] {
    const wanted = this.#wanted;
    if (wanted === 'none' || from === null) return null;
    if (wanted !== 'all' && !maybe && lateness <= wanted.afterNs) return null;
    this.#pictures++;
    const most = this.#pictures <= PICTURES_IN_FULL ? PICTURE_STRETCHES : STRETCHES_OF_MORE;
    return recordPicture(this.#cpus, this.#facts.processes, this.#names, from, attempt.time, most);
  }

  /**
   * Whether a thread sends for several routers, and then whether none of its attempts lies one interval back: the gap to
   * the attempt before is another router's then, and says nothing of lateness.
   */
  #servesSeveral(tid: number, time: number, interval: number, slack: number): 'one' | 'in-time' | 'late' {
    const recent = (this.#attemptsOf.get(tid) ?? []).filter((at) => time - at <= MAX_LATENESS * interval);
    this.#attemptsOf.set(tid, [...recent.slice(1 - MAX_ROUTERS), time]);
    const within = recent.filter((at) => time - at < 0.9 * interval).length;
    if (within === 0) return 'one';
    if (within > FEW_ROUTERS) return 'in-time';
    return recent.some((at) => Math.abs(time - at - interval) <= slack) ? 'in-time' : 'late';
  }

  /** At the moment of an attempt: which CPUs have switched since the thread's attempt before. */
  #noteAlive(tid: number, time: number): void {
    const before = this.#switchesAt.get(tid) ?? [];
    const { lanes } = this.#cpus;
    const counts = lanes.map((lane) => lane.switches);
    this.#switchesAt.set(tid, counts);
    const alive = lanes.flatMap((lane) => {
      const switches = lane.switches - (before[lane.id] ?? 0);
      const last = { time: ns(lane.currentSince), num: lane.lastNum, line: lane.lastLine };
      return switches > 0 ? [{ lane: lane.id, switches, last }] : [];
    });
    const earlier = this.#aliveOf.get(tid)?.at(-1);
    this.#aliveOf.set(tid, earlier ? [earlier, { time, alive }] : [{ time, alive }]);
  }

  #trim(time: number): void {
    this.#nextTrim = time + PAST_WITHOUT_SENDERS;
    let oldest = time - PAST_WITHOUT_SENDERS;
    for (const { lastAttempt } of this.#tracks.all()) {
      if (lastAttempt !== null && lastAttempt < oldest) oldest = lastAttempt;
    }
    this.#cpus.trim(oldest);
  }
}

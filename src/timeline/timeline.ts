import { EXIT, lineOf, type EventBatch, type NameTable } from '../model/event-batch.js';
import { ns } from '../time/ns.js';
import { AliveCpus } from './alive-cpus.js';
import { Attempts } from './attempts.js';
import { classifyCall, type CallClass } from './calls.js';
import * as caps from './caps.js';
import { findClockSteps, type ClockStep } from './clock-steps.js';
import { Cpus } from './cpus.js';
import { Heartbeats } from './heartbeats.js';
import { FACT_CLASSES, FactRows } from './fact-rows.js';
import type { FactTable } from './facts.js';
import { mayBeVrrp, vrrpDestination } from './info.js';
import { IntervalTable } from './intervals.js';
import { recordLanes } from './lane-records.js';
import type { ProcessTable } from './processes.js';
import { actorOf, infoOf, isBirth, witnessOf } from './row-words.js';
import type { ClosedWindow } from './own-row.js';
import { Pictures, type WantedPictures } from './pictures.js';
import { SenderTrack } from './sender-track.js';
import { SenderTracks } from './sender-tracks.js';
import type { SendWindow, Witness } from './segments.js';
import { SilenceLog, type RowNumbers } from './silence.js';
import { readTargetCpu, readWoken } from './wake-ups.js';
import { WindowDetails } from './window-details.js';

export type { ClockStep } from './clock-steps.js';
export type { WantedPictures } from './pictures.js';

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

const NONE: readonly SendWindow[] = [];

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
  /** What was not kept because there was too much of it. */
  readonly forgotten: caps.Forgotten;
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
  readonly #attempts = new Attempts();
  readonly #alive = new AliveCpus();
  readonly #intervals: IntervalTable;
  #closed: SendWindow[] = [];
  #events = 0;
  #first: number | null = null;
  /** The newest event: its time (ns), its number, its line. */
  readonly #newest = Float64Array.of(Number.NEGATIVE_INFINITY, -1, 0);
  #nextTrim = PAST_WITHOUT_SENDERS;
  #names: NameTable | null = null;
  readonly #pictures: Pictures;
  readonly #shares = new caps.Shares();
  readonly #details = new WindowDetails();
  #windows = 0;
  /** Rows that were not looked at. */
  #behind = 0;
  /** Senders, and ends of senders, that were forgotten. */
  #sendersForgotten = 0;
  #rowsToTrim = 0;

  /**
   * @param intervalHint the advertisement interval (ns) where it is known before the trace is read, else null
   * @param wanted of which windows it is kept who ran on every CPU
   */
  constructor(intervalHint: number | null, wanted: WantedPictures = 'none') {
    this.#pictures = new Pictures(wanted);
    this.#intervals = new IntervalTable(intervalHint);
  }

  /**
   * Fold the rows [from, to) of a batch (default: all), which come next in time.
   *
   * @returns the windows that closed in them, oldest first
   */
  push(batch: EventBatch, from = 0, to = batch.length): readonly SendWindow[] {
    if (to <= from) return NONE;
    if (this.#windows >= caps.MOST_WINDOWS) {
      this.#behind += to - from;
      return NONE;
    }
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
      if (time > this.#nextTrim && this.#events + i - from >= this.#rowsToTrim) this.#trim(time, i - from);
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
      forgotten: this.#forgotten(),
    };
  }

  #forgotten(): caps.Forgotten {
    const { processes, joinedDrops } = this.#facts;
    const counts = [
      [caps.CPUS_JOINED, this.#cpus.joined],
      [caps.DETAILS_FORGOTTEN, this.#details.forgotten],
      [caps.DROPS_JOINED, joinedDrops],
      [caps.ROWS_BEHIND, this.#behind],
      [caps.SENDERS_FORGOTTEN, this.#sendersForgotten],
      [caps.SILENCES_FORGOTTEN, this.#silences.forgotten + this.#heartbeats.forgotten],
      [caps.THREADS_FORGOTTEN, processes.forgotten],
    ] as const;
    return counts.filter(([, count]) => count > 0);
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
      leaving.switchOut(time, lane, infoOf(batch, i), () => witnessOf(batch, i));
      this.#collect(leaving);
    }
    coming?.switchIn(time, lane, () => witnessOf(batch, i));
  }

  /** Its row is the waker's, or whom the interrupt found (no evidence of what that one does), or names nobody else. */
  #wakeUp(batch: EventBatch, i: number, time: number, tid: number): void {
    if (this.#tracks.size === 0) return;
    const info = infoOf(batch, i);
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
    if (track && callClass === 'clone' && isBirth(batch, i)) {
      this.#forget(tid);
      track = undefined;
    }
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
          info: infoOf(batch, i),
          witness: () => witnessOf(batch, i),
        },
        this.#laneOf(batch.cpu[i] ?? -1, tid),
      );
      if (track.lastAttempt !== null && track.lastAttempt !== attemptBefore) {
        this.#alive.note(tid, track.lastAttempt, this.#cpus.lanes);
        this.#tracks.touch(track);
      }
      this.#collect(track);
    }
    this.#facts.note(batch, i, callClass, track !== undefined);
    if (callClass === 'exit' && track) {
      if (this.#ends.length < caps.MOST_ENDS) this.#ends.push({ tid, time, witness: witnessOf(batch, i) });
      else this.#sendersForgotten++;
      this.#forget(tid);
    }
  }

  /** A thread that sends an advertisement is a sender from then on. */
  #newSender(batch: EventBatch, i: number, time: number, tid: number): SenderTrack | undefined {
    const span = batch.span?.(i);
    if ((span && !mayBeVrrp(span)) || vrrpDestination(infoOf(batch, i)) === null) return undefined;
    const track = new SenderTrack(tid, batch.names.nameOf(batch.comm[i] ?? 0), time, this.#shares);
    const forgotten = this.#tracks.add(track);
    if (forgotten) this.#sendersForgotten++;
    if (forgotten) this.#forget(forgotten.tid);
    this.#shares.share(this.#tracks.size);
    return track;
  }

  /** A sender is gone: its number may become another thread's, which is not it. */
  #forget(tid: number): void {
    this.#tracks.delete(tid);
    this.#intervals.forget(tid);
    this.#attempts.forget(tid);
    this.#alive.forget(tid);
    this.#shares.share(this.#tracks.size);
  }

  #laneOf(cpu: number, tid: number): number {
    for (const lane of this.#cpus.lanes) if (lane.currentTid === tid) return lane.id;
    return this.#laneOfCpu(cpu);
  }

  #laneOfCpu(cpu: number): number {
    return this.#cpus.laneOf(cpu);
  }

  #collect(track: SenderTrack): void {
    if (track.closed.length === 0) return;
    for (const window of track.closed) {
      if (this.#windows++ < caps.MOST_WINDOWS) this.#closed.push(this.#complete(window));
    }
    track.closed.length = 0;
  }

  /** Add who ran on the sender's CPUs, or drop the details of a window in which nothing happened. */
  #complete(window: ClosedWindow): SendWindow {
    const { attempt, from } = window;
    const gap = from === null ? 0 : attempt.time - from;
    const { interval, learning } = this.#intervals.learn(attempt.tid, gap);
    const slack = Math.max(DISTURBED_NS, DISTURBED_SHARE * interval);
    const several = this.#attempts.note(attempt.tid, attempt.time, interval, slack);
    const disturbed = from !== null && (learning || gap - interval > slack || several === 'late' || !attempt.ok);
    const alive = disturbed ? this.#alive.of(attempt.tid, attempt.time) : [];
    const picture = this.#pictures.take(
      window,
      gap - interval,
      disturbed && (learning || !attempt.ok || several === 'late'),
      this.#cpus,
      this.#facts.processes,
      this.#names,
    );
    if (!disturbed)
      return this.#keepDetails({ ...window, segments: null, lanes: null, alive, picture }, gap - interval);
    const lanes = recordLanes(
      this.#cpus,
      this.#facts.processes,
      this.#names,
      window.segments,
      from,
      several === 'one' ? interval : 0,
    );
    return this.#keepDetails({ ...window, lanes, alive, picture }, gap - interval);
  }

  #keepDetails(window: SendWindow, excess: number): SendWindow {
    this.#details.add(window, excess);
    return window;
  }

  /** @param ahead rows of the batch that were looked at */
  #trim(time: number, ahead: number): void {
    // In a trace that leaps, no more often than it takes rows to make up for it.
    this.#rowsToTrim = this.#events + ahead + this.#tracks.size + this.#cpus.lanes.length;
    this.#nextTrim = time + PAST_WITHOUT_SENDERS;
    let oldest = time - PAST_WITHOUT_SENDERS;
    for (const { lastAttempt } of this.#tracks.all()) {
      if (lastAttempt !== null && lastAttempt < oldest) oldest = lastAttempt;
    }
    this.#cpus.trim(oldest);
  }
}

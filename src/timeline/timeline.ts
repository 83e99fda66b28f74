import { EXIT, type EventBatch, type NameTable } from '../model/event-batch.js';
import { ns } from '../time/ns.js';
import { classifyCall, type CallClass } from './calls.js';
import { findClockSteps, type ClockStep } from './clock-steps.js';
import { Cpus } from './cpus.js';
import { Heartbeats } from './heartbeats.js';
import { controlFile, FactTable, readControlWrite, type Actor } from './facts.js';
import { readResult, readSignal, readTarget, vrrpDestination } from './info.js';
import { IntervalTable } from './intervals.js';
import { recordLanes } from './lane-records.js';
import { ProcessTable } from './processes.js';
import { SenderTrack, type ClosedWindow } from './sender-track.js';
import type { AliveCpu, SendWindow, Witness } from './segments.js';
import { SilenceLog } from './silence.js';
import { readTargetCpu, readWoken } from './wake-ups.js';
import { describeRow } from './witness.js';

export type { ClockStep } from './clock-steps.js';

/** A stretch with nobody to send keeps this much of the past (ns), for a sender yet to be found. */
const PAST_WITHOUT_SENDERS = 2_000_000_000;
/** A window that exceeds its interval by more than this share, or this many ns, keeps who ran meanwhile. */
const DISTURBED_SHARE = 0.002;
const DISTURBED_NS = 500_000;

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
  readonly #facts = new FactTable();
  readonly #silences = new SilenceLog();
  readonly #heartbeats = new Heartbeats();
  readonly #processes = new ProcessTable();
  readonly #tracks = new Map<number, SenderTrack>();
  readonly #classes: CallClass[] = [];
  readonly #controlWrites = new Map<number, { group: string; file: string }>();
  readonly #ends: { tid: number; time: number; witness: Witness }[] = [];
  readonly #drops: number[] = [];
  readonly #attemptsOf = new Map<number, number[]>();
  readonly #switchesAt = new Map<number, number[]>();
  /** The last two attempts of a thread: a window closes at its attempt's exit, or at the next attempt. */
  readonly #aliveOf = new Map<number, { time: number; alive: AliveCpu[] }[]>();
  readonly #intervals: IntervalTable;
  #closed: SendWindow[] = [];
  #events = 0;
  #first: number | null = null;
  #last: number | null = null;
  #lastTrim = 0;
  #names: NameTable | null = null;

  /** @param intervalHint the advertisement interval (ns) where it is known before the trace is read, else null */
  constructor(intervalHint: number | null) {
    this.#intervals = new IntervalTable(intervalHint);
  }

  /**
   * Fold a batch in time order.
   *
   * @returns the windows that closed in it, oldest first
   */
  push(batch: EventBatch): SendWindow[] {
    this.#names = batch.names;
    for (let i = 0; i < batch.length; i++) this.#row(batch, i);
    const closed = this.#closed;
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
      last: this.#last,
      sharedRings: cpus.sharedRings,
      brokenChains: cpus.brokenChains,
      drops: this.#drops,
      facts: this.#facts,
      clockSteps: findClockSteps(this.#facts, this.#silences, this.#heartbeats),
      silences: this.#silences,
      standstills: (lane) => this.#heartbeats.standstillsOf(cpus.cpuNumber(lane)),
      processes: this.#processes,
      usualIdleNs: (lane) => cpus.lanes[lane]?.usualIdleNs ?? 0,
      cpuNumber: (lane) => cpus.cpuNumber(lane),
      ends: this.#ends,
      unfinished: [...this.#tracks.values()].map(({ tid, comm, lastAttempt }) => ({ tid, comm, from: lastAttempt })),
    };
  }

  #row(batch: EventBatch, i: number): void {
    const time = batch.time[i] ?? 0;
    const tid = batch.tid[i] ?? -1;
    const cpu = batch.cpu[i] ?? -1;
    this.#events++;
    this.#first ??= time;
    const num = batch.num[i] ?? -1;
    const line = batch.line[i] ?? 0;
    this.#silences.note(time, num, line);
    if (this.#last === null || time > this.#last) this.#last = time;
    if (time - this.#lastTrim > PAST_WITHOUT_SENDERS) this.#trim(time);
    const typeId = batch.type[i] ?? 0;
    const callClass = (this.#classes[typeId] ??= classifyCall(batch.names.nameOf(typeId)));
    if (callClass === 'heartbeat') {
      this.#heartbeats.note(cpu, time, num, line);
      return;
    }
    this.#heartbeats.noteRow(cpu, time, num, line);
    if (callClass === 'switch') this.#switch(batch, i, time, cpu, tid);
    else if (callClass === 'wake-up') this.#wakeUp(batch, i, time, tid);
    else {
      this.#cpus.noteRow(cpu, tid, batch.comm[i] ?? 0);
      this.#call(batch, i, callClass, time, tid);
    }
  }

  #switch(batch: EventBatch, i: number, time: number, cpu: number, tid: number): void {
    const next = batch.nextTid[i] ?? -1;
    const comm = batch.nextComm[i] ?? 0;
    const lane = this.#cpus.noteSwitch(cpu, time, tid, next, comm, batch.comm[i] ?? 0);
    lane.lastNum = batch.num[i] ?? -1;
    lane.lastLine = batch.line[i] ?? 0;
    const leaving = this.#tracks.get(tid);
    if (leaving) {
      leaving.switchOut(time, lane.id, batch.info(i), () => this.#witness(batch, i));
      this.#collect(leaving);
    }
    this.#tracks.get(next)?.switchIn(time, lane.id, () => this.#witness(batch, i));
  }

  /** Its row is the waker's, or whom the interrupt found (no evidence of what that one does), or names nobody else. */
  #wakeUp(batch: EventBatch, i: number, time: number, tid: number): void {
    const info = batch.info(i);
    const named = readWoken(info);
    const track = this.#tracks.get(named < 0 ? tid : named);
    if (!track) return;
    const cpu = readTargetCpu(info);
    track.wakeUp(time, tid > 0 ? this.#actor(batch, i) : null, this.#laneOfCpu(cpu), () => {
      const told = `tid=${String(track.tid)}(${track.comm}) ${cpu < 0 ? '' : `target_cpu=${String(cpu)} `}`;
      return this.#witness(batch, i, told);
    });
  }

  #call(batch: EventBatch, i: number, callClass: CallClass, time: number, tid: number): void {
    const exit = batch.dir[i] === EXIT;
    let track = this.#tracks.get(tid);
    if (callClass === 'send' && !track && vrrpDestination(batch.info(i)) !== null) {
      track = new SenderTrack(tid, batch.names.nameOf(batch.comm[i] ?? 0), time);
      this.#tracks.set(tid, track);
    }
    if (track) {
      const attemptBefore = track.lastAttempt;
      track.row(
        {
          time: ns(time),
          num: batch.num[i] ?? -1,
          line: batch.line[i] ?? 0,
          type: batch.names.nameOf(batch.type[i] ?? 0),
          callClass,
          exit,
          comm: batch.names.nameOf(batch.comm[i] ?? 0),
          info: batch.info(i),
          witness: () => this.#witness(batch, i),
        },
        this.#laneOf(batch.cpu[i] ?? -1, tid),
      );
      if (track.lastAttempt !== null && track.lastAttempt !== attemptBefore) this.#noteAlive(tid, track.lastAttempt);
      this.#collect(track);
    }
    this.#noteFact(batch, i, callClass, exit, time, tid);
    if (callClass === 'exit' && track) {
      this.#ends.push({ tid, time, witness: this.#witness(batch, i) });
      this.#tracks.delete(tid);
    }
  }

  #laneOf(cpu: number, tid: number): number {
    for (const lane of this.#cpus.lanes) if (lane.currentTid === tid) return lane.id;
    return this.#laneOfCpu(cpu);
  }

  #laneOfCpu(cpu: number): number {
    return this.#cpus.lanes.findIndex((lane) => this.#cpus.cpuNumber(lane.id) === cpu);
  }

  #noteFact(batch: EventBatch, i: number, callClass: CallClass, exit: boolean, time: number, tid: number): void {
    switch (callClass) {
      case 'kill':
      case 'ptrace':
        this.#noteAimed(batch, i, callClass, exit, time, tid);
        break;
      case 'signal': {
        const signal = readSignal(batch.info(i));
        if (signal !== null && this.#tracks.has(tid)) {
          this.#facts.add({
            kind: 'signal',
            time,
            actor: this.#actor(batch, i),
            signal,
            witness: this.#witness(batch, i),
          });
        }
        break;
      }
      case 'exit': {
        this.#processes.noteName(tid, batch.names.nameOf(batch.comm[i] ?? 0));
        if (this.#tracks.has(tid)) {
          const signal = readSignal(batch.info(i));
          this.#facts.add({
            kind: 'exit',
            time,
            actor: this.#actor(batch, i),
            signal: signal === 'SIG0' ? null : signal,
            witness: this.#witness(batch, i),
          });
        }
        break;
      }
      case 'write':
        this.#noteControlWrite(batch, i, exit, time, tid);
        break;
      case 'clone':
        if (exit) this.#processes.noteClone(tid, batch.names.nameOf(batch.comm[i] ?? 0), batch.info(i));
        break;
      case 'clock-set':
        if (exit)
          this.#facts.add({ kind: 'clock-set', time, actor: this.#actor(batch, i), witness: this.#witness(batch, i) });
        break;
      case 'drop':
        if (this.#drops.length < 100_000) this.#drops.push(time);
        break;
      default:
    }
  }

  #noteAimed(
    batch: EventBatch,
    i: number,
    callClass: 'kill' | 'ptrace',
    exit: boolean,
    time: number,
    tid: number,
  ): void {
    const info = batch.info(i);
    if (exit && (readResult(info).value ?? 0) < 0) {
      this.#facts.takeBack(callClass, tid);
      return;
    }
    const target = readTarget(info);
    if (target === null) return;
    const base = { time, actor: this.#actor(batch, i), target, witness: this.#witness(batch, i) };
    if (callClass === 'kill') {
      const signal = readSignal(info);
      if (signal !== null && signal !== 'SIG0') {
        this.#facts.add({ ...base, kind: 'kill', signal, call: batch.names.nameOf(batch.type[i] ?? 0) });
      }
    } else if (!exit || /(?:^|\s)request=/.test(info)) {
      this.#facts.add({ ...base, kind: 'ptrace', request: /request=\d+\((\w+)\)/.exec(info)?.[1] ?? '' });
    }
    this.#processes.noteName(tid, base.actor.comm);
  }

  #noteControlWrite(batch: EventBatch, i: number, exit: boolean, time: number, tid: number): void {
    const pending = this.#controlWrites.get(tid);
    if (!exit) {
      const control = controlFile(batch.info(i));
      if (control) this.#controlWrites.set(tid, control);
      else if (pending) this.#controlWrites.delete(tid);
      return;
    }
    const info = batch.info(i);
    const control = controlFile(info) ?? pending;
    if (pending) this.#controlWrites.delete(tid);
    if (!control || (readResult(info).value ?? 0) < 0) return;
    const effect = readControlWrite(control.file, info);
    if (!effect) return;
    const at = this.#witness(batch, i);
    const text = `${at.text} to ${control.group}/${control.file} (${effect.kind}${effect.member === null ? '' : ` ${String(effect.member)}`})`;
    this.#facts.add({ ...effect, time, actor: this.#actor(batch, i), group: control.group, witness: { ...at, text } });
  }

  #actor(batch: EventBatch, i: number): Actor {
    return { tid: batch.tid[i] ?? -1, comm: batch.names.nameOf(batch.comm[i] ?? 0) };
  }

  #witness(batch: EventBatch, i: number, info = batch.info(i)): Witness {
    const { names } = batch;
    const text = describeRow(
      names.nameOf(batch.comm[i] ?? 0),
      batch.tid[i] ?? -1,
      batch.dir[i] === EXIT,
      names.nameOf(batch.type[i] ?? 0),
      info,
    );
    return { time: ns(batch.time[i] ?? 0), num: batch.num[i] ?? -1, line: batch.line[i] ?? 0, text };
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
    if (!disturbed) return { ...window, segments: null, lanes: null, alive };
    const lanes = recordLanes(
      this.#cpus,
      this.#processes,
      this.#names,
      window.segments,
      from,
      several === 'one' ? interval : 0,
    );
    return { ...window, lanes, alive };
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
    this.#lastTrim = time;
    let oldest = time - PAST_WITHOUT_SENDERS;
    for (const { lastAttempt } of this.#tracks.values()) {
      if (lastAttempt !== null && lastAttempt < oldest) oldest = lastAttempt;
    }
    this.#cpus.trim(oldest);
  }
}

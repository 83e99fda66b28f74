import { ArmedTimers, ARMS_TIMER } from './armed-timers.js';
import { Shares } from './caps.js';
import { CallTargets, isLogWrite, LOG_SOCKET } from './call-target.js';
import { loopRank, type CallClass } from './calls.js';
import type { Actor } from './facts.js';
import {
  isVrrpReceive,
  readNumber,
  readPayloadHint,
  readDescriptor,
  readResult,
  readStopSignal,
  readTuple,
  vrrpDestination,
} from './info.js';
import { foldSegments } from './fold-segments.js';
import type { ClosedWindow, OpenCall, OpenSend, OwnRow } from './own-row.js';
import { makeSegment, type Rearm, type Segment, type SendAttempt, type Witness } from './segments.js';
import { makeUnwitnessed, TIMER } from './unwitnessed.js';
import { nameOrNumber } from './witness.js';
import { readLeftState } from './wake-ups.js';

/** A call that ended this soon (ns) after the switch-in was what the thread slept in, where no enter rows exist. */
const SOON_AFTER_SWITCH_IN = 20_000;

/** Without switch rows, this long (ns) between two rows of a thread is an absence. */
const UNWITNESSED = 1_000_000;

/**
 * What one sending thread did since its last advertisement, from its own rows and the switches that name it. Plain
 * synchronous state; `closed` collects the windows it finished.
 */
export class SenderTrack {
  readonly tid: number;
  comm: string;
  readonly closed: ClosedWindow[] = [];
  /** Time of the last attempt to advertise, null before the first. */
  lastAttempt: number | null = null;
  #segments: Segment[] = [];
  #rearms: Rearm[] = [];
  #contradictions = 0;
  #mark: number;
  #onCpu: boolean | null = null;
  #lane = -1;
  #open: OpenCall | null = null;
  #send: OpenSend | null = null;
  #entersSeen = 0;
  #off: Segment | null = null;
  /** Absences that the next row of the thread will explain, and when the last of them ended. */
  #undecided: { segments: Segment[]; at: number } = { segments: [], at: 0 };
  #lastRow: { type: string; callClass: CallClass; exit: boolean; errno: string | null } | null = null;
  #stopSignal: string | null = null;
  #majorAtOut = -1;
  #faultCandidate: Segment | null = null;
  #loopLatency = SOON_AFTER_SWITCH_IN / 2;
  #switchSeen = false;
  #loopRank = 0;
  /** Of its last row that is no switch; null before the first. */
  #rowTime: number | null = null;
  readonly #targets: CallTargets;
  readonly #shares: Shares;
  #text = '';
  readonly #timers = new ArmedTimers();

  /** @param shares what it may keep */
  constructor(tid: number, comm: string, time: number, shares = new Shares()) {
    this.#shares = shares;
    this.#targets = new CallTargets(shares);
    this.tid = tid;
    this.comm = comm;
    this.#mark = time;
  }

  /** The thread is given a CPU. */
  switchIn(time: number, lane: number, row: () => Witness): void {
    this.#switchSeen = true;
    if (this.#onCpu === true) {
      if (this.#segments.length > 0) this.#contradictions++;
      this.#pushRun(time, lane);
    }
    this.#endOff(time, lane, row(), false);
  }

  /** The thread leaves its CPU; `info` is the switch row's own, whose counters are of who leaves. */
  switchOut(time: number, lane: number, info: string, row: () => Witness): void {
    this.#switchSeen = true;
    if (this.#onCpu === false) {
      this.#contradictions++;
      this.#endOff(time, lane, null, true);
    }
    this.#pushRun(time, lane);
    const major = readNumber(info, 'pgft_maj') ?? -1;
    if (this.#faultCandidate && major >= 0 && this.#majorAtOut >= 0) {
      this.#faultCandidate.majorFaults = Math.max(0, major - this.#majorAtOut);
    }
    this.#majorAtOut = major;
    const open = this.#open;
    const left = readLeftState(info);
    const isWait = open?.callClass === 'loop-wait';
    this.#off = makeSegment(isWait ? 'wait' : 'off', time, time, {
      lane,
      left,
      deadline: isWait ? this.#timers.dueIn(open.time, open.info) : null,
      call: open && (left === 'asleep' || open.callClass !== 'never-sleeps') ? open.type : '',
      target: open ? this.#targets.of(open.info) : null,
      interrupted: this.#wasInterrupted(),
      resumed: open?.left ?? false,
      stopSignal: this.#stopSignal,
      out: row(),
    });
    if (open) open.left = true;
    this.#faultCandidate = this.#off;
    this.#stopSignal = null;
    this.#onCpu = false;
    this.#lane = lane;
    this.#mark = time;
  }

  /**
   * The thread is woken: put on a run queue. The first wake-up of an absence counts (`sched_waking` comes before its
   * `sched_wakeup`); one of a thread that is on a CPU ends none.
   *
   * @param by who woke it, null for an interrupt on an idle CPU
   * @param lane of the run queue, -1 unknown
   */
  wakeUp(time: number, by: Actor | null, lane: number, row: () => Witness): void {
    const off = this.#off;
    if (!off || off.wokenAt !== null || time < off.from || off.left === 'ready') return;
    off.wokenAt = time;
    off.wokenBy = by;
    off.wokenLane = lane;
    off.woken = row();
  }

  /** A row of the thread itself that is no switch. */
  row(raw: OwnRow, lane: number): void {
    const row = this.#isOtherWait(raw) ? { ...raw, callClass: 'other' as const } : raw;
    this.#targets.note(row.info);
    this.comm = row.comm === '' ? this.comm : row.comm;
    if (this.#onCpu === false) {
      this.#contradictions++;
      this.#endOff(row.time, lane, null, true);
    }
    if (this.#onCpu === null) this.#lane = lane;
    this.#onCpu = true;
    if (!this.#switchSeen) this.#passUnwitnessed(row);
    this.#decide(row);
    this.#rowTime = row.time;
    if (row.type === ARMS_TIMER) this.#timers.arm(row.time, row.info);
    if (row.callClass === 'loop-wait' && row.exit) this.#timers.expire(row.time);
    if (row.callClass === 'not-a-call' || row.callClass === 'drop' || row.callClass === 'exit') return;
    if (row.callClass === 'signal') this.#noteSignal(row);
    else if (row.exit) this.#exitRow(row);
    else this.#enterRow(row);
    this.#lastRow = {
      type: row.type,
      callClass: row.callClass,
      exit: row.exit,
      errno: row.exit ? readResult(row.info).errno : null,
    };
  }

  /** Whether a wait is not the thread's event loop's own. */
  #isOtherWait(row: OwnRow): boolean {
    if (row.callClass !== 'loop-wait') return false;
    const rank = loopRank(row.type);
    this.#loopRank = Math.max(this.#loopRank, rank);
    return rank < this.#loopRank;
  }

  /** Without switch rows nobody saw the thread leave its CPU: a long time between two of its rows is an absence. */
  #passUnwitnessed(row: OwnRow): void {
    const from = Math.max(this.#mark, this.#rowTime ?? this.#mark);
    if (row.time - from < UNWITNESSED) {
      // Who is stopped does nothing before that.
      if (row.callClass !== 'signal') this.#stopSignal = null;
      return;
    }
    this.#pushRun(from, this.#lane);
    const open = this.#open;
    const targetOf = (info: string): string | null => this.#targets.of(info);
    const dueIn = (info: string): number | null => this.#timers.dueIn(open?.time ?? from, info);
    this.#push({
      ...makeUnwitnessed(from, row.time, row, open, targetOf, dueIn),
      interrupted: this.#wasInterrupted(),
      stopSignal: this.#stopSignal,
      back: row.witness(),
    });
    this.#stopSignal = null;
    this.#mark = row.time;
  }

  /** The loop's wait has just returned EINTR: a signal, a freezer or a debugger wants the thread. */
  #wasInterrupted(): boolean {
    const last = this.#lastRow;
    return last?.exit === true && last.callClass === 'loop-wait' && last.errno === 'EINTR';
  }

  #noteSignal(row: OwnRow): void {
    this.#stopSignal = readStopSignal(row.info) ?? this.#stopSignal;
  }

  #enterRow(row: OwnRow): void {
    this.#entersSeen = Math.min(8, this.#entersSeen + 1);
    if (this.#open && this.#open.callClass !== 'send') this.#contradictions++;
    this.#open = { type: row.type, callClass: row.callClass, time: row.time, info: row.info, left: false };
    if (this.#send) this.#finishSend(null, row);
    if (row.callClass === 'send') this.#beginSend(row);
  }

  #beginSend(row: OwnRow): void {
    const destination = vrrpDestination(row.info);
    if (destination === null) return;
    this.#pushRun(row.time, this.#lane);
    const witness = this.#rememberText(row.witness());
    // Without its batch, which may be large and would stay.
    const own = { ...row, witness: () => witness };
    this.#send = { row: own, witness, destination, window: this.#takeWindow(row.time) };
  }

  /** Most attempts have the same text, which is kept once. */
  #rememberText(witness: Witness): Witness {
    if (witness.text !== this.#text) this.#text = witness.text;
    return { ...witness, text: this.#text };
  }

  #exitRow(row: OwnRow): void {
    const open = this.#open;
    const matches = open?.type === row.type;
    if (!matches) {
      if (open !== null) this.#contradictions++;
      else if (this.#entersSeen > 0) this.#entersSeen--;
    }
    if (this.#send && row.callClass === 'send') this.#finishSend(row, row);
    else if (row.callClass === 'send') {
      this.#beginSend(row);
      this.#finishSend(row, row);
    } else if (row.callClass === 'receive') this.#noteReceive(row, matches ? open.info : '');
    if (open && matches) this.#nameLogSocket(open, row.info);
    this.#open = null;
  }

  #noteReceive(row: OwnRow, enterInfo: string): void {
    const { value } = readResult(row.info);
    if (value === null || value <= 0 || !(isVrrpReceive(enterInfo) || isVrrpReceive(row.info))) return;
    const local = readTuple(row.info)?.local;
    const source = local === undefined || local === '0.0.0.0' || local === '::' ? null : local;
    const { vrid } = readPayloadHint(row.info);
    this.#addRearm({ time: row.time, reason: 'packet', source, vrid, witness: row.witness() });
  }

  /** A socket opened before the recording began has no name; a syslog priority in front of the payload tells which. */
  #nameLogSocket(open: OpenCall, exitInfo: string): void {
    if (!isLogWrite(exitInfo)) return;
    for (let i = this.#segments.length - 1; i >= 0; i--) {
      const segment = this.#segments[i];
      if (!segment || segment.from < open.time) break;
      if (segment.call === open.type && segment.target === null) segment.target = LOG_SOCKET;
    }
  }

  #addRearm(rearm: Rearm): void {
    if (this.#rearms.length >= this.#shares.segments) this.#rearms = this.#rearms.filter((_, i) => i % 2 === 1);
    this.#rearms.push(rearm);
  }

  /** Close the books at the moment of an attempt and start the next window's. */
  #takeWindow(time: number): Omit<ClosedWindow, 'attempt'> {
    const window = {
      from: this.lastAttempt,
      segments: this.#segments,
      rearms: this.#rearms,
      contradictions: this.#contradictions,
    };
    this.#segments = [];
    this.#rearms = [];
    this.#contradictions = 0;
    this.lastAttempt = time;
    return window;
  }

  #finishSend(exit: OwnRow | null, at: OwnRow): void {
    const send = this.#send;
    if (!send) return;
    this.#pushRun(at.time, this.#lane);
    this.#send = null;
    const result = exit ? readResult(exit.info) : { value: null, errno: null };
    const ok = result.value === null || result.value >= 0;
    const hint = readPayloadHint(exit?.info ?? send.row.info);
    const attempt: SendAttempt = {
      tid: this.tid,
      comm: nameOrNumber(this.comm, this.tid),
      time: send.row.time,
      exit: exit?.time ?? null,
      entered: !send.row.exit,
      ok,
      errno: ok ? null : (result.errno ?? String(result.value)),
      call: send.row.type,
      descriptor: readDescriptor(send.row.info)?.number ?? null,
      destination: send.destination,
      ...hint,
      witness: send.witness,
    };
    this.closed.push({ ...send.window, attempt });
    if (exit === null) this.#open = null;
    if (!ok)
      this.#addRearm({ time: at.time, reason: 'send-failed', source: null, vrid: null, witness: attempt.witness });
  }

  /** Where no enter rows exist, the first exit after the switch-in tells what the thread slept in. */
  #decide(row: OwnRow): void {
    const { segments, at } = this.#undecided;
    if (segments.length === 0) return;
    this.#undecided = { segments: [], at: 0 };
    if (!row.exit || row.callClass === 'signal') return;
    const latency = row.time - at;
    const loop = row.callClass === 'loop-wait';
    if (loop) this.#loopLatency += (Math.min(latency, 10 * this.#loopLatency) - this.#loopLatency) / 8;
    else if (row.callClass === 'never-sleeps' || readDescriptor(row.info)?.kind === TIMER) return;
    // A thread that leaves right behind its loop's wait is on its way to its own code; elsewhere a call is likelier.
    const behindWait = this.#lastRow?.callClass === 'loop-wait';
    const soon = Math.max(SOON_AFTER_SWITCH_IN, 3 * this.#loopLatency);
    if (!loop && behindWait && latency > soon) return;
    for (const [i, segment] of segments.entries()) {
      // Who left its CPU able to run did not sleep in a call.
      if (!loop && segment.left === 'ready') continue;
      if (loop) {
        segment.kind = 'wait';
        segment.deadline = this.#timers.dueIn(segment.from, '');
      }
      segment.call = row.type;
      segment.target = this.#targets.of(row.info) ?? (isLogWrite(row.info) ? LOG_SOCKET : null);
      segment.inferred = true;
      segment.loose = !loop && latency > soon;
      segment.resumed = i > 0;
    }
  }

  #endOff(time: number, lane: number, back: Witness | null, openEnded: boolean): void {
    const off = this.#off;
    if (off) {
      off.to = Math.max(time, off.from);
      if (off.wokenAt !== null) off.wokenAt = Math.min(off.wokenAt, off.to);
      off.laneIn = lane;
      off.back = back;
      off.openEnded = openEnded;
      this.#push(off);
      if (!this.#open && this.#entersSeen === 0 && off.call === '') {
        this.#undecided.segments.push(off);
        this.#undecided.at = time;
      }
    }
    this.#off = null;
    this.#onCpu = true;
    this.#lane = lane;
    this.#mark = time;
  }

  #pushRun(time: number, lane: number): void {
    if (this.#onCpu !== false && time > this.#mark) {
      const call = this.#send?.row.type ?? '';
      this.#push(makeSegment(this.#send ? 'send' : 'run', this.#mark, time, { lane, laneIn: lane, call }));
    }
    this.#mark = Math.max(time, this.#mark);
  }

  #push(segment: Segment): void {
    const last = this.#segments.at(-1);
    if (last?.kind === 'run' && segment.kind === 'run' && last.to === segment.from && last.lane === segment.lane) {
      last.to = segment.to;
      return;
    }
    if (this.#segments.length >= this.#shares.segments) this.#segments = foldSegments(this.#segments);
    this.#segments.push(segment);
  }
}

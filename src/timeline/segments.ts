import type { EventRef } from '../model/event-batch.js';
import type { Actor } from './facts.js';
import type { LeftState } from './wake-ups.js';

/** The event row of a segment's edge, with a text for people that holds no payload. */
export interface Witness extends EventRef {
  readonly text: string;
}

/**
 * A stretch of a sender's thread between two of its own events. Times in ns on the trace's clock.
 *
 * - `run`: on a CPU;
 * - `send`: inside a send call of an advertisement, on a CPU or not;
 * - `wait`: off the CPU inside the loop's own wait;
 * - `off`: off the CPU elsewhere: inside another call (`call`), or outside any.
 */
export interface Segment {
  kind: 'run' | 'send' | 'wait' | 'off';
  from: number;
  to: number;
  /** Lane it ran on, or left (`wait`, `off`); -1 unknown. */
  lane: number;
  /** Lane it came back on, for `wait` and `off`; -1 unknown. */
  laneIn: number;
  /** System call it was inside, '' for none. */
  call: string;
  /** Path, socket or address the call names, or null. */
  target: string | null;
  /** Whether the call is known from its enter row, or inferred from the exit row that followed (no enter rows). */
  inferred: boolean;
  /** When a `wait` was due to end, by what its timer was armed for; null: the trace does not tell. */
  deadline: number | null;
  /** Inferred from an exit that followed late: only where nothing else ran on the CPU. */
  loose: boolean;
  /** The loop's wait had just returned EINTR when the thread went off in user mode. */
  interrupted: boolean;
  /** It left the CPU a second time inside the same call, so it had been woken before. */
  resumed: boolean;
  /** A stop signal was delivered just before it went off. */
  stopSignal: string | null;
  /** Major faults that were counted during the segment; -1 unknown. */
  majorFaults: number;
  /** The switch-in that ends it was not seen. */
  openEnded: boolean;
  /** How it left the CPU, where the switch rows say so (`prev_state=`); null: not known. */
  left: LeftState | null;
  /** When it was put on a run queue again, where the trace holds wake-ups; null: not known. */
  wokenAt: number | null;
  /** The thread that woke it, or that the interrupt which did so found on its CPU; null: nobody, or not known. */
  wokenBy: Actor | null;
  /** Lane of the run queue it was put on; -1 unknown. */
  wokenLane: number;
  out: Witness | null;
  /** The wake-up's row. */
  woken: Witness | null;
  back: Witness | null;
}

/** A segment of which nothing more is known than what `known` says. Times in ns on the trace's clock. */
export const makeSegment = (
  kind: Segment['kind'],
  from: number,
  to: number,
  known: Partial<Segment> = {},
): Segment => ({
  lane: -1,
  laneIn: -1,
  call: '',
  target: null,
  inferred: false,
  deadline: null,
  loose: false,
  interrupted: false,
  resumed: false,
  stopSignal: null,
  majorFaults: -1,
  openEnded: false,
  left: null,
  wokenAt: null,
  wokenBy: null,
  wokenLane: -1,
  out: null,
  woken: null,
  back: null,
  ...known,
  kind,
  from,
  to,
});

/** Something after which the sender arms its timer for a whole interval anew without having advertised. */
export interface Rearm {
  readonly time: number;
  readonly reason: 'packet' | 'send-failed';
  /** Source address of the packet where the trace shows it. */
  readonly source: string | null;
  /** Virtual router of the packet where its byte is legible. */
  readonly vrid: number | null;
  readonly witness: Witness;
}

/** One attempt to send an advertisement. */
export interface SendAttempt {
  readonly tid: number;
  readonly comm: string;
  /** Enter of the call, or its exit where no enter rows exist; ns on the trace's clock. */
  readonly time: number;
  /** Exit of the call, null when it was not seen. */
  readonly exit: number | null;
  /** Whether `time` is the enter; else the packet may have left some time before it. */
  readonly entered: boolean;
  readonly ok: boolean;
  /** Name of the errno when refused. */
  readonly errno: string | null;
  readonly call: string;
  readonly descriptor: number | null;
  readonly destination: string;
  readonly version: 2 | 3 | null;
  readonly vrid: number | null;
  readonly priority: number | null;
  readonly witness: Witness;
}

/** What lies between one attempt of a thread to advertise and its next. */
export interface SendWindow {
  readonly attempt: SendAttempt;
  /** Time of the same thread's attempt before; null for its first. */
  readonly from: number | null;
  /** The thread's segments in time order, covering [from, attempt.time); null where nothing happened worth keeping. */
  readonly segments: readonly Segment[] | null;
  readonly rearms: readonly Rearm[];
  /** Who ran on the lanes the sender waited for; null where the window was undisturbed. */
  readonly lanes: ReadonlyMap<number, Iterable<LaneRecord>> | null;
  /** Who ran on every CPU meanwhile, for a picture; null where none was asked for. */
  readonly picture: ReadonlyMap<number, Iterable<LaneRecord>> | null;
  /** Rows of the thread that contradict each other (exit without enter, running while off): lost events. */
  readonly contradictions: number;
  /** CPUs that switched meanwhile, which shows that they ran; empty where the window was undisturbed. */
  readonly alive: readonly AliveCpu[];
}

/** Signs of life of a CPU during a window. */
export interface AliveCpu {
  readonly lane: number;
  /** Switches in the window. */
  readonly switches: number;
  /** The last of them. */
  readonly last: EventRef;
}

/** A stretch of a lane by process, for the record of a window. */
export interface LaneRecord {
  readonly from: number;
  readonly to: number;
  readonly idleNs: number;
  readonly unknownNs: number;
  /** Longest idle stretch without a switch. */
  readonly longestIdleNs: number;
  readonly threads: readonly { tid: number; process: string; ns: number }[];
}

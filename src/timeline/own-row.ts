import type { EventRef } from '../model/event-batch.js';
import type { CallClass } from './calls.js';
import type { Rearm, Segment, SendAttempt, Witness } from './segments.js';

/** One row of the sender's own thread. */
export interface OwnRow extends EventRef {
  readonly type: string;
  readonly callClass: CallClass;
  readonly exit: boolean;
  readonly comm: string;
  readonly info: string;
  readonly witness: () => Witness;
}

/** A window as the track closes it; the timeline adds who ran meanwhile. */
export interface ClosedWindow {
  readonly attempt: SendAttempt;
  readonly from: number | null;
  readonly segments: Segment[];
  readonly rearms: Rearm[];
  readonly contradictions: number;
}

/** A call that has not ended. */
export interface OpenCall {
  readonly type: string;
  readonly callClass: CallClass;
  readonly time: number;
  readonly info: string;
  /** The thread has left the CPU inside this call before. */
  left: boolean;
}

/** A send of an advertisement that has not ended. */
export interface OpenSend {
  readonly row: OwnRow;
  /** Made at once: the row's batch is gone when the call ends. */
  readonly witness: Witness;
  readonly destination: string;
  readonly window: Omit<ClosedWindow, 'attempt'>;
}

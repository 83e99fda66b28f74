import type { LedgerState } from './answer.js';

/** What a thread or a CPU did in a stretch of a picture. */
export interface PictureSpan {
  /** ns after the picture's beginning. */
  readonly from: number;
  readonly to: number;
}

/** Who had a CPU. */
export interface CpuSpan extends PictureSpan {
  /** What it was for most of the time; `unknown`: a switch row is missing. */
  readonly kind: 'busy' | 'idle' | 'unknown';
  /** Who had it longest of those who ran, with the thread's id; null where nobody did, or who is not known. */
  readonly process: string | null;
  readonly tid: number | null;
  /** Time (ns) of that one; less than the span where it stands for several stretches. */
  readonly ns: number;
}

/** What the sender did, as the trace shows it. */
export interface SenderSpan extends PictureSpan {
  /** `asleep`: in its loop's own wait; `away`: off the CPU otherwise; `absent`: there was no sender. */
  readonly kind: 'running' | 'sending' | 'asleep' | 'away' | 'absent';
  /** The state of the ledger that the greatest part of it stands in, or null where it is planned sleep or was made good. */
  readonly state: LedgerState | null;
  /** The system call it was in; null for none. */
  readonly syscall: string | null;
}

/** A packet of one of the two advertisements at one point. */
export interface PicturePacket {
  readonly which: 'previous' | 'late';
  /** Name of the point; `send` for the system call. */
  readonly point: string;
  /** ns after the picture's beginning, on the reference clock. */
  readonly at: number;
}

/** The time before one advertisement, as a picture of it needs it: from the previous advertisement to the moment it was seen last. */
export interface Picture {
  /** Id of the late advertisement; null for a punctual one. */
  readonly late: string | null;
  /** ns since 1970 on the reference clock, decimal digits. */
  readonly fromNs: string;
  /** Length (ns). */
  readonly length: number;
  /**
   * Time (ns) that passed where the gap was measured and that the reference clock does not show, as when the whole VM was paused with its clock: it is in
   * none of the stretches here.
   */
  readonly hidden: number;
  /** When it was due, and when a backup would take over (ns after the beginning). */
  readonly due: number;
  readonly masterDown: number;
  /** By number; null: the trace does not tell CPUs apart. Without those of which nothing is known. */
  readonly cpus: readonly { readonly cpu: number | null; readonly spans: readonly CpuSpan[] }[];
  /** In order of time, without overlaps; empty where the trace does not show the sender. */
  readonly sender: readonly SenderSpan[];
  readonly packets: readonly PicturePacket[];
  /** Takeovers by another router in this time (ns after the beginning). */
  readonly takeovers: readonly { readonly by: string; readonly at: number }[];
}

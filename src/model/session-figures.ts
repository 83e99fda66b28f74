import type { Cause } from './answer.js';

/** What a setting may be. */
export type SettingValue = string | number | boolean;

/** Settings by their dotted names, units at the end of the name. */
export type Settings = Readonly<Record<string, SettingValue>>;

/** One router of a session whose advertisements count. */
export interface FiguredRouter {
  readonly vrid: number | null;
  readonly family: 'ipv4' | 'ipv6';
  readonly version: 2 | 3 | null;
  readonly source: string | null;
  readonly destination: string;
  /** ns, decimal digits, as are all lengths and times here. */
  readonly intervalNs: string;
  readonly masterDownNs: string;
  readonly advertisements: number;
}

/** Lateness that one cause accounts for. */
export interface FiguredCause {
  readonly cause: Cause;
  /** Late advertisements of which it is the cause. */
  readonly late: number;
  /** Time of it in the ledgers of all late advertisements (ns); only `path-delay` and `egress-delay` may be below zero. */
  readonly ns: string;
}

/** Late advertisements that one culprit is blamed for. */
export interface FiguredCulprit {
  readonly cause: Cause;
  readonly process: string | null;
  readonly syscall: string | null;
  readonly target: string | null;
  readonly late: number;
  /** Lateness (ns) of these. */
  readonly ns: string;
}

/** What one input of a session is known to have lost. */
export interface FiguredLoss {
  readonly role: 'trace' | 'capture' | 'log' | 'vitals';
  /** Name of the capture point; null for others. */
  readonly name: string | null;
  readonly known: boolean;
  readonly dropped: number;
  readonly offered: number | null;
}

/** What a comparison needs to know of one session: small, so that a thousand sessions can be compared without their traces. */
export interface SessionFigures {
  /** First and last advertisement that counts, ns since 1970; null without any. */
  readonly firstNs: string | null;
  readonly lastNs: string | null;
  /** Time (ns) in which gaps were judged: from the first to the last advertisement, of the router seen longest. */
  readonly recordedNs: string;
  readonly routers: readonly FiguredRouter[];
  /** Routers that were seen and do not count, with the reason. */
  readonly leftOut: readonly { readonly router: string; readonly why: string }[];
  readonly advertisements: number;
  /** Gaps that were judged. */
  readonly gaps: number;
  /** The lateness of each of them (ns), sorted, packed by `packLateness`. */
  readonly lateness: string;
  /** Places at which they were measured, by name. */
  readonly measuredAt: readonly string[];
  /** Of the gaps, those reported late. */
  readonly late: number;
  /** Of the late ones, those that reached the master-down interval. */
  readonly pastMasterDown: number;
  /** Takeovers that were seen. */
  readonly takeovers: number;
  readonly causes: readonly FiguredCause[];
  readonly culprits: readonly FiguredCulprit[];
  readonly loss: readonly FiguredLoss[];
  /** Names of the answer's counters of severity `data-loss` and `error`. */
  readonly counters: readonly string[];
}

/** A session as it comes to be compared. */
export interface SessionToCompare {
  /** Its folder, as it was given or found. */
  readonly path: string;
  /** When it began, ns since 1970; null where nothing says. */
  readonly startNs: string | null;
  /**
   * The snapshot of its machine and what is known of how it was recorded (`label.*`, `recording.*`, `router.*`), without states that differ between any
   * two snapshots.
   */
  readonly settings: Settings;
  /** Whether there is a snapshot: without one a name that is missing means nothing. */
  readonly hasSnapshot: boolean;
  /** What the snapshot says it could not read: names, or the first and last parts of several. */
  readonly unread: readonly string[];
  /** It says that it was cut off. */
  readonly isCutOff: boolean;
  /** It ended because enough advertisements had been late. */
  readonly endedWhenLate: boolean;
  readonly figures: SessionFigures;
  /** Whether its figures were kept in its folder, or made just now. */
  readonly from: 'kept' | 'analysed';
}

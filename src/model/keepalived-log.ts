/**
 * What the times of a log count from: 1970 (`utc`), 1970 as if local time were UTC (`local`: nothing says how far from UTC
 * that is), or the machine's boot.
 */
export type LogClock = 'utc' | 'local' | 'boot';

/** States of a virtual router as keepalived logs them. */
export type LoggedState = 'MASTER' | 'BACKUP' | 'FAULT' | 'INIT' | 'STOP';

/**
 * What a line of keepalived's log tells, as far as it matters for an advertisement:
 * - `state`: a virtual router changed its state;
 * - `timer`: a timer was served late;
 * - `starting`, `stopping`, `stopped`, `died`, `delayed`, `reloading`, `reloaded`: of the process;
 * - `resigned`: it sent priority 0; `peer-resigned`: it received it;
 * - `timeout`: the master fell silent; `lower`, `higher`, `discarded`: an advertisement of another router;
 * - `rejected`: a packet that is not taken for an advertisement, after which the timer is armed anew all the same;
 * - `send-failed`, `cpu-time`, `killed`, `link`, `clock-set`: what else can keep it from advertising, or confuse the log's times.
 */
export type LogEventKind =
  | 'state'
  | 'timer'
  | 'starting'
  | 'stopping'
  | 'stopped'
  | 'died'
  | 'delayed'
  | 'reloading'
  | 'reloaded'
  | 'resigned'
  | 'peer-resigned'
  | 'timeout'
  | 'lower'
  | 'higher'
  | 'discarded'
  | 'rejected'
  | 'send-failed'
  | 'cpu-time'
  | 'killed'
  | 'link'
  | 'clock-set';

/** What one message tells. */
export interface LogSaying {
  readonly kind: LogEventKind;
  /** Name of the virtual router, as in the configuration; null where the message is about the process. */
  readonly instance: string | null;
  readonly state: LoggedState | null;
  /** Address of another router. */
  readonly address: string | null;
  /** How late a timer was served (ns). */
  readonly overdue: number | null;
  /** The message put together again from its known parts, safe to show. */
  readonly text: string;
}

/** One line, or several alike within a second. */
export interface LogEvent extends LogSaying {
  /** ns from the log's base; the line was written at that time or up to the log's resolution later. */
  readonly time: number;
  /** Line of the file, from 1. */
  readonly line: number;
  /** How many lines it stands for. */
  readonly times: number;
  /** Which of keepalived's processes wrote it; null where the log does not say. */
  readonly process: 'vrrp' | 'other' | null;
}

/** What one keepalived logged, its processes and its restarts together. */
export interface LogDaemon {
  readonly host: string | null;
  /** In order of time. */
  readonly events: readonly LogEvent[];
  /** Addresses it found on its own interfaces. */
  readonly own: ReadonlySet<string>;
  /** Addresses it received advertisements from. */
  readonly peers: ReadonlySet<string>;
  /** Whether it has a process for health checks, whose timers are not those of advertisements. */
  readonly hasCheckers: boolean;
}

/** A log of keepalived as far as it is read. */
export interface KeepalivedLog {
  readonly clock: LogClock;
  /** Times are whole multiples of this (ns). */
  readonly resolution: number;
  /** ns since what its clock counts from. */
  readonly baseNs: bigint;
  /** Lines of the file. */
  readonly records: number;
  /** First and last time in it, ns from the base; null where no line has one. */
  readonly first: number | null;
  readonly last: number | null;
  readonly daemons: readonly LogDaemon[];
}

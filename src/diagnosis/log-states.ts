import type { KeepalivedLog, LogDaemon, LogEvent } from '../model/keepalived-log.js';
import { countBefore } from '../time/search.js';

/** One virtual router as a log tells of it: when it was master. Times in ns from the log's base. */
export interface LoggedRouter {
  readonly daemon: LogDaemon;
  readonly name: string;
  /** Changes, in order of time; before the first nothing is known. */
  readonly changes: readonly { readonly time: number; readonly master: boolean }[];
  /** The last time in the log: what holds after it is not known. */
  readonly end: number;
  /** Times at which it became master. */
  readonly entered: readonly number[];
  /** How much (ns) timers of the process that advertises were served late, and when that was written. */
  readonly timers: readonly { readonly time: number; readonly overdue: number }[];
}

/** Lines after which a process advertises no more until it says so. */
const ENDS: ReadonlySet<LogEvent['kind']> = new Set(['stopping', 'stopped', 'died', 'starting']);

/** Virtual routers that are looked at in one log. */
const MOST_ROUTERS = 64;
/** Lines of one kind that are compared with the packets, the last ones. */
const MOST_LINES = 200;

/** The virtual routers of a log that said at least once what state they were in. */
export const listRouters = (log: KeepalivedLog): LoggedRouter[] => {
  const routers: LoggedRouter[] = [];
  for (const daemon of log.daemons) {
    const names = new Set(
      daemon.events.flatMap(({ kind, instance }) => (kind === 'state' && instance !== null ? instance : [])),
    );
    for (const name of names) {
      if (routers.length >= MOST_ROUTERS) return routers;
      const changes = changesOf(daemon, name);
      const entered = changes.flatMap(({ time, master }) => (master ? time : [])).slice(-MOST_LINES);
      routers.push({ daemon, name, changes, end: log.last ?? 0, entered, timers: timersOf(daemon) });
    }
  }
  return routers;
};

const changesOf = ({ events }: LogDaemon, name: string): LoggedRouter['changes'] => {
  const changes: { time: number; master: boolean }[] = [];
  for (const { kind, instance, state, time } of events) {
    const master =
      kind === 'state' && instance === name
        ? state === 'MASTER'
        : ENDS.has(kind) || (kind === 'resigned' && instance === name)
          ? false
          : null;
    if (master !== null && changes.at(-1)?.master !== master) changes.push({ time, master });
  }
  return changes;
};

/**
 * Whether the log has a router as master at some time of a stretch.
 *
 * @returns null where it does not tell
 */
export const wasMaster = ({ changes, end }: LoggedRouter, from: number, to: number): boolean | null => {
  if (from > end) return null;
  const at = countBefore(changes, ({ time }) => time <= from) - 1;
  if (changes[at]?.master === true) return true;
  for (let i = at + 1; i < changes.length && (changes[i]?.time ?? 0) <= to; i++) if (changes[i]?.master) return true;
  return at < 0 || to > end ? null : false;
};

/** Whether a line may be about the timers of the process that advertises: where there are health checks, only if it says so. */
export const isOwnTimer = ({ kind, process }: LogEvent, { hasCheckers }: LogDaemon): boolean =>
  kind === 'timer' && (process === 'vrrp' || (process === null && !hasCheckers));

const timersOf = (daemon: LogDaemon): LoggedRouter['timers'] =>
  daemon.events
    .flatMap((event) =>
      event.overdue !== null && isOwnTimer(event, daemon) ? { time: event.time, overdue: event.overdue } : [],
    )
    .slice(-MOST_LINES);

/** The stretches in which a router was no master, by its log, that end with its becoming one. */
export const awayFrom = ({ changes }: LoggedRouter): { from: number; to: number }[] =>
  changes.flatMap(({ time, master }, i) => {
    const next = changes[i + 1];
    return !master && next ? { from: time, to: next.time } : [];
  });

import type { Answer, Evidence } from '../model/answer.js';
import type { LogDaemon, LogEvent, LogEventKind } from '../model/keepalived-log.js';
import { countBefore } from '../time/search.js';
import { writeTime, type Frame } from './compose.js';
import type { RelatedLog } from './log-clock.js';
import { isOwnTimer, type LoggedRouter } from './log-states.js';

/** What one keepalived logged, beside the advertisements it sent. */
export interface LogWitness {
  readonly related: RelatedLog;
  readonly daemon: LogDaemon;
  /** Its virtual router; null where several of one machine fit, so that only lines about the process are used. */
  readonly router: LoggedRouter | null;
}

/** A line is written at most this much (ns) after what it tells of, where nothing blocks the log. */
const WRITTEN_AFTER = 250_000_000;
/** Rows of a log that one late advertisement shows. */
const MOST_ROWS = 6;

const RANK: Readonly<Record<LogEventKind, number>> = {
  timer: 0,
  died: 0,
  killed: 0,
  stopping: 1,
  stopped: 1,
  starting: 1,
  delayed: 1,
  reloading: 1,
  reloaded: 1,
  resigned: 1,
  state: 1,
  'send-failed': 1,
  'cpu-time': 1,
  link: 2,
  'clock-set': 2,
  higher: 3,
  rejected: 3,
  lower: 4,
  timeout: 4,
  'peer-resigned': 4,
  discarded: 5,
};

/** What a log says that may have been written in a stretch of the reference time line (ns), in order. */
export const eventsIn = ({ related, daemon, router }: LogWitness, from: number, to: number): LogEvent[] => {
  const { events } = daemon;
  const found: LogEvent[] = [];
  const start = related.toLog(from) - related.log.resolution;
  const end = related.toLog(to + WRITTEN_AFTER);
  for (let i = countBefore(events, ({ time }) => time < start); i < events.length; i++) {
    const event = events[i];
    if (!event || event.time > end) break;
    if (event.instance !== null && event.instance !== router?.name) continue;
    if (event.kind === 'timer' && !isOwnTimer(event, daemon)) continue;
    found.push(event);
  }
  return found;
};

/** Those of some events that matter most, in order of time, as rows of evidence. */
export const rowsOf = ({ related }: LogWitness, events: readonly LogEvent[], frame: Frame): Evidence[] =>
  [...events]
    .sort((a, b) => RANK[a.kind] - RANK[b.kind] || a.time - b.time)
    .slice(0, MOST_ROWS)
    .sort((a, b) => a.time - b.time || a.line - b.line)
    .map(({ line, time, text, times }) => ({
      input: related.path,
      line,
      num: null,
      ns: writeTime(frame, related.toReference(time)),
      text: `keepalived logged: ${text}${times > 1 ? ` (${String(times)} times)` : ''}`,
    }));

/** The instance of the answer that is one of the analysis; null where it was not asked for. */
export const answered = (
  answer: Answer,
  {
    vrid,
    family,
    source,
    destination,
  }: { vrid: number | null; family: string; source: string | null; destination: string },
): Answer['instances'][number] | null =>
  answer.instances.find(
    (one) => one.vrid === vrid && one.family === family && one.source === source && one.destination === destination,
  ) ?? null;

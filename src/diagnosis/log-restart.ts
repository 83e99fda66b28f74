import type { LateAdvertisement } from '../model/answer.js';
import type { LogEvent, LogEventKind } from '../model/keepalived-log.js';
import { advise } from './advice.js';
import type { Instance } from './instance.js';
import { IdSeries } from './ip-ids.js';
import type { LogWitness } from './log-rows.js';
import { awayFrom } from './log-states.js';

/** A gap by its ends on the reference clock, ns. */
export interface GapEnds {
  readonly previous: number;
  readonly next: number;
}

/** Why a sender was no master for all of the time it was late, as its log alone says. */
export interface LoggedRestart {
  readonly why: LogEvent;
  readonly confidence: number;
}

/** A line lies at most this much (ns) off the packet it belongs to. */
const OFF = 500_000_000;
/** A lateness shorter than so many steps of the log's times is not measured by them. */
const STEPS = 2;

/** Lines that say why, with how much they are to be believed when nothing else shows it. */
const REASONS: readonly (readonly [ReadonlySet<LogEventKind>, number])[] = [
  [new Set<LogEventKind>(['died', 'killed', 'stopping', 'starting', 'stopped']), 0.6],
  [new Set<LogEventKind>(['state']), 0.5],
];
const RELOAD_CONFIDENCE = 0.4;

/**
 * Whether the log says that a sender was no master (ended, started, in another state, reloading) from the time an advertisement was due to
 * the time it came. Nothing is said where it says so of a part only: a sender that was stalled and lost its role for that looks so.
 *
 * @param events what the log says in that gap
 */
export const findRestart = (
  witness: LogWitness,
  instance: Instance,
  { previous, next }: GapEnds,
  events: readonly LogEvent[],
): LoggedRestart | null => {
  const { related, router } = witness;
  const { resolution } = related.log;
  const due = previous + instance.interval;
  if (router === null || next - due <= STEPS * resolution) return null;
  // It advertised in between, and no capture has it; or it was there and came late.
  if (new IdSeries(instance).missingBetween(previous, next) !== null) return null;
  if (events.some(({ kind, overdue }) => kind === 'timer' && 2 * (overdue ?? 0) >= next - due)) return null;
  const away = awayFrom(router)
    .map(({ from, to }) => ({ from: related.toReference(from), to: related.toReference(to) }))
    .find(
      ({ from, to }) =>
        from > previous - resolution &&
        from + resolution <= due + OFF &&
        to >= next - resolution - OFF &&
        to <= next + OFF,
    );
  if (away) {
    for (const [kinds, confidence] of REASONS) {
      const why = events.find(({ kind, state }) => kinds.has(kind) && state !== 'MASTER');
      if (why) return { why, confidence };
    }
    return null;
  }
  const begun = events.find(({ kind, time }) => kind === 'reloading' && related.toReference(time) <= due + OFF);
  const ended = events.findLast(({ kind }) => kind === 'reloaded');
  if (!begun || !ended || related.toReference(ended.time) < next - resolution - OFF) return null;
  return { why: begun, confidence: RELOAD_CONFIDENCE };
};

/**
 * A late advertisement of which nothing but the log says why.
 *
 * @param evidence where the log's rows are among the late advertisement's evidence
 */
export const accuseRestart = (
  late: LateAdvertisement,
  confidence: number,
  evidence: readonly number[],
  summary: string,
): void => {
  late.cause = 'sender-restart';
  late.where = 'sender-process';
  late.confidence = confidence;
  late.summary = summary;
  late.ledger = late.ledger.map((entry) =>
    entry.state === 'unexplained'
      ? {
          ...entry,
          state: 'absent',
          bound: 'up-to',
          cause: 'sender-restart',
          evidence: [...entry.evidence, ...evidence],
        }
      : entry,
  );
  const advice = advise(
    {
      cause: 'sender-restart',
      where: 'sender-process',
      culprit: null,
      confidence,
      contributors: [],
      leading: [],
      others: [],
    },
    false,
  );
  late.advice = [...advice, ...late.advice];
};

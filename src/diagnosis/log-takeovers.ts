import type { Takeover } from '../model/answer.js';
import type { LogEvent, LogEventKind } from '../model/keepalived-log.js';
import type { Assumption } from './build-instances.js';
import { masterDownInterval, type Instance } from './instance.js';
import { eventsIn, type LogWitness } from './log-rows.js';
import type { FoundTakeover } from './takeovers.js';

/** Lines after which a sender gives up its role. */
const GIVES_UP: ReadonlySet<LogEventKind> = new Set([
  'resigned',
  'died',
  'killed',
  'stopping',
  'reloading',
  'state',
  'link',
]);
const RANK: readonly LogEventKind[] = ['resigned', 'died', 'killed', 'stopping', 'reloading', 'state', 'link'];

/** A backup that hears priority 0 waits for its skew only, and this much (ns) for its turn. */
const TURN = 200_000_000;
/** A silence this much longer than the master-down interval was ended by something else than that. */
const LONGER = 1.05;
const MOST = 5;

/**
 * What a sender's log says of takeovers whose reason the recordings do not show. A priority 0 that no capture shows is believed only where
 * the takeover came when it would, and later than silence would have brought it. A higher priority is never taken from the log: a
 * sender that was silent for too long hears the one that took over just so.
 *
 * @param composed the instance's takeovers in the answer, those of `found` in the same order; their `after` may be changed
 */
export const explainTakeovers = (
  composed: readonly Takeover[],
  found: readonly FoundTakeover[],
  witness: LogWitness,
  instance: Instance,
): { assumptions: Assumption[]; explained: FoundTakeover[] } => {
  const explained: FoundTakeover[] = [];
  const told = new Map<string, Assumption>();
  found.forEach((takeover, i) => {
    const shown = composed[i];
    if (takeover.after !== 'unknown' || takeover.late !== null || !shown) return;
    const last = instance.advertisements.findLast(({ time }) => time < takeover.at)?.time ?? null;
    if (last === null) return;
    const events = eventsIn(witness, last, takeover.at).filter(
      ({ kind, state, text }) => GIVES_UP.has(kind) && state !== 'MASTER' && (kind !== 'link' || text.endsWith('down')),
    );
    const why = events.sort((a, b) => RANK.indexOf(a.kind) - RANK.indexOf(b.kind))[0];
    if (!why) return;
    explained.push(takeover);
    if (why.kind === 'resigned' && isAnswerTo(why, takeover, last, witness, instance)) shown.after = 'priority-zero';
    const key = `${takeover.by} ${why.text}`;
    if (told.size < MOST && !told.has(key))
      told.set(key, {
        what: `${takeover.by} took over because the sender gave up its role`,
        why: `the log of keepalived says, line ${String(why.line)}: ${why.text}`,
      });
  });
  return { assumptions: [...told.values()], explained };
};

/** Whether a takeover came one skew after the sender said goodbye, and not a master-down interval after its last advertisement. */
const isAnswerTo = (
  { time }: LogEvent,
  { at }: FoundTakeover,
  last: number,
  { related }: LogWitness,
  { version, interval, masterDown }: Instance,
): boolean => {
  if (at - last < LONGER * masterDown) return false;
  const resigned = related.toReference(time);
  const longestSkew = masterDownInterval(version, interval, 1, 0);
  return resigned + related.log.resolution + longestSkew + TURN >= at && resigned <= at;
};

import { basename } from 'node:path';
import type { Answer, LateAdvertisement, LedgerState } from '../model/answer.js';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { displayText } from '../model/display.js';
import { formatDuration } from '../model/duration.js';
import type { KeepalivedLog, LogEvent, LogEventKind } from '../model/keepalived-log.js';
import { lowerBound } from '../time/search.js';
import type { Assumption } from './build-instances.js';
import type { Frame } from './compose.js';
import type { Instance } from './instance.js';
import { relateLog, type NotRelated, type RelatedLog } from './log-clock.js';
import { accuseRestart, findRestart, type GapEnds } from './log-restart.js';
import { answered, eventsIn, rowsOf, type LogWitness } from './log-rows.js';
import { explainTakeovers } from './log-takeovers.js';
import type { FoundTakeover } from './takeovers.js';

const NOT_RELATED: Readonly<Record<NotRelated, CounterDefinition>> = {
  'no-calendar': {
    name: 'log_without_calendar',
    source: 'log',
    severity: 'notice',
    help: 'The times of a log, or those of the recordings, have no date, so they cannot be compared and nothing of the log is used; give a log with dates (journalctl -o short-iso-precise) beside a capture in pcap.',
  },
  'other-time': {
    name: 'log_of_other_time',
    source: 'log',
    severity: 'info',
    help: 'A log has no line from the time that was recorded, and nothing of it is used. keepalived is silent while nothing happens; if something did, give the part of the log around the recording.',
  },
  'zone-unknown': {
    name: 'log_zone_unknown',
    source: 'log',
    severity: 'notice',
    help: 'The local times of a log fit the packets in several time zones, and nothing of it is used; give a log in UTC (journalctl -o short-iso-precise --utc).',
  },
  'other-sender': {
    name: 'log_of_other_sender',
    source: 'log',
    severity: 'error',
    help: 'The states in a log are those of no sender in the recordings (a backup’s log, or another time zone or clock), or fit several as well, and nothing of it is used; give the log of the sending machine.',
  },
};

/** A log and where it came from. */
export interface GivenLog {
  readonly path: string;
  readonly log: KeepalivedLog;
}

/** What logs had to say besides what they added to the late advertisements. */
export interface Testimony {
  readonly assumptions: readonly Assumption[];
  /** Takeovers whose reason a log tells. */
  readonly explained: ReadonlySet<FoundTakeover>;
}

/**
 * Hear logs of keepalived: rows of evidence, a sentence where the recordings do not say why, and doubts where a log contradicts them. A
 * cause that a recording shows stays; one that nothing else shows is named with little confidence.
 *
 * @param takeovers of every instance of the answer, in its order
 * @param answer its late advertisements and takeovers are added to
 */
export const hearLogs = (
  logs: readonly GivenLog[],
  instances: readonly Instance[],
  takeovers: readonly (readonly FoundTakeover[])[],
  frame: Frame,
  answer: Answer,
  counters: CounterTable,
): Testimony => {
  const assumptions: Assumption[] = [];
  const explained = new Set<FoundTakeover>();
  for (const { path, log } of logs) {
    if (log.daemons.length === 0) continue;
    const related = relateLog(log, path, frame, instances);
    if (typeof related === 'string') {
      counters.add(NOT_RELATED[related]);
      continue;
    }
    assumptions.push(tellClock(related), ...tellOthers(related, instances));
    const doubts = new Doubts(related);
    for (const instance of new Set(related.fits.map((fit) => fit.instance))) {
      const witness = witnessOf(related, instance);
      const composed = answered(answer, instance);
      if (!witness || !composed) continue;
      for (const late of composed.late) hearOfLate(late, witness, instance, frame, doubts);
      doubts.addPrompt(witness, instance);
      const told = explainTakeovers(
        composed.takeovers,
        takeovers[answer.instances.indexOf(composed)] ?? [],
        witness,
        instance,
      );
      for (const takeover of told.explained) explained.add(takeover);
      assumptions.push(...told.assumptions);
    }
    assumptions.push(...doubts.list());
  }
  return { assumptions, explained };
};

/** The takeovers whose reason no log tells. */
export const withoutExplained = (
  takeovers: readonly (readonly FoundTakeover[])[],
  { explained }: Testimony,
): FoundTakeover[][] => takeovers.map((list) => list.filter((takeover) => !explained.has(takeover)));

const witnessOf = (related: RelatedLog, instance: Instance): LogWitness | null => {
  const routers = related.fits.filter((fit) => fit.instance === instance).map(({ router }) => router);
  const [router] = routers;
  return router ? { related, daemon: router.daemon, router: routers.length === 1 ? router : null } : null;
};

const say = (ns: number): string => formatDuration(BigInt(Math.round(ns)));

const MINUTE = 60_000_000_000;

/** How far a time zone is from UTC (ns), in hours and minutes. */
const sayZone = (ns: number): string => {
  const minutes = Math.round(ns / MINUTE);
  const rest = minutes % 60;
  return [minutes >= 60 ? `${String(Math.floor(minutes / 60))} h` : '', rest > 0 ? `${String(rest)} min` : '']
    .filter((part) => part !== '')
    .join(' ');
};

const nameOf = ({ path }: RelatedLog): string => displayText(basename(path));

const place = (related: RelatedLog, { line }: LogEvent): string => `${nameOf(related)}:${String(line)}`;

const tellClock = (related: RelatedLog): Assumption => {
  const { zone, fits, log } = related;
  const matched = fits.reduce((sum, fit) => sum + fit.matched, 0);
  const local =
    zone === null || zone === 0
      ? 'UTC'
      : `local time, ${sayZone(Math.abs(zone))} ${zone > 0 ? 'ahead of' : 'behind'} UTC`;
  const shown =
    matched === 0
      ? 'it has the sender as master when it advertised'
      : `the packets bear out ${String(matched)} of its lines`;
  const accuracy = log.resolution >= 1e6 ? `, to ${say(log.resolution)}` : '';
  return {
    what: `the times of ${nameOf(related)} are ${local} by the clock of the sending machine`,
    why: `${shown}${accuracy}`,
  };
};

/** That a log is another router's is to be said where the one with most advertisements has none. */
const tellOthers = (related: RelatedLog, instances: readonly Instance[]): Assumption[] => {
  const own = new Set(related.fits.map(({ instance }) => instance));
  const told = new Map<string, Assumption>();
  for (const { vrid, family, source, advertisements } of own) {
    for (const other of instances) {
      if (own.has(other) || other.vrid !== vrid || other.family !== family || other.source === source) continue;
      if (other.advertisements.length <= advertisements.length) continue;
      told.set(String(other.source), {
        what: `${nameOf(related)} is the log of ${source ?? 'a sender'}, not of ${other.source ?? 'another'}`,
        why: 'its states fit the advertisements of the one and not of the other; nothing of it is used for the other',
      });
    }
  }
  return [...told.values()].slice(0, 3);
};

/** Lines that say that the process, or the router, was not there. */
const ENDING: ReadonlySet<LogEventKind> = new Set(['died', 'killed', 'stopping', 'starting', 'reloading', 'state']);

/** Other lines that are told where nothing else explains a lateness. */
const TELLING: ReadonlySet<LogEventKind> = new Set(['send-failed', 'rejected', 'cpu-time', 'link']);

const hearOfLate = (
  late: LateAdvertisement,
  witness: LogWitness,
  instance: Instance,
  frame: Frame,
  doubts: Doubts,
): void => {
  const ends: GapEnds = {
    previous: Number(BigInt(late.previousNs) - frame.base),
    next: Number(BigInt(late.sentNs) - frame.base),
  };
  const events = eventsIn(witness, ends.previous, ends.next);
  if (events.length === 0) return;
  const rows = rowsOf(witness, events, frame);
  const indices = rows.map((_, i) => late.evidence.length + i);
  late.evidence.push(...rows);
  const { related } = witness;
  const ending = events.find(({ kind, state }) => ENDING.has(kind) && state !== 'MASTER');
  const timer = longest(events);
  if (late.cause === 'sender-restart') {
    if (ending) late.summary += ` Its log says so, too: ${ending.text} (${place(related, ending)}).`;
    return;
  }
  if (late.cause !== 'insufficient-evidence') {
    doubts.addLate(late, timer);
    return;
  }
  const restart = frame.trace === null && isOpen(late) ? findRestart(witness, instance, ends, events) : null;
  if (restart) {
    const { why, confidence } = restart;
    const text = `Only the log of keepalived says why: ${why.text} (${place(related, why)}), and it was no master until it sent again. The advertisement arrived ${say(Number(late.latenessNs))} late.`;
    accuseRestart(late, confidence, indices, text);
    return;
  }
  const overdue = timer?.overdue ?? 0;
  if (timer && 2 * overdue >= Number(late.latenessNs) && overdue <= ends.next - ends.previous + AGREE)
    late.summary += ` The log of keepalived adds that one of its timers was served ${say(overdue)} late (${place(related, timer)}): the sender, its VM or the host held it up, not the network.`;
  else {
    const told = ending ?? events.find(({ kind }) => TELLING.has(kind));
    if (told) late.summary += ` The log of keepalived adds: ${told.text} (${place(related, told)}).`;
  }
};

/** Of a lateness, what must be unexplained for a log to be asked. */
const OPEN_SHARE = 0.95;

/** Whether nothing is known of a lateness, but for how long the packet was on its way. */
const isOpen = ({ ledger, latenessNs }: LateAdvertisement): boolean =>
  ledger.every(({ state }) => state === 'unexplained' || state === 'in-flight') &&
  ledger.reduce((sum, { state, ns }) => sum + (state === 'unexplained' ? Number(ns) : 0), 0) >=
    OPEN_SHARE * Number(latenessNs);

const longest = (events: readonly LogEvent[]): LogEvent | null =>
  events.reduce<LogEvent | null>(
    (most, event) => (event.kind === 'timer' && (event.overdue ?? 0) > (most?.overdue ?? 0) ? event : most),
    null,
  );

/** Parts of a lateness in which the sender may well have been in time. */
const BEHIND_SENDER: ReadonlySet<LedgerState> = new Set(['queued', 'in-flight', 'lost', 'vm-paused']);
/** Clocks and logs agree to this (ns). */
const AGREE = 100_000_000;

/** What a log says against the recordings. */
class Doubts {
  readonly #related: RelatedLog;
  readonly #late: { readonly id: string; readonly timer: LogEvent }[] = [];
  readonly #prompt = new Set<LogEvent>();

  constructor(related: RelatedLog) {
    this.#related = related;
  }

  /** A timer that was served late beside a late advertisement whose sender is said to have been in time. */
  addLate(late: LateAdvertisement, timer: LogEvent | null): void {
    if (!timer) return;
    const own = late.ledger.reduce((sum, { state, ns }) => sum + (BEHIND_SENDER.has(state) ? 0 : Number(ns)), 0);
    if (2 * own < (timer.overdue ?? 0)) this.#late.push({ id: late.id, timer });
  }

  /** Advertisements that left while the log has the one thread that sends them waiting. */
  addPrompt({ related, daemon, router }: LogWitness, instance: Instance): void {
    if (!router) return;
    const { resolution } = related.log;
    const timers = new Set(router.timers.map(({ time }) => time));
    const times = instance.advertisements.map(({ time }) => time);
    for (const event of daemon.events) {
      if (event.kind !== 'timer' || event.overdue === null || !timers.has(event.time)) continue;
      const at = related.toReference(event.time);
      const from = at + resolution - event.overdue + AGREE;
      if (hasBetween(times, from, at - AGREE)) this.#prompt.add(event);
    }
  }

  list(): Assumption[] {
    const [late] = this.#late;
    const [prompt] = this.#prompt;
    const assumptions: Assumption[] = [];
    if (late)
      assumptions.push({
        what: `${late.id}${more(this.#late.length)} was sent in time as the recordings show, although ${nameOf(this.#related)} says otherwise`,
        why: `${place(this.#related, late.timer)} says: ${late.timer.text}`,
      });
    if (prompt)
      assumptions.push({
        what: `the sender was not held up at ${place(this.#related, prompt)}${more(this.#prompt.size)}, although the log says so`,
        why: `advertisements left in the time of which it says: ${prompt.text}`,
      });
    return assumptions;
  }
}

const more = (count: number): string => (count > 1 ? ` and ${String(count - 1)} more` : '');

/** Whether any of some times in order lies in [from, to]. */
const hasBetween = (times: readonly number[], from: number, to: number): boolean =>
  (times[lowerBound(times, from)] ?? Number.POSITIVE_INFINITY) <= to;

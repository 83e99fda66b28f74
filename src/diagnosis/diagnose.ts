import { UNKNOWN_DESTINATION } from '../timeline/info.js';
import type { Rearm, SendWindow } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import { apartFromSilence, explainReady } from './explain-absence.js';
import { collectPieces, OTHER_ROUTER, type Loss } from './collect-pieces.js';
import type { Instance } from './instance.js';
import type { ClockedPoint } from './clocks.js';
import { IdSeries, type MissingIds } from './ip-ids.js';
import type { LateGap } from './judge.js';
import { balance } from './ledger.js';
import { makePiece, type Piece } from './piece.js';
import { hopChanges } from './stations.js';
import { countBefore } from '../time/search.js';
import { convert } from '../time/offsets.js';
import { reachVerdict, type Verdict } from './verdict.js';
import type { ClockedVitals } from './vitals-clock.js';
import { applyVitals, type VitalsSupport } from './vitals-evidence.js';

/** A late gap with its ledger and its verdict. */
export interface Diagnosis {
  readonly gap: LateGap;
  readonly ledger: readonly Piece[];
  readonly verdict: Verdict;
  readonly windows: readonly SendWindow[];
  /** Parts of the ledger that counters speak for. */
  readonly support: VitalsSupport;
  /** IP identifications used in the gap that no capture shows, where nothing else tells of them. */
  readonly missing: MissingIds | null;
}

/** What every diagnosis of an analysis shares. */
export interface Evidence {
  readonly instances: readonly Instance[];
  readonly points: readonly ClockedPoint[];
  /** All windows of a sending thread, in time order. */
  readonly windowsOf: ReadonlyMap<number, readonly SendWindow[]>;
  readonly trace: TraceSummary | null;
  /** Events that the recorder's statistics say the trace lost, nobody knows where. */
  readonly traceDropped: number;
  /** Samples of the sending VM's counters. */
  readonly vitals: ClockedVitals | null;
}

/** Contradictory rows in a window from which on events are taken as lost. */
const LOSSY = 12;

/** The ledger and verdict of one late gap. */
export const diagnose = (gap: LateGap, instance: Instance, evidence: Evidence): Diagnosis => {
  const { points, trace } = evidence;
  const windows = chainOf(gap, instance, evidence);
  const foreign = isForeign(instance, evidence);
  const hops = foreign ? [] : hopChanges(gap.previous, gap.next, points, gap.point);
  const { send } = gap.previous;
  const pieces =
    trace && send && gap.next.send
      ? collectPieces(
          {
            from: send.attempt.time,
            fromTid: send.attempt.tid,
            to: gap.next.send.attempt.time,
            chain: windows,
            interval: gap.interval,
            vrid: instance.vrid,
            packetSource: packetSources(instance, evidence),
            isHarmless: harmlessPackets(instance, evidence),
            isOwn: (window) => isOwnAttempt(window, instance),
            lostAt: (window) => findLoss(window, gap, instance, evidence),
          },
          trace,
        )
      : collectWithoutSends(gap, instance, evidence, foreign);
  const balanced = balance(pieces, hops, gap.lateness, (piece) => explainHop(piece, gap, evidence));
  const { ledger, support } = applyVitals(
    balanced.map((piece) => sayWhoDropped(piece, gap, points)),
    evidence.vitals,
    trace?.clockSteps,
  );
  const lossy = trace !== null && (windows.some((window) => window.contradictions >= LOSSY) || dropsIn(gap, trace));
  // Between send calls a gap may itself be made by a send that was dropped; elsewhere missing rows look like silence.
  const dropped = evidence.traceDropped > 0;
  return {
    gap,
    ledger,
    windows,
    support,
    missing: ledger.some(({ reason }) => reason === 'ids-missing') ? missingIds(gap, instance) : null,
    verdict: reachVerdict(ledger, windows, trace, lossy || (dropped && gap.point < 0), dropped, support),
  };
};

/**
 * What a packet waited for between its send call and the first capture point: inside the call itself the sender slept or
 * worked; while the whole VM was silent it was not run; the rest is its queue.
 */
const explainHop = (piece: Piece, gap: LateGap, { trace, windowsOf }: Evidence): Piece[] => {
  if (!trace || piece.ns !== piece.to - piece.from) return [piece];
  // A VM that the host does not run sends nothing that waits in its own queues, nor does who empties them on the host.
  if (piece.state === 'in-flight' && piece.reason === 'egress' && gap.next.send)
    return apartFromSilence(piece.from, piece.to, { trace }, (from, to) => [{ ...piece, from, to, ns: to - from }]);
  if (piece.state !== 'queued') return [piece];
  const attempt = gap.next.send?.attempt;
  const window = windowsOf.get(attempt?.tid ?? -1)?.find(({ from }) => from === attempt?.time);
  const inside = window?.segments?.filter((segment) => attempt?.exit !== null && segment.from < (attempt?.exit ?? 0));
  const asleep = (inside ?? []).filter((segment) => segment.kind === 'off' && segment.call === attempt?.call);
  return apartFromSilence(piece.from, piece.to, { trace }, (from, to) => {
    const parts: Piece[] = [];
    let at = from;
    for (const segment of asleep) {
      const start = Math.max(at, segment.from);
      const end = Math.min(to, segment.to);
      if (end <= start) continue;
      if (start > at) parts.push({ ...piece, from: at, to: start, ns: start - at });
      const able = segment.left === 'ready' ? start : Math.max(start, Math.min(end, segment.wokenAt ?? end));
      if (able > start)
        parts.push(
          makePiece('blocked', start, able, {
            process: attempt?.comm ?? null,
            syscall: segment.call,
            target: segment.target ?? knownDestination(attempt),
            ...(trace.switches === 0 ? { bound: 'up-to', reason: 'no-switch-events' } : {}),
            cpu: trace.cpuNumber(segment.lane),
            witnesses: [segment.out, segment.back].filter((row) => row !== null),
          }),
        );
      if (window) parts.push(...explainReady(segment, able, end, { trace, window, process: window.attempt.comm }));
      at = end;
    }
    if (at < to) parts.push({ ...piece, from: at, to, ns: to - at });
    return parts;
  });
};

const knownDestination = (attempt: SendWindow['attempt'] | undefined): string | null =>
  attempt === undefined || attempt.destination === UNKNOWN_DESTINATION ? null : attempt.destination;

const dropsIn = (gap: LateGap, trace: TraceSummary): boolean =>
  trace.drops.some((time) => time > gap.previous.time && time < gap.next.time);

/** A refused send shows no router id; its socket tells it from those of routers on other interfaces. */
const isOwnAttempt = (window: SendWindow, { advertisements, failed }: Instance): boolean =>
  failed.includes(window) ||
  advertisements.some(
    ({ send }) =>
      send?.attempt.tid === window.attempt.tid &&
      send.attempt.descriptor === window.attempt.descriptor &&
      send.attempt.destination === window.attempt.destination,
  );

/** All attempts of the instance's threads after the previous advertisement, up to this one. */
const chainOf = (gap: LateGap, instance: Instance, { windowsOf }: Evidence): SendWindow[] => {
  const from = gap.previous.send?.attempt.time;
  const last = gap.next.send;
  if (from === undefined || !last) return last ? [last] : [];
  const own = new Set<SendWindow>(instance.advertisements.flatMap(({ send }) => (send ? [send] : [])));
  for (const window of instance.failed) own.add(window);
  const tids = new Set([...own].map((window) => window.attempt.tid));
  const chain: SendWindow[] = [];
  for (const tid of tids) {
    for (const window of windowsOf.get(tid) ?? []) {
      if (window.attempt.time > from && window.attempt.time <= last.attempt.time) chain.push(window);
    }
  }
  return chain.sort((a, b) => a.attempt.time - b.attempt.time);
};

/** The point pair between which an attempt's packet was lost, when the gap was measured behind it. */
const findLoss = (
  window: SendWindow,
  gap: LateGap,
  instance: Instance,
  { points, instances }: Evidence,
): Loss | null => {
  if (!window.attempt.ok || window === gap.next.send || gap.point < 0) return null;
  const advertisement = instance.advertisements.find(({ send }) => send === window);
  if (!advertisement || advertisement.seen[gap.point]) return null;
  return lossOf(advertisement.seen, gap.point, points, wasTakenOver(gap, instance, instances));
};

/** So many captures do not all miss the same packet. */
const WITNESSES = 2;

/**
 * The hop on which a packet was lost, unless the captures behind it may have missed it themselves. A packet that no
 * capture saw at all is lost only where one of them is known to have dropped nothing, several agree, or a backup that
 * took over meanwhile missed it too.
 */
const lossOf = (seen: readonly unknown[], upTo: number, points: readonly ClockedPoint[], takenOver: boolean): Loss => {
  let last = -1;
  for (let i = 0; i <= upTo; i++) if (seen[i]) last = i;
  const behind = points.slice(last + 1, upTo + 1).map(({ capture }) => capture.loss);
  const clean = behind.filter(({ dropped }) => dropped === 0);
  const sure =
    last >= 0
      ? clean.length > 0
      : clean.some(({ known }) => known) || clean.length >= WITNESSES || (clean.length > 0 && takenOver);
  return { hop: lossHop(seen, upTo, points), sure };
};

/** A backup's timer may fire this share of it early by our clocks. */
const EARLY_SHARE = 0.03;

/** Whether another router of this id began to advertise in a gap once a backup's timer could have fired. */
const wasTakenOver = (gap: LateGap, instance: Instance, instances: readonly Instance[]): boolean => {
  const from = gap.previous.time + (1 - EARLY_SHARE) * gap.masterDown;
  return instances.some(
    (other) =>
      other !== instance &&
      other.vrid === instance.vrid &&
      other.family === instance.family &&
      other.advertisements.some(({ time, seen }) => time > from && time < gap.next.time && seen.some(isAdvertised)),
  );
};

const isAdvertised = (packet: { priority: number } | null): boolean => packet !== null && packet.priority > 0;

/** A capture that is not known to have dropped anything is not said to have. */
const sayWhoDropped = (piece: Piece, gap: LateGap, points: readonly ClockedPoint[]): Piece =>
  piece.reason === 'capture-dropped' && !points.slice(0, gap.point + 1).some(({ capture }) => capture.loss.dropped > 0)
    ? { ...piece, reason: 'capture-unsure' }
    : piece;

const missingIds = (gap: LateGap, instance: Instance): MissingIds | null =>
  new IdSeries(instance).missingBetween(gap.previous.time, gap.next.time);

/** `sender→receiver`: the last point that saw it and the next that did not. */
const lossHop = (seen: readonly unknown[], upTo: number, points: readonly ClockedPoint[]): string => {
  let last = -1;
  for (let i = 0; i <= upTo; i++) if (seen[i]) last = i;
  return `${points[last]?.name ?? 'send'}→${points[last + 1]?.name ?? points[upTo]?.name ?? ''}`;
};

/** A packet is captured at most this much later (ns, by our clocks) than it is handled. */
const CAPTURED_AFTER = 10_000_000;

interface OtherPacket {
  readonly time: number;
  readonly source: string;
}

/**
 * Who sent the packet that was handled at a time: the last packet of any other router before it, if it was for this
 * virtual router; a held-up sender reads what was queued, so older ones of this router count when there is no other. The
 * packets are put in order once, at the first question: a flood asks thousands of times.
 */
const packetSources = (instance: Instance, evidence: Evidence): ((time: number) => string | null) => {
  let packets: { own: OtherPacket[]; foreign: OtherPacket[] } | null = null;
  return (time) => {
    packets ??= listOtherPackets(instance, evidence);
    const own = lastUpTo(packets.own, time + CAPTURED_AFTER);
    const foreign = lastUpTo(packets.foreign, time + CAPTURED_AFTER)?.time ?? null;
    if (foreign !== null && (own === null || (foreign > own.time && time - foreign < CAPTURED_AFTER)))
      return OTHER_ROUTER;
    return own?.source ?? null;
  };
};

/** So many advertisements in time although a packet came in between show that its source is of no concern. */
const HARMLESS = 3;

/**
 * Packets that did not arm the timer anew: the advertisement after others of that source came in time all the same (they
 * were for another virtual router, whose id is not legible).
 */
const harmlessPackets = (instance: Instance, { windowsOf }: Evidence): ((event: Rearm) => boolean) => {
  let sources: Map<string, number> | null = null;
  const count = (): Map<string, number> => {
    const counts = new Map<string, number>();
    instance.advertisements.forEach(({ send }, i) => {
      const before = instance.advertisements[i - 1]?.send?.attempt;
      const attempt = send?.attempt;
      if (!attempt || before?.tid !== attempt.tid) return;
      const gap = attempt.time - before.time;
      if (Math.abs(gap - instance.interval) > 0.05 * instance.interval) return;
      const heard = new Set<string>();
      const windows = windowsOf.get(attempt.tid) ?? [];
      for (let k = windows.indexOf(send); k >= 0 && (windows[k]?.attempt.time ?? 0) > before.time; k--) {
        for (const { reason, time, source } of windows[k]?.rearms ?? []) {
          if (reason !== 'packet' || time < before.time + 0.1 * instance.interval) continue;
          if (time < attempt.time) heard.add(source ?? '');
        }
      }
      for (const source of heard) counts.set(source, (counts.get(source) ?? 0) + 1);
    });
    return counts;
  };
  return ({ source }) => ((sources ??= count()).get(source ?? '') ?? 0) >= HARMLESS;
};

/** Packets of other routers, for this virtual router and for others, by reference time at the nearest point that saw each. */
const listOtherPackets = (
  instance: Instance,
  { instances, points }: Evidence,
): { own: OtherPacket[]; foreign: OtherPacket[] } => {
  const own: OtherPacket[] = [];
  const foreign: OtherPacket[] = [];
  for (const other of instances) {
    const { source } = other;
    if (other === instance || source === null || other.family !== instance.family) continue;
    const same = instance.vrid === null || other.vrid === instance.vrid;
    if (same && source === instance.source) continue;
    for (const { seen, send } of other.advertisements) {
      if (!same && send !== null) continue;
      const index = seen.findIndex((packet) => packet !== null);
      const packet = seen[index];
      const point = points[index];
      if (packet && point) (same ? own : foreign).push({ time: convert(point.clock, packet.time), source });
    }
  }
  const byTime = (a: OtherPacket, b: OtherPacket): number => a.time - b.time;
  return { own: own.sort(byTime), foreign: foreign.sort(byTime) };
};

/** The last of some packets in time order with time <= `limit`. */
const lastUpTo = (packets: readonly OtherPacket[], limit: number): OtherPacket | null =>
  packets[countBefore(packets, ({ time }) => time <= limit) - 1] ?? null;

/**
 * Whether another machine sends this instance: the trace shows who sends others, and nobody who sends this one. Its packets
 * pass the capture points in an order that nobody told.
 */
const isForeign = (instance: Instance, { instances }: Evidence): boolean =>
  !instance.advertisements.some(({ send }) => send) &&
  instances.some((other) => other.advertisements.some(({ send }) => send));

/** Without send calls on both sides, only the capture points can tell anything: losses between them, nothing else. */
const collectWithoutSends = (gap: LateGap, instance: Instance, evidence: Evidence, foreign: boolean): Piece[] => {
  const { points, trace, instances } = evidence;
  const lost = foreign
    ? []
    : instance.advertisements.filter(
        (advertisement) =>
          advertisement.time > gap.previous.time &&
          advertisement.time < gap.next.time &&
          !advertisement.seen[gap.point],
      );
  const first = points.findIndex((_, i) => gap.previous.seen[i] && gap.next.seen[i]);
  const a = gap.previous.seen[first];
  const b = gap.next.seen[first];
  const point = points[first];
  if (!a || !b || !point) return [];
  const end = convert(point.clock, b.time);
  const length = b.time - a.time - gap.interval;
  if (length <= 0) return [];
  const start = end - length;
  const firstLost = lost[0];
  if (!firstLost) {
    const unseen = missingIds(gap, instance) ? 'ids-missing' : null;
    return [
      makePiece('unexplained', start, end, {
        bound: 'up-to',
        reason: unseen ?? (trace && !foreign ? 'not-covered' : 'no-trace'),
      }),
    ];
  }
  const cut = Math.max(start, Math.min(end, firstLost.time));
  const { hop, sure } = lossOf(firstLost.seen, gap.point, points, wasTakenOver(gap, instance, instances));
  const pieces = [
    sure
      ? makePiece('lost', cut, end, { reason: 'lost', target: hop })
      : makePiece('unexplained', cut, end, { bound: 'up-to', reason: 'capture-dropped' }),
  ];
  if (cut > start)
    pieces.unshift(
      makePiece('unexplained', start, cut, { bound: 'up-to', reason: trace ? 'not-covered' : 'no-trace' }),
    );
  return pieces.filter((piece) => piece.ns > 0);
};

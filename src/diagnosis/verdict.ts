import { groupBy } from '../model/group-by.js';
import type { Cause, Culprit, Where } from '../model/answer.js';
import { CAUSE_OF_STATE, WHERE_OF_CAUSE } from '../model/causes.js';
import { isProven, type Piece } from './piece.js';
import { culpritOf } from './stops.js';
import type { TraceSummary } from '../timeline/timeline.js';
import type { SendWindow } from '../timeline/segments.js';
import type { VitalsSupport } from './vitals-evidence.js';

/** The answer to "why" for one late advertisement. */
export interface Verdict {
  readonly cause: Cause;
  readonly where: Where;
  readonly culprit: Culprit | null;
  readonly confidence: number;
  readonly contributors: { process: string; share: number }[];
  /** The pieces that speak for the cause, largest first. */
  readonly leading: readonly Piece[];
  /** Other causes with their time (ns), largest first. */
  readonly others: readonly { cause: Cause; ns: number; pieces: readonly Piece[] }[];
}

/** The cause a piece speaks for (contract: causes and states). */
export const causeOf = (piece: Piece): Cause => {
  if (piece.reason === 'send-failed') return 'send-failed';
  if (piece.state === 'in-flight' && piece.reason === 'egress') return 'egress-delay';
  if (piece.state === 'queued' && piece.reason === 'not-covered') return 'insufficient-evidence';
  return CAUSE_OF_STATE[piece.state];
};

/** How sure a cause is by its best evidence, before the share of the ledger it explains is counted in. */
const sureness = (
  cause: Cause,
  pieces: readonly Piece[],
  trace: TraceSummary | null,
  support: VitalsSupport,
): number => {
  const reasons = new Set(pieces.map((piece) => piece.reason));
  const named = pieces.some((piece) => piece.culprit !== null);
  const counted = isCounted(pieces, support);
  const exact = pieces.every((piece) => piece.bound === 'exact');
  switch (cause) {
    case 'stopped':
      return named ? 0.97 : isProven(pieces, 'left-stopped') ? 0.9 : 0.7;
    case 'blocked-syscall':
      return reasons.has('no-switch-events') ? 0.6 : exact ? 0.95 : 0.75;
    case 'cpu-contention':
      if (!isProven(pieces, 'woken', 'left-ready')) return trace?.sharedRings === true ? 0.85 : 0.93;
      return !named ? 0.75 : trace?.sharedRings === true ? 0.88 : 0.95;
    case 'cpu-throttled':
      return counted ? 0.96 : reasons.has('quota') ? 0.93 : isProven(pieces, 'woken', 'left-ready') ? 0.85 : 0.7;
    case 'vcpu-stall':
      if (counted) return reasons.has('all-cpus-silent') ? 0.96 : reasons.has('stolen') ? 0.85 : 0.9;
      if (isProven(pieces, 'no-heartbeat')) return 0.95;
      if (isProven(pieces, 'woken-late')) return reasons.has('all-cpus-silent') ? 0.92 : 0.82;
      return reasons.has('all-cpus-silent') ? 0.88 : 0.7;
    case 'rearmed-by-packet':
      return pieces.some((piece) => piece.target !== null) ? 0.93 : 0.75;
    case 'sender-restart':
      return reasons.has('not-master') ? 0.5 : named ? 0.96 : 0.85;
    case 'timer-late':
      return isProven(pieces, 'woken-late') ? 0.8 : 0.7;
    case 'paging':
      return 0.85;
    case 'insufficient-evidence':
      return 0.2;
    case 'sender-busy':
      return trace?.switches === 0 ? 0.6 : 0.9;
    case 'transmit-delay':
      return 0.9;
    default:
      return 0.9;
  }
};

/** Counters speak for a cause where they speak for most of its time. */
const isCounted = (pieces: readonly Piece[], support: VitalsSupport): boolean =>
  2 * sum(pieces.filter((piece) => support.has(piece))) > sum(pieces);

const sum = (pieces: readonly Piece[]): number => pieces.reduce((total, piece) => total + piece.ns, 0);

/**
 * The verdict over a ledger: the cause with the largest part. Nothing is accused where events were lost.
 *
 * @param lossy the stretch is known to have lost events
 * @param dropped the trace lost events somewhere: what is told from missing rows alone is not told
 * @param support the parts that counters speak for
 */
export const reachVerdict = (
  ledger: readonly Piece[],
  windows: readonly SendWindow[],
  trace: TraceSummary | null,
  lossy: boolean,
  dropped = false,
  support: VitalsSupport = new Map(),
): Verdict => {
  const ranked = [...groupBy(ledger, causeOf)]
    .map(([cause, pieces]) => ({ cause, ns: sum(pieces), pieces: [...pieces].sort((a, b) => b.ns - a.ns) }))
    .sort((a, b) => b.ns - a.ns);
  const best = ranked[0];
  const total = ranked.reduce((all, { ns }) => all + Math.max(0, ns), 0);
  if (!best || total <= 0) return insufficient(ledger, []);
  const accusable =
    WHERE_OF_CAUSE[best.cause] === 'sender-process' ||
    WHERE_OF_CAUSE[best.cause] === 'sender-vm' ||
    WHERE_OF_CAUSE[best.cause] === 'host';
  const fromSilence = dropped && isFromSilence(best.cause, best.pieces) && !isCounted(best.pieces, support);
  if ((lossy || fromSilence) && accusable && best.cause !== 'transmit-delay') {
    return {
      ...insufficient(best.pieces, ranked.slice(1)),
      leading: best.pieces.map((piece) => ({ ...piece, reason: 'lost-events' as const })),
    };
  }
  const share = best.ns / total;
  return {
    cause: best.cause,
    where: WHERE_OF_CAUSE[best.cause],
    culprit: findCulprit(best.cause, best.pieces, windows, trace),
    confidence: Math.round(sureness(best.cause, best.pieces, trace, support) * (0.5 + 0.5 * share) * 100) / 100,
    contributors: findContributors(best.cause, best.pieces),
    leading: best.pieces,
    others: ranked.slice(1).filter(({ ns }) => ns > 0.02 * total),
  };
};

/** Causes that are recognised by rows that are not there. */
const isFromSilence = (cause: Cause, pieces: readonly Piece[]): boolean =>
  cause === 'timer-late' ||
  cause === 'vcpu-stall' ||
  (cause === 'cpu-throttled' && pieces[0]?.reason !== 'quota') ||
  (cause === 'sender-restart' && pieces[0]?.reason === 'not-master');

const insufficient = (leading: readonly Piece[], others: Verdict['others']): Verdict => ({
  cause: 'insufficient-evidence',
  where: 'unknown',
  culprit: null,
  confidence: 0.1,
  contributors: [],
  leading,
  others,
});

const nobody: Culprit = {
  process: null,
  pid: null,
  tid: null,
  parent: null,
  cgroup: null,
  syscall: null,
  target: null,
};

const findCulprit = (
  cause: Cause,
  pieces: readonly Piece[],
  windows: readonly SendWindow[],
  trace: TraceSummary | null,
): Culprit | null => {
  const largest = pieces[0];
  const sender = windows.at(-1)?.attempt;
  if (!largest) return null;
  switch (cause) {
    case 'blocked-syscall':
    case 'sender-busy':
    case 'paging':
    case 'send-failed':
      if (!sender || !trace) return null;
      return culpritOf({ tid: sender.tid, comm: sender.comm }, trace, largest.syscall, { target: largest.target });
    case 'cpu-contention':
      return heldLongest(pieces, trace);
    case 'stopped':
    case 'cpu-throttled':
    case 'sender-restart':
      return pieces.find((piece) => piece.culprit !== null)?.culprit ?? null;
    case 'rearmed-by-packet':
    case 'path-delay':
    case 'path-loss':
      return largest.target === null ? null : { ...nobody, target: largest.target };
    default:
      return null;
  }
};

const heldBy = (pieces: readonly Piece[]): [string, { ns: number; tid: number }][] => {
  const all = new Map<string, { ns: number; tid: number; most: number }>();
  for (const piece of pieces) {
    for (const [process, { ns, tid }] of piece.held) {
      const known = all.get(process);
      if (!known) all.set(process, { ns, tid, most: ns });
      else {
        known.ns += ns;
        if (ns > known.most) Object.assign(known, { most: ns, tid });
      }
    }
  }
  return [...all].sort((a, b) => b[1].ns - a[1].ns);
};

const heldLongest = (pieces: readonly Piece[], trace: TraceSummary | null): Culprit | null => {
  const first = heldBy(pieces)[0];
  if (!first || !trace) return null;
  return culpritOf({ tid: first[1].tid, comm: first[0] }, trace, null);
};

const MAX_CONTRIBUTORS = 8;

const findContributors = (cause: Cause, pieces: readonly Piece[]): { process: string; share: number }[] => {
  const shares = cause === 'cpu-contention' ? heldBy(pieces) : byCulprit(pieces);
  const all = shares.reduce((total, [, { ns }]) => total + ns, 0);
  return all === 0
    ? []
    : shares
        .slice(0, MAX_CONTRIBUTORS)
        .map(([process, { ns }]) => ({ process, share: Math.round((ns / all) * 1000) / 1000 }))
        .filter(({ share }) => share > 0);
};

const byCulprit = (pieces: readonly Piece[]): [string, { ns: number; tid: number }][] => {
  const all = new Map<string, { ns: number; tid: number }>();
  for (const { culprit, process, ns, state } of pieces) {
    const name = culprit ? culprit.process : state === 'blocked' || state === 'running' ? process : null;
    if (name !== null) all.set(name, { ns: (all.get(name)?.ns ?? 0) + ns, tid: culprit?.tid ?? -1 });
  }
  return [...all].sort((a, b) => b[1].ns - a[1].ns);
};

import type { Culprit, LedgerState } from '../model/answer.js';
import type { Witness } from '../timeline/segments.js';

/** A stretch of a gap that was not planned sleep, with what explains it. Times in ns on the reference clock. */
export interface Piece {
  readonly state: LedgerState;
  from: number;
  to: number;
  /** Length; `to - from` for all but `in-flight`, which alone may be negative. */
  ns: number;
  bound: 'exact' | 'up-to';
  readonly process: string | null;
  readonly syscall: string | null;
  readonly target: string | null;
  readonly cpu: number | null;
  readonly witnesses: readonly Witness[];
  /** Who is to blame, where the state alone does not say. */
  readonly culprit: Culprit | null;
  /** Time (ns) by process that stood in the way. */
  readonly held: ReadonlyMap<string, { ns: number; tid: number }>;
  /** Kind of trouble inside one state, for the cause and the summary. */
  readonly reason: Reason | null;
  /** What the scheduler's own rows prove of it, where the trace holds wake-ups or task states. */
  readonly proof: Proof | null;
}

/**
 * - `woken`: it had been put on a run queue, and so could have run;
 * - `left-ready`: it left its CPU able to run;
 * - `woken-late`: its wake-up came late;
 * - `no-heartbeat`: its CPU wrote no heartbeat, which nothing inside the VM can keep it from;
 * - `left-asleep`, `left-stopped`: it left its CPU asleep, or held by a stop signal or a tracer.
 */
export type Proof = 'woken' | 'left-ready' | 'woken-late' | 'no-heartbeat' | 'left-asleep' | 'left-stopped';

export type Reason =
  | 'packet'
  | 'send-failed'
  | 'lost'
  | 'signal'
  | 'debugger'
  | 'freezer'
  | 'quota'
  | 'idle-while-runnable'
  | 'one-cpu-silent'
  | 'all-cpus-silent'
  | 'sliced'
  | 'stolen'
  | 'ended'
  | 'not-master'
  | 'no-switch-events'
  | 'not-covered'
  | 'broken-chain'
  | 'lost-events'
  | 'capture-dropped'
  | 'capture-unsure'
  | 'ids-missing'
  | 'missing-calls'
  | 'interrupted'
  | 'egress'
  | 'path'
  | 'no-trace'
  | 'paused';

const NOBODY: Piece['held'] = new Map();
const NO_ROWS: Piece['witnesses'] = [];

export const makePiece = (state: LedgerState, from: number, to: number, rest: Partial<Piece> = {}): Piece => ({
  bound: 'exact',
  process: null,
  syscall: null,
  target: null,
  cpu: null,
  witnesses: NO_ROWS,
  culprit: null,
  held: NOBODY,
  reason: null,
  proof: null,
  ...rest,
  state,
  from,
  to,
  ns: rest.ns ?? to - from,
});

/** Whether the scheduler's rows prove most of the time of some pieces in one of these ways. */
export const isProven = (pieces: readonly Piece[], ...proofs: readonly Proof[]): boolean => {
  let proven = 0;
  let total = 0;
  for (const { ns, proof } of pieces) {
    total += ns;
    if (proof !== null && proofs.includes(proof)) proven += ns;
  }
  return 2 * proven > total;
};

/** Two pieces that say the same of adjoining stretches. */
export const sameStory = (a: Piece, b: Piece): boolean =>
  a.state === b.state &&
  a.reason === b.reason &&
  a.process === b.process &&
  a.syscall === b.syscall &&
  a.target === b.target &&
  a.cpu === b.cpu &&
  a.culprit?.process === b.culprit?.process &&
  a.culprit?.tid === b.culprit?.tid;

const MAX_WITNESSES = 8;

const joinHeld = (a: Piece['held'], b: Piece['held']): Piece['held'] => {
  if (b.size === 0) return a;
  const held = new Map(a);
  for (const [process, { ns, tid }] of b) {
    const known = held.get(process);
    held.set(process, { ns: (known?.ns ?? 0) + ns, tid: known?.tid ?? tid });
  }
  return held;
};

/** One piece out of two adjoining ones that tell the same story. */
export const joinPieces = (a: Piece, b: Piece): Piece => {
  const witnesses = [...new Set([...a.witnesses, ...b.witnesses])];
  return {
    ...a,
    to: b.to,
    ns: a.ns + b.ns,
    bound: a.bound === 'exact' && b.bound === 'exact' ? 'exact' : 'up-to',
    proof: a.proof === b.proof || a.ns > 10 * b.ns ? a.proof : b.ns > 10 * a.ns ? b.proof : null,
    witnesses:
      witnesses.length <= MAX_WITNESSES
        ? witnesses
        : [...witnesses.slice(0, MAX_WITNESSES / 2), ...witnesses.slice(-MAX_WITNESSES / 2)],
    held: joinHeld(a.held, b.held),
  };
};

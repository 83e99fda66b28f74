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
}

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
  | 'ended'
  | 'not-master'
  | 'no-switch-events'
  | 'not-covered'
  | 'broken-chain'
  | 'lost-events'
  | 'capture-dropped'
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
  ...rest,
  state,
  from,
  to,
  ns: rest.ns ?? to - from,
});

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
    witnesses:
      witnesses.length <= MAX_WITNESSES
        ? witnesses
        : [...witnesses.slice(0, MAX_WITNESSES / 2), ...witnesses.slice(-MAX_WITNESSES / 2)],
    held: joinHeld(a.held, b.held),
  };
};

import type { LedgerEntry, LedgerState } from '../../model/answer.js';
import { LETTER_OF_STATE } from '../vocabulary.js';
import type { Span, Style } from './spans.js';
import { span } from './spans.js';

export const STYLE_OF_STATE: Readonly<Record<LedgerState, Style>> = {
  running: 'good',
  ready: 'warn',
  blocked: 'bad',
  stopped: 'bad',
  throttled: 'warn',
  paging: 'warn',
  overslept: 'warn',
  rearmed: 'network',
  absent: 'bad',
  sending: 'good',
  queued: 'warn',
  'vcpu-silent': 'host',
  'vm-paused': 'host',
  'in-flight': 'network',
  lost: 'network',
  unexplained: 'dim',
};

interface Piece {
  readonly state: LedgerState;
  readonly ns: number;
}

/** Neighbours of one state as one piece; what is not longer than nothing has no place in a bar. */
const toPieces = (ledger: readonly LedgerEntry[]): Piece[] => {
  const pieces: { state: LedgerState; ns: number }[] = [];
  for (const { state, ns } of ledger) {
    const length = Number(ns);
    if (length <= 0) continue;
    const last = pieces.at(-1);
    if (last?.state === state) last.ns += length;
    else pieces.push({ state, ns: length });
  }
  return pieces;
};

/** Cells per piece: one each, the others by largest remainder of what is left. */
const shareCells = (pieces: readonly Piece[], cells: number): number[] => {
  const total = pieces.reduce((sum, { ns }) => sum + ns, 0);
  const free = cells - pieces.length;
  const exact = pieces.map(({ ns }) => (ns / total) * free);
  const shared = exact.map((value) => Math.floor(value));
  const left = free - shared.reduce((sum, value) => sum + value, 0);
  const byRemainder = exact
    .map((value, index) => ({ index, remainder: value - Math.floor(value) }))
    .sort((a, b) => b.remainder - a.remainder || a.index - b.index);
  for (const { index } of byRemainder.slice(0, left)) shared[index] = (shared[index] ?? 0) + 1;
  return shared.map((value) => value + 1);
};

/** Where there are more pieces than cells each cell shows the state that fills most of it. */
const sampleCells = (pieces: readonly Piece[], cells: number): LedgerState[] => {
  const total = pieces.reduce((sum, { ns }) => sum + ns, 0);
  const held = Array.from({ length: cells }, () => new Map<LedgerState, number>());
  let start = 0;
  for (const { state, ns } of pieces) {
    const from = (start / total) * cells;
    const to = ((start + ns) / total) * cells;
    for (let cell = Math.floor(from); cell < Math.min(Math.ceil(to), cells); cell += 1) {
      const overlap = Math.min(to, cell + 1) - Math.max(from, cell);
      const states = held[cell];
      states?.set(state, (states.get(state) ?? 0) + overlap);
    }
    start += ns;
  }
  return held.map((states) => [...states].reduce((most, entry) => (entry[1] > most[1] ? entry : most))[0]);
};

/** The ledger in time order as a bar of so many cells, one letter per state (`LETTER_OF_STATE`). */
export const drawLedgerBar = (ledger: readonly LedgerEntry[], cells: number): Span[] => {
  const pieces = toPieces(ledger);
  if (pieces.length === 0) return [];
  const draw = (state: LedgerState, count: number): Span =>
    span(LETTER_OF_STATE[state].repeat(count), STYLE_OF_STATE[state]);
  const drawn =
    pieces.length > cells
      ? sampleCells(pieces, cells).map((state) => draw(state, 1))
      : shareCells(pieces, cells).map((count, index) => draw(pieces[index]?.state ?? 'unexplained', count));
  return [span('['), ...drawn, span(']')];
};

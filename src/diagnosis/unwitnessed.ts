import type { Segment, Witness } from '../timeline/segments.js';
import { makePiece, type Piece } from './piece.js';

/** What can be said of a sender where nobody saw it leave its CPU: the trace holds no scheduler switches. */

/**
 * A long time inside a call that can sleep. It may have waited for a CPU there as well: the length is a limit.
 *
 * @param witnesses rows at its edges
 */
export const unwitnessedCall = (segment: Segment, process: string, witnesses: readonly Witness[]): Piece =>
  makePiece('blocked', segment.from, segment.to, {
    process,
    syscall: segment.call,
    target: segment.target,
    bound: 'up-to',
    reason: 'no-switch-events',
    witnesses,
  });

/**
 * A thread that was held up for long where it cannot sleep may have been held up by the same inside a call: a call counts
 * as blocked only when it took this many times as long.
 */
const OUTLASTS = 4;

/** Takes back what {@link unwitnessedCall} said where the thread was held up elsewhere, too. */
export const doubtCalls = (pieces: readonly Piece[]): Piece[] => {
  const elsewhere = pieces.reduce(
    (longest, { state, reason, ns }) =>
      state === 'unexplained' && reason === 'no-switch-events' ? Math.max(longest, ns) : longest,
    0,
  );
  return pieces.map((piece) =>
    piece.state === 'blocked' && piece.reason === 'no-switch-events' && piece.ns < OUTLASTS * elsewhere
      ? { ...piece, state: 'unexplained' }
      : piece,
  );
};

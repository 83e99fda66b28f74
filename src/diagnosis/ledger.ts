import { joinPieces, makePiece, sameStory, type Piece } from './piece.js';

/** Transit of one hop, of the advertisement and of the one before it, ns. */
export interface HopChange {
  /** Difference of the two transit times; positive: this one took longer. */
  readonly change: number;
  /** When this advertisement entered and left the hop, reference clock. */
  readonly from: number;
  readonly to: number;
  readonly piece: Pick<Piece, 'state' | 'reason' | 'target' | 'witnesses' | 'process' | 'syscall'>;
}

/** A difference of transit times below this (ns) is jitter and stands as `in-flight`, also when negative. */
const JITTER = 1_000_000;
/** More pieces than this are not printed one by one: small neighbours are put together. */
const MAX_PIECES = 200;

/**
 * The ledger of one gap: pieces that add up to `lateness` exactly, in time order.
 *
 * What exceeds the lateness (the timer was armed for less, the sender answered early, the previous packet was itself
 * held) is taken off the earliest pieces, as the contract says.
 *
 * @param explainHop may tell parts of a hop from each other; the parts add up to the hop
 */
export const balance = (
  pieces: readonly Piece[],
  hops: readonly HopChange[],
  lateness: number,
  explainHop: (piece: Piece) => Piece[] = (piece) => [piece],
): Piece[] => {
  const ledger = [...pieces];
  let jitter = 0;
  for (const hop of hops) {
    if (hop.change >= JITTER || (hop.change > 0 && lateness < 10 * JITTER))
      ledger.push(...explainHop(hopPiece(hop, ledger.at(-1)?.to ?? hop.from)));
    else if (hop.change > -JITTER) jitter += hop.change;
  }
  const last = hops.at(-1);
  if (jitter !== 0 && last) {
    const from =
      jitter > 0
        ? Math.max(ledger.at(-1)?.to ?? last.from, last.to - jitter)
        : Math.max(ledger.at(-1)?.to ?? last.to, last.to);
    ledger.push(
      makePiece('in-flight', from, Math.max(from, last.to), {
        ns: jitter,
        target: last.piece.target,
        reason: last.piece.reason,
      }),
    );
  }
  const sum = ledger.reduce((total, piece) => total + piece.ns, 0);
  if (sum < lateness) {
    const end = ledger[0]?.from ?? last?.to ?? 0;
    const missing = lateness - sum;
    ledger.unshift(makePiece('unexplained', end - missing, end, { bound: 'up-to', reason: 'not-covered' }));
  }
  const trimmed = trimEarliest(ledger, Math.max(0, sum - lateness));
  const left = trimmed.reduce((total, piece) => total + piece.ns, 0) - lateness;
  if (left > 0 && last)
    trimmed.push(makePiece('in-flight', last.to, last.to, { ns: -left, target: last.piece.target, reason: 'path' }));
  return shorten(joinAdjoining(absorbHandling(trimmed)));
};

/** The part of a hop by which it took longer; two clocks may disagree by their uncertainty, so it starts after `end`. */
const hopPiece = ({ change, to, piece }: HopChange, end: number): Piece => {
  const from = Math.max(end, to - change);
  return makePiece(piece.state, from, from + change, piece);
};

/** Take `excess` ns off the earliest positive pieces, from their beginnings. */
const trimEarliest = (pieces: readonly Piece[], excess: number): Piece[] => {
  const out: Piece[] = [];
  let left = excess;
  for (const piece of pieces) {
    if (left <= 0 || piece.ns <= 0) {
      out.push(piece);
      continue;
    }
    const off = Math.min(left, piece.ns);
    left -= off;
    if (off < piece.ns) out.push({ ...piece, from: piece.from + off, ns: piece.ns - off });
  }
  return out;
};

/** Work between two stretches of the same re-armed (or lost) sleep is what re-armed it; longer work stands for itself. */
const HANDLING = 5_000_000;

const absorbHandling = (pieces: readonly Piece[]): Piece[] => {
  const out: Piece[] = [];
  for (let i = 0; i < pieces.length; i++) {
    const piece = pieces[i];
    if (!piece) continue;
    const before = out.at(-1);
    let next = i;
    let between = 0;
    while (pieces[next] && !isSleep(pieces[next]) && between <= HANDLING) between += pieces[next++]?.ns ?? 0;
    const after = pieces[next];
    if (
      before &&
      isSleep(before) &&
      !isSleep(piece) &&
      after &&
      isSleep(after) &&
      sameStory(before, after) &&
      between <= HANDLING
    ) {
      const joined = joinPieces(before, after);
      out[out.length - 1] = { ...joined, ns: joined.ns + between, bound: 'up-to' };
      i = next;
      continue;
    }
    out.push(piece);
  }
  return out;
};

const isSleep = (piece: Piece | undefined): boolean => piece?.state === 'rearmed' || piece?.state === 'lost';

const joinAdjoining = (pieces: readonly Piece[]): Piece[] => {
  const out: Piece[] = [];
  for (const piece of pieces) {
    const last = out.at(-1);
    if (last && sameStory(last, piece) && last.to === piece.from) out[out.length - 1] = joinPieces(last, piece);
    else out.push(piece);
  }
  return out;
};

/**
 * Put the smallest pieces to their larger neighbours until few enough are left; what absorbed is a limit. Neighbours that touch come
 * first: what is put together across planned sleep no longer tells where its time lay.
 */
const shorten = (pieces: readonly Piece[]): Piece[] => {
  const out = [...pieces];
  while (out.length > MAX_PIECES) {
    const at = smallestOf(out, (i) => touches(out, i - 1) || touches(out, i)) ?? smallestOf(out, () => true);
    const piece = at === null ? undefined : out[at];
    if (at === null || !piece) break;
    const before = out[at - 1];
    const after = out[at + 1];
    const isBetween = before !== undefined && after !== undefined && touches(out, at - 1) === touches(out, at);
    const intoBefore = isBetween ? before.ns >= after.ns : after === undefined || touches(out, at - 1);
    const into = intoBefore ? before : after;
    if (!into) break;
    const merged = {
      ...into,
      from: Math.min(into.from, piece.from),
      to: Math.max(into.to, piece.to),
      ns: into.ns + piece.ns,
      bound: 'up-to' as const,
    };
    out.splice(intoBefore ? at - 1 : at, 2, merged);
  }
  return out;
};

/** Whether piece `i` ends where the next one begins. */
const touches = (pieces: readonly Piece[], i: number): boolean =>
  i >= 0 && i + 1 < pieces.length && pieces[i]?.to === pieces[i + 1]?.from;

const smallestOf = (pieces: readonly Piece[], isMeant: (i: number) => boolean): number | null => {
  let smallest: number | null = null;
  pieces.forEach(({ ns }, i) => {
    if (isMeant(i) && (smallest === null || ns < (pieces[smallest]?.ns ?? 0))) smallest = i;
  });
  return smallest;
};

import { quantile } from '../time/offsets.js';

/** Finding the offset between two series of times that show (mostly) the same events. All values in ns. */

/** An offset to add to times of `b` to get times of `a`, with how well it fits. */
export interface OffsetCandidate {
  readonly offset: number;
  /** Events of the smaller series that found a partner. */
  readonly matched: number;
  /** Median distance of the partners from the median. */
  readonly spread: number;
}

const BIN = 4_000_000;
const NEAR = 20_000_000;
const MAX_SAMPLE = 600;

/** Pairs (index in a, index in b) in order, each `b + offset` within `tolerance` of its `a`, nearest first come. */
export const pairByTime = (
  a: readonly number[],
  b: readonly number[],
  offset: number,
  early: number,
  late: number,
): [number, number][] => {
  const pairs: [number, number][] = [];
  let i = 0;
  for (let k = 0; k < b.length; k++) {
    const time = (b[k] ?? 0) + offset;
    while (i < a.length && (a[i] ?? 0) < time - late) i++;
    const candidate = a[i];
    if (candidate === undefined || candidate > time + early) continue;
    let best = i;
    for (let n = i + 1; n < a.length && (a[n] ?? 0) <= time + early; n++) {
      if (Math.abs((a[n] ?? 0) - time) < Math.abs((a[best] ?? 0) - time)) best = n;
    }
    pairs.push([best, k]);
    i = best + 1;
  }
  return pairs;
};

const rate = (a: readonly number[], b: readonly number[], offset: number): OffsetCandidate => {
  const pairs = pairByTime(a, b, offset, NEAR, NEAR);
  const differences = pairs.map(([i, k]) => (a[i] ?? 0) - (b[k] ?? 0));
  const middle = quantile(differences, 0.5);
  const spread = quantile(
    differences.map((difference) => Math.abs(difference - middle)),
    0.5,
  );
  return { offset: pairs.length > 0 ? middle : offset, matched: pairs.length, spread };
};

/**
 * Offsets at which series `b` lies best on series `a`, best first: all differences vote in bins of 4 ms; the best bins
 * are then tried. Regular series fit at every whole interval; the irregular events decide, then the spread.
 */
export const findOffsets = (a: readonly number[], b: readonly number[]): OffsetCandidate[] => {
  if (a.length === 0 || b.length === 0) return [];
  const votes = new Map<number, number>();
  const step = Math.max(1, Math.ceil(a.length / MAX_SAMPLE));
  for (let i = 0; i < a.length; i += step) {
    for (const time of b) {
      const bin = Math.round(((a[i] ?? 0) - time) / BIN);
      votes.set(bin, (votes.get(bin) ?? 0) + 1);
    }
  }
  const scored = [...votes].map(([bin, count]) => ({
    bin,
    score: count + (votes.get(bin - 1) ?? 0) + (votes.get(bin + 1) ?? 0),
  }));
  scored.sort((x, y) => y.score - x.score);
  const tried = new Map<number, OffsetCandidate>();
  for (const { bin } of scored.slice(0, 40)) {
    const candidate = rate(a, b, bin * BIN);
    const key = Math.round(candidate.offset / BIN);
    const known = tried.get(key);
    if (!known || candidate.matched > known.matched) tried.set(key, candidate);
  }
  return [...tried.values()].sort((x, y) => y.matched - x.matched || x.spread - y.spread);
};

/** How well a given offset fits. */
export const rateOffset = rate;

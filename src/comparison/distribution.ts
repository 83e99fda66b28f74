import type { LatenessBin } from '../model/comparison.js';

const BINS_PER_DECADE = 5;
/** Below this (ns) lateness is one bin, as is what is early. */
const LEAST = 1_000;

/** Where each bin ends (ns): 0, 1 us, and from there five a decade to the longest that can be told. */
const EDGES: readonly number[] = [
  0,
  ...Array.from({ length: BINS_PER_DECADE * 13 }, (_, k) => Math.round(LEAST * 10 ** (k / BINS_PER_DECADE))),
];

/**
 * How many gaps are how late.
 *
 * @param sorted lateness (ns), ascending
 * @returns the bins that hold any, in order: above `fromNs` (null: whatever is early) up to and with `toNs`
 */
export const distribute = (sorted: Float64Array): LatenessBin[] => {
  const bins: LatenessBin[] = [];
  let at = 0;
  for (const [k, edge] of EDGES.entries()) {
    const isLast = k === EDGES.length - 1;
    let end = at;
    while (end < sorted.length && (isLast || (sorted[end] ?? 0) <= edge)) end += 1;
    if (end > at) bins.push({ fromNs: k === 0 ? null : String(EDGES[k - 1]), toNs: String(edge), gaps: end - at });
    at = end;
  }
  return bins;
};

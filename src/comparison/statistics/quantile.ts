/** A share times a count is off by this much (relative) when it should be whole; R allows as much. */
const FUZZ = 4 * Number.EPSILON;

/**
 * The smallest value with at least a share q of all values at or below it: a value that was measured, never one between two (nearest rank; the
 * inverse of the empirical distribution function; R: quantile(type = 1), Hyndman and Fan 1996).
 *
 * @param sorted ascending
 * @param q 0 to 1
 * @returns null without values
 */
export const nearestRank = (sorted: Float64Array, q: number): number | null => {
  const exact = sorted.length * q;
  const rank = Math.ceil(exact - FUZZ * Math.max(1, exact));
  return sorted[Math.min(sorted.length, Math.max(1, rank)) - 1] ?? null;
};

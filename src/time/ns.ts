/**
 * Nanoseconds relative to the base of the clock they were read on.
 *
 * A `number` holds 2^53 ns (104 days) exactly; wall-clock nanoseconds (1.8e18) do not fit, so every input keeps a
 * `bigint` base and all its times are differences from it. The brand keeps times and plain numbers apart.
 */
export type Ns = number & { readonly __unit: 'ns' };

/** Brand a number as nanoseconds; the caller vouches that it is an integer below 2^53. */
export const ns = (value: number): Ns => value as Ns;

export const NS_PER_MS = 1_000_000;
export const NS_PER_S = 1_000_000_000;

/**
 * The time `absolute` (ns since that clock's epoch) relative to `base`.
 *
 * @returns ns; exact while the difference stays within ±104 days
 */
export const relativeTo = (base: bigint, absolute: bigint): Ns => Number(absolute - base) as Ns;

/** The inverse of {@link relativeTo}: ns since the clock's epoch. */
export const absoluteFrom = (base: bigint, relative: Ns): bigint => base + BigInt(Math.round(relative));

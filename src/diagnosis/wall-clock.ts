import { convert } from '../time/offsets.js';
import type { ClockedPoint } from './clocks.js';
import type { Frame } from './compose.js';
import { placeOf } from './stations.js';

/** Two clocks of one machine that differ by more than this (ns) at the beginning are not both its wall clock. */
const SAME_CLOCK = 1_000_000_000;

/**
 * Whether a capture is stamped by the sending machine's wall clock: it was taken inside it, and has the reference's calendar.
 *
 * @param index the capture's, in order from the sender outward
 * @param base ns since the epoch of the reference clock's base
 */
export const isWallClock = (point: ClockedPoint, index: number, base: bigint): boolean => {
  const first = point.clock[0];
  if (placeOf(point, index) !== 'vm' || point.capture.clock !== 'epoch' || !first) return false;
  return Math.abs(Number(point.capture.baseNs - base) - first.offset) < SAME_CLOCK;
};

/** Stretch of the reference time line that the recordings cover (ns from its base). */
export interface Covered {
  readonly from: number;
  readonly to: number;
}

/** The stretch that captures and trace cover together; from infinity to minus infinity where there is nothing. */
export const coveredBy = ({ points, trace }: Frame): Covered => {
  const times = points.flatMap(({ capture, clock }) =>
    [capture.first, capture.last].flatMap((time) => (time === null || clock.length === 0 ? [] : convert(clock, time))),
  );
  times.push(...[trace?.first ?? null, trace?.last ?? null].filter((time) => time !== null));
  return {
    from: times.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY),
    to: times.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY),
  };
};

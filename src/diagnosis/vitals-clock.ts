import type { Vitals } from '../model/vitals.js';
import { convert, revert } from '../time/offsets.js';
import type { Assumption } from './build-instances.js';
import type { ClockedPoint } from './clocks.js';
import { isWallClock, type Covered } from './wall-clock.js';

/** Vitals with their clock related to the reference clock. */
export interface ClockedVitals {
  readonly vitals: Vitals;
  readonly path: string;
  /** A reference time on the clock of the vitals, ns from their base. */
  toVitals(time: number): number;
  /** The inverse. */
  toReference(time: number): number;
}

/**
 * Relate the clock of vitals, the sending VM's wall clock, to the reference. A capture inside the VM is stamped by the
 * same clock, steps and all; without one it is the trace's, or that of the first capture.
 *
 * @param base ns since the epoch of the reference clock's base
 * @param hasTrace whether the reference is the trace's clock
 * @param covered first and last reference time (ns from the base) of the recordings
 * @returns null when the vitals were recorded at another time, or nothing else was recorded inside the VM
 */
export const relateVitals = (
  vitals: Vitals,
  path: string,
  base: bigint,
  points: readonly ClockedPoint[],
  hasTrace: boolean,
  covered: Covered,
): { clocked: ClockedVitals; assumption: Assumption } | null => {
  if (vitals.first === null || vitals.last === null) return null;
  const inside = points.find((point, i) => isWallClock(point, i, base));
  if (!inside && !hasTrace) return null;
  const shift = Number(vitals.baseNs - (inside?.capture.baseNs ?? base));
  const clock = inside?.clock ?? [];
  const toReference = (time: number): number => convert(clock, time + shift);
  const clocked: ClockedVitals = { vitals, path, toReference, toVitals: (time) => revert(clock, time) - shift };
  if (toReference(vitals.last) < covered.from || toReference(vitals.first) > covered.to) return null;
  return {
    clocked,
    assumption: {
      what: `the clock of the vitals is ${inside === undefined ? 'the trace’s' : `that of the capture ${inside.name}`}`,
      why: 'both are taken to be the sending VM’s wall clock; nothing in the vitals relates them',
    },
  };
};

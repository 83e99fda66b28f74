import { convert } from '../time/offsets.js';
import type { ClockedPoint } from './clocks.js';

/**
 * What times of a trace that has no calendar (time of day only, or since boot) would have to count from for them to be those of a
 * capture: of the first one that has a calendar and could be related to it.
 *
 * @returns ns since the epoch, and the capture's name; null where no capture tells
 */
export const calendarFromCapture = (
  points: readonly ClockedPoint[],
): { readonly baseNs: bigint; readonly name: string } | null => {
  for (const { name, capture, clock } of points) {
    const segment = clock[0];
    if (capture.clock !== 'epoch' || !segment) continue;
    const there = convert(clock, segment.from) - segment.from;
    return { baseNs: capture.baseNs - BigInt(Math.round(there)), name };
  }
  return null;
};

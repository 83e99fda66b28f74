import { listLogTicks, makeLogScale, type Scale } from './svg.js';

/** What is less late than this (ns) stands at the bottom. */
const FLOOR = 10_000;

/** Share of the height for what is usual; the rest is for what is late. */
const USUAL = 0.38;

/** A logarithmic scale of lateness with a bend: above it there is more room for each decade. */
export interface StripScale {
  readonly scale: Scale;
  readonly ticks: readonly number[];
  /** The lateness at the bottom, which stands for less as well (ns). */
  readonly floor: number;
}

/**
 * The scale of a strip.
 *
 * @param bend from here on gaps are late (ns)
 * @param most the greatest lateness shown (ns)
 * @param bottom place of the least lateness; `top` that of the greatest
 */
export const makeStripScale = (
  { bend, most }: { bend: number; most: number },
  { bottom, top }: { bottom: number; top: number },
): StripScale => {
  const floor = Math.min(FLOOR, bend / 100);
  const end = Math.max(most * 1.25, bend * 2);
  const middle = bottom + (top - bottom) * USUAL;
  const usual = makeLogScale(floor, bend, bottom, middle);
  const late = makeLogScale(bend, end, middle, top);
  const scale: Scale = Object.assign((value: number) => (value <= bend ? usual(value) : late(value)), {
    from: floor,
    to: end,
  });
  const low = listLogTicks(floor, bend).filter((tick) => /^10*$/.test(String(Math.round(tick))) && tick < bend * 0.6);
  return { scale, ticks: [...new Set([floor, ...low, ...listLogTicks(bend, end)])], floor };
};

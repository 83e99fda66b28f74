import { formatDate, formatTimeOfDay, type Zone } from '../format.js';

const S = 1_000_000_000;
const STEPS = [1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 10_800, 21_600, 43_200, 86_400].map(
  (seconds) => seconds * S,
);
const DAY = 86_400 * S;

export interface ClockTick {
  /** ns after the base */
  readonly at: number;
  readonly label: string;
}

/**
 * Round times of day between two, at most about `most`; a tick that begins a new date is called by it.
 *
 * @param base ns since 1970
 * @param from ns after it
 */
export const listClockTicks = (
  base: bigint,
  { from, to, most, zone }: { from: number; to: number; most: number; zone: Zone },
): ClockTick[] => {
  const range = to - from;
  const step = STEPS.find((one) => range / one <= most) ?? Math.ceil(range / DAY / most) * DAY;
  const offset = Number((base + BigInt(Math.ceil(from))) % BigInt(step));
  const first = Math.ceil(from) + (offset === 0 ? 0 : step - offset);
  const ticks: ClockTick[] = [];
  let before = formatDate(base + BigInt(Math.ceil(from)), zone);
  for (let at = first; at <= to; at += step) {
    const ns = base + BigInt(at);
    const date = formatDate(ns, zone);
    const time = formatTimeOfDay(ns, zone).slice(0, step < 60 * S ? 8 : 5);
    ticks.push({ at, label: date !== null && date !== before ? date : time });
    before = date;
  }
  return ticks;
};

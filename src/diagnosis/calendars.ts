import type { ClockKind } from '../model/advertisement.js';

/** What a capture's time stamps are and where they count from. */
export interface Calendar {
  readonly kind: ClockKind;
  readonly baseNs: bigint;
}

/** The clock it is compared with. */
export interface ReferenceCalendar {
  readonly baseNs: bigint;
  /** Whether it counts from 1970. */
  readonly epoch: boolean;
}

const QUARTER_HOUR = 900_000_000_000n;
/** Clocks that time services keep agree to about this (ns). */
const SYNCHRONISED = 10_000_000;
/** Natural logarithm of how much likelier synchronised calendars are than any other offset within hours. */
const TRUST = 13;
/** Times of day and other time zones leave a hundred possible offsets, of a quarter of an hour each. */
const TRUST_ZONE = 8;
/** Offsets beyond this (ns) lose their nanoseconds in a double. */
const EXACT = 2n ** 52n;

/** The offset (ns, added to the capture's times) where both calendars agree, null where they do not say. */
export const directOffset = ({ kind, baseNs }: Calendar, reference: ReferenceCalendar): number | null => {
  const delta = baseNs - reference.baseNs;
  return kind === 'epoch' && reference.epoch && delta < EXACT && delta > -EXACT ? Number(delta) : null;
};

/** Log-likelihood of a distance from where the calendars agree. */
const trust = (distance: number, most: number): number =>
  Math.max(0, most - Math.log1p((distance / SYNCHRONISED) ** 2));

/** Log-likelihood of an offset (ns) by the calendars: 0 where they say nothing of it. */
export const calendarPrior = (calendar: Calendar, reference: ReferenceCalendar): ((offset: number) => number) => {
  const direct = directOffset(calendar, reference);
  const delta = calendar.baseNs - reference.baseNs;
  if (calendar.kind === 'relative') return () => 0;
  return (offset) => {
    const whole = direct === null ? 0 : trust(Math.abs(offset - direct), TRUST);
    const rest = Math.abs(Number((BigInt(Math.round(offset)) - delta) % QUARTER_HOUR));
    return Math.max(whole, trust(Math.min(rest, Number(QUARTER_HOUR) - rest), TRUST_ZONE));
  };
};

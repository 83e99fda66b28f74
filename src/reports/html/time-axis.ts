import type { Picture } from '../../model/picture.js';
import { makeLinearScale, type Scale } from './svg.js';

/** Where pictures begin and end, in their units; names of lanes stand left of it. */
export const PICTURE_WIDTH = 1000;
export const LEFT = 132;
export const RIGHT = 988;

/** Units that a stretch stands in for which the reference clock shows no time. */
const BREAK_WIDTH = 70;

/** Places of a picture's times. */
export interface TimeAxis {
  /** What is shown of the picture (ns after its beginning). */
  readonly from: number;
  readonly to: number;
  /** From ns after the picture's beginning, on the reference clock. */
  readonly scale: Scale;
  /** Where the time is that the reference clock does not show. */
  readonly hidden: { readonly at: number; readonly start: number; readonly end: number } | null;
  /** From ns after the beginning as they passed where the gap was measured: hidden time counts. */
  placeGapTime(at: number): number;
}

/** The time is lost somewhere before the late advertisement; nothing tells when exactly. */
const findHidden = ({ packets, takeovers, sender, length }: Picture): number => {
  const woken = sender.at(-1)?.kind === 'asleep' ? length : (sender.at(-1)?.from ?? length);
  const ends = packets.filter(({ which }) => which === 'late').map(({ at }) => at);
  return Math.max(0, Math.min(length, woken, ...ends, ...takeovers.map(({ at }) => at)));
};

/** Room behind the end (share of the length), and how far a master-down line may be to be drawn into the picture. */
const ROOM = 0.02;
const NEAR = 1.3;

/**
 * The axis of a picture.
 *
 * @param from shown from here on (ns after the picture's beginning)
 */
export const makeTimeAxis = (picture: Picture, from = 0): TimeAxis => {
  const { length, hidden, masterDown } = picture;
  const isNear = masterDown > length && masterDown - from < NEAR * (length - from) && hidden === 0;
  const end = isNear ? masterDown : length;
  const to = end + ROOM * (end - from);
  if (hidden === 0) {
    const scale = makeLinearScale(from, to, LEFT, RIGHT);
    return { from, to, scale, hidden: null, placeGapTime: scale };
  }
  const at = findHidden(picture);
  const before = makeLinearScale(from, to, LEFT, RIGHT - BREAK_WIDTH);
  const start = before(at);
  const scale: Scale = Object.assign((value: number) => before(value) + (value >= at ? BREAK_WIDTH : 0), { from, to });
  const placeGapTime = (value: number): number =>
    value <= at
      ? before(value)
      : value >= at + hidden
        ? scale(value - hidden)
        : start + ((value - at) / hidden) * BREAK_WIDTH;
  return { from, to, scale, hidden: { at, start, end: start + BREAK_WIDTH }, placeGapTime };
};

export interface PlacedSpan {
  readonly x: number;
  readonly width: number;
  /** Width that can be written in, from `x`: what hidden time does not cover. */
  readonly room: number;
}

/** Place and width of a stretch, cut to what is shown; null where nothing of it is. */
export const placeSpan = (
  { from, to, scale, hidden }: TimeAxis,
  span: { readonly from: number; readonly to: number },
): PlacedSpan | null => {
  const start = Math.max(span.from, from);
  const end = Math.min(span.to, to);
  if (end <= start) return null;
  const x = scale(start);
  const width = scale(end) - x;
  const isBroken = hidden !== null && start < hidden.at && end >= hidden.at;
  return { x, width, room: isBroken ? hidden.start - x : width };
};

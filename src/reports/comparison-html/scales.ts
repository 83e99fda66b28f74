import { trimZeros } from '../../model/duration.js';
import { chooseStep } from '../html/svg.js';

/** A value that an axis names. */
export interface Tick {
  /** Percent of the picture's width. */
  readonly at: number;
  readonly label: string;
  /** Named on narrow screens too. */
  readonly isMajor: boolean;
}

/** From values to places, which are percents of the picture's width: pictures grow with the page, their text does not. */
export interface Scale {
  readonly place: (value: number) => number;
  readonly ticks: readonly Tick[];
  /** Where a column of its own ends, for what a logarithm cannot show (zero, early); 0 where there is none. */
  readonly columnEnds: number;
}

/** Where the drawn part of an axis ends: labels of the last tick need room. */
const LAST = 95;
const FIRST = 4;
const ZERO_COLUMN = 11;
const ZERO_AT = 5.5;

/** Powers of ten that an axis shows at most; what is smaller stands at its beginning. */
const MOST_DECADES = 10;
const MOST_TICKS = 7;

/** A percentage in an attribute: `12.35%`. */
export const percent = (at: number): string => `${trimZeros(at.toFixed(2))}%`;

/** `1 %` rather than `1.0 %`. */
export const trimTick = (text: string): string => {
  const [number = '', ...unit] = text.split(' ');
  return [trimZeros(number), ...unit].join(' ');
};

const clamp = (value: number, least: number, most: number): number => Math.min(Math.max(value, least), most);

/** A label here would touch that of the column beside it on a narrow screen. */
const NEAR_COLUMN = { from: 10, to: 28 };

const thinTicks = (ticks: readonly { at: number; label: string }[]): Tick[] => {
  const step = Math.max(1, Math.ceil(ticks.length / MOST_TICKS));
  const kept = ticks.filter((_, index) => (ticks.length - 1 - index) % step === 0);
  return kept.map((tick, index) => ({
    ...tick,
    isMajor:
      (kept.length - 1 - index) % 2 === 0 && (index > 0 || tick.at < NEAR_COLUMN.from || tick.at > NEAR_COLUMN.to),
  }));
};

/** A power of ten; written as one, so that no digits are left of a multiplication. */
const power = (exponent: number): number => Number(`1e${exponent}`);

interface LogRange {
  /** Powers of ten. */
  readonly from: number;
  readonly to: number;
  /** Percents. */
  readonly start: number;
  readonly end?: number;
  readonly format: (value: number) => string;
}

/** An axis from one power of ten to another. */
export const createDecades = ({ from, to, start, end = LAST, format }: LogRange): Scale => {
  const place = (value: number): number =>
    start + ((clamp(Math.log10(value), from, to) - from) / (to - from)) * (end - start);
  const exponents = Array.from({ length: to - from + 1 }, (_, index) => from + index);
  const factors = exponents.length <= 3 ? [1, 2, 5] : [1];
  const values = exponents.flatMap((exponent) => factors.map((factor) => factor * power(exponent)));
  const ticks = values
    .filter((value) => value <= power(to))
    .map((value) => ({ at: place(value), label: trimTick(format(value)) }));
  return { place, ticks: thinTicks(ticks), columnEnds: 0 };
};

/** The powers of ten that hold these values, one or more apart; of one per cent where there are none. */
export const spanDecades = (values: readonly number[]): { from: number; to: number } => {
  const logs = values.filter((value) => value > 0 && Number.isFinite(value)).map(Math.log10);
  if (logs.length === 0) return { from: -3, to: -1 };
  const least = logs.reduce((a, b) => Math.min(a, b));
  const most = logs.reduce((a, b) => Math.max(a, b));
  const to = Math.ceil(most - 1e-9);
  return { from: Math.max(Math.min(Math.floor(least + 1e-9), to - 1), to - MOST_DECADES), to };
};

/** A logarithmic axis for these values, with a column for zero at its left. */
export const createLogScale = (
  values: readonly number[],
  { zero, format }: { zero: string; format: (value: number) => string },
): Scale => {
  const decades = createDecades({ ...spanDecades(values), start: ZERO_COLUMN + 6, format });
  return {
    place: (value) => (value > 0 ? decades.place(value) : ZERO_AT),
    ticks: [{ at: ZERO_AT, label: zero, isMajor: true }, ...decades.ticks],
    columnEnds: ZERO_COLUMN,
  };
};

/** What is left free on each side of which there are values, as a part of the whole. */
const ROOM = 0.04;

/** Values nearer to each other than this are told apart by no axis. */
const SMALLEST = 1e-200;

/** An even axis that holds these values and zero. */
export const createLinearScale = (values: readonly number[], format: (value: number) => string): Scale => {
  const least = values.reduce((a, b) => Math.min(a, b), 0);
  const most = values.reduce((a, b) => Math.max(a, b), 0);
  const isFlat = most - least < SMALLEST;
  const range = isFlat ? 1 : most - least;
  const from = least < 0 && !isFlat ? least - range * ROOM : 0;
  const to = most > 0 || isFlat ? (isFlat ? 1 : most) + range * ROOM : range * ROOM;
  const start = FIRST;
  const place = (value: number): number => start + ((clamp(value, from, to) - from) / (to - from)) * (LAST - start);
  const step = chooseStep(range, MOST_TICKS - 2);
  const first = Math.ceil(from / step);
  const steps = Array.from({ length: Math.floor(to / step) - first + 1 }, (_, index) => first + index);
  return {
    place,
    ticks: steps.map((count) => ({
      at: place(count * step),
      label: trimTick(format(count * step)),
      isMajor: count % 2 === 0,
    })),
    columnEnds: 0,
  };
};

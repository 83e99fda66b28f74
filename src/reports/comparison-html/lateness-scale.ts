import type { ComparedGroup } from '../../model/comparison.js';
import { formatNs } from '../format.js';
import { createDecades, type Scale, spanDecades } from './scales.js';

/** From here (ns) lateness is drawn on a logarithm; what is less late has a column of its own, and so has what is early. */
const LEAST_NS = 1000;
const COLUMN = 9;
const GAP = 1.5;
/** Shares are written to the right of it. */
const END = 92;

/** Percents between which a bin is drawn. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

export interface LatenessScale extends Scale {
  /** Where a bin lies: above `fromNs`, null for whatever is early, up to and with `toNs`. */
  readonly stretch: (fromNs: string | null, toNs: string) => Stretch;
}

/** One axis for the lateness of all groups: early, below a microsecond, and from there on a logarithm. */
export const createLatenessScale = (groups: readonly ComparedGroup[]): LatenessScale => {
  const latest = groups.flatMap(({ distribution, latenessNs }) => [
    ...distribution.map(({ toNs }) => Number(toNs)),
    ...(latenessNs === null ? [] : [Number(latenessNs.max)]),
  ]);
  const to = Math.max(6, spanDecades([LEAST_NS, ...latest]).to);
  const start = 2 * (COLUMN + GAP);
  const decades = createDecades({ from: 3, to, start, end: END, format: formatNs });
  const early = COLUMN / 2;
  const punctual = COLUMN + GAP + COLUMN / 2;
  const place = (ns: number): number => (ns <= 0 ? early : ns < LEAST_NS ? punctual : decades.place(ns));
  return {
    place,
    stretch: (fromNs, toNs) => {
      if (fromNs === null) return { from: 0, to: COLUMN };
      if (Number(toNs) <= LEAST_NS) return { from: COLUMN + GAP, to: 2 * COLUMN + GAP };
      const [a, b] = [Number(fromNs), Number(toNs)].map((ns) => decades.place(Math.max(ns, LEAST_NS)));
      return { from: Math.min(a ?? 0, b ?? 0), to: Math.max(a ?? 0, b ?? 0) };
    },
    ticks: [
      { at: early, label: 'early', isMajor: true },
      { at: punctual, label: `<${formatNs(LEAST_NS)}`, isMajor: true },
      ...decades.ticks.slice(decades.ticks[0]?.at === start ? 1 : 0),
    ],
    columnEnds: 0,
  };
};

import type { JudgedGaps } from '../../model/request.js';

/** Gaps that ended in one stretch of time. */
export interface GapColumn {
  /** Stretch (ns after the base). */
  readonly from: number;
  readonly to: number;
  readonly count: number;
  /** ns */
  readonly shortest: number;
  readonly longest: number;
  /** How much longer than the interval (ns). */
  readonly leastLateness: number;
  readonly mostLateness: number;
}

export interface GroupOptions {
  /** ns after the base */
  readonly from: number;
  readonly to: number;
  /** How many stretches. */
  readonly columns: number;
  /** Which gaps count, by their lateness (ns); all, unless told. */
  readonly keep?: (lateness: number) => boolean;
}

/** Gaps by stretches of equal length from `from` to `to`; stretches without any are left out. */
export const groupGaps = (
  { at, gap, lateness }: JudgedGaps,
  { from, to, columns, keep = () => true }: GroupOptions,
): GapColumn[] => {
  const width = (to - from) / columns || 1;
  const grouped = new Map<number, { -readonly [K in keyof GapColumn]: GapColumn[K] }>();
  for (let i = 0; i < at.length; i += 1) {
    const [end = 0, length = 0, late = 0] = [at[i], gap[i], lateness[i]];
    if (!keep(late)) continue;
    const index = Math.min(columns - 1, Math.max(0, Math.floor((end - from) / width)));
    const column = grouped.get(index);
    if (column === undefined) {
      grouped.set(index, {
        from: from + index * width,
        to: from + (index + 1) * width,
        count: 1,
        shortest: length,
        longest: length,
        leastLateness: late,
        mostLateness: late,
      });
    } else {
      column.count += 1;
      column.shortest = Math.min(column.shortest, length);
      column.longest = Math.max(column.longest, length);
      column.leastLateness = Math.min(column.leastLateness, late);
      column.mostLateness = Math.max(column.mostLateness, late);
    }
  }
  return [...grouped].sort(([a], [b]) => a - b).map(([, column]) => column);
};

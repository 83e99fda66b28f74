import type { TraceEvent, TraceWriter } from './trace-writer.js';

/** A time on the axis: ns after its beginning. */
export interface Stretch {
  readonly from: number;
  readonly to: number;
}

/** A slice of a track; its beginning is `at`. */
export interface Slice extends TraceEvent {
  readonly to: number;
  /** What happens as it ends, shown inside it. */
  readonly atEnd?: TraceEvent;
}

/**
 * Stretches one after the other: in order of time, and each begins where the last one ended if it began before that. One that is
 * wholly covered stays, with no length, where the cover ends.
 */
export const layOut = <T extends Stretch>(stretches: readonly T[]): T[] => {
  const sorted = [...stretches].sort((a, b) => a.from - b.from);
  let end = 0;
  return sorted.map((stretch) => {
    const from = Math.max(stretch.from, end);
    end = Math.max(stretch.to, from);
    return from === stretch.from && end === stretch.to ? stretch : { ...stretch, from, to: end };
  });
};

/**
 * Put groups of stretches on as few rows as it takes for none to overlap another group; each group is in order of time, and
 * so are the groups.
 */
export const spread = <T extends Stretch>(groups: readonly (readonly T[])[]): T[][] => {
  const rows: { end: number; stretches: T[] }[] = [];
  for (const group of groups) {
    const from = group[0]?.from ?? 0;
    let row = rows.find(({ end }) => end <= from);
    if (!row) {
      row = { end: 0, stretches: [] };
      rows.push(row);
    }
    for (const stretch of group) {
      row.end = Math.max(row.end, stretch.to);
      row.stretches.push(stretch);
    }
  }
  return rows.map(({ stretches }) => layOut(stretches));
};

/** What `make` makes of each, one at a time: slices are many, and large. */
export const makeEach = function* <T>(items: Iterable<T>, make: (item: T) => Slice): Generator<Slice> {
  for (const item of items) yield make(item);
};

/** Write slices of a track that were laid out. */
export const writeSlices = (writer: TraceWriter, track: number, slices: Iterable<Slice>): void => {
  for (const slice of slices) {
    writer.beginSlice(track, slice);
    if (slice.atEnd) writer.writeInstant(track, slice.atEnd);
    writer.endSlice(track, slice.to);
  }
};

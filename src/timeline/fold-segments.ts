import type { Segment } from './segments.js';

/** More segments than this in one window are folded, so that a stall of any length fits in memory. */
export const MAX_SEGMENTS = 20_000;

const GROUP = 32;
/** A group that keeps more than this many forgets the targets. */
const MAX_DISTINCT = 16;

/**
 * Fold the older half of a window's segments: in every group of consecutive ones, those of the same kind, call and
 * target become one whose length is their sum. Lengths stay exact; places inside a group become approximate.
 */
export const foldSegments = (segments: readonly Segment[]): Segment[] => {
  const half = segments.length >> 1;
  const out: Segment[] = [];
  for (let i = 0; i < half; i += GROUP) {
    const group = segments.slice(i, Math.min(i + GROUP, half));
    let sums = sumBy(group, 'target');
    if (sums.size > MAX_DISTINCT) sums = sumBy(group, 'call');
    if (sums.size > MAX_DISTINCT) sums = sumBy(group, 'kind');
    let at = group[0]?.from ?? 0;
    for (const sum of sums.values()) {
      const length = sum.to - sum.from;
      out.push({ ...sum, from: at, to: at + length });
      at += length;
    }
  }
  return out.concat(segments.slice(half));
};

const sumBy = (group: readonly Segment[], by: 'target' | 'call' | 'kind'): Map<string, Segment> => {
  const sums = new Map<string, Segment>();
  for (const segment of group) {
    const target = by === 'target' ? segment.target : null;
    const call = by === 'kind' ? '' : segment.call;
    const [stopSignal, left] = by === 'kind' ? [null, null] : [segment.stopSignal, segment.left];
    const key = `${segment.kind} ${call} ${target ?? ''} ${String(stopSignal)} ${String(left)}`;
    const sum = sums.get(key);
    if (sum) {
      sum.to += segment.to - segment.from;
      sum.majorFaults = Math.max(sum.majorFaults, segment.majorFaults);
      // One time cannot say how long several of them had been woken.
      Object.assign(sum, { deadline: null, wokenAt: null, wokenBy: null, wokenLane: -1, woken: null });
    } else sums.set(key, { ...segment, target, call, stopSignal, left, inferred: true });
  }
  return sums;
};

import type { AnswerInstance } from '../../model/answer.js';
import type { Picture } from '../../model/picture.js';
import type { AnswerReport } from '../../model/report.js';
import type { Axis } from './axis.js';

/** A picture with its place on the axis (ns after its beginning). */
export interface Window {
  readonly picture: Picture;
  readonly from: number;
  readonly to: number;
  /** Index of the instance it is of; null where nothing tells. */
  readonly instance: number | null;
}

/** Times of one packet, rounded on different ways, are no farther apart (ns). */
export const SAME_NS = 2;

/** Instances by the times (ns on the axis) at which their gaps ended. */
const indexGapEnds = ({ answer, gaps }: AnswerReport, axis: Axis): Map<number, number[]> => {
  const ends = new Map<number, number[]>();
  const add = (at: number, instance: number): void => {
    const known = ends.get(at);
    if (known) known.push(instance);
    else ends.set(at, [instance]);
  };
  gaps.forEach(({ baseNs, at }, instance) => {
    const base = axis.toOffset(baseNs);
    for (const time of at) add(base + Math.round(time), instance);
  });
  answer.instances.forEach(({ late }, instance) => {
    for (const { sentNs } of late) add(axis.toOffset(sentNs), instance);
  });
  return ends;
};

/** The advertisement that ends a picture is known by one of its packets: a gap of its instance ended then. */
const findInstances = (picture: Picture, from: number, ends: ReadonlyMap<number, number[]>): Set<number> => {
  const found = new Set<number>();
  for (const { which, at } of picture.packets) {
    if (which !== 'late') continue;
    for (let near = -SAME_NS; near <= SAME_NS; near++)
      for (const instance of ends.get(from + at + near) ?? []) found.add(instance);
  }
  return found;
};

/** Instances by the ids of their late advertisements, which those of unicast peers share. */
const indexLateIds = (instances: readonly AnswerInstance[]): Map<string, number[]> => {
  const holders = new Map<string, number[]>();
  instances.forEach(({ late }, instance) => {
    for (const { id } of late) holders.set(id, [...(holders.get(id) ?? []), instance]);
  });
  return holders;
};

/** The pictures of a report, in order of time, each with its instance. */
export const placeWindows = (report: AnswerReport, axis: Axis): Window[] => {
  const ends = indexGapEnds(report, axis);
  const { instances } = report.answer;
  const holders = indexLateIds(instances);
  const only = instances.length === 1 ? 0 : null;
  return report.pictures
    .map((picture) => {
      const from = axis.toOffset(picture.fromNs);
      const seen = findInstances(picture, from, ends);
      const named = picture.late === null ? null : (holders.get(picture.late) ?? []);
      const instance = named === null ? [...seen][0] : (named.find((one) => seen.has(one)) ?? named[0]);
      return { picture, from, to: from + picture.length, instance: instance ?? only };
    })
    .sort((a, b) => a.from - b.from);
};

import type { AnswerInstance, LateAdvertisement } from '../../model/answer.js';
import type { Axis } from './axis.js';
import type { Stretch } from './slices.js';
import type { Window } from './windows.js';

/** Where each late advertisement is drawn. */
export type LatePlaces = ReadonlyMap<LateAdvertisement, Stretch>;

/**
 * Its lateness, up to when it was seen where it was measured; less where the clock that it is shown on stood still meanwhile.
 * Without a picture the time of sending stands for that.
 */
const placeLate = (late: LateAdvertisement, window: Window | undefined, axis: Axis): Stretch => {
  const find = (which: 'previous' | 'late'): number | null => {
    const packet = window?.picture.packets.find((one) => one.which === which && one.point === late.measuredAt);
    return window && packet ? window.from + packet.at : null;
  };
  const to = find('late') ?? axis.toOffset(late.sentNs);
  const earliest = find('previous') ?? axis.toOffset(late.previousNs);
  return { from: Math.min(to, Math.max(to - Number(late.latenessNs), earliest)), to };
};

/** Find the places of all late advertisements. */
export const placeLateOnes = (
  instances: readonly AnswerInstance[],
  windowsOf: ReadonlyMap<number | null, readonly Window[]>,
  axis: Axis,
): LatePlaces =>
  new Map(
    instances.flatMap(({ late }, index) => {
      const windowOf = new Map(windowsOf.get(index)?.map((window) => [window.picture.late, window]));
      return late.map((one) => [one, placeLate(one, windowOf.get(one.id), axis)] as const);
    }),
  );

import { joinAdvertisements, type Joined } from '../../src/diagnosis/join.js';
import { makePoint } from '../../src/diagnosis/points.js';
import { convert } from '../../src/time/offsets.js';
import type { OffsetSegment } from '../../src/time/offsets.js';
import { TRACE_BASE, type CaptureTruth, type Scene } from './scenes.js';

/** How an alignment compares with the truth. */
export interface Verdict {
  readonly aligned: boolean;
  readonly doubted: boolean;
  readonly wrongSends: number;
  readonly wrongPairs: number;
  /** How far the worst offset lies outside what was stated, ns. */
  readonly excess: number;
  readonly matched: number;
  /** The first thing that was wrong, stated doubt or not. */
  readonly fault: 'wrong-send' | 'wrong-packet' | 'offset' | 'nothing-matched' | null;
}

const uncertaintyAt = (clock: readonly OffsetSegment[], at: number): number =>
  (clock.filter(({ from }) => from <= at).at(-1) ?? clock[0])?.uncertainty ?? 0;

export const joinScene = (scene: Scene): Joined =>
  joinAdvertisements(
    scene.windows,
    { baseNs: TRACE_BASE, epoch: true },
    scene.captures.map(({ name, capture }) => makePoint(name, `${name}.pcap`, capture)),
  );

/** Whether a packet is the only one seen at both points since a step, or before it: it may as well have been held. */
const isLone = (truth: CaptureTruth, scene: Scene, send: number): boolean => {
  if (truth.steps.length === 0) return false;
  const eraOf = (index: number): number => {
    const time = scene.windows[index]?.attempt.witness.time ?? 0;
    return truth.steps.filter(({ at }) => at <= time).length;
  };
  const first = new Set([...(scene.captures[0]?.sentBy.values() ?? [])].map((other) => other.send));
  const own = eraOf(send);
  const fellows = new Set(
    [...truth.sentBy.values()].map((other) => other.send).filter((other) => first.has(other) && eraOf(other) === own),
  );
  return fellows.size <= 1;
};

/** Compare the answer of a joined scene with its truth. */
export const judgeScene = (scene: Scene): Verdict => {
  const joined = joinScene(scene);
  const indexOf = new Map(scene.windows.map((window, i) => [window, i]));
  let wrongSends = 0;
  let wrongPairs = 0;
  let matched = 0;
  let excess = Number.NEGATIVE_INFINITY;
  for (const { advertisements } of joined.streams) {
    for (const { send, seen } of advertisements) {
      const sends = new Set<number | undefined>();
      seen.forEach((packet, i) => {
        const truth = scene.captures[i];
        const point = joined.points[i];
        if (!packet || !truth || !point) return;
        const from = truth.sentBy.get(packet.packet);
        sends.add(from?.send);
        if (!send) return;
        if (from?.send !== indexOf.get(send)) {
          wrongSends++;
          return;
        }
        matched++;
        const sent = scene.windows[from?.send ?? -1];
        if (!from || !sent || isLone(truth, scene, from.send)) return;
        const truly = Number(sent.attempt.witness.time) + from.transit;
        const error = Math.abs(convert(point.clock, packet.time) - truly);
        excess = Math.max(excess, error - from.transit - uncertaintyAt(point.clock, packet.time));
      });
      if (sends.size > 1) wrongPairs++;
    }
  }
  const doubted = joined.points.some(({ doubt }) => doubt !== null);
  const aligned = joined.unaligned.length === 0;
  const fault =
    wrongSends > 0
      ? 'wrong-send'
      : wrongPairs > 0
        ? 'wrong-packet'
        : excess > ROUNDING
          ? 'offset'
          : matched === 0 && aligned
            ? 'nothing-matched'
            : null;
  return { aligned, doubted, wrongSends, wrongPairs, excess, matched, fault };
};

/** Times are rounded to whole ns on each of three clocks. */
const ROUNDING = 4;

import fc from 'fast-check';
import { followPairs } from '../../src/time/align-series.js';
import type { ClockPair } from '../../src/time/offsets.js';

export const MS = 1_000_000;
export const SECOND = 1_000_000_000;
const YEAR = 365 * 86_400 * SECOND;

/** How two clocks lie and what the packets between them go through. All times in ns. */
export interface Scene {
  /** Clock to convert minus reference, at reference 0. */
  readonly offset: number;
  readonly driftPpm: number;
  readonly interval: number;
  readonly count: number;
  /** Share (0 to 1) of the greatest transit for every packet. */
  readonly transit: readonly number[];
  readonly jitter: number;
  /** Packets sent together at every tick, as by several virtual routers. */
  readonly together: number;
}

/** The other clock at a moment of the reference. */
export const otherClock = ({ offset, driftPpm }: Scene, reference: number): number =>
  reference + offset + (reference * driftPpm) / 1e6;

/**
 * Pairs as the scene makes them, in time order.
 *
 * @param leaves when a packet sent at a time is let go; packets sent together are let go together
 * @param steps from a reference time on, what has been added to the other clock
 */
export const makePairs = (
  scene: Scene,
  leaves: (sent: number) => number = (sent) => sent,
  steps: readonly { at: number; by: number }[] = [],
): ClockPair[] => {
  const pairs: ClockPair[] = [];
  for (let i = 0; i < scene.count; i++) {
    const sent = Math.floor(i / scene.together) * scene.interval + (i % scene.together) * 50_000;
    const share = scene.transit[i % scene.transit.length] ?? 0;
    const seen = leaves(sent) + Math.round(share * scene.jitter);
    const stepped = steps.filter(({ at }) => seen >= at).reduce((sum, { by }) => sum + by, 0);
    pairs.push({ at: Math.round(otherClock(scene, seen) + stepped), reference: sent });
  }
  return pairs;
};

/** Scenes of `least` to `most` packets, with up to 200 ppm of drift and `jitterMax` ns of jitter. */
export const sceneArbitrary = (least: number, most: number, jitterMax: number): fc.Arbitrary<Scene> =>
  fc.record({
    offset: fc.oneof(
      fc.constant(0),
      fc.integer({ min: -3600 * SECOND, max: 3600 * SECOND }),
      fc.integer({ min: -20, max: 20 }).map((years) => years * YEAR + 123_456_789),
    ),
    driftPpm: fc.double({ min: -200, max: 200, noNaN: true }),
    interval: fc.constantFrom(200 * MS, SECOND, 2 * SECOND),
    count: fc.integer({ min: least, max: most }),
    transit: fc.array(fc.double({ min: 0, max: 1, noNaN: true }), { minLength: 40, maxLength: 60 }),
    jitter: fc.integer({ min: 0, max: jitterMax }),
    together: fc.constant(1),
  });

/** The pairs in time order, each marked as held or the first after a step where they are. */
export const label = (pairs: readonly ClockPair[]): ClockPair[] => {
  const events = [...new Set(pairs.map(({ reference }) => reference))].sort((a, b) => a - b);
  const indexOf = new Map(events.map((time, i) => [time, i]));
  const { pairs: tracked } = followPairs({
    reference: events,
    packets: pairs.map(({ at }) => at),
    counts: null,
    partners: pairs.map(({ reference }) => indexOf.get(reference) ?? -1),
  });
  return tracked.flatMap(({ packet, kind }) => {
    const pair = pairs[packet];
    return pair ? [{ ...pair, held: kind === 'held', step: kind === 'step' }] : [];
  });
};

/** Index of the first pair of every stretch, the first being 0. */
export const stepsOf = (pairs: readonly ClockPair[]): number[] => [
  0,
  ...label(pairs).flatMap(({ step, at, reference }) =>
    step === true ? [pairs.findIndex((pair) => pair.at === at && pair.reference === reference)] : [],
  ),
];

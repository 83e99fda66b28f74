import type { Assumption } from './build-instances.js';
import type { ClockedPoint } from './clocks.js';
import { firstOutside, placeOf } from './stations.js';
import type { FoundTakeover } from './takeovers.js';

/** Which recordings there are. */
export interface Recorded {
  /** A trace from inside the sending VM that shows its sends. */
  readonly trace: boolean;
  /** Captures whose clocks are known, from the sender outward. */
  readonly points: readonly ClockedPoint[];
}

const TAP = 'a capture on the host’s tap of that VM (--capture tap=FILE) would tell';
const OWN_INTERFACE = 'a capture on the sending interface inside the VM (--capture sender=FILE) would tell';
const TRACE = 'a trace from inside the sending VM (--trace FILE) would tell';

/**
 * What this set of recordings cannot tell, taken to be harmless, and the one recording that would settle it. Of a trace
 * with two captures and more only parted clocks beyond the host leave something open.
 */
export const listBlindSpots = ({ trace, points }: Recorded): Assumption[] => {
  const only = points[0];
  if (trace && !only)
    return [
      {
        what: 'every packet left when its send call returned, and the VM was never paused',
        why: `there is no capture, and the trace shows neither; ${TAP}`,
      },
    ];
  if (trace && points.length > 1) return listPartedClocks(points);
  if (!only) return [];
  const place = placeOf(only, 0);
  if (trace) {
    if (place === 'vm')
      return [
        {
          what: `the VM was never paused, and no packet was held or lost behind ${only.name}`,
          why: `nothing inside the VM shows either; ${TAP}`,
        },
      ];
    if (place === 'host')
      return [
        {
          what: `packets that came late to ${only.name} were held by the host`,
          why: `the VM’s own queueing discipline would look the same; ${OWN_INTERFACE}`,
        },
      ];
    return [
      {
        what: `nobody is held to account for what happened between the send calls and ${only.name}`,
        why: `the VM’s queues, a paused VM, the host and the network look the same from there; ${TAP}`,
      },
    ];
  }
  if (points.length > 1)
    return [
      {
        what: `nobody is held to account for what was late at ${only.name} already`,
        why: `the captures show nothing of the sender and its VM; ${TRACE}`,
      },
    ];
  const unseen =
    place === 'vm'
      ? 'the sender, its VM and a host that does not run it look the same from there, and a paused VM does not show at all'
      : place === 'host'
        ? 'the sender, its VM, a paused VM and packets held on their way out look the same from there'
        : 'the sender, its VM, the host and the network look the same from there';
  return [{ what: `nobody is held to account for what was late at ${only.name}`, why: `${unseen}; ${TRACE}` }];
};

/** A clock beyond the host that parted from the VM's for good: the VM's stood still, or that one was set. */
const listPartedClocks = (points: readonly ClockedPoint[]): Assumption[] => {
  const index = firstOutside(points);
  const outer = points[index];
  if (!outer || placeOf(outer, index) === 'host' || outer.clock.length < 2) return [];
  return [
    {
      what: `the clock of ${outer.name} was not set: the VM was paused where the two parted`,
      why: `from beyond the host both look the same; ${TAP}`,
    },
  ];
};

/** What to record about takeovers that no late advertisement and no resignation explains. */
export const listUnexplainedTakeovers = (
  takeovers: Iterable<readonly FoundTakeover[]>,
  { points }: Recorded,
): Assumption[] => {
  const notes = new Map<string, { count: number }>();
  for (const list of takeovers) {
    for (const { by, after, late } of list) {
      if (late !== null || (after !== 'unknown' && after !== 'loss-after-capture')) continue;
      const known = notes.get(by);
      if (known) known.count++;
      else notes.set(by, { count: 1 });
    }
  }
  return [...notes].map(([by, { count }]) => ({
    what: `the ${count === 1 ? 'takeover' : `${String(count)} takeovers`} by ${by} had a reason behind ${points.at(-1)?.name ?? 'the recordings'}`,
    why: `no late advertisement was seen before; ${whatSettles(points)}`,
  }));
};

const whatSettles = (points: readonly ClockedPoint[]): string => {
  const places = new Set(points.map((point, i) => placeOf(point, i)));
  if (places.has('path'))
    return 'a trace from inside the backup would tell whether they reached it, and what became of them';
  if (places.has('host'))
    return 'a capture on the backup’s interface (--capture receiver=FILE) would tell whether they were lost';
  return 'a capture on the host’s tap of that VM (--capture tap=FILE) would tell a paused VM and packets held behind it from a loss';
};

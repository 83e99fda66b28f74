import type { CapturedAdvertisement } from '../model/advertisement.js';
import { convert, segmentAt, type OffsetSegment } from '../time/offsets.js';
import type { Advertisement } from './instance.js';
import type { ClockedPoint } from './clocks.js';
import type { HopChange } from './ledger.js';

/** Names that people give to places outside the sending VM. */
const HOST_SIDE = /^(?:tap|vnet|vif|macvtap|vhost|host|hypervisor|compute|ovs|qbr|qvb|qvo)/i;
const FAR_SIDE = /^(?:receiver|backup|peer|switch|router|bridge|br\d|remote|lb\d?2|standby)/i;

/** Where a capture was taken, judged by its name: inside the sending VM unless it says otherwise. */
export const placeOf = (point: ClockedPoint, index: number): 'vm' | 'host' | 'path' => {
  if (HOST_SIDE.test(point.name)) return 'host';
  return index > 0 || FAR_SIDE.test(point.name) ? 'path' : 'vm';
};

/**
 * How the transit of `next` differs from that of `previous`, hop by hop, from the send call to point `upTo`. Each hop is
 * measured with every station's own clock, so offsets cancel; the changes add up to the gap there less the gap at the
 * first station.
 */
export const hopChanges = (
  previous: Advertisement,
  next: Advertisement,
  points: readonly ClockedPoint[],
  upTo: number,
): HopChange[] => {
  interface Station {
    name: string;
    place: 'send' | 'vm' | 'host' | 'path';
    gap: number;
    reference: number;
    point: number;
  }
  const stations: Station[] = [];
  if (previous.send && next.send) {
    stations.push({
      name: 'send',
      place: 'send',
      gap: next.send.attempt.time - previous.send.attempt.time,
      reference: next.send.attempt.time,
      point: -1,
    });
  }
  for (let i = 0; i <= upTo; i++) {
    const a = previous.seen[i];
    const b = next.seen[i];
    const point = points[i];
    if (!a || !b || !point) continue;
    // A clock inside the VM that was set in between measures the setting, not the transit.
    if (placeOf(point, i) === 'vm' && stations.length > 0 && parted(point, a, b)) continue;
    stations.push({
      name: point.name,
      place: placeOf(point, i),
      gap: b.time - a.time,
      reference: convert(point.clock, b.time),
      point: i,
    });
  }
  const hops: HopChange[] = [];
  for (let i = 1; i < stations.length; i++) {
    const near = stations[i - 1];
    const far = stations[i];
    if (!near || !far) continue;
    const exit = near.place === 'send' ? (next.send?.attempt.exit ?? near.reference) : near.reference;
    hops.push({
      change: far.gap - near.gap,
      from: Math.min(near.reference, far.reference),
      to: Math.max(far.reference, exit),
      piece: describeHop(near, far, next, previous, points),
    });
  }
  return hops;
};

const describeHop = (
  near: { name: string; place: string; point: number },
  far: { name: string; place: string; point: number },
  next: Advertisement,
  previous: Advertisement,
  points: readonly ClockedPoint[],
): HopChange['piece'] => {
  const target = `${near.name}→${far.name}`;
  const witnesses = near.place === 'send' && next.send ? [next.send.attempt.witness] : [];
  const base = { target, witnesses, process: null, syscall: null };
  if (near.place === 'send' && far.place === 'vm') return { ...base, state: 'queued', reason: null };
  if (stepped(points, previous, next, far.point)) return { ...base, state: 'vm-paused', reason: 'paused' };
  if (near.place === 'send' && far.place === 'path') return { ...base, state: 'queued', reason: 'not-covered' };
  return { ...base, state: 'in-flight', reason: far.place === 'host' ? 'egress' : 'path' };
};

/** The nearest point outside the VM: on the host, or farther out where no host was recorded; -1 for none. */
export const firstOutside = (points: readonly ClockedPoint[]): number => {
  const places = points.map((point, i) => placeOf(point, i));
  return places.includes('host') ? places.indexOf('host') : places.indexOf('path');
};

/** Offsets closer than this (ns) are the same one again. */
const SAME_OFFSET = 20_000_000;

/** Whether a clock comes back to its offset at `time`: a network that delayed packets for a while, no pause. */
const isBack = (clock: readonly OffsetSegment[], time: number): boolean => {
  const index = segmentAt(clock, time);
  const own = clock[index];
  if (!own) return false;
  return clock.slice(index + 1).some(({ from }) => Math.abs(convert(clock, from) - convert([own], from)) < SAME_OFFSET);
};

/** Whether the clock outside and the VM's parted for good between the two packets. */
const stepped = (
  points: readonly ClockedPoint[],
  previous: Advertisement,
  next: Advertisement,
  index: number,
): boolean => {
  const point = points[index];
  const a = previous.seen[index];
  const b = next.seen[index];
  if (!point || !a || !b) return false;
  if (!parted(point, a, b)) return false;
  return placeOf(point, index) === 'host' || (index === firstOutside(points) && !isBack(point.clock, a.time));
};

/** Whether a point's clock stepped against the reference between two of its packets. */
export const parted = (point: ClockedPoint, a: CapturedAdvertisement, b: CapturedAdvertisement): boolean =>
  segmentAt(point.clock, a.time) !== segmentAt(point.clock, b.time);

import type { CapturedAdvertisement } from '../model/advertisement.js';
import type { Advertisement, Instance } from './instance.js';

/** IP identifications that were used between two captured packets and that no capture shows. */
export interface MissingIds {
  readonly count: number;
  readonly first: number;
  readonly last: number;
}

const MODULUS = 65_536;
/** So many equal differences at least, and this share of all, make a series one that counts. */
const LEAST_EQUAL = 3;
const EQUAL_SHARE = 0.5;
/** Counters with a longer stride are shared with other traffic. */
const LONGEST_STRIDE = 16;
/** A sender advertises once an interval, and now and then sooner, in reply to others; it does not use more ids than this. */
const PER_INTERVAL = 1.5;
const SPARE = 1;

/**
 * The IP identifications of one router's packets, where the sender counts them: keepalived builds its own headers and
 * counts up by one with each packet of an instance (by as many as it has unicast peers). Refused packets count, too.
 */
export class IdSeries {
  readonly #ids: { readonly time: number; readonly id: number }[] = [];
  readonly #interval: number;
  /** What ids differ by from one advertisement to the next; null where they do not count. */
  readonly stride: number | null;

  constructor({ advertisements, interval }: Pick<Instance, 'advertisements' | 'interval'>) {
    for (const advertisement of advertisements) {
      const id = idOf(advertisement);
      if (id !== null) this.#ids.push({ time: advertisement.time, id });
    }
    this.#interval = interval;
    this.stride = findStride(this.#ids.map(({ id }) => id));
  }

  /** Ids that are missing at every capture from `from` to `to` (reference clock, ns), both of captured packets. */
  missingBetween(from: number, to: number): MissingIds | null {
    if (this.stride === null) return null;
    let found: MissingIds | null = null;
    for (let i = this.#firstFrom(from) + 1; i < this.#ids.length; i++) {
      const before = this.#ids[i - 1];
      const after = this.#ids[i];
      if (!before || !after || after.time > to) break;
      const ids = this.#missing(before, after, this.stride);
      if (ids) found = found ? { count: found.count + ids.count, first: found.first, last: ids.last } : ids;
    }
    return found;
  }

  #missing(
    before: { time: number; id: number },
    after: { time: number; id: number },
    stride: number,
  ): MissingIds | null {
    const steps = stepsBetween(before.id, after.id, stride);
    const most = (PER_INTERVAL * (after.time - before.time)) / this.#interval + SPARE;
    if (steps === null || steps < 2 || steps > most) return null;
    const idAt = (step: number): number => {
      const id = before.id + step * stride;
      return id < MODULUS ? id : (id % MODULUS) + 1;
    };
    return { count: steps - 1, first: idAt(1), last: idAt(steps - 1) };
  }

  #firstFrom(time: number): number {
    const index = this.#ids.findIndex((one) => one.time >= time);
    return index < 0 ? this.#ids.length : index;
  }
}

const idOf = ({ seen }: Advertisement): number | null => {
  const id = seen.find((packet) => packet !== null)?.ipId ?? null;
  // 0 is left to the kernel to fill.
  return id === 0 ? null : id;
};

/** How far a counter went on between two ids. One that overflows goes on with 1 (keepalived: 0 is the kernel's to fill). */
const idsBetween = (before: number, after: number): number =>
  after > before ? after - before : after + MODULUS - before - 1;

/** How many strides lie between two ids, null where they are none. */
const stepsBetween = (before: number, after: number, stride: number): number | null => {
  const difference = idsBetween(before, after);
  return difference > 0 && difference % stride === 0 ? difference / stride : null;
};

const findStride = (ids: readonly number[]): number | null => {
  const counts = new Map<number, number>();
  for (let i = 1; i < ids.length; i++) {
    const difference = ((ids[i] ?? 0) - (ids[i - 1] ?? 0) + MODULUS) % MODULUS;
    if (difference > 0 && difference <= LONGEST_STRIDE) counts.set(difference, (counts.get(difference) ?? 0) + 1);
  }
  const [usual] = [...counts].sort((a, b) => b[1] - a[1]);
  if (!usual || usual[1] < LEAST_EQUAL || usual[1] < EQUAL_SHARE * (ids.length - 1)) return null;
  return usual[0];
};

const DISTINCT_SHARE = 0.5;

/** Whether IP identifications tell the packets of a stream apart (they do not for IPv6, or where they are all 0). */
export const identified = (stream: readonly CapturedAdvertisement[]): boolean => {
  const ids = new Set<number>();
  for (const { ipId } of stream) if (ipId !== null) ids.add(ipId);
  return ids.size > 0 && ids.size >= DISTINCT_SHARE * Math.min(stream.length, MODULUS);
};

/** Share of the packets that go on by one, and by one or a few, in a stream that is counted packet by packet. */
const BY_ONE_SHARE = 0.5;
const BY_FEW_SHARE = 0.9;
const MOST_MISSING = 64;

/**
 * The IP identifications of a stream where they count its packets one by one (keepalived's do:
 * `reference/keepalived.md`), else null.
 */
export const countsOf = (stream: readonly CapturedAdvertisement[]): number[] | null => {
  const counts = stream.map(({ ipId }) => ipId ?? 0);
  if (counts.length < 3 || counts.includes(0)) return null;
  let one = 0;
  let few = 0;
  for (let k = 1; k < counts.length; k++) {
    const step = idsBetween(counts[k - 1] ?? 0, counts[k] ?? 0);
    if (step === 1) one++;
    if (step <= MOST_MISSING) few++;
  }
  const steps = counts.length - 1;
  return one >= BY_ONE_SHARE * steps && few >= BY_FEW_SHARE * steps ? counts : null;
};

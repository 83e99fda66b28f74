import type { Capture, CapturedAdvertisement, ClockKind, Loss } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import { relativeTo } from '../../time/ns.js';
import { decodeFrame, type FrameAdvertisement } from './decode-frame.js';
import { TIME_OUT_OF_RANGE, VRRP_BAD_CHECKSUM } from './problems.js';

/** A time since the epoch in two parts that doubles hold exactly; `nanos` is within 0 and 999,999,999. */
export interface PacketTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** ns since the epoch. */
export const toNs = (time: PacketTime): bigint => BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);

/** The inverse of {@link toNs}, for any time whose seconds a double holds. */
export const fromNs = (ns: bigint): PacketTime => {
  const nanos = ((ns % 1_000_000_000n) + 1_000_000_000n) % 1_000_000_000n;
  return { seconds: Number((ns - nanos) / 1_000_000_000n), nanos: Number(nanos) };
};

const isBefore = (a: PacketTime, b: PacketTime): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);

const REACH = BigInt(Number.MAX_SAFE_INTEGER);

/** Keeps the advertisements among the packets of a capture, and nothing of the others but their count. */
export class PacketCollector {
  readonly #counters: CounterTable;
  readonly #found: { at: bigint; advertisement: Omit<CapturedAdvertisement, 'time'> }[] = [];
  #records = 0;
  #earliest: PacketTime | null = null;
  #latest: PacketTime | null = null;

  constructor(counters: CounterTable) {
    this.#counters = counters;
  }

  get records(): number {
    return this.#records;
  }

  /** Count a packet and its time, where it has one; every packet passes here, in file order. */
  addRecord(time: PacketTime | null): void {
    this.#records++;
    if (time === null) return;
    if (!this.#earliest || isBefore(time, this.#earliest)) this.#earliest = time;
    if (!this.#latest || isBefore(this.#latest, time)) this.#latest = time;
  }

  /** Keep the packet counted last if it is an advertisement; count what is wrong with it otherwise. */
  keepAdvertisement(time: PacketTime, linkType: number, frame: Uint8Array): void {
    const found = decodeFrame(linkType, frame);
    if (found === 'other') return;
    if ('problem' in found) this.#counters.add(found.problem);
    else {
      if (found.hasBadChecksum) this.#counters.add(VRRP_BAD_CHECKSUM);
      this.keep(time, found.advertisement);
    }
  }

  /** Keep an advertisement of the packet counted last. @param packet its number, or that of its line */
  keep(time: PacketTime, found: FrameAdvertisement, packet = this.#records): void {
    this.#found.push({ at: toNs(time), advertisement: { packet, ...found } });
  }

  /**
   * The capture: base is the first advertisement's time (the first record's where there is none; 0 where times are no
   * calendar's), `first` and `last` are the earliest and latest times, which in captures of several interfaces need not be the first and last records.
   */
  finish(format: Capture['format'], loss: Loss, clock: ClockKind = 'epoch'): Capture {
    const start = this.#found[0]?.at ?? (this.#earliest ? toNs(this.#earliest) : 0n);
    const baseNs = clock === 'epoch' ? start : 0n;
    const advertisements: CapturedAdvertisement[] = [];
    for (const { at, advertisement } of this.#found) {
      const distance = at < baseNs ? baseNs - at : at - baseNs;
      if (distance > REACH) this.#counters.add(TIME_OUT_OF_RANGE);
      else advertisements.push({ time: relativeTo(baseNs, at), ...advertisement });
    }
    return {
      format,
      clock,
      baseNs,
      advertisements,
      records: this.#records,
      first: this.#earliest && relativeTo(baseNs, toNs(this.#earliest)),
      last: this.#latest && relativeTo(baseNs, toNs(this.#latest)),
      loss,
    };
  }
}

import type { Capture, CapturedAdvertisement, Loss } from '../../model/advertisement.js';
import type { CounterTable } from '../../model/counters.js';
import { relativeTo } from '../../time/ns.js';
import { decodeFrame } from './decode-frame.js';
import { TIME_OUT_OF_RANGE } from './problems.js';

/** A time since the epoch in two parts that doubles hold exactly; `nanos` is within 0 and 999,999,999. */
export interface PacketTime {
  readonly seconds: number;
  readonly nanos: number;
}

/** ns since the epoch. */
export const toNs = (time: PacketTime): bigint => BigInt(time.seconds) * 1_000_000_000n + BigInt(time.nanos);

const isBefore = (a: PacketTime, b: PacketTime): boolean =>
  a.seconds < b.seconds || (a.seconds === b.seconds && a.nanos < b.nanos);

const REACH = BigInt(Number.MAX_SAFE_INTEGER);

/** Keeps the advertisements among the packets of a binary capture, and nothing of the others but their count. */
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

  /** Count a packet and its time; every packet passes here, in file order. */
  addRecord(time: PacketTime): void {
    this.#records++;
    if (!this.#earliest || isBefore(time, this.#earliest)) this.#earliest = time;
    if (!this.#latest || isBefore(this.#latest, time)) this.#latest = time;
  }

  /** Keep the packet counted last if it is an advertisement; count what is wrong with it otherwise. */
  keepAdvertisement(time: PacketTime, linkType: number, frame: Uint8Array): void {
    const found = decodeFrame(linkType, frame);
    if (found === 'other') return;
    if ('problem' in found) this.#counters.add(found.problem);
    else this.#found.push({ at: toNs(time), advertisement: { packet: this.#records, ...found } });
  }

  /**
   * The capture: base is the first advertisement's time (the first record's where there is none), `first` and `last`
   * are the earliest and latest times, which in captures of several interfaces need not be the first and last records.
   */
  finish(format: 'pcap' | 'pcapng', loss: Loss): Capture {
    const baseNs = this.#found[0]?.at ?? (this.#earliest ? toNs(this.#earliest) : 0n);
    const advertisements: CapturedAdvertisement[] = [];
    for (const { at, advertisement } of this.#found) {
      const distance = at < baseNs ? baseNs - at : at - baseNs;
      if (distance > REACH) this.#counters.add(TIME_OUT_OF_RANGE);
      else advertisements.push({ time: relativeTo(baseNs, at), ...advertisement });
    }
    return {
      format,
      clock: 'epoch',
      baseNs,
      advertisements,
      records: this.#records,
      first: this.#earliest && relativeTo(baseNs, toNs(this.#earliest)),
      last: this.#latest && relativeTo(baseNs, toNs(this.#latest)),
      loss,
    };
  }
}

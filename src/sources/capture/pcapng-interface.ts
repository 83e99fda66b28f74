import type { Loss } from '../../model/advertisement.js';
import { viewOf } from './byte-queue.js';
import { isSupportedLink } from './link.js';
import type { PacketTime } from './packet-collector.js';
import { readCount, readOptions } from './pcapng-options.js';

const OPTION_TSRESOL = 9;
const OPTION_TSOFFSET = 14;
const OPTION_DROPCOUNT = 4;
const OPTION_IFRECV = 4;
const OPTION_IFDROP = 5;
const OPTION_OSDROP = 7;
/** `drops` of an old packet block where the recorder did not know (draft-ietf-opsawg-pcapng, appendix A). */
const DROPS_UNKNOWN = 0xffff;

/** One interface of a pcapng section: how its packets are framed and timed, and what it says it lost. */
export class PcapngInterface {
  readonly linkType: number;
  readonly isSupported: boolean;
  readonly #onOverrun: () => void;
  readonly #unitsPerSecond: bigint;
  readonly #offsetSeconds: bigint;
  #packets = 0;
  /** Sum of the drops told packet by packet; null while no packet told any. */
  #droppedBetween: number | null = null;
  /** Drops by the newest statistics block; null without one. */
  #droppedTotal: number | null = null;
  #received: number | null = null;

  /**
   * @param body an interface description block's body: link type, reserved, snapshot length, options
   * @param onOverrun an option reaches past its block
   */
  constructor(body: Uint8Array, littleEndian: boolean, onOverrun: () => void) {
    this.#onOverrun = onOverrun;
    this.linkType = viewOf(body).getUint16(0, littleEndian);
    this.isSupported = isSupportedLink(this.linkType);
    const options = readOptions(body.subarray(8), littleEndian, onOverrun);
    const resolution = options.get(OPTION_TSRESOL)?.[0] ?? 6;
    this.#unitsPerSecond = (resolution & 0x80 ? 2n : 10n) ** BigInt(resolution & 0x7f);
    const offset = options.get(OPTION_TSOFFSET);
    this.#offsetSeconds = offset?.length === 8 ? viewOf(offset).getBigInt64(0, littleEndian) : 0n;
  }

  /** A packet's two time words as a time since the epoch; parts of a nanosecond are cut off. */
  timeFrom(high: number, low: number): PacketTime {
    const units = (BigInt(high) << 32n) | BigInt(low);
    const seconds = units / this.#unitsPerSecond;
    const rest = units % this.#unitsPerSecond;
    return {
      seconds: Number(seconds + this.#offsetSeconds),
      nanos: Number((rest * 1_000_000_000n) / this.#unitsPerSecond),
    };
  }

  /** Note a packet in an enhanced packet block and what its options say was dropped before it. */
  addPacket(options: Uint8Array, littleEndian: boolean): void {
    this.#packets++;
    if (options.length === 0) return;
    const drops = readCount(readOptions(options, littleEndian, this.#onOverrun).get(OPTION_DROPCOUNT), littleEndian);
    if (drops !== null) this.#droppedBetween = (this.#droppedBetween ?? 0) + drops;
  }

  /** Note a packet in an old packet block, whose header counts the drops before it. */
  addOldPacket(drops: number): void {
    this.#packets++;
    if (drops !== DROPS_UNKNOWN) this.#droppedBetween = (this.#droppedBetween ?? 0) + drops;
  }

  /** Note a statistics block's options: running totals, so the newest block counts. */
  addStatistics(options: Uint8Array, littleEndian: boolean): void {
    const read = readOptions(options, littleEndian, this.#onOverrun);
    const byInterface = readCount(read.get(OPTION_IFDROP), littleEndian);
    const bySystem = readCount(read.get(OPTION_OSDROP), littleEndian);
    if (byInterface !== null || bySystem !== null) this.#droppedTotal = (byInterface ?? 0) + (bySystem ?? 0);
    this.#received = readCount(read.get(OPTION_IFRECV), littleEndian) ?? this.#received;
  }

  get packets(): number {
    return this.#packets;
  }

  /** Totals and drops told packet by packet are two accounts of the same loss: the larger counts. */
  get dropped(): number | null {
    if (this.#droppedTotal === null) return this.#droppedBetween;
    return Math.max(this.#droppedTotal, this.#droppedBetween ?? 0);
  }

  get received(): number | null {
    return this.#received;
  }
}

/**
 * What all interfaces of a file lost. Known where every interface that has packets told, or where any told of a loss
 * (`dropped` is then the least it can be).
 */
export const sumLoss = (interfaces: readonly PcapngInterface[]): Loss => {
  const dropped = interfaces.reduce((sum, one) => sum + (one.dropped ?? 0), 0);
  const telling = interfaces.filter((one) => one.dropped !== null);
  const everyTold = telling.length > 0 && interfaces.every((one) => one.dropped !== null || one.packets === 0);
  if (!everyTold && dropped === 0) return { known: false, dropped: 0 };
  const received = telling.map((one) => one.received);
  if (!everyTold || received.includes(null)) return { known: true, dropped };
  const offered = telling.reduce((sum, one) => sum + Math.max(one.received ?? 0, one.packets + (one.dropped ?? 0)), 0);
  return { known: true, dropped, offered };
};

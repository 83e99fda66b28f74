import { CounterTable } from '../../model/counters.js';
import { decodeFrame, type FrameAdvertisement } from './decode-frame.js';
import { toNs } from './packet-collector.js';
import { PcapRecords } from './pcap-records.js';

/** An advertisement in a capture that is being written; `atNs` since 1970, on the capture's clock. */
export type LiveAdvertisement = FrameAdvertisement & { readonly atNs: bigint };

/** Decodes a pcap file while it grows. */
export class LiveCapture {
  readonly #records: PcapRecords;
  #found: LiveAdvertisement[] = [];
  readonly counters = new CounterTable();

  /** @param where names the capture in errors */
  constructor(where: string) {
    this.#records = new PcapRecords(where, ({ time, linkType, frame }) => {
      const found = decodeFrame(linkType, frame);
      if (found === 'other') return;
      if ('problem' in found) this.counters.add(found.problem);
      else this.#found.push({ ...found.advertisement, atNs: toNs(time) });
    });
  }

  /**
   * @returns the advertisements that these bytes complete
   * @throws InputError for what is no capture
   */
  push(chunk: Uint8Array): LiveAdvertisement[] {
    this.#records.push(chunk);
    const found = this.#found;
    this.#found = [];
    return found;
  }
}

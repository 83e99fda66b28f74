import type { Loss } from '../../model/advertisement.js';

/** The counts of tcpdump's closing lines; null where a line was not there. */
interface ClosingCounts {
  captured: number | null;
  received: number | null;
  droppedByKernel: number | null;
  droppedByInterface: number | null;
}

const CLOSING =
  /(?:^|[\s,])(\d{1,15}) packets? (captured|received by filter|dropped by kernel|dropped by interface)\b/g;

/** tshark says so only where something was dropped, one line an interface (tshark.c, capture_input_drops). */
const DROPPED_FROM = /^(?:tshark: )?(\d{1,15}) packets? dropped from /;
/** dumpcap, one line an interface (dumpcap.c, report_packet_drops); what was dropped is not part of what was received. */
const RECEIVED_AND_DROPPED =
  /\bPackets received\/dropped on interface .{0,300}: (\d{1,15})\/(\d{1,15}) \(pcap:\d{1,15}\//;

/** Whether a line says what tcpdump, tshark or dumpcap counted. */
export const isClosingLine = (line: string): boolean => new ClosingStatistics().addLine(line);

/**
 * Collects the closing lines of tcpdump, tshark and dumpcap, one by one; of a repeated line of tcpdump's (SIGUSR1 prints
 * them too) the last counts.
 */
export class ClosingStatistics {
  #droppedBySource: number | null = null;
  #offeredBySource = 0;
  #isOfferKnown = true;
  readonly #counts: ClosingCounts = { captured: null, received: null, droppedByKernel: null, droppedByInterface: null };

  /**
   * Read a line such as `3 packets dropped by kernel`, or the one-line form SIGUSR1 prints, or one of tshark's.
   *
   * @returns whether it was such a line
   */
  addLine(line: string): boolean {
    const both = RECEIVED_AND_DROPPED.exec(line);
    if (both) this.#addSource(Number(both[2]), Number(both[1]) + Number(both[2]));
    const dropped = DROPPED_FROM.exec(line);
    if (dropped) this.#addSource(Number(dropped[1]), null);
    let found = both !== null || dropped !== null;
    for (const [, count, what] of line.matchAll(CLOSING)) {
      found = true;
      const value = Number(count);
      if (what === 'captured') this.#counts.captured = value;
      else if (what === 'received by filter') this.#counts.received = value;
      else if (what === 'dropped by kernel') this.#counts.droppedByKernel = value;
      else this.#counts.droppedByInterface = value;
    }
    return found;
  }

  /**
   * Loss is known where tcpdump said what the kernel dropped. On Linux the packets `received by filter` include those
   * the kernel then dropped (pcap_stats(3)), not those the interface dropped; `offered` is never below what was
   * captured and dropped, as on systems that count otherwise.
   */
  loss(): Loss {
    const { captured, received, droppedByKernel, droppedByInterface } = this.#counts;
    if (droppedByKernel === null) return this.#lossBySource();
    const dropped = droppedByKernel + (droppedByInterface ?? 0);
    if (received === null) return { known: true, dropped };
    const offered = Math.max(received, (captured ?? 0) + droppedByKernel) + (droppedByInterface ?? 0);
    return { known: true, dropped, offered };
  }

  #addSource(dropped: number, offered: number | null): void {
    this.#droppedBySource = (this.#droppedBySource ?? 0) + dropped;
    if (offered === null) this.#isOfferKnown = false;
    else this.#offeredBySource += offered;
  }

  #lossBySource(): Loss {
    if (this.#droppedBySource === null) return { known: false, dropped: 0 };
    const known = { known: true, dropped: this.#droppedBySource };
    return this.#isOfferKnown ? { ...known, offered: this.#offeredBySource } : known;
  }
}

/** What the recorder's closing text (its stderr, as kept in `capture.NAME.stats.txt`) says was lost. */
export const readTcpdumpStats = (text: string): Loss => {
  const statistics = new ClosingStatistics();
  for (const line of text.split(/[\r\n]+/)) statistics.addLine(line);
  return statistics.loss();
};

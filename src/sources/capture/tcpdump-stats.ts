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

/** Collects tcpdump's closing lines, one by one; of a repeated line (SIGUSR1 prints them too) the last counts. */
export class ClosingStatistics {
  readonly #counts: ClosingCounts = { captured: null, received: null, droppedByKernel: null, droppedByInterface: null };

  /**
   * Read a line such as `3 packets dropped by kernel`, or the one-line form SIGUSR1 prints.
   *
   * @returns whether it was such a line
   */
  addLine(line: string): boolean {
    let found = false;
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
    if (droppedByKernel === null) return { known: false, dropped: 0 };
    const dropped = droppedByKernel + (droppedByInterface ?? 0);
    if (received === null) return { known: true, dropped };
    const offered = Math.max(received, (captured ?? 0) + droppedByKernel) + (droppedByInterface ?? 0);
    return { known: true, dropped, offered };
  }
}

/** What tcpdump's closing text (its stderr, as kept in `capture.NAME.stats.txt`) says was lost. */
export const readTcpdumpStats = (text: string): Loss => {
  const statistics = new ClosingStatistics();
  for (const line of text.split(/[\r\n]+/)) statistics.addLine(line);
  return statistics.loss();
};

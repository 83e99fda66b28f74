import { compareAddresses } from '../../model/address-order.js';
import type { LiveAdvertisement } from '../../sources/capture/index.js';

/** A late advertisement as it is seen while recording. */
export interface SeenLate {
  /** When it came, ns since 1970, and when the one before it did. */
  readonly atNs: bigint;
  readonly previousNs: bigint;
  readonly latenessNs: bigint;
}

export interface LateWatchOptions {
  readonly vrid: number;
  /** Only this router; null for whichever is master. */
  readonly address: string | null;
  /** Where the packets do not say (ns). */
  readonly intervalNs: number | null;
  /** Late from here on (ns); null for a tenth of the interval, at least 5 ms. */
  readonly lateAfterNs: number | null;
}

const LEAST_NS = 5_000_000;
/** Advertisements a stream needs before it is judged: a router that just became master has another rhythm. */
const SETTLED = 2;

/** One router's advertisements to one destination. */
interface Stream {
  lastNs: bigint;
  seen: number;
  priority: number;
  source: string;
  /** Whether a router that outranks it advertised since. */
  outranked: boolean;
}

/**
 * Sees late advertisements while they are recorded: the gap between two of one router is longer than its interval. A router that was silent because
 * one that outranks it was master is not late. The analysis judges again, and by more (docs/architecture.md, "Due time").
 */
export class LateWatch {
  readonly #options: LateWatchOptions;
  readonly #streams = new Map<string, Stream>();

  constructor(options: LateWatchOptions) {
    this.#options = options;
  }

  /** @returns what this advertisement was late by; null where it was not */
  push(advertisement: LiveAdvertisement): SeenLate | null {
    const { vrid, priority, source, destination, family, atNs } = advertisement;
    if (vrid !== this.#options.vrid) return null;
    const key = `${family} ${source} ${destination}`;
    const stream = this.#streams.get(key);
    for (const [other, one] of this.#streams)
      if (other !== key && one.source !== source && outranks(advertisement, one)) one.outranked = true;
    // Priority 0 is a router that leaves: what comes after it is a new beginning.
    if (priority === 0) {
      this.#streams.delete(key);
      return null;
    }
    this.#streams.set(key, { lastNs: atNs, seen: (stream?.seen ?? 0) + 1, priority, source, outranked: false });
    if (!stream || (this.#options.address !== null && source !== this.#options.address)) return null;
    if (stream.outranked) {
      this.#streams.set(key, { lastNs: atNs, seen: 1, priority, source, outranked: false });
      return null;
    }
    if (stream.seen < SETTLED) return null;
    const interval = advertisement.intervalNs ?? this.#options.intervalNs;
    if (interval === null) return null;
    const allowed = this.#options.lateAfterNs ?? Math.max(interval / 10, LEAST_NS);
    const lateness = atNs - stream.lastNs - BigInt(Math.round(interval));
    if (lateness <= BigInt(Math.round(allowed))) return null;
    return { atNs, previousNs: stream.lastNs, latenessNs: lateness };
  }
}

/** By priority, then by address (RFC 9568, section 6.4.3). */
const outranks = (a: { priority: number; source: string }, b: { priority: number; source: string }): boolean =>
  a.priority !== b.priority ? a.priority > b.priority : compareAddresses(a.source, b.source) > 0;

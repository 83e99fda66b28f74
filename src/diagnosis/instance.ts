import type { CapturedAdvertisement, Family } from '../model/advertisement.js';
import type { SendWindow } from '../timeline/segments.js';

/** One advertisement, joined from what its send call and the capture points show. */
export interface Advertisement {
  /** Reference clock, ns: of its send, else of its packet at the nearest point. */
  readonly time: number;
  readonly send: SendWindow | null;
  /** The packet at every point, null where it was not seen; same order as the points. */
  readonly seen: readonly (CapturedAdvertisement | null)[];
}

/** All advertisements of one virtual router from one source to one destination. */
export interface Instance {
  /** null where only a trace was given and its rows do not show it. */
  readonly vrid: number | null;
  readonly family: Family;
  readonly version: 2 | 3 | null;
  readonly source: string | null;
  readonly destination: string;
  readonly priority: number | null;
  /** ns. */
  readonly interval: number;
  /** ns of silence after which a backup takes over. */
  readonly masterDown: number;
  /** In time order. */
  readonly advertisements: readonly Advertisement[];
  /** Send calls the kernel refused, in time order. */
  readonly failed: readonly SendWindow[];
}

/** What the user said, or defaults. */
export interface TimingRules {
  /** ns; null: 10 % of the interval, at least 5 ms. */
  readonly lateAfter: number | null;
  readonly interval: number | null;
  readonly backupPriority: number | null;
  readonly downTimerAdverts: number;
}

const SECOND = 1_000_000_000;

/**
 * Master-down interval (RFC 3768 section 6.1, RFC 9568 section 6.1): advertisements to miss, plus the backup's skew,
 * (256 - priority)/256 of a second in version 2 and of the interval in version 3.
 *
 * @param interval ns
 * @returns ns
 */
export const masterDownInterval = (
  version: 2 | 3 | null,
  interval: number,
  backupPriority: number,
  adverts: number,
): number => Math.round(adverts * interval + ((256 - backupPriority) / 256) * (version === 3 ? interval : SECOND));

/** Later than this after its due time (ns) makes an advertisement late (contract: 10 % of the interval, at least 5 ms). */
export const lateThreshold = (rules: TimingRules, interval: number): number =>
  rules.lateAfter ?? Math.max(5_000_000, interval / 10);

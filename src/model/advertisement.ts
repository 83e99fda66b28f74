import type { Ns } from '../time/ns.js';

export type Family = 'ipv4' | 'ipv6';

/** One VRRP advertisement as a capture point saw it. Authentication data is never kept. */
export interface CapturedAdvertisement {
  /** ns since the capture's base, on the capture's own clock. */
  readonly time: Ns;
  /** Packet number in the file from 1 (binary, tshark's JSON and EK), or line number from 1 (other text). */
  readonly packet: number;
  readonly family: Family;
  readonly version: 2 | 3;
  readonly vrid: number;
  readonly priority: number;
  readonly source: string;
  readonly destination: string;
  /** Advertisement interval in ns from the packet; null where the text did not show it. */
  readonly intervalNs: number | null;
  /** IPv4 identification; null where unknown (IPv6, text without -v). */
  readonly ipId: number | null;
}

/** How much an input is known to have lost. */
export interface Loss {
  /** Whether anything said how much was lost; when false, `dropped` is 0 and means nothing. */
  readonly known: boolean;
  readonly dropped: number;
  /** Records offered to the recorder, drops included, where its statistics say so. */
  readonly offered?: number;
}

/** How a capture's times relate to a calendar. */
export type ClockKind =
  | 'epoch' // ns since 1970
  | 'time-of-day' // no date: base is that day's midnight counted as 0; midnight wraps were unrolled
  | 'relative'; // deltas only: time starts at 0

/** A whole capture: small, read before the trace. */
export interface Capture {
  readonly format: 'pcap' | 'pcapng' | 'tcpdump-text' | 'tshark-fields' | 'tshark-json' | 'tshark-ek';
  readonly clock: ClockKind;
  /** ns since the epoch of the capture's clock; times of its advertisements are relative to it. */
  readonly baseNs: bigint;
  /** In file order. */
  readonly advertisements: readonly CapturedAdvertisement[];
  /** Packets or lines read, advertisements or not. */
  readonly records: number;
  /** Time of the first and last record of any kind, null when there was none. */
  readonly first: Ns | null;
  readonly last: Ns | null;
  readonly loss: Loss;
}

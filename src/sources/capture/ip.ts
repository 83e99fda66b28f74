import type { Family } from '../../model/advertisement.js';
import { formatIpv4, formatIpv6 } from './address.js';
import type { NetworkLayer } from './link.js';

/** A VRRP message inside an IP packet. */
export interface VrrpPacket {
  readonly family: Family;
  readonly source: string;
  readonly destination: string;
  readonly ipId: number | null;
  /** The VRRP message as far as it was captured. */
  readonly message: Uint8Array;
  /** Whether that is all of it: neither cut nor a fragment, its length known. */
  readonly isWhole: boolean;
  /** The bytes of both addresses, source first. */
  readonly addresses: Uint8Array;
}

/** `cut`: the headers end too early to tell; `other`: not VRRP; `later-fragment`: of VRRP, but not its first. */
export type IpResult = VrrpPacket | 'cut' | 'other' | 'later-fragment';

const PROTOCOL_VRRP = 112;
const PROTOCOL_AH = 51;
const PROTOCOL_FRAGMENT = 44;
/** In IPv4's flags. */
const MORE_FRAGMENTS = 0x2000;
/** IPv6 extension headers of the common form (next header, length in 8 bytes without the first): RFC 6564, IANA. */
const EXTENSION_HEADERS = new Set([0, 43, 60, 135, 139, 140]);

const read16 = (frame: Uint8Array, offset: number): number => ((frame[offset] ?? 0) << 8) | (frame[offset + 1] ?? 0);

interface Upper {
  readonly protocol: number;
  readonly offset: number;
  /** Whether a fragment header stands before it. */
  readonly isFragment?: boolean;
}

/**
 * Walk authentication headers (RFC 4302: length in 4 bytes, less 2) and, for IPv6, extension headers, to the protocol
 * behind them.
 */
const followHeaders = (frame: Uint8Array, start: Upper, end: number, family: Family): Upper | 'cut' | 'later' => {
  let { protocol, offset } = start;
  let isFragment = false;
  for (;;) {
    const authentication = protocol === PROTOCOL_AH;
    const fragment = family === 'ipv6' && protocol === PROTOCOL_FRAGMENT;
    const extension = family === 'ipv6' && EXTENSION_HEADERS.has(protocol);
    if (!authentication && !fragment && !extension) return { protocol, offset, isFragment };
    if (end < offset + (fragment ? 4 : 2)) return 'cut';
    const next = frame[offset] ?? 0;
    const length = frame[offset + 1] ?? 0;
    if (fragment && read16(frame, offset + 2) >> 3 !== 0)
      return next === PROTOCOL_VRRP ? 'later' : { protocol, offset };
    isFragment ||= fragment;
    protocol = next;
    offset += authentication ? (length + 2) * 4 : fragment ? 8 : (length + 1) * 8;
  }
};

const findInIpv4 = (frame: Uint8Array, offset: number): IpResult => {
  if (frame.length < offset + 20) return 'cut';
  const first = frame[offset] ?? 0;
  const headerLength = (first & 0x0f) * 4;
  if (first >> 4 !== 4 || headerLength < 20) return 'other';
  const protocol = frame[offset + 9] ?? 0;
  if (protocol !== PROTOCOL_VRRP && protocol !== PROTOCOL_AH) return 'other';
  if ((read16(frame, offset + 6) & 0x1fff) !== 0) return protocol === PROTOCOL_VRRP ? 'later-fragment' : 'other';
  // A total length of 0 is what segmentation offload leaves behind; link padding makes the frame longer than it.
  const totalLength = read16(frame, offset + 2);
  const end = totalLength === 0 ? frame.length : Math.min(frame.length, offset + totalLength);
  const upper = followHeaders(frame, { protocol, offset: offset + headerLength }, end, 'ipv4');
  if (upper === 'cut') return 'cut';
  if (upper === 'later' || upper.protocol !== PROTOCOL_VRRP) return 'other';
  return {
    family: 'ipv4',
    source: formatIpv4(frame, offset + 12),
    destination: formatIpv4(frame, offset + 16),
    ipId: read16(frame, offset + 4),
    message: frame.subarray(Math.min(upper.offset, end), end),
    isWhole: totalLength > 0 && end === offset + totalLength && (read16(frame, offset + 6) & MORE_FRAGMENTS) === 0,
    addresses: frame.subarray(offset + 12, offset + 20),
  };
};

const findInIpv6 = (frame: Uint8Array, offset: number): IpResult => {
  if (frame.length < offset + 40) return 'cut';
  if ((frame[offset] ?? 0) >> 4 !== 6) return 'other';
  const payloadLength = read16(frame, offset + 4);
  const end = payloadLength === 0 ? frame.length : Math.min(frame.length, offset + 40 + payloadLength);
  const upper = followHeaders(frame, { protocol: frame[offset + 6] ?? 0, offset: offset + 40 }, end, 'ipv6');
  if (upper === 'cut') return 'cut';
  if (upper === 'later') return 'later-fragment';
  if (upper.protocol !== PROTOCOL_VRRP) return 'other';
  return {
    family: 'ipv6',
    source: formatIpv6(frame, offset + 8),
    destination: formatIpv6(frame, offset + 24),
    ipId: null,
    message: frame.subarray(Math.min(upper.offset, end), end),
    isWhole: payloadLength > 0 && end === offset + 40 + payloadLength && !upper.isFragment,
    addresses: frame.subarray(offset + 8, offset + 40),
  };
};

/**
 * Find the VRRP message (IP protocol 112, RFC 5798 section 5.1.1.4) in an IP packet: behind IPv4 options, IPv6
 * extension headers and authentication headers, in unfragmented packets and first fragments. Tunnels and packets
 * quoted in ICMP errors are not looked into: those are not advertisements at this point.
 */
export const findVrrp = (frame: Uint8Array, network: NetworkLayer): IpResult =>
  network.family === 'ipv4' ? findInIpv4(frame, network.offset) : findInIpv6(frame, network.offset);

import { VRRP_PROTOCOL } from './descriptors.js';

/** What the first bytes of something sent or received tell of an advertisement. */
export interface VrrpHeader {
  readonly version: number;
  readonly vrid: number;
  readonly priority: number;
}

const ADVERTISEMENT = 1;
const FIXED_BYTES = 3;

const readFixed = (bytes: Uint8Array, at: number): VrrpHeader | null => {
  const [first = 0, vrid = 0, priority = 0] = bytes.subarray(at);
  const version = first >> 4;
  if (bytes.length < at + FIXED_BYTES || (first & 15) !== ADVERTISEMENT || (version !== 2 && version !== 3))
    return null;
  return { version, vrid, priority };
};

/** Behind an IPv4 header with protocol 112, as raw sockets show it: version, router id, priority (RFC 9568 section 5.1). */
export const readVrrpBehindIpv4 = (bytes: Uint8Array): VrrpHeader | null => {
  const [first = 0] = bytes;
  if (first >> 4 !== 4 || bytes[9] !== VRRP_PROTOCOL) return null;
  return readFixed(bytes, 4 * (first & 15));
};

/** The same where a raw socket shows no IP header: IPv6, and IPv4 sent without IP_HDRINCL. */
export const readBareVrrp = (bytes: Uint8Array): VrrpHeader | null => readFixed(bytes, 0);

/** `vrrp=2/205/101 `: all that is kept of a payload. */
export const printVrrpHeader = (header: VrrpHeader | null): string =>
  header ? `vrrp=${[header.version, header.vrid, header.priority].join('/')} ` : '';

import type { Family } from '../../model/advertisement.js';

/** Where the IP packet begins in a captured frame. */
export interface NetworkLayer {
  readonly family: Family;
  readonly offset: number;
}

/** `cut`: the frame ends before its type is known; `other`: it carries something else than IP. */
export type LinkResult = NetworkLayer | 'cut' | 'other';

const ETHERTYPE_IPV4 = 0x0800;
const ETHERTYPE_IPV6 = 0x86dd;
/** 802.1Q, 802.1ad, and the value used for outer tags before 802.1ad. */
const VLAN_TAGS = new Set([0x8100, 0x88a8, 0x9100]);

const read16 = (frame: Uint8Array, offset: number): number => ((frame[offset] ?? 0) << 8) | (frame[offset + 1] ?? 0);

/** Follow nested VLAN tags: `typeAt` is where the EtherType stands, `payloadAt` where what it announces begins. */
const followEthertype = (frame: Uint8Array, typeAt: number, payloadAt: number): LinkResult => {
  let type = typeAt;
  let payload = payloadAt;
  for (;;) {
    if (frame.length < type + 2) return 'cut';
    const ethertype = read16(frame, type);
    if (ethertype === ETHERTYPE_IPV4) return { family: 'ipv4', offset: payload };
    if (ethertype === ETHERTYPE_IPV6) return { family: 'ipv6', offset: payload };
    if (!VLAN_TAGS.has(ethertype)) return 'other';
    type = payload + 2;
    payload += 4;
  }
};

/** The family an IP packet names in its first four bits. */
const followVersion = (frame: Uint8Array, offset: number): LinkResult => {
  const first = frame[offset];
  if (first === undefined) return 'cut';
  if (first >> 4 === 4) return { family: 'ipv4', offset };
  return first >> 4 === 6 ? { family: 'ipv6', offset } : 'other';
};

/** AF_INET everywhere; AF_INET6 of Linux, NetBSD and OpenBSD, FreeBSD, Darwin. */
const IP_ADDRESS_FAMILIES = new Set([2, 10, 24, 28, 30]);

/** BSD loopback: an address family of 4 bytes in the byte order of the recording (NULL) or network (LOOP) machine. */
const followAddressFamily = (frame: Uint8Array): LinkResult => {
  if (frame.length < 5) return 'cut';
  const big = read16(frame, 0) * 65536 + read16(frame, 2);
  const little = ((frame[3] ?? 0) << 24) | ((frame[2] ?? 0) << 16) | ((frame[1] ?? 0) << 8) | (frame[0] ?? 0);
  return IP_ADDRESS_FAMILIES.has(big) || IP_ADDRESS_FAMILIES.has(little) ? followVersion(frame, 4) : 'other';
};

const followRaw = (frame: Uint8Array): LinkResult => followVersion(frame, 0);

/** Link types by their number in the file (tcpdump.org/linktypes.html; 12 and 14 are RAW as some systems wrote it). */
const LINKS = new Map<number, (frame: Uint8Array) => LinkResult>([
  [0, followAddressFamily], // NULL
  [1, (frame) => followEthertype(frame, 12, 14)], // EN10MB
  [12, followRaw],
  [14, followRaw],
  [101, followRaw],
  [108, followAddressFamily], // LOOP
  [113, (frame) => followEthertype(frame, 14, 16)], // LINUX_SLL
  [228, followRaw], // IPV4
  [229, followRaw], // IPV6
  [276, (frame) => followEthertype(frame, 0, 20)], // LINUX_SLL2
]);

export const isSupportedLink = (linkType: number): boolean => LINKS.has(linkType);

/** Find the IP packet in a frame of the given link type, through any VLAN tags. */
export const findNetworkLayer = (linkType: number, frame: Uint8Array): LinkResult =>
  LINKS.get(linkType)?.(frame) ?? 'other';

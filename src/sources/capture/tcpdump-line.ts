import type { CapturedAdvertisement, Family } from '../../model/advertisement.js';
import type { CounterDefinition } from '../../model/counters.js';
import { canonicalAddress, isHost } from './address.js';
import { TEXT_UNREADABLE, VRRP_OTHER_TYPE, VRRP_OTHER_VERSION, VRRP_TRUNCATED } from './problems.js';
import { intervalFrom } from './vrrp.js';

/** What a -v line says about the packet whose contents follow on the next line. */
export interface OpenedPacket {
  readonly ipId: number | null;
}

export type PrintedAdvertisement = Omit<CapturedAdvertisement, 'time' | 'packet'>;

export type PacketText =
  | { readonly kind: 'advertisement'; readonly advertisement: PrintedAdvertisement; readonly hasBadChecksum: boolean }
  | { readonly kind: 'opened'; readonly opened: OpenedPacket }
  | { readonly kind: 'problem'; readonly problem: CounterDefinition }
  | { readonly kind: 'other' };

const OTHER: PacketText = { kind: 'other' };
const problemOf = (problem: CounterDefinition): PacketText => ({ kind: 'problem', problem });

/** tcpdump's line grows only with what stands behind the fields used; what stands before them stays below this. */
const REACH = 1000;

/** `SOURCE > DESTINATION: `, then names of extension and authentication headers, up to where VRRP begins. */
const ADDRESSES = /(?:^|\s)(\S+) > (\S+): (?:(?:HBH|DSTOPT|RT6|srcrt|frag|AH)\b[^>]*)?$/;
/** A packet around the packet: a tunnel, or a packet quoted in an error. */
const OUTER_PACKET = / > \S+:(?: |$)/;
const ADVERTISEMENT =
  /^Advertisement(?:, \(ttl \d+\))?, vrid (\d{1,3}), prio (\d{1,3})(?:, authtype [^,]+)?, intvl (\d{1,4})(c?s), length \d+/;

const IP_ID = /\bid (\d{1,5}), offset \d/;

const readIpId = (header: string): number | null => {
  const id = IP_ID.exec(header)?.[1];
  return id === undefined ? null : Number(id);
};

/** Whether every bracket is closed: a terminal may have broken the line behind the one of a protocol's number. */
const isBalanced = (text: string): boolean => text.split('(').length === text.split(')').length;

const readFields = (before: string, version: number, after: string, opened: OpenedPacket | null): PacketText => {
  if (version !== 2 && version !== 3) return problemOf(VRRP_OTHER_VERSION);
  if (after.startsWith('unknown type')) return problemOf(VRRP_OTHER_TYPE);
  const fields = ADVERTISEMENT.exec(after);
  if (!fields) return problemOf(after.slice(0, 200).includes('[|vrrp]') ? VRRP_TRUNCATED : TEXT_UNREADABLE);
  const addresses = ADDRESSES.exec(before);
  const [, vrid, priority, interval, unit] = fields;
  const isRead =
    addresses &&
    isHost(addresses[1] ?? '') &&
    isHost(addresses[2] ?? '') &&
    Number(vrid) <= 255 &&
    Number(priority) <= 255 &&
    unit === (version === 2 ? 's' : 'cs') &&
    Number(interval) <= (version === 2 ? 255 : 4095);
  if (!isRead) return problemOf(TEXT_UNREADABLE);
  const [, source = '', destination = ''] = addresses;
  const family: Family =
    source.includes(':') || destination.includes(':') || /\bIPv?6\b/.test(before) ? 'ipv6' : 'ipv4';
  return {
    kind: 'advertisement',
    advertisement: {
      family,
      version,
      vrid: Number(vrid),
      priority: Number(priority),
      source: canonicalAddress(source),
      destination: canonicalAddress(destination),
      intervalNs: intervalFrom(version, Number(interval)),
      ipId: family === 'ipv6' ? null : (opened?.ipId ?? readIpId(before)),
    },
    hasBadChecksum: after.slice(0, 300).includes('(bad vrrp cksum'),
  };
};

/**
 * Read what tcpdump prints of one packet behind the time, or, for -v, on the line below it (print-ip.c, print-ip6.c,
 * print-vrrp.c of 4.99). What the password field of -v shows is not read.
 *
 * @param text the line behind its time, or the second line of a -v packet
 * @param opened what the first line of a -v packet said; null for a packet on one line
 */
export const readPacketText = (text: string, opened: OpenedPacket | null): PacketText => {
  const begin = text.slice(0, REACH);
  const at = /\bVRRP(?:v(\d{1,2}), | \[\|vrrp\])/.exec(begin);
  if (at) {
    const before = begin.slice(0, at.index);
    const addresses = ADDRESSES.exec(before);
    if (OUTER_PACKET.test(before.slice(0, addresses?.index))) return OTHER;
    if (!addresses) return problemOf(TEXT_UNREADABLE);
    if (at[1] === undefined) return problemOf(VRRP_TRUNCATED);
    return readFields(before, Number(at[1]), text.slice(at.index + at[0].length), opened);
  }
  if (opened === null && /\((?:tos|class) /.test(begin) && text.endsWith(')') && isBalanced(text)) {
    return { kind: 'opened', opened: { ipId: readIpId(begin) } };
  }
  return OTHER;
};

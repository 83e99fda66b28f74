import { isIP } from 'node:net';
import type { Family } from '../../model/advertisement.js';
import type { CounterDefinition } from '../../model/counters.js';
import { canonicalAddress, isHost } from './address.js';
import type { FrameAdvertisement } from './decode-frame.js';
import { TSHARK_UNREADABLE, VRRP_OTHER_TYPE, VRRP_OTHER_VERSION, VRRP_TRUNCATED } from './problems.js';
import type { FieldName, FieldValues } from './tshark-values.js';
import { intervalFrom } from './vrrp.js';

/** What of an advertisement the text did not show and was taken for granted. */
export type Assumed = 'version' | 'destination';

export type TsharkPacket =
  | {
      readonly kind: 'advertisement';
      readonly advertisement: FrameAdvertisement;
      readonly assumed: readonly Assumed[];
      readonly hasBadChecksum: boolean;
    }
  | { readonly kind: 'problem'; readonly problem: CounterDefinition }
  | { readonly kind: 'other' };

const problemOf = (problem: CounterDefinition): TsharkPacket => ({ kind: 'problem', problem });

/** Where VRRP is sent without unicast peers (RFC 5798 sections 5.1.1.2 and 5.1.2.2). */
const GROUP: Readonly<Record<Family, string>> = { ipv4: '224.0.0.18', ipv6: 'ff02::12' };

/** A whole number as tshark prints it, decimal or `0x`; null when it is none or above `most`. */
const readNumber = (text: string | null, most: number): number | null => {
  if (text === null || !/^(?:0x[0-9a-f]{1,8}|\d{1,10})$/i.test(text)) return null;
  const value = Number(text);
  return value <= most ? value : null;
};

/** A packet inside the packet (a tunnel, one quoted in an error) repeats what is shown of the outer one. */
const holdsAnother = (values: FieldValues): boolean =>
  (['ip.src', 'ipv6.src', 'vrrp.virt_rtr_id', 'vrrp.prio'] as const).some((name) => values.isRepeated(name)) ||
  (values.get('ip.src') !== null && values.get('ipv6.src') !== null);

const readAddresses = (values: FieldValues) => {
  const source = values.get('ip.src') ?? values.get('ipv6.src');
  if (source === null || !isHost(source)) return null;
  const shown = values.get('ip.dst') ?? values.get('ipv6.dst');
  if (shown !== null && !isHost(shown)) return null;
  const isSix = isIP(source) === 6 || (values.get('ip.src') === null && isIP(source) === 0);
  const family: Family = isSix ? 'ipv6' : 'ipv4';
  return {
    family,
    source: canonicalAddress(source),
    destination: canonicalAddress(shown ?? GROUP[family]),
    isDestinationShown: shown !== null,
  };
};

/** Version and type, from their fields or from the byte that holds both. */
const readKind = (values: FieldValues, family: Family) => {
  const both = readNumber(values.get('vrrp.typever'), 255);
  const part = (name: FieldName, fromBoth: (byte: number) => number): number | null =>
    values.get(name) === null ? both && fromBoth(both) : readNumber(values.get(name), 15);
  const version = part('vrrp.version', (byte) => byte >> 4);
  const type = part('vrrp.type', (byte) => byte & 15);
  const isUnreadable =
    (version === null && (values.get('vrrp.version') ?? values.get('vrrp.typever')) !== null) ||
    (type === null && values.get('vrrp.type') !== null);
  const assumed = values.get('vrrp.short_adver_int') !== null || family === 'ipv6' ? 3 : 2;
  return { version: version ?? assumed, isVersionShown: version !== null, type: type ?? 1, isUnreadable };
};

/**
 * The advertisement in the fields of one packet.
 *
 * @param showsIntervals whether the text shows intervals at all: where it does, a packet without one was cut
 */
export const readTsharkPacket = (values: FieldValues, showsIntervals: boolean): TsharkPacket => {
  if (!values.isVrrp || holdsAnother(values)) return { kind: 'other' };
  const addresses = readAddresses(values);
  if (!addresses) return problemOf(TSHARK_UNREADABLE);
  const { family, source, destination, isDestinationShown } = addresses;
  const { version, isVersionShown, type, isUnreadable } = readKind(values, family);
  if (isUnreadable) return problemOf(TSHARK_UNREADABLE);
  if (version !== 2 && version !== 3) return problemOf(VRRP_OTHER_VERSION);
  if (type !== 1) return problemOf(VRRP_OTHER_TYPE);
  const interval = values.get(version === 2 ? 'vrrp.adver_int' : 'vrrp.short_adver_int');
  if (values.get('vrrp.virt_rtr_id') === null || values.get('vrrp.prio') === null) return problemOf(VRRP_TRUNCATED);
  if (interval === null && showsIntervals) return problemOf(VRRP_TRUNCATED);
  const vrid = readNumber(values.get('vrrp.virt_rtr_id'), 255);
  const priority = readNumber(values.get('vrrp.prio'), 255);
  const units = readNumber(interval, version === 2 ? 255 : 4095);
  if (vrid === null || priority === null || (interval !== null && units === null)) return problemOf(TSHARK_UNREADABLE);
  const assumed: Assumed[] = [];
  if (!isVersionShown) assumed.push('version');
  if (!isDestinationShown) assumed.push('destination');
  return {
    kind: 'advertisement',
    advertisement: {
      family,
      version,
      vrid,
      priority,
      source,
      destination,
      intervalNs: units === null ? null : intervalFrom(version, units),
      ipId: family === 'ipv6' ? null : readNumber(values.get('ip.id'), 0xffff),
    },
    assumed,
    hasBadChecksum: /^(?:0|bad)$/i.test(values.get('vrrp.checksum.status') ?? ''),
  };
};

import { sumWords } from '../../sources/capture/checksum.js';
import { findVrrp } from '../../sources/capture/ip.js';
import { findNetworkLayer } from '../../sources/capture/link.js';
import { decodeVrrp } from '../../sources/capture/vrrp.js';

/** What was taken out of a frame. */
export interface Zeroed {
  readonly kind: 'authentication' | 'payload' | 'nothing';
  /** The password an advertisement carried, where it is text. */
  readonly password: string | null;
}

const NOTHING: Zeroed = { kind: 'nothing', password: null };

const VRRP_HEADER = 8;
/** Authentication data of version 2 (RFC 2338, 5.1): the last bytes of a message. */
const AUTHENTICATION = 8;
const SIMPLE_PASSWORD = 1;
const PROTOCOL_AH = 51;
/** Of an authentication header, what stands before the check value (RFC 4302). */
const AH_FIXED = 12;
const ETHERTYPE_ARP = 0x0806;
/** The longest link header, so that what is kept of an unknown frame holds no more than addresses. */
const LINK_HEADER = 16;
const NO_FRAME_TYPES = 1;

const zero = (bytes: Uint8Array): boolean => {
  const had = bytes.some((byte) => byte !== 0);
  bytes.fill(0);
  return had;
};

const readPassword = (bytes: Uint8Array): string | null => {
  const text = Buffer.from(bytes).toString('latin1').replace(/\0.*$/s, '');
  return /^[\x20-\x7e]+$/.test(text) ? text : null;
};

/** A version 2 message without its authentication data; its checksum is right afterwards if it was before. */
const zeroMessage = (message: Uint8Array, addresses: number, authType: number): Zeroed => {
  const from = Math.min(VRRP_HEADER + 4 * addresses, Math.max(message.length - AUTHENTICATION, VRRP_HEADER));
  const data = message.subarray(from);
  const password = authType === SIMPLE_PASSWORD ? readPassword(data.subarray(0, AUTHENTICATION)) : null;
  const wasRight = sumWords(message) === 0xffff;
  if (!zero(data)) return NOTHING;
  if (wasRight) {
    message.fill(0, 6, VRRP_HEADER);
    const sum = ~sumWords(message) & 0xffff;
    message[6] = sum >> 8;
    message[7] = sum & 0xff;
  }
  return { kind: 'authentication', password };
};

/** Zero the check value of an authentication header in front of a message: a password can be guessed by it. */
const zeroCheckValue = (frame: Uint8Array, network: { family: string; offset: number }, end: number): boolean => {
  const isIpv4 = network.family === 'ipv4';
  const protocol = frame[network.offset + (isIpv4 ? 9 : 6)];
  const header = network.offset + (isIpv4 ? ((frame[network.offset] ?? 0) & 0x0f) * 4 : 40);
  return protocol === PROTOCOL_AH && end > header + AH_FIXED && zero(frame.subarray(header + AH_FIXED, end));
};

const payloadFrom = (linkType: number, frame: Uint8Array): number => {
  const network = findNetworkLayer(linkType, frame);
  if (typeof network !== 'string') return network.offset + (network.family === 'ipv4' ? 20 : 40);
  const isArp = linkType === NO_FRAME_TYPES && (((frame[12] ?? 0) << 8) | (frame[13] ?? 0)) === ETHERTYPE_ARP;
  return isArp ? 42 : LINK_HEADER;
};

/**
 * Zero what a captured frame holds of secrets, in place: VRRP authentication data, and of what is no advertisement all behind the address headers. Its
 * length stays.
 */
export const zeroAuthentication = (linkType: number, frame: Uint8Array): Zeroed => {
  const network = findNetworkLayer(linkType, frame);
  const packet = typeof network === 'string' ? 'other' : findVrrp(frame, network);
  if (typeof network === 'string' || typeof packet === 'string')
    return zero(frame.subarray(payloadFrom(linkType, frame))) ? { kind: 'payload', password: null } : NOTHING;
  const { message } = packet;
  const start = message.byteOffset - frame.byteOffset;
  const isPadded = zero(frame.subarray(start + message.length));
  const isChecked = zeroCheckValue(frame, network, start);
  const decoded = decodeVrrp(message);
  if ('problem' in decoded)
    return zero(message.subarray(VRRP_HEADER)) || isPadded ? { kind: 'payload', password: null } : NOTHING;
  const { version, addressCount, authType } = decoded.header;
  const size = VRRP_HEADER + addressCount * (packet.family === 'ipv4' ? 4 : 16);
  const zeroed: Zeroed =
    version === 2
      ? zeroMessage(message, addressCount, authType ?? 0)
      : zero(message.subarray(size))
        ? { kind: 'payload', password: null }
        : NOTHING;
  if (zeroed.kind === 'authentication' || (!isChecked && !isPadded)) return zeroed;
  return { kind: isChecked ? 'authentication' : 'payload', password: null };
};

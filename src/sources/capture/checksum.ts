import type { VrrpPacket } from './ip.js';

const ALL_ONES = 0xffff;
const PROTOCOL_VRRP = 112;
/** A VRRP message is this long at least (bytes). */
const HEADER = 8;

/** Sum of the 16-bit words in one's complement (RFC 1071). */
export const sumWords = (bytes: Uint8Array): number => {
  let sum = 0;
  for (let at = 0; at < bytes.length; at += 2) sum += ((bytes[at] ?? 0) << 8) | (bytes[at + 1] ?? 0);
  return fold(sum);
};

const fold = (sum: number): number => {
  let folded = sum;
  while (folded > ALL_ONES) folded = (folded & ALL_ONES) + (folded >>> 16);
  return folded;
};

/**
 * Whether the checksum of a VRRP message is wrong: over the message in version 2 (RFC 3768, 5.3.8), over the message and a pseudo
 * header in version 3 (RFC 5798, 5.2.8; over IPv4 some leave that out, keepalived's `checksum_compatibility` among them, and either will do).
 * False where the message was not captured whole, or is a fragment.
 */
export const isChecksumWrong = (version: 2 | 3, { family, message, addresses, isWhole }: VrrpPacket): boolean => {
  if (!isWhole || message.length < HEADER) return false;
  const sum = sumWords(message);
  if (sum === ALL_ONES && (version === 2 || family === 'ipv4')) return false;
  if (version === 2) return true;
  return fold(sum + sumWords(addresses) + PROTOCOL_VRRP + message.length) !== ALL_ONES;
};

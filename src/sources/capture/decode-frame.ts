import type { CapturedAdvertisement } from '../../model/advertisement.js';
import type { CounterDefinition } from '../../model/counters.js';
import { isChecksumWrong } from './checksum.js';
import { findVrrp } from './ip.js';
import { findNetworkLayer } from './link.js';
import { HEADERS_CUT, VRRP_LATER_FRAGMENT } from './problems.js';
import { decodeVrrp } from './vrrp.js';

/** What a frame says of itself, without when and where it was seen. */
export type FrameAdvertisement = Omit<CapturedAdvertisement, 'time' | 'packet'>;

/** An advertisement in a frame. */
export interface DecodedFrame {
  readonly advertisement: FrameAdvertisement;
  readonly hasBadChecksum: boolean;
}

/**
 * The advertisement in a frame.
 *
 * @param linkType of its interface (pcap's LINKTYPE_ numbers), one that is supported
 * @returns 'other' for a frame that holds none, or what keeps it from being read
 */
export const decodeFrame = (
  linkType: number,
  frame: Uint8Array,
): DecodedFrame | 'other' | { readonly problem: CounterDefinition } => {
  const network = findNetworkLayer(linkType, frame);
  if (network === 'other') return 'other';
  const packet = network === 'cut' ? 'cut' : findVrrp(frame, network);
  if (packet === 'other') return 'other';
  if (packet === 'cut') return { problem: HEADERS_CUT };
  if (packet === 'later-fragment') return { problem: VRRP_LATER_FRAGMENT };
  const decoded = decodeVrrp(packet.message);
  if ('problem' in decoded) return decoded;
  const { version, vrid, priority, intervalNs } = decoded.header;
  const { family, source, destination, ipId } = packet;
  return {
    advertisement: { family, version, vrid, priority, source, destination, intervalNs, ipId },
    hasBadChecksum: isChecksumWrong(version, packet),
  };
};

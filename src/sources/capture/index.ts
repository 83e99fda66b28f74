import type { Capture } from '../../model/advertisement.js';
import type { CaptureContext } from './context.js';
import { readPcap } from './pcap.js';
import { isPcap } from './pcap-records.js';
import { isPcapng, readPcapng } from './pcapng.js';
import { isTcpdumpText, readTcpdumpText } from './tcpdump-text.js';

export type { CaptureContext } from './context.js';
export { LiveCapture, type LiveAdvertisement } from './live-capture.js';
export { PcapRecords } from './pcap-records.js';
export { readTcpdumpStats } from './tcpdump-stats.js';

export type CaptureKind = Capture['format'];

/** Longest beginning that is looked at for lines of text. */
const TEXT_HEAD = 65_536;

/**
 * Recognise a capture by how it begins, whatever its name.
 *
 * @param head the first bytes, decompressed; 4 KiB are plenty for binary files, more helps where a text begins with
 *   other lines
 * @returns null for anything else
 */
export const recogniseCapture = (head: Uint8Array): CaptureKind | null => {
  if (isPcap(head)) return 'pcap';
  if (isPcapng(head)) return 'pcapng';
  const text = head.subarray(0, TEXT_HEAD);
  if (text.includes(0)) return null;
  const lines = new TextDecoder().decode(text).split(/\r?\n/);
  return isTcpdumpText(lines) ? 'tcpdump-text' : null;
};

const READERS: Record<CaptureKind, typeof readPcap> = {
  pcap: readPcap,
  pcapng: readPcapng,
  'tcpdump-text': readTcpdumpText,
};

/**
 * Read a capture of a known kind. Bytes are used as they come and not kept; only advertisements are.
 *
 * @param bytes the decompressed file; chunks must not be changed after they were given
 * @throws InputError where the input cannot be used; what else is wrong is counted in `context.counters`
 */
export const readCapture = (
  kind: CaptureKind,
  bytes: AsyncIterable<Uint8Array>,
  context: CaptureContext,
): Promise<Capture> => READERS[kind](bytes, context);

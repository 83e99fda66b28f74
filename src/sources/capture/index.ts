import type { Capture } from '../../model/advertisement.js';
import type { CaptureContext } from './context.js';
import { readPcap } from './pcap.js';
import { isPcap } from './pcap-records.js';
import { isPcapng, readPcapng } from './pcapng.js';
import { isTcpdumpText, readTcpdumpText } from './tcpdump-text.js';
import { readTsharkFields } from './tshark-fields.js';
import { isTsharkEk, isTsharkJson, readTsharkEk, readTsharkJson } from './tshark-json.js';
import { isTsharkFields } from './tshark-table.js';

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
  const decoded = new TextDecoder().decode(text);
  // A line with a NUL may be of anything; a disk that lost power leaves such lines in texts, too.
  const lines = decoded.split(/\r?\n/).filter((line) => !line.includes('\0'));
  if (isTcpdumpText(lines)) return 'tcpdump-text';
  if (isTsharkEk(decoded)) return 'tshark-ek';
  if (isTsharkJson(decoded)) return 'tshark-json';
  return isTsharkFields(lines) ? 'tshark-fields' : null;
};

const READERS: Record<CaptureKind, typeof readPcap> = {
  pcap: readPcap,
  pcapng: readPcapng,
  'tcpdump-text': readTcpdumpText,
  'tshark-fields': readTsharkFields,
  'tshark-json': readTsharkJson,
  'tshark-ek': readTsharkEk,
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

import type { Capture } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import { ByteQueue, viewOf } from './byte-queue.js';
import type { CaptureContext } from './context.js';
import { isSupportedLink } from './link.js';
import { PacketCollector } from './packet-collector.js';
import { CORRUPT, CUT_RECORD } from './problems.js';

/** What the first four bytes say, read as a big-endian number. */
const MAGICS = new Map([
  [0xa1b2c3d4, { littleEndian: false, nanosPerUnit: 1000 }],
  [0xd4c3b2a1, { littleEndian: true, nanosPerUnit: 1000 }],
  [0xa1b23c4d, { littleEndian: false, nanosPerUnit: 1 }],
  [0x4d3cb2a1, { littleEndian: true, nanosPerUnit: 1 }],
]);

/** Whether a file that begins with these bytes is pcap (not pcapng). */
export const isPcap = (head: Uint8Array): boolean => head.length >= 4 && MAGICS.has(viewOf(head).getUint32(0));

const FILE_HEADER = 24;
const RECORD_HEADER = 16;
/** Largest snapshot length libpcap itself allows (MAXIMUM_SNAPLEN); files may announce more in their header. */
const MAX_SNAPSHOT = 262_144;
/** No file's own snapshot length is believed beyond this (libpcap's limit for the largest link types, 128 MiB). */
const MAX_RECORD = 134_217_728;

interface FileHeader {
  readonly littleEndian: boolean;
  readonly nanosPerUnit: number;
  readonly linkType: number;
  readonly maxRecord: number;
}

const readFileHeader = (bytes: Uint8Array, where: string): FileHeader => {
  const view = viewOf(bytes);
  const magic = MAGICS.get(view.getUint32(0));
  if (!magic) throw new InputError('not a pcap file', `${where}, byte 0`, 'give a file written by tcpdump -w');
  const snapshot = view.getUint32(16, magic.littleEndian);
  // The upper bits hold the length of the frame check sequence (draft-ietf-opsawg-pcap, section 4).
  const linkType = view.getUint32(20, magic.littleEndian) & 0xffff;
  if (!isSupportedLink(linkType)) {
    throw new InputError(
      `link type ${String(linkType)} is not supported`,
      `${where}, byte 20`,
      'capture on an Ethernet interface or with -i any',
    );
  }
  return { ...magic, linkType, maxRecord: Math.min(Math.max(snapshot, MAX_SNAPSHOT), MAX_RECORD) };
};

/**
 * Read a pcap file (draft-ietf-opsawg-pcap) of either byte order, with micro- or nanoseconds, as a stream.
 *
 * A last record that is cut is counted; a record with an impossible length or time ends the reading and is counted.
 * pcap files do not say what was dropped: `loss` is unknown.
 *
 * @throws InputError where nothing can be read: no whole file header, an unsupported link type, a corrupt first record
 */
export const readPcap = async (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> => {
  const { where, counters } = context;
  const queue = new ByteQueue();
  const collector = new PacketCollector(counters);
  let header: FileHeader | null = null;

  const reportCorrupt = (): 'stop' => {
    if (collector.records === 0) {
      throw new InputError(
        'the first record has an impossible length or time',
        `${where}, byte ${String(queue.offset)}`,
        'copy the capture again, or repair it with pcapfix',
      );
    }
    counters.add(CORRUPT);
    return 'stop';
  };

  const readRecord = (file: FileHeader): 'read' | 'wait' | 'stop' => {
    const head = queue.peek(RECORD_HEADER);
    if (!head) return 'wait';
    const view = viewOf(head);
    const nanos = view.getUint32(4, file.littleEndian) * file.nanosPerUnit;
    const captured = view.getUint32(8, file.littleEndian);
    if (captured > file.maxRecord || nanos > 999_999_999) return reportCorrupt();
    const record = queue.peek(RECORD_HEADER + captured);
    if (!record) return 'wait';
    const time = { seconds: view.getUint32(0, file.littleEndian), nanos };
    collector.addRecord(time);
    collector.keepAdvertisement(time, file.linkType, record.subarray(RECORD_HEADER));
    queue.skip(record.length);
    return 'read';
  };

  let state: 'read' | 'wait' | 'stop' = 'wait';
  for await (const chunk of bytes) {
    queue.push(chunk);
    if (!header) {
      const head = queue.peek(FILE_HEADER);
      if (!head) continue;
      header = readFileHeader(head, where);
      queue.skip(FILE_HEADER);
    }
    do state = readRecord(header);
    while (state === 'read');
    if (state === 'stop') break;
  }
  if (!header) {
    throw new InputError(
      queue.available === 0 ? 'the file is empty' : 'the file ends inside its header',
      `${where}, byte ${String(queue.available)}`,
      'record again with tcpdump -w',
    );
  }
  if (state !== 'stop' && queue.available > 0) counters.add(CUT_RECORD);
  return collector.finish('pcap', { known: false, dropped: 0 });
};

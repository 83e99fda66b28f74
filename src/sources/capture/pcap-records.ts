import { InputError } from '../../model/input-error.js';
import { ByteQueue, viewOf } from './byte-queue.js';
import { isSupportedLink } from './link.js';
import type { PacketTime } from './packet-collector.js';

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

/** One record of a pcap file. */
export interface PcapRecord {
  readonly time: PacketTime;
  readonly linkType: number;
  /** What was captured of the packet; valid until more bytes are pushed. */
  readonly frame: Uint8Array;
  /** The same with the record's own header, as it stands in the file. */
  readonly bytes: Uint8Array;
}

/** The records of a pcap file whose bytes come in chunks of any size: a whole file, or one that is being written. */
export class PcapRecords {
  readonly #where: string;
  readonly #onRecord: (record: PcapRecord) => void;
  readonly #queue = new ByteQueue();
  #header: FileHeader | null = null;
  #fileHeader: Uint8Array | null = null;
  #records = 0;
  #corrupt = false;

  /** @param where names the input in errors */
  constructor(where: string, onRecord: (record: PcapRecord) => void) {
    this.#where = where;
    this.#onRecord = onRecord;
  }

  /** The file's own header, null until it has arrived. */
  get fileHeader(): Uint8Array | null {
    return this.#fileHeader;
  }

  /** Whether a record with an impossible length or time was met; nothing behind it is read. */
  get corrupt(): boolean {
    return this.#corrupt;
  }

  /** Bytes that arrived and make no whole header or record yet. */
  get pending(): number {
    return this.#queue.available;
  }

  /**
   * @throws InputError for a file that is no pcap, an unsupported link type, a corrupt first record
   */
  push(chunk: Uint8Array): void {
    if (this.#corrupt) return;
    this.#queue.push(chunk);
    if (!this.#header) {
      const head = this.#queue.peek(FILE_HEADER);
      if (!head) return;
      this.#header = readFileHeader(head, this.#where);
      this.#fileHeader = Uint8Array.from(head);
      this.#queue.skip(FILE_HEADER);
    }
    while (this.#readRecord(this.#header));
  }

  #readRecord(file: FileHeader): boolean {
    const head = this.#queue.peek(RECORD_HEADER);
    if (!head) return false;
    const view = viewOf(head);
    const nanos = view.getUint32(4, file.littleEndian) * file.nanosPerUnit;
    const captured = view.getUint32(8, file.littleEndian);
    if (captured > file.maxRecord || nanos > 999_999_999) {
      this.#reportCorrupt();
      return false;
    }
    const bytes = this.#queue.peek(RECORD_HEADER + captured);
    if (!bytes) return false;
    const time = { seconds: view.getUint32(0, file.littleEndian), nanos };
    this.#records++;
    this.#onRecord({ time, linkType: file.linkType, frame: bytes.subarray(RECORD_HEADER), bytes });
    this.#queue.skip(bytes.length);
    return true;
  }

  #reportCorrupt(): void {
    if (this.#records === 0) {
      throw new InputError(
        'the first record has an impossible length or time',
        `${this.#where}, byte ${String(this.#queue.offset)}`,
        'copy the capture again, or repair it with pcapfix',
      );
    }
    this.#corrupt = true;
  }
}

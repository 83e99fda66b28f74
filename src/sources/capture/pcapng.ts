import type { Capture } from '../../model/advertisement.js';
import { InputError } from '../../model/input-error.js';
import { ByteQueue, viewOf } from './byte-queue.js';
import type { CaptureContext } from './context.js';
import { PacketCollector } from './packet-collector.js';
import { PcapngInterface, sumLoss } from './pcapng-interface.js';
import {
  BAD_OPTIONS,
  CORRUPT,
  CUT_RECORD,
  UNASSIGNED_STATISTICS,
  UNKNOWN_INTERFACE,
  UNSUPPORTED_LINK,
} from './problems.js';

const SECTION_HEADER = 0x0a0d0d0a;
const BYTE_ORDER_MAGIC = 0x1a2b3c4d;
const INTERFACE_DESCRIPTION = 1;
const OLD_PACKET = 2;
const SIMPLE_PACKET = 3;
const INTERFACE_STATISTICS = 5;
const ENHANCED_PACKET = 6;

/** Body bytes before the first thing of varying length; a block of these types cannot be shorter. */
const FIXED_BODY = new Map([
  [INTERFACE_DESCRIPTION, 8],
  [OLD_PACKET, 20],
  [SIMPLE_PACKET, 4],
  [INTERFACE_STATISTICS, 12],
  [ENHANCED_PACKET, 20],
]);
/** Type, length, and the length again at the end. */
const BLOCK_FRAME = 12;
/** Blocks that must be held whole are not believed beyond this (wiretap's limit for a block of packets, 16 MiB). */
const MAX_HELD_BLOCK = 16_777_216;

/** Whether a file that begins with these bytes is pcapng. */
export const isPcapng = (head: Uint8Array): boolean => {
  if (head.length < 4 || viewOf(head).getUint32(0) !== SECTION_HEADER) return false;
  return head.length < 12 || sectionOrder(head) !== null;
};

/** Whether the section that begins with these 12 bytes is little-endian; null when its byte-order magic is wrong. */
const sectionOrder = (head: Uint8Array): boolean | null => {
  const view = viewOf(head);
  if (view.getUint32(8, true) === BYTE_ORDER_MAGIC) return true;
  return view.getUint32(8, false) === BYTE_ORDER_MAGIC ? false : null;
};

type Step = 'read' | 'wait' | 'stop';

/** Reads the blocks of one file, one call of {@link step} a block. */
class BlockReader {
  readonly queue = new ByteQueue();
  readonly collector: PacketCollector;
  readonly #context: CaptureContext;
  readonly #allInterfaces: PcapngInterface[] = [];
  #interfaces: PcapngInterface[] = [];
  #littleEndian = true;
  #sections = 0;

  constructor(context: CaptureContext) {
    this.#context = context;
    this.collector = new PacketCollector(context.counters);
  }

  get sections(): number {
    return this.#sections;
  }

  get interfaces(): readonly PcapngInterface[] {
    return this.#allInterfaces;
  }

  /** Read the next block, if it has arrived. */
  step(): Step {
    const head = this.queue.peek(8);
    if (!head) return 'wait';
    if (viewOf(head).getUint32(0) === SECTION_HEADER) return this.#beginSection();
    if (this.#sections === 0) return this.#reportCorrupt('no section header');
    const view = viewOf(head);
    const type = view.getUint32(0, this.#littleEndian);
    const length = view.getUint32(4, this.#littleEndian);
    const fixed = FIXED_BODY.get(type);
    if (length % 4 !== 0 || length < BLOCK_FRAME + (fixed ?? 0)) return this.#reportCorrupt('an impossible length');
    if (fixed === undefined) {
      this.queue.skip(length);
      return 'read';
    }
    if (type === SIMPLE_PACKET) this.#refuseSimplePacket();
    if (length > MAX_HELD_BLOCK) return this.#reportCorrupt('an impossible length');
    const block = this.queue.peek(length);
    if (!block) return 'wait';
    if (viewOf(block).getUint32(length - 4, this.#littleEndian) !== length) {
      return this.#reportCorrupt('two lengths that differ');
    }
    if (!this.#readBlock(type, block.subarray(8, length - 4)))
      return this.#reportCorrupt('an impossible packet length');
    this.queue.skip(length);
    return 'read';
  }

  #beginSection(): Step {
    const head = this.queue.peek(16);
    if (!head) return 'wait';
    const littleEndian = sectionOrder(head);
    if (littleEndian === null) return this.#reportCorrupt('no byte-order magic');
    const view = viewOf(head);
    const length = view.getUint32(4, littleEndian);
    if (length % 4 !== 0 || length < BLOCK_FRAME + 16) return this.#reportCorrupt('an impossible length');
    if (view.getUint16(12, littleEndian) !== 1) return this.#reportCorrupt('a version other than 1');
    this.#littleEndian = littleEndian;
    this.#sections++;
    this.#interfaces = [];
    this.queue.skip(length);
    return 'read';
  }

  /** @returns false when the packet's length does not fit its block */
  #readBlock(type: number, body: Uint8Array): boolean {
    const view = viewOf(body);
    if (type === INTERFACE_DESCRIPTION) {
      const made = new PcapngInterface(body, this.#littleEndian, () => {
        this.#context.counters.add(BAD_OPTIONS);
      });
      this.#interfaces.push(made);
      this.#allInterfaces.push(made);
      return true;
    }
    if (type === INTERFACE_STATISTICS) {
      const counted = this.#interfaces[view.getUint32(0, this.#littleEndian)];
      if (counted) counted.addStatistics(body.subarray(12), this.#littleEndian);
      else this.#context.counters.add(UNASSIGNED_STATISTICS);
      return true;
    }
    const captured = view.getUint32(12, this.#littleEndian);
    const padded = Math.ceil(captured / 4) * 4;
    if (20 + padded > body.length) return false;
    const old = type === OLD_PACKET;
    const number = old ? view.getUint16(0, this.#littleEndian) : view.getUint32(0, this.#littleEndian);
    const source = this.#interfaces[number];
    if (!source) {
      this.#context.counters.add(UNKNOWN_INTERFACE);
      return true;
    }
    if (old) source.addOldPacket(view.getUint16(2, this.#littleEndian));
    else source.addPacket(body.subarray(20 + padded), this.#littleEndian);
    const time = source.timeFrom(view.getUint32(4, this.#littleEndian), view.getUint32(8, this.#littleEndian));
    this.collector.addRecord(time);
    if (source.isSupported) this.collector.keepAdvertisement(time, source.linkType, body.subarray(20, 20 + captured));
    else this.#context.counters.add(UNSUPPORTED_LINK);
    return true;
  }

  #refuseSimplePacket(): never {
    throw new InputError(
      'a simple packet block has no time',
      this.#where(),
      'record again with tcpdump -w or dumpcap, or convert from the original with times',
    );
  }

  #reportCorrupt(what: string): 'stop' {
    if (this.collector.records === 0) {
      throw new InputError(`a block has ${what}`, this.#where(), 'copy the capture again, or repair it with pcapfix');
    }
    this.#context.counters.add(CORRUPT);
    return 'stop';
  }

  #where(): string {
    return `${this.#context.where}, byte ${String(this.queue.offset)}`;
  }
}

const refuseUnreadable = (reader: BlockReader, where: string): void => {
  const carrying = reader.interfaces.filter((one) => one.packets > 0);
  const [first] = carrying;
  if (!first || carrying.some((one) => one.isSupported)) return;
  throw new InputError(
    `link type ${String(first.linkType)} is not supported`,
    where,
    'capture on an Ethernet interface or with -i any',
  );
};

/**
 * Read a pcapng file (draft-ietf-opsawg-pcapng) as a stream: sections of either byte order, several interfaces with
 * their own link type, time resolution and offset, enhanced and old packet blocks, drop counts of packets and
 * statistics blocks as `loss`. Other blocks are passed over. `packet` numbers run through all sections.
 *
 * A last block that is cut is counted; a corrupt block ends the reading and is counted.
 *
 * @throws InputError where nothing can be read, where a simple packet block (it has no time) occurs, or where all
 *   packets have link types that are not supported
 */
export const readPcapng = async (bytes: AsyncIterable<Uint8Array>, context: CaptureContext): Promise<Capture> => {
  const reader = new BlockReader(context);
  let state: Step = 'wait';
  for await (const chunk of bytes) {
    reader.queue.push(chunk);
    do state = reader.step();
    while (state === 'read');
    if (state === 'stop') break;
  }
  if (reader.sections === 0) {
    throw new InputError(
      reader.queue.offset === 0 && reader.queue.available === 0
        ? 'the file is empty'
        : 'the file ends inside its header',
      `${context.where}, byte ${String(reader.queue.offset)}`,
      'record again with tcpdump -w or dumpcap',
    );
  }
  if (state !== 'stop' && (reader.queue.available > 0 || reader.queue.owesSkipped)) context.counters.add(CUT_RECORD);
  refuseUnreadable(reader, context.where);
  return reader.collector.finish('pcapng', sumLoss(reader.interfaces));
};

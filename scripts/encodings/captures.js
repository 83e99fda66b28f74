// @ts-check
/** One capture in every encoding that is read: converted by the real programs where they can, by hand where they cannot. */
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';

/**
 * @typedef {{ name: string, path: string, resolutionNs: number, clock: 'epoch' | 'time-of-day' | 'relative' }} CaptureEncoding
 */

const PACKET_HEAD = 16;
const FILE_HEAD = 24;
const ETHERNET = 1;
const BIG_OUTPUT = 256 * 2 ** 20;

/** @type {(program: string, args: readonly string[]) => Buffer} */
const outputOf = (program, args) =>
  execFileSync(program, args, {
    maxBuffer: BIG_OUTPUT,
    env: { ...process.env, TZ: 'UTC', LC_ALL: 'C' },
    stdio: ['ignore', 'pipe', 'ignore'],
  });

/** @typedef {{ seconds: number, nanos: number, frame: Buffer }} Packet */

/** Packets of a little-endian pcap file with ns or us. @type {(file: Buffer) => Packet[]} */
const parse = (file) => {
  const unit = file.readUInt32LE(0) === 0xa1b23c4d ? 1 : 1000;
  const packets = [];
  for (let at = FILE_HEAD; at + PACKET_HEAD <= file.length;) {
    const end = at + PACKET_HEAD + file.readUInt32LE(at + 8);
    packets.push({
      seconds: file.readUInt32LE(at),
      nanos: file.readUInt32LE(at + 4) * unit,
      frame: file.subarray(at + PACKET_HEAD, end),
    });
    at = end;
  }
  return packets;
};

/** @type {(packets: readonly Packet[], form: { big?: boolean, nano?: boolean, linkType?: number, frame?: (frame: Buffer) => Buffer }) => Buffer} */
const print = (packets, { big = false, nano = false, linkType = ETHERNET, frame: change = (frame) => frame }) => {
  /** @type {(words: readonly number[]) => Buffer} */
  const words = (values) => {
    const out = Buffer.alloc(4 * values.length);
    values.forEach((value, i) => (big ? out.writeUInt32BE(value, 4 * i) : out.writeUInt32LE(value, 4 * i)));
    return out;
  };
  const head = words([nano ? 0xa1b23c4d : 0xa1b2c3d4, 0, 0, 0, 262_144, linkType]);
  if (big) (head.writeUInt16BE(2, 4), head.writeUInt16BE(4, 6));
  else (head.writeUInt16LE(2, 4), head.writeUInt16LE(4, 6));
  const parts = [head];
  for (const { seconds, nanos, frame } of packets) {
    const bytes = change(frame);
    parts.push(words([seconds, nano ? nanos : Math.floor(nanos / 1000), bytes.length, bytes.length]), bytes);
  }
  return Buffer.concat(parts);
};

const TYPE_AT = 12;
const ETHERNET_HEAD = 14;

/** @type {(frame: Buffer) => Buffer} */
const withoutHead = (frame) => frame.subarray(ETHERNET_HEAD);

/** @type {(tags: readonly (readonly [type: number, id: number])[]) => (frame: Buffer) => Buffer} */
const tagged = (tags) => (frame) => {
  const head = Buffer.alloc(4 * tags.length);
  tags.forEach(([type, id], i) => {
    head.writeUInt16BE(type, 4 * i);
    head.writeUInt16BE(id, 4 * i + 2);
  });
  return Buffer.concat([frame.subarray(0, TYPE_AT), head, frame.subarray(TYPE_AT)]);
};

/** Linux cooked capture: outgoing, from an Ethernet interface. @type {(frame: Buffer) => Buffer} */
const cooked = (frame) => {
  const head = Buffer.alloc(16);
  head.writeUInt16BE(4, 0);
  head.writeUInt16BE(1, 2);
  head.writeUInt16BE(6, 4);
  frame.copy(head, 6, 6, 12);
  frame.copy(head, 14, TYPE_AT, ETHERNET_HEAD);
  return Buffer.concat([head, withoutHead(frame)]);
};

/** Its second version, which names the interface by its number. @type {(frame: Buffer) => Buffer} */
const cooked2 = (frame) => {
  const head = Buffer.alloc(20);
  frame.copy(head, 0, TYPE_AT, ETHERNET_HEAD);
  head.writeUInt32BE(2, 4);
  head.writeUInt16BE(1, 8);
  head.writeUInt8(4, 10);
  head.writeUInt8(6, 11);
  frame.copy(head, 12, 6, 12);
  return Buffer.concat([head, withoutHead(frame)]);
};

/** BSD loopback: AF_INET in the byte order of its machine (NULL), or of the network (LOOP). @type {(big: boolean) => (frame: Buffer) => Buffer} */
const loopback = (big) => (frame) => {
  const head = Buffer.alloc(4);
  if (big) head.writeUInt32BE(2, 0);
  else head.writeUInt32LE(2, 0);
  return Buffer.concat([head, withoutHead(frame)]);
};

/** Lines broken at 80 columns. @type {(text: Buffer) => Buffer} */
const asTerminalsWrap = (text) => Buffer.from(text.toString().replace(/.{80}(?=.)/g, '$&\n'));

/** What `>` makes of a program's text there. @type {(text: Buffer) => Buffer} */
const asPowerShellWrites = (text) => Buffer.from(`\ufeff${text.toString().replaceAll('\n', '\r\n')}`, 'utf16le');

const FIELDS = ['frame.time_epoch', 'ip.src', 'vrrp.version', 'vrrp.virt_rtr_id', 'vrrp.prio', 'vrrp.adver_int'];
const fieldArguments = FIELDS.flatMap((field) => ['-e', field]);

/** @type {readonly (readonly [name: string, args: readonly string[], resolutionNs: number, clock: CaptureEncoding['clock']])[]} */
const TCPDUMP = [
  ['tcpdump', ['-n'], 1000, 'time-of-day'],
  ['tcpdump-tt', ['-n', '-tt'], 1000, 'epoch'],
  ['tcpdump-tt-nano', ['-n', '-tt', '--nano'], 1, 'epoch'],
  ['tcpdump-ttt', ['-n', '-ttt'], 1000, 'relative'],
  ['tcpdump-tttt', ['-n', '-tttt'], 1000, 'epoch'],
  ['tcpdump-ttttt', ['-n', '-ttttt'], 1000, 'relative'],
  ['tcpdump-number', ['-n', '-tt', '-#'], 1000, 'epoch'],
  ['tcpdump-e', ['-n', '-tt', '-e'], 1000, 'epoch'],
  ['tcpdump-v', ['-n', '-tt', '-v'], 1000, 'epoch'],
  ['tcpdump-vvv-e', ['-n', '-tttt', '-vvv', '-e'], 1000, 'epoch'],
  ['tcpdump-names', ['-tt'], 1000, 'epoch'],
];

/** @type {readonly (readonly [name: string, args: readonly string[]])[]} */
const TSHARK = [
  ['tshark-fields-tab', ['-T', 'fields', ...fieldArguments]],
  ['tshark-fields-header', ['-T', 'fields', '-E', 'header=y', '-E', 'separator=,', ...fieldArguments]],
  ['tshark-fields-quoted', ['-T', 'fields', '-E', 'header=y', '-E', 'separator=;', '-E', 'quote=d', ...fieldArguments]],
  ['tshark-json', ['-T', 'json']],
  ['tshark-ek', ['-T', 'ek']],
];

/**
 * Write a capture (pcap, little-endian, Ethernet) in every encoding.
 *
 * @param {string} path
 * @param {string} folder
 * @returns {CaptureEncoding[]}
 */
export const encodeCapture = (path, folder) => {
  const file = readFileSync(path);
  const packets = parse(file);
  /** @type {CaptureEncoding[]} */
  const made = [];
  /** @type {(name: string, bytes: Buffer, resolutionNs?: number, clock?: CaptureEncoding['clock']) => string} */
  const add = (name, bytes, resolutionNs = 1000, clock = 'epoch') => {
    const to = join(folder, name);
    writeFileSync(to, bytes);
    made.push({ name, path: to, resolutionNs, clock });
    return to;
  };
  const nano = add('pcap-ns', print(packets, { nano: true }), 1);
  const plain = add('pcap-us', print(packets, {}));
  add('pcap-us-big-endian', print(packets, { big: true }));
  add('pcap-ns-big-endian', print(packets, { big: true, nano: true }), 1);
  add('pcap-gz', gzipSync(print(packets, {})));
  add('pcap-zst', outputOf('zstd', ['-qc', plain]));
  for (const [name, link, source] of [
    ['pcapng', 'pcapng', plain],
    ['pcapng-ns', 'pcapng', nano],
  ]) {
    const to = join(folder, String(name));
    execFileSync('editcap', ['-F', String(link), String(source), to], { stdio: 'ignore' });
    made.push({ name: String(name), path: to, resolutionNs: name === 'pcapng-ns' ? 1 : 1000, clock: 'epoch' });
  }
  add('vlan', print(packets, { frame: tagged([[0x8100, 7]]) }));
  add('vlan-in-vlan', print(packets, { frame: tagged([[0x88a8, 7], [0x8100, 9]]) })); // prettier-ignore
  add('linux-cooked', print(packets, { linkType: 113, frame: cooked }));
  const any = add('linux-cooked-2', print(packets, { linkType: 276, frame: cooked2 }));
  add('raw-ip', print(packets, { linkType: 101, frame: withoutHead }));
  add('raw-ip-openbsd', print(packets, { linkType: 14, frame: withoutHead }));
  add('raw-ipv4', print(packets, { linkType: 228, frame: withoutHead }));
  add('bsd-null', print(packets, { linkType: 0, frame: loopback(false) }));
  add('bsd-loop', print(packets, { linkType: 108, frame: loopback(true) }));
  for (const [name, args, resolutionNs, clock] of TCPDUMP)
    add(name, outputOf('tcpdump', [...args, '-r', name.endsWith('nano') ? nano : plain]), resolutionNs, clock);
  add('tcpdump-any', outputOf('tcpdump', ['-n', '-tt', '-r', any]));
  add('tcpdump-scrollback', asTerminalsWrap(outputOf('tcpdump', ['-n', '-tt', '-v', '-r', plain])));
  add('tcpdump-powershell', asPowerShellWrites(outputOf('tcpdump', ['-n', '-tt', '-r', plain])));
  for (const [name, args] of TSHARK) add(name, outputOf('tshark', ['-n', '-r', nano, ...args]), 1);
  return made;
};

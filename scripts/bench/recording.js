// @ts-check
/** A recording's folder as the benchmarks need it: rows that can be written again at another time, packets likewise. */
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { gunzipSync } from 'node:zlib';

/**
 * @typedef {object} Row one line of the trace, cut where its number and its time stand
 * @property {string} head up to the digits of `evt.num`
 * @property {number} num
 * @property {string} middle between the digits of `evt.num` and of `evt.outputtime`
 * @property {number} time ns since the recording's base
 * @property {string} tail behind the digits of `evt.outputtime`, with the line feed
 * @property {number} cpu
 * @property {number} tid
 * @property {string} type
 * @property {string} dir
 * @property {number} next `next=` of a switch, else -1
 *
 * @typedef {object} Packet
 * @property {number} time ns since the recording's base, on the capture's clock
 * @property {Buffer} bytes record header and packet
 * @property {{ id: number, source: string, stream: string } | null} vrrp null where it is no VRRP over IPv4; `stream`: whose
 *   IP identifications count together
 *
 * @typedef {{ name: string, header: Buffer, nanoseconds: boolean, packets: Packet[] }} Pcap
 *
 * @typedef {{ kind: string, start: number, end: number, late: boolean }} Fault times in ns since the recording's base
 *
 * @typedef {object} Recording
 * @property {string} folder
 * @property {number} baseSeconds since the epoch; all times are relative to it
 * @property {Row[]} rows in file order
 * @property {Pcap[]} pcaps in order from the sender outward
 * @property {Fault[]} faults
 * @property {number} interval ns
 * @property {string} sender address
 * @property {number} senderTid
 */

const SECOND = 1_000_000_000;
/** Offset of the IP header in a packet record: pcap's record header, Ethernet. */
export const IP_AT = 16 + 14;
const VRRP = 112;
const PCAP_MICROSECONDS = 0xa1b2c3d4;
const PCAP_NANOSECONDS = 0xa1b23c4d;

const ROW =
  /^(\{"evt\.cpu":(\d+),"evt\.dir":"(.)","evt\.info":"(?:next=(\d+))?.*?"evt\.num":)(\d+)(,"evt\.outputtime":)(\d+)(,"evt\.type":"(\w+)".*"thread\.tid":(-?\d+)\})$/;

/**
 * @param {string} folder of a recording made on one machine (one clock)
 * @returns {Recording}
 */
export function readRecording(folder) {
  const truthPath = join(folder, 'truth.json');
  if (!existsSync(truthPath)) throw new Error(`${folder}: no truth.json there; give a recording's folder`);
  const truth = JSON.parse(readFileSync(truthPath, 'utf8'));
  if (truth.captures.includes('tap')) {
    throw new Error(`${folder}: was made with two clocks; give a recording that was made on one machine`);
  }
  const path = join(folder, 'trace.jsonl.gz');
  // latin1: every byte is one character and comes out as it was.
  const lines = gunzipSync(readFileSync(path)).toString('latin1').split('\n');
  if (lines.at(-1) === '') lines.pop();
  const baseSeconds = readSeconds(lines[0] ?? '', path);
  /** @type {(ns: string) => number} */
  const relative = (ns) => Number(BigInt(ns) - BigInt(baseSeconds) * BigInt(SECOND));
  return {
    folder,
    baseSeconds,
    rows: lines.map((line, i) => readRow(line, relative, `${path}: line ${i + 1}`)),
    pcaps: truth.captures.map((/** @type {string} */ name) =>
      readPcap(name, join(folder, `capture.${name}.pcap`), baseSeconds),
    ),
    faults: truth.faults.map(
      (/** @type {{ kind: string, start_ns: string, end_ns: string, late: boolean }} */ fault) => ({
        kind: fault.kind,
        start: relative(fault.start_ns),
        end: relative(fault.end_ns),
        late: fault.late,
      }),
    ),
    interval: Math.round(truth.advert_interval_s * SECOND),
    sender: truth.sender,
    senderTid: truth.sender_pid,
  };
}

/**
 * @param {string} line
 * @param {string} path
 */
function readSeconds(line, path) {
  const time = /"evt\.outputtime":(\d+)/.exec(line)?.[1];
  if (time === undefined) throw new Error(`${path}: line 1 has no evt.outputtime`);
  return Number(BigInt(time) / BigInt(SECOND));
}

/**
 * @param {string} line without its line feed
 * @param {(ns: string) => number} relative
 * @param {string} where
 * @returns {Row}
 */
function readRow(line, relative, where) {
  const [, head, cpu, dir, next, num, middle, time, tail, type, tid] = ROW.exec(line) ?? [];
  if (head === undefined || middle === undefined || time === undefined || type === undefined || dir === undefined) {
    throw new Error(`${where}: not a row of sysdig -j with its default fields`);
  }
  return {
    head,
    num: Number(num),
    middle,
    time: relative(time),
    tail: `${tail}\n`,
    cpu: Number(cpu),
    tid: Number(tid),
    type,
    dir,
    next: type === 'switch' && next !== undefined ? Number(next) : -1,
  };
}

/**
 * @param {string} name
 * @param {string} path a classic little-endian pcap file, Ethernet
 * @param {number} baseSeconds
 * @returns {Pcap}
 */
function readPcap(name, path, baseSeconds) {
  const file = readFileSync(path);
  const magic = file.readUInt32LE(0);
  if ((magic !== PCAP_MICROSECONDS && magic !== PCAP_NANOSECONDS) || file.readUInt32LE(20) !== 1) {
    throw new Error(`${path}: only little-endian pcap of Ethernet is understood here`);
  }
  const nanoseconds = magic === PCAP_NANOSECONDS;
  const packets = [];
  for (let at = 24; at + 16 <= file.length;) {
    const end = at + 16 + file.readUInt32LE(at + 8);
    const time = (file.readUInt32LE(at) - baseSeconds) * SECOND + file.readUInt32LE(at + 4) * (nanoseconds ? 1 : 1000);
    const bytes = file.subarray(at, end);
    packets.push({ time, bytes, vrrp: readVrrp(bytes) });
    at = end;
  }
  return { name, header: file.subarray(0, 24), nanoseconds, packets };
}

/**
 * @param {Buffer} bytes
 * @returns {Packet['vrrp']}
 */
function readVrrp(bytes) {
  if (bytes.length < IP_AT + 28 || bytes.readUInt16BE(IP_AT - 2) !== 0x0800 || bytes[IP_AT + 9] !== VRRP) return null;
  const source = bytes.subarray(IP_AT + 12, IP_AT + 16).join('.');
  const priority = bytes.readUInt8(IP_AT + (bytes.readUInt8(IP_AT) & 0x0f) * 4 + 2);
  // A machine's keepalived and a test tool on it count apart; they differ in the priority they claim.
  return { id: bytes.readUInt16BE(IP_AT + 4), source, stream: `${source} ${priority}` };
}

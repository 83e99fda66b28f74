// @ts-check
/**
 * scripts/trim-recording SRC DST [--keep SECONDS] [--skip FAULTS]
 *
 * Cuts a lab recording down to one unbroken period: from 3 s (at least 2.5 advertisements) before its first fault to 3 s after the
 * last fault that fits SECONDS (24 unless told; one fault is always kept); without faults, its first SECONDS. One period and not a piece
 * around every fault, because a hole between two pieces would itself look like a late advertisement. --skip leaves out the first faults.
 *
 * Rows and packets that stay keep their bytes and their order. truth.json keeps the faults inside, and says what was cut in `kept`.
 */
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { gunzipSync, gzipSync } from 'node:zlib';

/**
 * @typedef {{ kind: string, start_ns: string, end_ns: string, host_start_ns?: string, host_end_ns?: string }} Fault
 * @typedef {{ advert_interval_s: number, sender: string, faults: Fault[], captures: string[], takeovers: number,
 *   other_gaps: { sent_ns: string }[] }} Truth
 * @typedef {{ time: bigint, bytes: Buffer }} PacketRecord
 * @typedef {{ header: Buffer, packets: PacketRecord[] }} Pcap
 * @typedef {{ time: bigint, id: number, source: string, priority: number }} Advertisement
 * @typedef {{ time: bigint, bytes: Buffer }} Row
 * @typedef {{ from: bigint, to: bigint }} Period in ns since the epoch, on the clock of the input it is applied to
 */

const SECOND = 1_000_000_000n;
const LEAD = 3n * SECOND;
const TAIL = 3n * SECOND;
/** What stays away from the next fault, so that nothing of a fault that was cut is left over. */
const CLEARANCE = SECOND / 2n;
const DEFAULT_KEEP_SECONDS = 24;
/** Longest time between a send in the trace and its packet in the same machine's capture, before any fault. */
const SEND_TO_PACKET = SECOND / 4n;

/**
 * @param {string} path a classic pcap file, Ethernet
 * @returns {Pcap}
 */
function readPcap(path) {
  const file = readFileSync(path);
  const magic = file.readUInt32LE(0);
  const little = magic === 0xa1b2c3d4 || magic === 0xa1b23c4d;
  const nanoseconds = magic === 0xa1b23c4d || magic === 0x4d3cb2a1;
  if (!little && magic !== 0xd4c3b2a1 && magic !== 0x4d3cb2a1) throw new Error(`${path}: not a classic pcap file`);
  const readWord = (/** @type {number} */ at) => (little ? file.readUInt32LE(at) : file.readUInt32BE(at));
  if (readWord(20) !== 1) throw new Error(`${path}: link type ${readWord(20)}, only Ethernet is understood here`);
  const packets = [];
  for (let at = 24; at + 16 <= file.length;) {
    const end = at + 16 + readWord(at + 8);
    const time = BigInt(readWord(at)) * SECOND + BigInt(readWord(at + 4)) * (nanoseconds ? 1n : 1000n);
    packets.push({ time, bytes: file.subarray(at, end) });
    at = end;
  }
  return { header: file.subarray(0, 24), packets };
}

/**
 * @param {Pcap} pcap
 * @returns {Advertisement[]} the IPv4 VRRP packets, in file order
 */
function listAdvertisements(pcap) {
  const found = [];
  for (const { time, bytes } of pcap.packets) {
    const ip = bytes.subarray(16 + 14);
    if (bytes.length < 16 + 14 + 28 || bytes.readUInt16BE(16 + 12) !== 0x0800 || ip[9] !== 112) continue;
    const vrrp = ip.subarray((ip.readUInt8(0) & 0x0f) * 4);
    found.push({ time, id: ip.readUInt16BE(4), source: ip.subarray(12, 16).join('.'), priority: vrrp.readUInt8(2) });
  }
  return found;
}

/**
 * @param {Advertisement[]} advertisements at the farthest point
 * @param {string} sender
 */
function countTakeovers(advertisements, sender) {
  let count = 0;
  let master = sender;
  for (const { source, priority } of advertisements) {
    if (priority === 0) continue;
    if (master === sender && source !== sender) count += 1;
    master = source;
  }
  return count;
}

/**
 * @param {Truth} truth
 * @param {number} faults how many are kept
 * @param {Advertisement[]} far at the farthest point, the whole recording
 * @param {Period} period
 * @returns {number | undefined} undefined (left out of truth.json) where packets alone do not give the number the truth has
 */
function recountTakeovers(truth, faults, far, period) {
  if (faults === truth.faults.length) return truth.takeovers;
  if (countTakeovers(far, truth.sender) !== truth.takeovers) return undefined;
  return countTakeovers(keepWithin(far, period), truth.sender);
}

/**
 * @param {string} path gzip-compressed `sysdig -j` rows
 * @returns {Row[]} every line with its newline, in file order
 */
function readRows(path) {
  const text = gunzipSync(readFileSync(path));
  const rows = [];
  for (let at = 0; at < text.length;) {
    const newline = text.indexOf(10, at);
    const end = newline < 0 ? text.length : newline + 1;
    const bytes = text.subarray(at, end);
    const time = /"evt\.outputtime":(\d+)/.exec(bytes.toString('latin1'))?.[1];
    if (time === undefined) throw new Error(`${path}: line ${rows.length + 1} has no evt.outputtime`);
    rows.push({ time: BigInt(time), bytes });
    at = end;
  }
  return rows;
}

/**
 * @param {Row[]} rows
 * @returns {bigint[]} when the sender called send for an advertisement
 */
function listSends(rows) {
  return rows
    .filter(
      ({ bytes }) => bytes.includes('"sendmsg"') && bytes.includes('"evt.dir":">"') && bytes.includes('->224.0.0.18'),
    )
    .map(({ time }) => time);
}

/**
 * Chooses the faults to keep and the period, on the clock the truth is told in.
 * @param {Truth} truth
 * @param {bigint} keep ns
 * @param {bigint} start when the recording begins
 * @param {number} skip faults left out at the beginning
 * @returns {{ faults: Fault[], period: Period, hostTo: bigint | undefined }} hostTo: the period's end on the host's clock
 */
function choosePeriod(truth, keep, start, skip) {
  const offered = truth.faults.slice(skip);
  const [first] = offered;
  if (first === undefined) return { faults: [], period: { from: start, to: start + keep }, hostTo: undefined };
  if (skip > 0 && first.host_start_ns !== undefined)
    throw new Error('the faults left out set the clocks apart: --skip is not for VMs');
  const interval = BigInt(Math.round(truth.advert_interval_s * 1e9));
  const lead = (interval * 5n) / 2n > LEAD ? (interval * 5n) / 2n : LEAD;
  const from = BigInt(first.start_ns) - lead;
  if (from < start) console.warn(`the first fault begins ${BigInt(first.start_ns) - start} ns after the recording`);
  let count = 1;
  for (const [index, fault] of offered.entries()) {
    if (BigInt(fault.end_ns) + TAIL - from <= keep) count = index + 1;
  }
  const faults = offered.slice(0, count);
  const last = /** @type {Fault} */ (faults.at(-1));
  const next = offered[count];
  /** @type {(end: string, following: string | undefined) => bigint} */
  const endBefore = (end, following) => {
    const to = BigInt(end) + TAIL;
    const limit = following === undefined ? to : BigInt(following) - CLEARANCE;
    return to < limit ? to : limit;
  };
  return {
    faults,
    period: { from, to: endBefore(last.end_ns, next?.start_ns) },
    hostTo: last.host_end_ns === undefined ? undefined : endBefore(last.host_end_ns, next?.host_start_ns),
  };
}

/**
 * Finds the same last advertisement on three clocks that faults have set apart: the tap's, the guest's and the tracer's.
 * @param {{ tap: Advertisement[], sender: Advertisement[], sends: bigint[] }} seen of the sender alone
 * @param {bigint} hostTo
 * @param {bigint} after how long the period goes on after it, ns
 */
function alignEnds(seen, hostTo, after) {
  const tap = seen.tap.findLast(({ time }) => time + after <= hostTo);
  const index = seen.sender.findLastIndex(({ id }) => id === tap?.id);
  const inGuest = seen.sender[index];
  const firstSend = seen.sends[0];
  if (tap === undefined || inGuest === undefined || firstSend === undefined)
    throw new Error('no advertisement to end with');
  const firstIndex = seen.sender.findIndex(({ time }) => time >= firstSend && time - firstSend < SEND_TO_PACKET);
  const send = seen.sends[index - firstIndex];
  if (firstIndex < 0 || send === undefined)
    throw new Error('the sends of the trace do not fit the packets of the capture');
  return { tap: tap.time + after, sender: inGuest.time + after, trace: send + after };
}

/** @type {<T extends { time: bigint }>(items: T[], period: Period) => T[]} */
const keepWithin = (items, { from, to }) => items.filter(({ time }) => time >= from && time <= to);

/**
 * @param {string} source
 * @param {string} target
 * @param {number} keepSeconds
 * @param {number} skip faults left out at the beginning
 */
function trimRecording(source, target, keepSeconds, skip) {
  /** @type {Truth} */
  const truth = JSON.parse(readFileSync(join(source, 'truth.json'), 'utf8'));
  const rows = readRows(join(source, 'trace.jsonl.gz'));
  const pcaps = new Map(truth.captures.map((name) => [name, readPcap(join(source, `capture.${name}.pcap`))]));
  const start = rows.reduce((least, { time }) => (time < least ? time : least), rows[0]?.time ?? 0n);
  const { faults, period, hostTo } = choosePeriod(truth, BigInt(Math.round(keepSeconds * 1e9)), start, skip);

  const ends = new Map([...pcaps.keys(), 'trace'].map((name) => [name, period.to]));
  if (hostTo !== undefined) {
    const [sender, tap] = ['sender', 'tap'].map((name) => {
      const pcap = pcaps.get(name);
      return pcap === undefined ? [] : listAdvertisements(pcap).filter(({ source }) => source === truth.sender);
    });
    const after = BigInt(Math.round(truth.advert_interval_s * 5e8));
    const aligned = alignEnds({ tap: tap ?? [], sender: sender ?? [], sends: listSends(rows) }, hostTo, after);
    for (const [name, to] of Object.entries(aligned)) ends.set(name, to);
  }
  /** @type {(name: string) => Period} */
  const periodOf = (name) => ({ from: period.from, to: ends.get(name) ?? period.to });

  mkdirSync(target, { recursive: true });
  for (const name of readdirSync(source)) {
    if (/^trace\.(jsonl|scap)|\.pcap$|^truth\.json$/.test(name)) continue;
    cpSync(join(source, name), join(target, name), { mode: 0 });
  }
  const kept = keepWithin(rows, periodOf('trace'));
  const text = Buffer.concat(kept.map(({ bytes }) => bytes));
  writeFileSync(join(target, 'trace.jsonl.gz'), gzipSync(text, { level: 9 }));
  for (const [name, pcap] of pcaps) {
    const packets = keepWithin(pcap.packets, periodOf(name)).map(({ bytes }) => bytes);
    writeFileSync(join(target, `capture.${name}.pcap`), Buffer.concat([pcap.header, ...packets]));
  }

  const far = pcaps.get(truth.captures.at(-1) ?? '') ?? { header: Buffer.alloc(0), packets: [] };
  const farPeriod = periodOf(truth.captures.at(-1) ?? '');
  const trimmed = {
    ...truth,
    faults,
    takeovers: recountTakeovers(truth, faults.length, listAdvertisements(far), farPeriod),
    other_gaps: truth.other_gaps.filter(
      ({ sent_ns }) => BigInt(sent_ns) >= period.from && BigInt(sent_ns) <= period.to,
    ),
    kept: {
      from_ns: String(period.from),
      to_ns: String(ends.get('trace')),
      faults: `${faults.length} of ${truth.faults.length}`,
      rows: `${kept.length} of ${rows.length}`,
    },
  };
  writeFileSync(join(target, 'truth.json'), `${JSON.stringify(trimmed, null, 1)}\n`);
  const seconds = Number(periodOf('trace').to - period.from) / 1e9;
  console.log(
    `${target}: ${seconds.toFixed(1)} s, ${faults.length} of ${truth.faults.length} faults, ${kept.length} of ${rows.length} rows`,
  );
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { keep: { type: 'string' }, skip: { type: 'string' } },
});
const [source, target] = positionals;
const keep = Number(values.keep ?? DEFAULT_KEEP_SECONDS);
const skip = Number(values.skip ?? 0);
if (source === undefined || target === undefined || positionals.length > 2 || !(keep > 0) || !(skip >= 0)) {
  console.error('usage: scripts/trim-recording SRC DST [--keep SECONDS] [--skip FAULTS]');
  process.exit(2);
}
if (!existsSync(join(source, 'truth.json'))) {
  console.error(`${source}: no truth.json there; give a recording's folder`);
  process.exit(2);
}
trimRecording(source, target, keep, skip);

// @ts-check
/**
 * Makes long traces of short recordings: a piece of a recording comes several times, everything behind it later. Where the
 * piece begins and ends, every CPU is held by the same thread and the sender is in the same state, so the seams are whole.
 */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { IP_AT } from './recording.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./recording.js').Row} Row
 * @typedef {import('./recording.js').Packet} Packet
 *
 * @typedef {object} Plan what comes several times: all with from <= time < to, in ns since the recording's base
 * @property {number} from
 * @property {number} to
 * @property {number} copies how often it stands in the result; 1 is the recording itself
 *
 * @typedef {{ from: number, to: number, state: string }} Stretch a time in which nothing switches, ns
 */

const SECOND = 1_000_000_000;
/** Captures count in us: shifts are whole ones, so that both clocks are shifted by the same. */
const MICROSECOND = 1000;
/** A seam stays this far (ns) from every switch, and from every packet, which is handled soon after it came. */
const SWITCH_CLEARANCE = 2000;
const PACKET_CLEARANCE = 2_000_000;
const CHUNK_CHARACTERS = 1 << 20;

/**
 * The recording from its first to its last quiet sleep of the sender `times` over. Copies follow each other at an ordinary
 * distance of advertisements: no copy's seam is late.
 *
 * @param {Recording} recording
 * @param {number} times
 * @returns {Plan}
 */
export function planRepeat(recording, times) {
  const { interval, rows } = recording;
  const begin = rows.reduce((earliest, { time }) => Math.min(earliest, time), Number.POSITIVE_INFINITY);
  const end = rows.reduce((latest, { time }) => Math.max(latest, time), 0);
  // Captures begin before the trace and end behind it.
  const sent = sentTimes(recording).filter((time) => time > begin && time < end);
  const first = sent[0];
  const second = sent[1];
  const lasts = sent.filter((time) => time + interval * 0.9 < end).reverse();
  if (first === undefined || second === undefined || lasts.length < 2) {
    throw new Error(`${recording.folder}: too few advertisements to repeat it`);
  }
  if (second - first > interval * 1.05) throw new Error(`${recording.folder}: begins with a late advertisement`);
  const stretches = listStretches(recording, 0, end);
  // The longest piece whose end looks like its beginning; half of the recording at least.
  for (const last of lasts.filter((time) => time - first > (end - first) / 2)) {
    const period = toMicroseconds(last - first);
    for (const stretch of stretches) {
      const from = middleOf(stretch);
      if (from > first + interval * 0.8) break;
      if (from < first + interval * 0.2) continue;
      const twin = stretches[indexAt(stretches, from + period)];
      if (twin?.state !== stretch.state || !isClearOfEdges(twin, from + period)) continue;
      if (isClearOfPackets(recording, from) && isClearOfPackets(recording, from + period)) {
        return { from, to: from + period, copies: times };
      }
    }
  }
  throw new Error(`${recording.folder}: its end never looks like its beginning`);
}

/**
 * The longest gap that a fault made, stretched to at least `seconds` by repeating the middle of the fault.
 *
 * The backup stays silent meanwhile (the middle ends before it took over), and takes over at the end as it did.
 *
 * @param {Recording} recording
 * @param {number} seconds
 * @returns {Plan}
 */
export function planStall(recording, seconds) {
  const { interval } = recording;
  const sent = sentTimes(recording);
  /** @type {{ from: number, to: number, gap: number } | null} */
  let longest = null;
  for (const fault of recording.faults) {
    const next = sent.findIndex((time) => time > fault.start + interval);
    const before = sent[next - 1];
    const after = sent[next];
    if (!fault.late || before === undefined || after === undefined) continue;
    const from = Math.max(fault.start, before + interval);
    const to = Math.min(fault.end, before + 3 * interval);
    if (to - from > (longest ? longest.to - longest.from : 0)) longest = { from, to, gap: after - before };
  }
  if (!longest) throw new Error(`${recording.folder}: no fault there made an advertisement late`);
  const { from, to } = findTwins(recording, longest.from, longest.to);
  return { from, to, copies: 1 + Math.max(1, Math.ceil((seconds * SECOND - longest.gap) / (to - from))) };
}

/**
 * The two points of [from, to] farthest from each other in the same state.
 *
 * @param {Recording} recording
 * @param {number} from
 * @param {number} to
 */
function findTwins(recording, from, to) {
  const stretches = listStretches(recording, from, to).filter(
    (stretch) => isClearOfEdges(stretch, middleOf(stretch)) && isClearOfPackets(recording, middleOf(stretch)),
  );
  /** @type {Map<string, Stretch>} */
  const first = new Map();
  let best = { from: 0, to: 0 };
  for (const stretch of stretches) {
    const twin = first.get(stretch.state);
    if (!twin) first.set(stretch.state, stretch);
    else {
      const start = middleOf(twin);
      const length = toMicroseconds(middleOf(stretch) - start);
      if (length > best.to - best.from) best = { from: start, to: start + length };
    }
  }
  if (2 * (best.to - best.from) < to - from) throw new Error(`${recording.folder}: no two like moments in the fault`);
  return best;
}

/**
 * @param {Recording} recording
 * @returns {number[]} when the sender's advertisements were captured nearest to it, ns
 */
function sentTimes({ pcaps, sender }) {
  return (pcaps[0]?.packets ?? []).filter(({ vrrp }) => vrrp?.source === sender).map(({ time }) => time);
}

/**
 * The times between switches inside [from, to]: who holds each CPU, and what the sender did last.
 *
 * @param {Recording} recording
 * @param {number} from
 * @param {number} to
 * @returns {Stretch[]}
 */
function listStretches({ rows, senderTid }, from, to) {
  /** @type {Map<number, number>} */
  const holders = new Map();
  for (const { cpu } of rows) holders.set(cpu, -1);
  const cpus = [...holders.keys()].sort((a, b) => a - b);
  const changes = rows
    .filter(({ next, tid }) => next >= 0 || tid === senderTid)
    .map((row) => row)
    .sort((a, b) => a.time - b.time);
  const stretches = [];
  let senderState = '';
  let since = from;
  for (const { time, next, cpu, tid, type, dir } of changes) {
    if (time > to) break;
    if (time > since && time > from) {
      const state = `${cpus.map((number) => holders.get(number)).join(' ')} ${senderState}`;
      stretches.push({ from: since, to: time, state });
      since = time;
    }
    if (next >= 0) holders.set(cpu, next);
    if (tid === senderTid) senderState = `${dir}${type}`;
  }
  return stretches;
}

/**
 * @param {Stretch[]} stretches in time order
 * @param {number} time
 * @returns {number} index of the one that holds `time`, or of the last one before it
 */
function indexAt(stretches, time) {
  let low = 0;
  let high = stretches.length - 1;
  while (low < high) {
    const middle = (low + high + 1) >> 1;
    if ((stretches[middle]?.from ?? 0) <= time) low = middle;
    else high = middle - 1;
  }
  return low;
}

/** @param {Stretch} stretch */
const middleOf = ({ from, to }) => Math.floor((from + to) / 2);

/** @param {number} ns */
const toMicroseconds = (ns) => Math.round(ns / MICROSECOND) * MICROSECOND;

/** @type {(stretch: Stretch, time: number) => boolean} */
const isClearOfEdges = ({ from, to }, time) => time - from >= SWITCH_CLEARANCE && to - time >= SWITCH_CLEARANCE;

/** @type {(recording: Recording, time: number) => boolean} */
const isClearOfPackets = ({ pcaps }, at) =>
  pcaps.every(({ packets }) => packets.every(({ time }) => Math.abs(time - at) >= PACKET_CLEARANCE));

/**
 * @template {{ time: number }} T
 * @param {readonly T[]} items in file order
 * @param {Plan} plan
 * @returns {Generator<{ item: T, copy: number }>} `copy` counts the repetitions before it, from 0; file order within each part
 */
function* repeat(items, { from, to, copies }) {
  for (const item of items) if (item.time < from) yield { item, copy: 0 };
  const body = items.filter(({ time }) => time >= from && time < to);
  for (let copy = 0; copy < copies; copy++) for (const item of body) yield { item, copy };
  for (const item of items) if (item.time >= to) yield { item, copy: copies - 1 };
}

/**
 * The rows of the long trace: tids kept, times shifted to the digit, `evt.num` going on.
 *
 * @param {Recording} recording
 * @param {Plan} plan
 * @returns {Generator<Buffer>} about 1 MiB at a time
 */
export function* writeTrace({ rows, baseSeconds }, plan) {
  const period = plan.to - plan.from;
  let text = '';
  let num = (rows[0]?.num ?? 1) - 1;
  let original = num;
  for (const { item, copy } of repeat(rows, plan)) {
    num += Math.max(1, item.num - original);
    original = item.num;
    const time = item.time + copy * period;
    const seconds = Math.floor(time / SECOND);
    const nanos = String(time - seconds * SECOND).padStart(9, '0');
    text += `${item.head}${num}${item.middle}${baseSeconds + seconds}${nanos}${item.tail}`;
    if (text.length >= CHUNK_CHARACTERS) {
      yield Buffer.from(text, 'latin1');
      text = '';
    }
  }
  if (text !== '') yield Buffer.from(text, 'latin1');
}

/**
 * How many rows {@link writeTrace} writes.
 *
 * @param {Recording} recording
 * @param {Plan} plan
 */
export function countRows({ rows }, { from, to, copies }) {
  return rows.length + (copies - 1) * rows.filter(({ time }) => time >= from && time < to).length;
}

/**
 * The captures that go with the long trace, `capture.NAME.pcap` in `folder`.
 *
 * @param {Recording} recording
 * @param {Plan} plan
 * @param {string} folder made where missing
 */
export function writeCaptures(recording, plan, folder) {
  mkdirSync(folder, { recursive: true });
  const used = countIdentifications(recording, plan);
  for (const { name, header, nanoseconds, packets } of recording.pcaps) {
    const records = [header];
    for (const { item, copy } of repeat(packets, plan)) {
      const time = item.time + copy * (plan.to - plan.from);
      records.push(shiftPacket(item, recording.baseSeconds, time, nanoseconds, copy * (used.get(streamOf(item)) ?? 0)));
    }
    writeFileSync(join(folder, `capture.${name}.pcap`), Buffer.concat(records));
  }
}

/** @param {Packet} packet */
const streamOf = ({ vrrp }) => vrrp?.stream ?? '';

/**
 * How many IP identifications every stream uses up in the repeated part; the same for all captures, whatever each missed.
 *
 * @param {Recording} recording
 * @param {Plan} plan
 * @returns {Map<string, number>}
 */
function countIdentifications({ pcaps }, { from, to }) {
  /** @type {Map<string, { first: number, last: number }>} */
  const ranges = new Map();
  const packets = pcaps.flatMap((pcap) => pcap.packets).filter(({ time }) => time >= from && time < to);
  for (const { vrrp } of packets.sort((a, b) => a.time - b.time)) {
    if (!vrrp) continue;
    const range = ranges.get(vrrp.stream);
    if (range) range.last = vrrp.id;
    else ranges.set(vrrp.stream, { first: vrrp.id, last: vrrp.id });
  }
  return new Map([...ranges].map(([stream, { first, last }]) => [stream, ((last - first) & 0xffff) + 1]));
}

/**
 * @param {Packet} packet
 * @param {number} baseSeconds
 * @param {number} time ns since the base
 * @param {boolean} nanoseconds whether the capture counts in ns
 * @param {number} idShift
 */
function shiftPacket({ bytes, vrrp }, baseSeconds, time, nanoseconds, idShift) {
  const copy = Buffer.from(bytes);
  const seconds = Math.floor(time / SECOND);
  copy.writeUInt32LE(baseSeconds + seconds, 0);
  copy.writeUInt32LE((time - seconds * SECOND) / (nanoseconds ? 1 : 1000), 4);
  if (vrrp && idShift > 0) {
    const id = (vrrp.id + idShift) & 0xffff;
    copy.writeUInt16BE(id, IP_AT + 4);
    // RFC 1624: HC' = ~(~HC + ~m + m')
    let sum = (~copy.readUInt16BE(IP_AT + 10) & 0xffff) + (~vrrp.id & 0xffff) + id;
    sum = (sum & 0xffff) + (sum >> 16);
    sum = (sum & 0xffff) + (sum >> 16);
    copy.writeUInt16BE(~sum & 0xffff, IP_AT + 10);
  }
  return copy;
}

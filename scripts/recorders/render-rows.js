#!/usr/bin/env node
// @ts-check
/**
 * scripts/recorders/render-rows.js --snapshot > START.json          clocks and open descriptors, taken when the recording begins
 * scripts/recorders/render-rows.js START.json RAW OUT STATS          turns the lines of trace.bt into rows
 *
 * OUT is gzip-compressed rows in the shape of `sysdig -j` (keys, `evt.info`, `null` names of kernel threads), sorted by time; STATS has
 * sysdig's closing lines, with the events known to be lost as drops. Payloads are not in the rows; what was written to control files is.
 */
import { createReadStream, createWriteStream, readFileSync, writeFileSync } from 'node:fs';
import { createInterface } from 'node:readline';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';
import { snapshotDescriptors } from './fd-table.js';
import { RowRenderer } from './row-renderer.js';

/**
 * @typedef {import('./fd-table.js').Snapshot} Snapshot
 * @typedef {{ wallMinusMonotonicNs: string, descriptors: Snapshot }} Start
 * @typedef {{ dir: string, cpu: number, time: number, pid: number, tid: number, comm: string, type: string, info: string,
 *   more: Record<string, string> }} RawEvent time in ns, CLOCK_MONOTONIC
 */

const MILLISECOND = 1_000_000n;
/** trace.bt has every CPU print a beat this often; one that stays silent for so long until the end has lost its events (ns). */
const BEAT = 30_000_000;
const ABANDONED = 1_000_000_000;

/** @returns {bigint} ns to add to CLOCK_MONOTONIC; `Date.now` has milliseconds, so it is caught at the moment it changes */
function measureWallMinusMonotonic() {
  const before = Date.now();
  let now = before;
  while (now === before) now = Date.now();
  return BigInt(now) * MILLISECOND - process.hrtime.bigint();
}

/** Of several measurements the largest: a delay between reading one clock and the other makes it smaller, never larger. */
function measureClocks() {
  const measured = Array.from({ length: 10 }, measureWallMinusMonotonic);
  return measured.reduce((a, b) => (b > a ? b : a));
}

/**
 * @param {string} line of trace.bt
 * @returns {RawEvent | null} null for a line that is none, as a cut one
 */
function parseLine(line) {
  const [dir = '', cpu, time, pid, tid, comm, type, info, ...rest] = line.split('\t');
  if (!['>', '<', '=', '+'].includes(dir) || info === undefined || !/^\d+$/.test(time ?? '')) return null;
  const more = Object.fromEntries(
    rest.map((text) => [text.slice(0, text.indexOf('=')), text.slice(text.indexOf('=') + 1)]),
  );
  return {
    dir,
    cpu: Number(cpu),
    time: Number(time),
    pid: Number(pid),
    tid: Number(tid),
    comm: (comm ?? '').replace(/(\\x00)+.*$/, ''),
    type: (type ?? '').replace(/^tracepoint:syscalls:sys_(enter|exit)_/, ''),
    info,
    more,
  };
}

/**
 * A CPU's heartbeat is a row of no thread: who runs there is not known.
 * @param {string} line of trace.bt that begins with #
 * @returns {RawEvent | null} null for a cut one
 */
function parseBeat(line) {
  const match = /^#\t(\d+)\t(\d+)$/.exec(line);
  if (!match) return null;
  const [, cpu, time] = match;
  const nobody = { pid: -1, tid: -1, comm: 'bpftrace', info: '', more: {} };
  return { dir: '>', cpu: Number(cpu), time: Number(time), type: 'heartbeat', ...nobody };
}

/**
 * Events of a CPU whose buffer was not read again until the end; bpftrace says nothing of those. A CPU that only stood still comes back.
 * @param {Map<number, number>} lastBeats CPU -> ns
 * @returns {number} beats that are missing: at least so many events were lost
 */
function countMissingBeats(lastBeats) {
  const end = Math.max(...lastBeats.values());
  let missing = 0;
  for (const last of lastBeats.values()) if (end - last > ABANDONED) missing += Math.floor((end - last) / BEAT);
  return missing;
}

/**
 * @param {string} startPath
 * @param {string} rawPath
 * @param {string} outPath
 * @param {string} statsPath
 */
async function renderFile(startPath, rawPath, outPath, statsPath) {
  /** @type {Start} */
  const start = JSON.parse(readFileSync(startPath, 'utf8'));
  /** @type {RawEvent[]} */
  const events = [];
  let lost = 0;
  let malformed = 0;
  /** @type {Map<number, number>} */
  const lastBeats = new Map();
  for await (const line of createInterface({ input: createReadStream(rawPath, 'utf8'), crlfDelay: Infinity })) {
    const event = parseLine(line);
    if (event) events.push(event);
    else if (/^Lost \d+ events/.test(line)) lost += Number(/\d+/.exec(line)?.[0]);
    else if (line.startsWith('#')) {
      const beat = parseBeat(line);
      if (beat) {
        events.push(beat);
        lastBeats.set(beat.cpu, Math.max(lastBeats.get(beat.cpu) ?? 0, beat.time));
      } else malformed += 1;
    } else if (line !== '' && !line.startsWith('Attaching ')) malformed += 1;
  }
  lost += countMissingBeats(lastBeats);
  events.sort((a, b) => a.time - b.time);
  const renderer = new RowRenderer(events, start.descriptors, BigInt(start.wallMinusMonotonicNs));
  let rows = 0;
  const print = function* () {
    for (const event of events) {
      const row = renderer.render(event);
      if (row === null) continue;
      rows += 1;
      yield `${row}\n`;
    }
  };
  await pipeline(print, createGzip(), createWriteStream(outPath));
  const stats = [`Driver Events:${rows + lost}`, `Driver Drops:${lost}`, `Malformed Lines:${malformed}`];
  writeFileSync(statsPath, `${stats.join('\n')}\n`);
}

const [first, raw, out, stats] = process.argv.slice(2);
if (first === '--snapshot') {
  const wallMinusMonotonicNs = String(measureClocks());
  process.stdout.write(JSON.stringify({ wallMinusMonotonicNs, descriptors: snapshotDescriptors() }));
} else if (first !== undefined && raw !== undefined && out !== undefined && stats !== undefined) {
  await renderFile(first, raw, out, stats);
} else {
  console.error('usage: scripts/recorders/render-rows.js --snapshot | START.json RAW OUT STATS');
  process.exitCode = 2;
}

// @ts-check
/**
 * scripts/lanes/compare.js [--lines N] [--seed N] [--file FILE...]
 *
 * Holds the ways to read a trace against the reference (the ndjson package), batch for batch: the scanner in WebAssembly, the one in
 * TypeScript, and both with threads. On so many hostile lines (default 10,000,000: for the night; a short run is part of the
 * tests), or on files. Exit code 1 at the first difference. Needs `npm run build`.
 */
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { parseArgs } from 'node:util';
import { CounterTable } from '../../dist/model/counters.js';
import { openTrace, openTraceFile } from '../../dist/sources/sysdig-json/index.js';
import { countsOf, differenceOf } from './compare-batches.js';
import { hostileRows } from './hostile-rows.js';

const { values } = parseArgs({
  options: {
    lines: { type: 'string', default: '10000000' },
    seed: { type: 'string', default: '1' },
    file: { type: 'string', multiple: true, default: [] },
  },
});

/** Lines of one file, so that the disk holds them and a difference is found soon. */
const LINES_AT_A_TIME = 500_000;

/**
 * @typedef {import('../../dist/sources/trace/open-trace.js').OpenTrace} OpenTrace
 * @typedef {(path: string, counters: CounterTable) => Promise<OpenTrace>} Open
 */

/** @type {readonly { name: string, open: Open }[]} */
const LANES = [
  { name: 'bytes', open: (path, counters) => openTrace(createReadStream(path), { where: path, counters, parser: 'bytes' }) },
  { name: 'typescript', open: (path, counters) => openTrace(createReadStream(path), { where: path, counters, parser: 'typescript' }) },
  { name: 'bytes, 2 threads', open: (path, counters) => openTraceFile(path, { where: path, counters, parser: 'bytes', threads: 2 }) },
  { name: 'typescript, 3 threads', open: (path, counters) => openTraceFile(path, { where: path, counters, parser: 'typescript', threads: 3 }) },
]; // prettier-ignore

/**
 * @param {string} path
 * @param {string} label
 * @returns {Promise<number>} events compared
 */
async function compareFile(path, label) {
  const counters = new CounterTable();
  const reference = await openTrace(createReadStream(path), { where: path, counters, parser: 'ndjson' });
  const others = [];
  for (const { name, open } of LANES) {
    const own = new CounterTable();
    const { header, batches } = await open(path, own);
    if (header.baseNs !== reference.header.baseNs) throw new Error(`${label}, ${name}: another base`);
    others.push({ name, counters: own, iterator: batches[Symbol.asyncIterator]() });
  }
  let events = 0;
  let number = 0;
  for await (const batch of reference.batches) {
    for (const { name, iterator } of others) {
      const { value } = await iterator.next();
      const difference = value ? differenceOf(value, batch) : 'no such batch';
      if (difference !== null) throw new Error(`${label}, ${name}, batch ${number}: ${difference}`);
      value?.release?.();
    }
    events += batch.length;
    number++;
  }
  for (const { name, iterator, counters: own } of others) {
    if ((await iterator.next()).done !== true) throw new Error(`${label}, ${name}: a batch too many`);
    if (countsOf(own) !== countsOf(counters))
      throw new Error(`${label}, ${name}: ${countsOf(own)}, not ${countsOf(counters)}`);
  }
  return events;
}

const lines = Number(values.lines);
const folder = mkdtempSync(join(tmpdir(), 'whylate-lanes-'));
let events = 0;
try {
  for (const path of values.file) events += await compareFile(path, path);
  if (values.file.length === 0) {
    const path = join(folder, 'trace.jsonl');
    for (let done = 0, seed = Number(values.seed); done < lines; done += LINES_AT_A_TIME, seed++) {
      const count = Math.min(LINES_AT_A_TIME, lines - done);
      await pipeline(Readable.from(hostileRows(seed, count)), createWriteStream(path));
      events += await compareFile(path, `seed ${seed}, ${count} lines`);
    }
  }
  console.log(`${events} events: no difference`);
} catch (error) {
  console.log(error instanceof Error ? error.message : error);
  process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true, force: true });
}

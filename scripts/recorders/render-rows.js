#!/usr/bin/env node
// @ts-check
/**
 * scripts/recorders/render-rows.js --snapshot > START.json
 *   clocks, open descriptors and names, taken when a recording or a part of it begins
 *
 * scripts/recorders/render-rows.js [--since NS] [--until NS] [--messages FILE] --out OUT.jsonl.gz --stats STATS.txt PART...
 *   turns the lines of trace.bt into rows. PART is X.raw with X.start.json beside it; several follow each other in time. --since and --until
 *   (ns since 1970, both included) bound the rows that are written; FILE has the tracer's messages, which tell of lost events.
 *
 * OUT is gzip-compressed rows in the shape of `sysdig -j` (keys, `evt.info`, `null` names of kernel threads), in order of time; STATS has
 * sysdig's closing lines, with the events known to be lost as drops, and what could not be read. Without a row there is no OUT.
 * Payloads are not in the rows; what was written to control files is.
 */
import { existsSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { renderParts } from './render-parts.js';
import { takeStart } from './start.js';

const USAGE =
  'usage: render-rows.js --snapshot | [--since NS] [--until NS] [--messages FILE] --out OUT.jsonl.gz --stats STATS.txt PART...';

/** @returns {import('./render-parts.js').Job | 'snapshot' | null} null where the arguments make none */
function readJob() {
  try {
    const { values, positionals: parts } = parseArgs({
      allowPositionals: true,
      options: {
        snapshot: { type: 'boolean' },
        since: { type: 'string' },
        until: { type: 'string' },
        messages: { type: 'string' },
        out: { type: 'string' },
        stats: { type: 'string' },
      },
    });
    const { snapshot, since, until, messages = null, out, stats } = values;
    if (snapshot) return parts.length === 0 && Object.keys(values).length === 1 ? 'snapshot' : null;
    if (out === undefined || stats === undefined || parts.length === 0) return null;
    for (const time of [since, until]) if (time !== undefined && !/^-?\d{1,19}$/.test(time)) return null;
    return {
      since: since === undefined ? null : BigInt(since),
      until: until === undefined ? null : BigInt(until),
      messages,
      out,
      stats,
      parts,
    };
  } catch {
    return null;
  }
}

const job = readJob();
if (job === null) {
  console.error(USAGE);
  process.exitCode = 2;
} else if (job === 'snapshot') {
  process.stdout.write(JSON.stringify(takeStart()));
} else {
  if (job.messages !== null && !existsSync(job.messages)) {
    console.error(`${job.messages}: not there, so what the tracer said of lost events is not known`);
  }
  try {
    await renderParts(job);
  } catch (error) {
    console.error(error instanceof Error ? error.message : error);
    process.exitCode = 1;
  }
}

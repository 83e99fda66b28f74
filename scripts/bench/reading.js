// @ts-check
/**
 * scripts/bench/reading.js [--recording NAME] [--times N] [--rounds N] [--main FILE]
 *
 * Events per second of the whole analysis beside what reading the same rows costs others: the ndjson package alone, lines split and
 * parsed by JSON.parse, `wc -l`, jq (where installed). Every lane is a process of its own, node's start included; medians of interleaved
 * rounds, so that a machine that slows down slows all of them.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createReadStream, createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRecording } from './recording.js';
import { BUILT } from './run-analyze.js';
import { countRows, planRepeat, writeCaptures, writeTrace } from './stretch.js';

/** A name of its own: the project does not need it, so it is no dependency to list. */
const JQ = 'jq';
const self = fileURLToPath(import.meta.url);
const { values } = parseArgs({
  options: {
    recording: { type: 'string', default: 'sigstop' },
    times: { type: 'string', default: '10' },
    rounds: { type: 'string', default: '5' },
    main: { type: 'string', default: BUILT },
    lane: { type: 'string' },
    file: { type: 'string', default: '' },
  },
});

/** The lanes that need a node of their own; each counts the rows it parsed. */
const LANES = {
  /** @param {string} file */
  async ndjson(file) {
    const { default: ndjson } = await import('ndjson');
    let rows = 0;
    for await (const row of createReadStream(file).pipe(ndjson.parse())) if (row) rows++;
    return rows;
  },
  /** @param {string} file */
  async split(file) {
    let rows = 0;
    let rest = '';
    for await (const chunk of createReadStream(file, 'utf8')) {
      const lines = (rest + chunk).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) if (JSON.parse(line)) rows++;
    }
    return rows;
  },
};

/**
 * @param {string} command
 * @param {readonly string[]} args
 * @returns {Promise<{ seconds: number, stdout: string }>}
 */
async function time(command, args) {
  const begun = performance.now();
  const child = spawn(command, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${command} ended with ${code}`);
  return { seconds: (performance.now() - begun) / 1000, stdout };
}

/** @param {readonly number[]} numbers at least one */
function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

async function compareLanes() {
  const times = Number(values.times);
  const rounds = Number(values.rounds);
  const recording = readRecording(fileURLToPath(new URL(`../../traces/${values.recording}`, import.meta.url)));
  const plan = planRepeat(recording, times);
  const rows = countRows(recording, plan);
  const folder = mkdtempSync(join(tmpdir(), 'whylate-reading-'));
  try {
    const file = join(folder, 'trace.jsonl');
    writeCaptures(recording, plan, folder);
    await pipeline(Readable.from(writeTrace(recording, plan)), createWriteStream(file));
    const node = process.execPath;
    /** @type {{ name: string, run: () => Promise<{ seconds: number, stdout: string }>, counted: (stdout: string) => number, seconds: number[] }[]} */
    const lanes = [
      {
        name: 'whylate analyze',
        run: () => time(node, [values.main, 'analyze', '--json', folder]),
        counted: (stdout) => JSON.parse(stdout).inputs[0].records,
        seconds: [],
      },
      ...Object.keys(LANES).map((name) => ({
        name: name === 'split' ? 'split + JSON.parse' : 'ndjson alone',
        run: () => time(node, [self, '--lane', name, '--file', file]),
        counted: Number,
        seconds: [],
      })),
      { name: 'wc -l', run: () => time('wc', ['-l', file]), counted: parseInt, seconds: [] },
    ];
    if (spawnSync(JQ, ['--version']).status === 0) {
      const count = () => time(JQ, ['-n', 'reduce inputs as $row (0; . + 1)', file]);
      lanes.push({ name: 'jq', run: count, counted: Number, seconds: [] });
    } else console.log('jq is not installed: left out');
    for (let round = 0; round < rounds; round++) {
      for (const lane of lanes) {
        const { seconds, stdout } = await lane.run();
        if (lane.counted(stdout) !== rows)
          throw new Error(`${lane.name} counted ${lane.counted(stdout)} of ${rows} rows`);
        lane.seconds.push(seconds);
      }
    }
    const own = medianOf(lanes[0]?.seconds ?? []);
    console.log(`${rows} rows (${values.recording} x ${times}), medians of ${rounds} rounds`);
    for (const { name, seconds } of lanes) {
      const median = medianOf(seconds);
      const spread = `${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)} s`;
      const rate = String(Math.round(rows / median)).padStart(9);
      console.log(
        `${name.padEnd(20)} ${median.toFixed(2).padStart(6)} s  (${spread})  ${rate} events/s  ${(own / median).toFixed(2)} x analyze`,
      );
    }
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

if (values.lane === undefined) await compareLanes();
else if (values.lane === 'ndjson' || values.lane === 'split') console.log(await LANES[values.lane](values.file));
else throw new Error(`no lane is called ${values.lane}`);

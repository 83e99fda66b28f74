// @ts-check
/**
 * scripts/bench/performance.js [--recordings FOLDER] [--only NAME] [--rounds N] [--events N] [--scale] [--write]
 *
 * How fast reading and the whole analysis are beside what others take to read the same rows, and (--scale) what 1, 3 and 30 million events
 * take, made on the fly. Every way is a process of its own, node's start included; medians of interleaved rounds, so that a machine that
 * slows down slows all of them. --write makes docs/performance.md of it.
 *
 * Needs Linux with taskset, `npm run build`, and a gigabyte in the folder for temporary files.
 */
import { spawn, spawnSync } from 'node:child_process';
import { createWriteStream, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { availableParallelism, cpus, release, tmpdir, totalmem } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { readRecording } from './recording.js';
import { BUILT, runAnalyze } from './run-analyze.js';
import { countRows, planRepeat, writeCaptures, writeTrace } from './stretch.js';

/** A name of its own: the project does not need it, so it is no dependency to list. */
const JQ = 'jq';
const root = fileURLToPath(new URL('../../', import.meta.url));
const shared = join(root, '../shared/traces');
const { values } = parseArgs({
  options: {
    recordings: { type: 'string', default: existsSync(shared) ? shared : join(root, 'traces') },
    only: { type: 'string', default: '' },
    rounds: { type: 'string', default: '5' },
    events: { type: 'string', default: '2000000' },
    scale: { type: 'boolean', default: false },
    write: { type: 'boolean', default: false },
  },
});
/** One thread stopped now and then on a quiet machine, many that take turns, one that holds a CPU. */
const RECORDINGS = ['sigstop', 'cfs-hogs', 'rt-hog'].filter((name) => name.includes(values.only));
const SCALES = [1, 3, 30];
const SCALE_ROUNDS = 3;
const rounds = Number(values.rounds);
const node = process.execPath;
const lanes = fileURLToPath(new URL('lanes.js', import.meta.url));

/**
 * @typedef {object} Way
 * @property {string} name
 * @property {string} cores
 * @property {string[]} command
 * @property {(stdout: string) => number} counted
 * @property {string | null} against the way it is to be compared with
 * @property {string} goal
 * @property {number[]} seconds
 */

/**
 * @param {readonly string[]} command
 * @returns {Promise<{ seconds: number, stdout: string }>}
 */
async function time([program = '', ...args]) {
  const begun = performance.now();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  let stdout = '';
  child.stdout.setEncoding('utf8').on('data', (text) => (stdout += text));
  const code = await new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', resolve);
  });
  if (code !== 0) throw new Error(`${program} ended with ${code}`);
  return { seconds: (performance.now() - begun) / 1000, stdout };
}

/** @param {readonly number[]} numbers at least one */
function medianOf(numbers) {
  const sorted = [...numbers].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  const upper = sorted[middle] ?? 0;
  return sorted.length % 2 === 1 ? upper : (upper + (sorted[middle - 1] ?? 0)) / 2;
}

/** @type {(command: string[]) => string[]} */
const onOneCore = (command) => ['taskset', '-c', '0', ...command];

/**
 * @param {string} file
 * @param {string} folder with the captures that go with it
 * @returns {Way[]}
 */
function listWays(file, folder) {
  /** @type {(stdout: string) => number} */
  const countAnswer = (stdout) => JSON.parse(stdout).inputs[0].records;
  /** @type {(name: string) => string[]} */
  const lane = (name) => [node, lanes, name, file];
  const analyze = [node, BUILT, 'analyze', '--json'];
  /** @type {Omit<Way, 'seconds'>[]} */
  const ways = [
    { name: 'ndjson', cores: 'one', command: onOneCore(lane('ndjson')), counted: Number, against: null, goal: '' },
    { name: 'byte lane', cores: 'one', command: onOneCore(lane('bytes')), counted: Number, against: 'ndjson, one', goal: '6x, moonshot 12x' },
    { name: 'byte lane without WebAssembly', cores: 'one', command: onOneCore(lane('typescript')), counted: Number, against: 'ndjson, one', goal: '' },
    { name: 'analyze --json', cores: 'one', command: onOneCore([...analyze, file]), counted: countAnswer, against: 'ndjson, one', goal: '5x' },
    { name: 'ndjson', cores: 'two', command: lane('ndjson'), counted: Number, against: null, goal: '' },
    { name: 'analyze --json', cores: 'two', command: [...analyze, file], counted: countAnswer, against: 'ndjson, two', goal: '8x' },
    { name: 'analyze --json, with captures', cores: 'two', command: [...analyze, folder], counted: countAnswer, against: 'ndjson, two', goal: '' },
    { name: 'split + JSON.parse', cores: 'two', command: lane('split'), counted: Number, against: 'ndjson, two', goal: '' },
    { name: 'wc -l', cores: 'two', command: ['wc', '-l', file], counted: parseInt, against: 'ndjson, two', goal: '' },
  ]; // prettier-ignore
  if (spawnSync(JQ, ['--version']).status === 0) {
    const command = [JQ, '-n', 'reduce inputs as $row (0; . + 1)', file];
    ways.push({ name: 'jq', cores: 'two', command, counted: Number, against: 'ndjson, two', goal: '' });
  } else console.log('jq is not installed: left out');
  return ways.map((way) => ({ ...way, seconds: [] }));
}

/** @type {(way: Way) => string} */
const nameOf = ({ name, cores }) => `${name}, ${cores}`;

/**
 * @param {string} name
 * @returns {Promise<string[]>} lines of Markdown
 */
async function compareWays(name) {
  const recording = readRecording(join(values.recordings, name));
  const once = countRows(recording, planRepeat(recording, 1));
  const body = countRows(recording, planRepeat(recording, 2)) - once;
  const plan = planRepeat(recording, 1 + Math.ceil(Math.max(0, Number(values.events) - once) / body));
  const rows = countRows(recording, plan);
  const folder = mkdtempSync(join(tmpdir(), 'whylate-performance-'));
  try {
    const file = join(folder, 'trace.jsonl');
    writeCaptures(recording, plan, folder);
    await pipeline(Readable.from(writeTrace(recording, plan)), createWriteStream(file));
    const ways = listWays(file, folder);
    for (let round = 0; round < rounds; round++) {
      for (const way of ways) {
        const { seconds, stdout } = await time(way.command);
        if (way.counted(stdout) !== rows) throw new Error(`${nameOf(way)} counted ${way.counted(stdout)} of ${rows}`);
        way.seconds.push(seconds);
      }
    }
    const medians = new Map(ways.map((way) => [nameOf(way), medianOf(way.seconds)]));
    const lines = [
      `### ${name} x ${plan.copies}: ${rows} events, medians of ${rounds} rounds`,
      '',
      '| way | cores | seconds (least-most) | events/s | against ndjson | goal |',
      '| --- | --- | --- | --- | --- | --- |',
    ];
    for (const way of ways) {
      const median = medians.get(nameOf(way)) ?? Number.NaN;
      const spread = `${Math.min(...way.seconds).toFixed(2)}-${Math.max(...way.seconds).toFixed(2)}`;
      const ratio = way.against === null ? '1' : `${((medians.get(way.against) ?? Number.NaN) / median).toFixed(1)}x`;
      const rate = String(Math.round(rows / median / 1000) * 1000);
      lines.push(
        `| ${way.name} | ${way.cores} | ${median.toFixed(2)} (${spread}) | ${rate} | ${ratio} | ${way.goal} |`,
      );
    }
    lines.push('');
    console.log(lines.join('\n'));
    return lines;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** @returns {Promise<string[]>} lines of Markdown */
async function measureScales() {
  const name = 'rt-hog';
  const recording = readRecording(join(values.recordings, name));
  const once = countRows(recording, planRepeat(recording, 1));
  const body = countRows(recording, planRepeat(recording, 2)) - once;
  const lines = [
    `### ${name} over and over, made on the fly into standard input, medians of ${SCALE_ROUNDS} rounds`,
    '',
    '| events | peak memory | processor time | per event |',
    '| --- | --- | --- | --- |',
  ];
  /** @type {{ millions: number, events: number, peakMiB: number[], cpuSeconds: number[] }[]} */
  const all = SCALES.map((millions) => ({ millions, events: 0, peakMiB: [], cpuSeconds: [] }));
  for (let round = 0; round < SCALE_ROUNDS; round++) {
    for (const scale of all) {
      const copies = 1 + Math.ceil(Math.max(0, scale.millions * 1e6 - once) / body);
      const script = fileURLToPath(new URL('generate-trace.js', import.meta.url));
      const child = spawn(node, [script, recording.folder, '--times', String(copies)], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const { events, peakMiB, cpuSeconds } = await runAnalyze(['--trace', '-'], { stdin: child.stdout });
      scale.events = events;
      scale.peakMiB.push(peakMiB);
      scale.cpuSeconds.push(cpuSeconds);
    }
  }
  const runs = all.map(({ events, peakMiB, cpuSeconds }) => {
    const spread = `${Math.min(...peakMiB).toFixed(0)}-${Math.max(...peakMiB).toFixed(0)}`;
    const run = { events, peakMiB: medianOf(peakMiB), cpuSeconds: medianOf(cpuSeconds) };
    const perEvent = `${Math.round((1e9 * run.cpuSeconds) / events)} ns`;
    lines.push(
      `| ${events} | ${run.peakMiB.toFixed(0)} MiB (${spread}) | ${run.cpuSeconds.toFixed(1)} s | ${perEvent} |`,
    );
    console.log(lines.at(-1));
    return run;
  });
  const [one, three, thirty] = runs;
  if (one && three && thirty) {
    /** @type {(a: { events: number, cpuSeconds: number }, b: { events: number, cpuSeconds: number }) => number} */
    const between = (a, b) => (1e9 * (b.cpuSeconds - a.cpuSeconds)) / (b.events - a.events);
    const change = 100 * (between(three, thirty) / between(one, three) - 1);
    lines.push(
      '',
      `Thirty million events take ${(thirty.peakMiB - three.peakMiB).toFixed(0)} MiB more than three million. Each event from the first to the third` +
        ` million takes ${between(one, three).toFixed(0)} ns, each from the third to the thirtieth ${between(three, thirty).toFixed(0)} ns` +
        ` (${Math.abs(change).toFixed(0)} % ${change < 0 ? 'less' : 'more'}; the start is left out of both).`,
      '',
    );
  }
  console.log(lines.slice(-3).join('\n'));
  return lines;
}

/** @returns {string} */
function describeMachine() {
  const system = existsSync('/etc/os-release') ? readFileSync('/etc/os-release', 'utf8') : '';
  const name = /^PRETTY_NAME="(.*)"$/m.exec(system)?.[1] ?? 'unknown system';
  return (
    `${cpus()[0]?.model.trim() ?? 'unknown processor'}, ${availableParallelism()} cores, ${Math.round(totalmem() / 2 ** 30)} GiB; ${name},` +
    ` Linux ${release()}; Node ${process.version}`
  );
}

const parts = [];
for (const name of RECORDINGS) parts.push(...(await compareWays(name)));
if (values.scale) parts.push(...(await measureScales()));
if (values.write) {
  const page = join(root, 'docs/performance.md');
  const kept = existsSync(page) ? readFileSync(page, 'utf8') : '';
  const MARK = '<!-- written by scripts/bench/performance.js -->';
  const [before = ''] = kept.split(MARK);
  const date = new Date().toISOString().slice(0, 10);
  const source =
    basename(join(values.recordings, '..')) === 'shared' ? 'whole recordings' : 'the recordings in traces/';
  const head = [MARK, '', '## Measured', '', `${date}, on ${describeMachine()}. Traces made of ${source}.`, ''];
  writeFileSync(page, `${before.trimEnd()}\n\n${[...head, ...parts].join('\n').trimEnd()}\n`.trimStart());
}

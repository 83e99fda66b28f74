// @ts-check
/**
 * scripts/bench/memory.js [--full] [--only TEXT] [--seconds N] [--live] [--main FILE] [--folder FOLDER]
 *
 * How much memory `whylate analyze` takes: a recording once and ten times (--full: a hundred times), gaps of 600 s (--seconds). Prints
 * a line each; exits with 1 when one takes more than 300 MiB, ten times the recording take by one thread 32 MiB more than once (a hundred times than
 * ten), or an answer is wrong.
 *
 * Resident memory holds garbage, too, which V8 leaves lying where there is room. --live runs each a second time with garbage collected all
 * the time, and prints how much was in use: only growth of that is kept by the command.
 *
 * Needs Linux, `npm run build` and, for a while, 2.5 GB (--full: 3.5 GB) in --folder (default: the folder for temporary files).
 */
import { createWriteStream, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { checkAnswer } from './check-answer.js';
import { readRecording } from './recording.js';
import { BUILT, runAnalyze } from './run-analyze.js';
import { planRepeat, planStall, writeCaptures, writeTrace } from './stretch.js';

/**
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./stretch.js').Plan} Plan
 * @typedef {import('./run-analyze.js').Run} Run
 */

const MAX_MIB = 300;
const MAX_GROWTH_MIB = 32;
const REPEATED = ['sigstop', 'rt-hog'];
/** One thread that never leaves the CPU, many that take turns, packets that arm the timer anew. */
const STALLED = ['rt-hog', 'cfs-hogs', 'flood'];

const { values } = parseArgs({
  options: {
    full: { type: 'boolean', default: false },
    only: { type: 'string', default: '' },
    seconds: { type: 'string', default: '600' },
    live: { type: 'boolean', default: false },
    main: { type: 'string', default: BUILT },
    folder: { type: 'string', default: tmpdir() },
  },
});
const seconds = Number(values.seconds);
const folder = mkdtempSync(join(values.folder, 'whylate-memory-'));
/** @type {string[]} */
const problems = [];

/**
 * @param {string} label
 * @param {Run} run
 * @param {readonly string[]} wrong
 */
function report(label, { seconds: wall, peakMiB, events, liveMiB }, wrong) {
  const found = [...wrong];
  if (peakMiB > MAX_MIB) found.push(`takes more than ${MAX_MIB} MiB`);
  const figures = `${peakMiB.toFixed(1).padStart(7)} MiB ${String(events).padStart(9)} events ${wall.toFixed(1).padStart(7)} s`;
  const rate = Math.round(events / wall);
  const live = values.live ? ` ${liveMiB.toFixed(1).padStart(6)} MiB live` : '';
  console.log(
    `${label.padEnd(24)} ${figures} ${String(rate).padStart(8)} events/s${live}  ${found.length === 0 ? 'ok' : 'WRONG'}`,
  );
  for (const problem of found.slice(0, 5)) console.log(`    ${problem}`);
  problems.push(...found.map((problem) => `${label}: ${problem}`));
}

/**
 * @param {Recording} recording
 * @param {Plan} plan
 */
async function analyzeStretched(recording, plan, more = /** @type {string[]} */ ([])) {
  const session = join(folder, basename(recording.folder));
  writeCaptures(recording, plan, session);
  await pipeline(Readable.from(writeTrace(recording, plan)), createWriteStream(join(session, 'trace.jsonl')));
  try {
    const run = await runAnalyze([...more, session], { main: values.main });
    if (!values.live) return run;
    const { liveMiB } = await runAnalyze([session], { main: values.main, watchLive: true });
    return { ...run, liveMiB };
  } finally {
    rmSync(session, { recursive: true });
  }
}

/** @param {string} name */
async function measure(name) {
  const path = fileURLToPath(new URL(`../../traces/${name}`, import.meta.url));
  const recording = readRecording(path);
  const once = await analyzeStretched(recording, { from: 0, to: 0, copies: 1 });
  report(`${name} x 1`, once, []);
  // Helping threads start with longer traces and take some 30 MiB, whatever the length: growth is told without them.
  const alone = ['--threads', '1'];
  let before = await analyzeStretched(recording, { from: 0, to: 0, copies: 1 }, alone);
  for (const times of REPEATED.includes(name) ? [10, ...(values.full ? [100] : [])] : []) {
    const plan = planRepeat(recording, times);
    const run = await analyzeStretched(recording, plan);
    const wrong = checkAnswer(run.answer, once.answer, recording, plan);
    const longer = await analyzeStretched(recording, plan, alone);
    const growth = longer.peakMiB - before.peakMiB;
    if (growth > MAX_GROWTH_MIB) wrong.push(`takes ${growth.toFixed(1)} MiB more than a tenth of it, by one thread`);
    report(`${name} x ${times}`, run, wrong);
    before = longer;
  }
  if (!STALLED.includes(name)) return;
  const plan = planStall(recording, seconds);
  const run = await analyzeStretched(recording, plan);
  report(`${name}, ${seconds} s gap`, run, checkAnswer(run.answer, once.answer, recording, plan));
}

try {
  for (const name of new Set([...REPEATED, ...STALLED])) if (name.includes(values.only)) await measure(name);
} finally {
  rmSync(folder, { recursive: true, force: true });
}
console.log(problems.length === 0 ? 'memory: all within bounds' : `memory: ${problems.length} problems`);
process.exitCode = problems.length === 0 ? 0 : 1;

// @ts-check
/**
 * scripts/bench/generate-trace.js RECORDING (--times N | --stall SECONDS) [--captures FOLDER] > trace.jsonl
 *
 * A long trace of a short recording (a folder of traces/, made on one machine), always the same for the same arguments:
 *
 * - --times N: the recording N times over;
 * - --stall SECONDS: the longest gap that a fault made (a CPU held by others, a stop, a flood of packets) stretched to at least that.
 *
 * --captures writes the capture.NAME.pcap that go with it. What was done is said on stderr.
 */
import { once } from 'node:events';
import { parseArgs } from 'node:util';
import { readRecording } from './recording.js';
import { countRows, planRepeat, planStall, writeCaptures, writeTrace } from './stretch.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { times: { type: 'string' }, stall: { type: 'string' }, captures: { type: 'string' } },
});
const [folder] = positionals;
const times = Number(values.times ?? 1);
const stall = Number(values.stall ?? 1);
const single = (values.times === undefined) !== (values.stall === undefined);
if (
  folder === undefined ||
  positionals.length > 1 ||
  !single ||
  !(Number.isInteger(times) && times > 0) ||
  !(stall > 0)
) {
  console.error('usage: generate-trace.js RECORDING (--times N | --stall SECONDS) [--captures FOLDER] > trace.jsonl');
  process.exit(2);
}
const recording = readRecording(folder);
const plan = values.stall === undefined ? planRepeat(recording, times) : planStall(recording, stall);
if (values.captures !== undefined) writeCaptures(recording, plan, values.captures);
process.stdout.on('error', (/** @type {NodeJS.ErrnoException} */ error) => {
  if (error.code === 'EPIPE') process.exit(0);
  throw error;
});
for (const chunk of writeTrace(recording, plan)) {
  if (!process.stdout.write(chunk)) await once(process.stdout, 'drain');
}
const period = (plan.to - plan.from) / 1e9;
console.error(
  `${countRows(recording, plan)} rows; ${period.toFixed(6)} s of ${folder} stand there ${plan.copies} times`,
);

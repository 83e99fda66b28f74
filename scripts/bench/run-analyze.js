// @ts-check
/** Runs the built command as a child and watches how much memory it takes. */
import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/**
 * @typedef {import('../../src/model/answer.js').Answer} Answer
 *
 * @typedef {object} Run
 * @property {Answer} answer
 * @property {number} seconds wall time, the start of node included
 * @property {number} peakMiB most resident memory (VmHWM)
 * @property {number} events rows of the trace
 * @property {number} cpuSeconds processor time of the command, all its threads
 * @property {number} liveMiB most memory held by objects and buffers that were still in use, 0 when it was not watched
 *
 * @typedef {object} RunOptions
 * @property {string} [main] the command's file
 * @property {boolean} [watchLive] collect garbage all the time, to tell what is kept from what V8 has not collected yet; slower, and
 *   `peakMiB` is then no longer what a user sees
 * @property {import('node:stream').Readable} [stdin] what to give it on standard input: a child's stdout
 */

/** The command as `npm run build` leaves it. */
export const BUILT = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));

const POLL_MS = 50;
const REPORT_FD = 3;
/** @param {string} code */
const moduleOf = (code) => `data:text/javascript,${encodeURIComponent(code)}`;
/**
 * Says VmHWM at the very end of the child's life. Not `process.resourceUsage().maxRSS`: that one remembers, across the
 * exec, the size of the parent that forked it.
 */
const REPORT_AT_EXIT = moduleOf(`
  import { readFileSync, writeSync } from 'node:fs';
  process.on('exit', () => {
    const { user, system } = process.cpuUsage();
    writeSync(${REPORT_FD}, readFileSync('/proc/self/status', 'utf8') + '\\ncpu: ' + (user + system) + '\\n');
  });`);
const WATCH_LIVE = moduleOf(`
  import { writeSync } from 'node:fs';
  let most = 0;
  setInterval(() => {
    globalThis.gc();
    const { heapUsed, external } = process.memoryUsage();
    most = Math.max(most, heapUsed + external);
  }, ${POLL_MS}).unref();
  process.on('exit', () => writeSync(${REPORT_FD}, 'live: ' + most + '\\n'));`);

/** @param {string} status /proc/PID/status */
const readPeakMiB = (status) => Number(/^VmHWM:\s+(\d+) kB$/m.exec(status)?.[1] ?? 0) / 1024;

/** @type {(ms: number) => Promise<void>} */
const sleep = (ms) => new Promise((resolve) => void setTimeout(resolve, ms));

/**
 * `whylate analyze --json` of some inputs.
 *
 * @param {readonly string[]} inputs
 * @param {RunOptions} options
 * @returns {Promise<Run>}
 */
export async function runAnalyze(inputs, { main = BUILT, watchLive = false, stdin } = {}) {
  if (process.platform !== 'linux') throw new Error('memory is read from /proc: run this on Linux');
  const flags = watchLive ? ['--expose-gc', '--import', WATCH_LIVE] : [];
  const begun = performance.now();
  const child = spawn(process.execPath, [...flags, '--import', REPORT_AT_EXIT, main, 'analyze', '--json', ...inputs], {
    stdio: [stdin ?? 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, stdout, stderr, report] = child.stdio.map((stream, i) =>
    collect(i === 0 ? null : /** @type {import('node:stream').Readable} */ (stream)),
  );
  /** @type {{ code: number | null } | null} */
  let ended = null;
  const exit = new Promise((resolve, reject) => {
    child.on('error', reject);
    child.on('close', (code) => resolve((ended = { code })));
  });
  let peakMiB = 0;
  const watch = async () => {
    while (!ended) {
      peakMiB = Math.max(peakMiB, readPeakMiB(readStatus(child.pid)));
      await sleep(POLL_MS);
    }
  };
  const [{ code }] = await Promise.all([exit, watch()]);
  const seconds = (performance.now() - begun) / 1000;
  if (code !== 0) throw new Error(`analyze ended with ${code}: ${await stderr}`);
  const last = (await report) ?? '';
  peakMiB = Math.max(peakMiB, readPeakMiB(last));
  const cpuSeconds = Number(/^cpu: (\d+)$/m.exec(last)?.[1] ?? 0) / 1e6;
  const liveMiB = Number(/^live: (\d+)$/m.exec(last)?.[1] ?? 0) / 2 ** 20;
  /** @type {Answer} */
  const answer = JSON.parse((await stdout) ?? '');
  const events = answer.inputs.reduce((sum, { role, records }) => sum + (role === 'trace' ? records : 0), 0);
  return { answer, seconds, peakMiB, events, cpuSeconds, liveMiB };
}

/** @param {import('node:stream').Readable | null} stream */
async function collect(stream) {
  let text = '';
  if (stream) for await (const chunk of stream.setEncoding('utf8')) text += chunk;
  return text;
}

/** @param {number | undefined} pid */
function readStatus(pid) {
  try {
    return readFileSync(`/proc/${pid}/status`, 'utf8');
  } catch {
    return '';
  }
}

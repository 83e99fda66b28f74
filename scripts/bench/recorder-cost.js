#!/usr/bin/env node
// @ts-check
/**
 * scripts/bench/recorder-cost.js [--seconds N] [--rounds N]
 *
 * What `whylate record` costs the machine it runs on and the sender it watches, beside not recording: CPU time of each tool; what the sender needs for
 * one advertisement, and how long it waits for a CPU (its schedstat); and the gaps at the capture. A keepalived pair of its own sends ten
 * advertisements a second. Once on the machine as it is, once beside a loop that starts programs as fast as it can. Needs root, and a machine with
 * nothing else to do. Prints a Markdown table, medians of the rounds.
 */
import { spawn, spawnSync } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const PAIR = fileURLToPath(new URL('../lab/pair', import.meta.url));
const TICKS_PER_SECOND = 100;
/** From when everything records until the measurement begins (ms). */
const SETTLE = 2_000;

/** @type {Record<string, string[] | null>} lines of the script; null for not recording */
const WAYS = {
  nothing: null,
  captures: ['tracer: {kind: none}', 'vitals: false'],
  'captures, vitals': ['tracer: {kind: none}'],
  'captures, vitals, bpftrace': ['tracer: {kind: bpftrace}'],
};

/** @typedef {{ runUs: number, waitUs: number, tools: Map<string, number>, gaps: { p50: number, p99: number, max: number } | null }} Measured per advertisement in us; shares of one CPU in percent; gaps in ms */

/** @type {(pid: number) => { run: number, wait: number }} ns */
const readSchedstat = (pid) => {
  const [run = 0, wait = 0] = readFileSync(`/proc/${pid}/schedstat`, 'utf8').split(' ').map(Number);
  return { run, wait };
};

/** @type {(recorder: number, mark: string) => Map<string, number>} CPU time in ticks by program, of the recorder and all that it started */
function readToolTicks(recorder, mark) {
  /** @type {Map<string, number>} */
  const ticks = new Map();
  for (const name of readdirSync('/proc').filter((entry) => /^\d+$/.test(entry))) {
    try {
      const isRecorder = Number(name) === recorder;
      if (!isRecorder && !readFileSync(`/proc/${name}/environ`, 'latin1').includes(mark)) continue;
      const stat = readFileSync(`/proc/${name}/stat`, 'latin1');
      const fields = stat
        .slice(stat.lastIndexOf(')') + 2)
        .split(' ')
        .map(Number);
      const line = readFileSync(`/proc/${name}/cmdline`, 'latin1');
      const tool = isRecorder
        ? 'record'
        : line.includes('vitals')
          ? 'vitals'
          : (/\b(tcpdump|bpftrace)\b/.exec(line)?.[1] ?? 'others');
      ticks.set(tool, (ticks.get(tool) ?? 0) + (fields[11] ?? 0) + (fields[12] ?? 0));
    } catch {
      // It has ended.
    }
  }
  return ticks;
}

/** @type {(text: string | undefined) => number} ms */
const toMs = (text) => Number(text) / 1e6;

/**
 * @param {string} work
 * @param {string[] | null} way
 * @param {number} seconds
 * @returns {Promise<Measured>}
 */
async function measure(work, way, seconds) {
  const lab = JSON.parse(readFileSync(join(work, 'lab/lab.json'), 'utf8'));
  const sender = Number(readFileSync(lab.sender.vrrpPidFile, 'utf8'));
  const folder = join(work, 'recording');
  rmSync(folder, { recursive: true, force: true });
  let recorder = null;
  if (way !== null) {
    const { device, namespace } = lab.sender;
    const script = [
      'name: cost',
      `sender: {vrid: ${lab.protocol.vrid}, interface: ${device}, namespace: ${namespace}}`,
      `captures: [{name: sender, interface: ${device}, namespace: ${namespace}}]`,
      'duration: 1h',
      ...way,
    ];
    writeFileSync(join(work, 'cost.yaml'), script.join('\n'));
    recorder = spawn(process.execPath, [COMMAND, 'record', join(work, 'cost.yaml'), '--out', folder], {
      stdio: 'ignore',
    });
    for (;;) {
      await sleep(200);
      if (recorder.exitCode !== null) throw new Error('the recording ended before it began');
      try {
        if (JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')).startNs !== null) break;
      } catch {
        // Not there yet.
      }
    }
  }
  await sleep(SETTLE);
  const pid = recorder?.pid ?? 0;
  const recording = recorder === null ? '-' : JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')).recording;
  const mark = `WHYLATE_RECORDING=${recording}`;
  const before = { sender: readSchedstat(sender), ticks: readToolTicks(pid, mark), time: performance.now() };
  await sleep(seconds * 1e3);
  const after = { sender: readSchedstat(sender), ticks: readToolTicks(pid, mark), time: performance.now() };
  const lasted = (after.time - before.time) / 1e3;
  const advertisements = lasted / lab.protocol.interval;
  const tools = new Map(
    [...after.ticks].map(([tool, ticks]) => [
      tool,
      ((ticks - (before.ticks.get(tool) ?? 0)) / TICKS_PER_SECOND / lasted) * 100,
    ]),
  );
  let gaps = null;
  if (recorder !== null) {
    const ended = new Promise((resolve) => recorder.once('exit', resolve));
    recorder.kill('SIGINT');
    await ended;
    const { stdout } = spawnSync(process.execPath, [COMMAND, 'analyze', '--json', folder], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    const instance = JSON.parse(stdout).instances.find(
      (/** @type {{ source: string }} */ one) => one.source === lab.sender.address,
    );
    const { gapsNs } = instance.points.find((/** @type {{ name: string }} */ point) => point.name === 'sender');
    gaps = { p50: toMs(gapsNs.p50), p99: toMs(gapsNs.p99), max: toMs(gapsNs.max) };
  }
  return {
    runUs: (after.sender.run - before.sender.run) / 1e3 / advertisements,
    waitUs: (after.sender.wait - before.sender.wait) / 1e3 / advertisements,
    tools,
    gaps,
  };
}

/** @type {(values: number[]) => number} */
const median = (values) => [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)] ?? Number.NaN;

const { values } = parseArgs({
  options: { seconds: { type: 'string', default: '20' }, rounds: { type: 'string', default: '3' } },
});
const work = mkdtempSync(join(tmpdir(), 'cost-'));
spawnSync(PAIR, ['up', join(work, 'lab'), '--version', '3', '--interval', '0.1'], { stdio: 'inherit' });
try {
  console.log(
    '| machine | recorded | tools, % of one CPU | sender runs, us an advertisement | waits for a CPU, us | gaps p50, p99, max, ms |',
  );
  console.log('| --- | --- | --- | --- | --- | --- |');
  for (const load of ['idle', 'starting programs']) {
    const hog = load === 'idle' ? null : spawn('sh', ['-c', 'while :; do /bin/true; done'], { stdio: 'ignore' });
    for (const [name, way] of Object.entries(WAYS)) {
      /** @type {Measured[]} */
      const rounds = [];
      for (let round = 0; round < Number(values.rounds); round += 1)
        rounds.push(await measure(work, way, Number(values.seconds)));
      const tools = [...new Set(rounds.flatMap(({ tools: one }) => [...one.keys()]))].map(
        (tool) => `${tool} ${median(rounds.map(({ tools: one }) => one.get(tool) ?? 0)).toFixed(1)}`,
      );
      const of = (/** @type {(one: Measured) => number} */ pick) => median(rounds.map(pick)).toFixed(0);
      const gapsOf = (/** @type {'p50' | 'p99' | 'max'} */ key) =>
        median(rounds.map(({ gaps }) => gaps?.[key] ?? Number.NaN)).toFixed(1);
      const gaps = way === null ? '' : `${gapsOf('p50')}, ${gapsOf('p99')}, ${gapsOf('max')}`;
      console.log(
        `| ${load} | ${name} | ${tools.join(', ')} | ${of((one) => one.runUs)} | ${of((one) => one.waitUs)} | ${gaps} |`,
      );
    }
    hog?.kill('SIGKILL');
  }
} finally {
  spawnSync(PAIR, ['down', join(work, 'lab')], { stdio: 'inherit' });
  rmSync(work, { recursive: true, force: true });
}

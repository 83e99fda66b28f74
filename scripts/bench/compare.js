// @ts-check
/**
 * scripts/bench/compare.js [--sessions N] [--rounds N] [--folder FOLDER] [--keep]
 *
 * How long comparing many sessions takes whose figures are kept in their folders: 1,000 of 3,600 gaps each, half of them of another arm. Beside it, in the
 * same rounds: reading and parsing the same files and nothing else, loading them without comparing, and what analysing the sessions anew would take
 * (`analyze` of recordings in traces/, once each, times the number of sessions). Every way is a process of its own, node's start included; medians. Exits with 1
 * when the goal is missed.
 *
 * Needs `npm run build` and 50 MB in --folder (default: the folder for temporary files); --keep leaves the sessions there.
 */
import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, utimesSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { packLateness } from '../../dist/comparison/lateness.js';
import { CounterTable } from '../../dist/model/counters.js';
import { makeRandom } from '../../dist/model/random.js';
import { findSessions, loadSessions } from '../../dist/sessions/compared/index.js';
import { readEnvironment } from '../../dist/sessions/environment/index.js';
import { BUILT } from './run-analyze.js';

/** @typedef {import('../../src/model/session-figures.js').SessionFigures} SessionFigures */

const GOAL_SECONDS = 5;
const GAPS = 3600;
/** A snapshot has about as many names. */
const SETTINGS = 250;
const LATE_NS = 100e6;
/** Files younger than that are not trusted to be unchanged. */
const AGE_SECONDS = 3600;
/** Recordings that are analysed to tell what a session takes without kept figures. */
const TYPICAL = ['clean', 'sigstop', 'cfs-hogs'];
const node = process.execPath;
const self = fileURLToPath(import.meta.url);

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    sessions: { type: 'string', default: '1000' },
    rounds: { type: 'string', default: '5' },
    folder: { type: 'string', default: tmpdir() },
    keep: { type: 'boolean', default: false },
    lane: { type: 'string' },
  },
});
const sessions = Number(values.sessions);
const rounds = Number(values.rounds);

/**
 * @param {() => number} random
 * @returns {SessionFigures}
 */
function drawFigures(random) {
  const lateness = Float64Array.from({ length: GAPS }, () => {
    const usual = 150_000 * (random() + random() + random() - 1.5);
    return random() < 0.01 ? LATE_NS / random() : usual;
  });
  const late = lateness.filter((ns) => ns >= LATE_NS);
  const lateNs = String(Math.round(late.reduce((a, b) => a + b, 0)));
  return {
    firstNs: '1795884289000000000',
    lastNs: '1795887889000000000',
    recordedNs: '3600000000000',
    routers: [
      {
        vrid: 205,
        family: 'ipv4',
        version: 2,
        source: '10.205.0.1',
        destination: '224.0.0.18',
        intervalNs: '1000000000',
        masterDownNs: '3600000000',
        advertisements: GAPS + 1,
      },
    ],
    leftOut: [],
    advertisements: GAPS + 1,
    gaps: GAPS,
    lateness: packLateness(lateness),
    measuredAt: ['receiver'],
    late: late.length,
    pastMasterDown: 0,
    takeovers: 0,
    causes: late.length === 0 ? [] : [{ cause: 'cpu-contention', late: late.length, ns: lateNs }],
    culprits: ['stress-ng', 'apt', 'sshd', 'bash'].map((process) => ({
      cause: 'cpu-contention',
      process,
      syscall: null,
      target: null,
      late: Math.floor(late.length / 4),
      ns: lateNs,
    })),
    loss: [
      { role: 'trace', name: null, known: true, dropped: 0, offered: 2_000_000 },
      { role: 'capture', name: 'sender', known: true, dropped: 0, offered: GAPS + 1 },
      { role: 'capture', name: 'receiver', known: true, dropped: 0, offered: GAPS + 1 },
    ],
    counters: [],
  };
}

/**
 * @param {string} folder
 * @param {number} number
 * @param {Readonly<Record<string, string | number | boolean>>} environment
 */
function writeSession(folder, number, environment) {
  const arm = number % 2 === 0 ? 'rt' : 'plain';
  mkdirSync(folder);
  const note = {
    schemaVersion: 1,
    kind: 'session',
    tool: { name: 'whylate', version: '0.1.0' },
    recording: 'mi1gq5k0-4711-0a0b0c0d',
    name: 'bench',
    run: `${arm}-${number}`,
    labels: { arm },
    complete: true,
    outcome: 'finished',
    startNs: String(1_795_884_289_000_000_000n + BigInt(number) * 3_700_000_000_000n),
    sender: { vrid: 205, interface: 'eth0', namespace: null, process: 'keepalived', pid: 4711 },
    points: ['sender', 'receiver'].map((name) => ({ name, interface: 'eth0', namespace: null, host: null })),
    tools: [{ name: 'tracer', version: '0.17.0', command: ['nice', '-n', '-20', 'bpftrace'], end: 'exit 0' }],
    steps: Array.from({ length: 20 }, (_, i) => ({
      atNs: String(i * 1e9),
      command: ['sh', '-c', 'true'],
      startNs: '1795884289000000000',
      endNs: '1795884289100000000',
      exit: 0,
      met: true,
      how: 'ok',
    })),
    script: { name: 'bench', duration: '1h', steps: [{ at: '4s', run: ['true'] }] },
  };
  const files = {
    'session.json': JSON.stringify(note, null, 2),
    'environment.json': JSON.stringify({ ...environment, 'bench.priority': arm === 'rt' ? 50 : 0 }, null, 2),
    'trace.jsonl.gz': `the trace of session ${number}`,
    'trace.stats.txt': 'Driver Events: 2000000\n',
    'capture.sender.pcap': `what the sender sent in session ${number}`,
    'capture.sender.stats.txt': '3601 packets captured\n',
    'capture.receiver.pcap': `what was received in session ${number}`,
    'capture.receiver.stats.txt': '3601 packets captured\n',
    'keepalived.log': 'Entering MASTER STATE\n',
    'vitals.ndjson': `{"ns":"1","clock":"realtime"}\n`,
  };
  const at = Date.now() / 1000 - AGE_SECONDS;
  for (const [name, text] of Object.entries(files)) {
    writeFileSync(join(folder, name), text);
    utimesSync(join(folder, name), at, at);
  }
}

/** What `compare` notes beside figures: it must be the same in all sessions for them to be found again. */
function learnKey() {
  const folder = mkdtempSync(join(values.folder, 'whylate-compare-'));
  try {
    const recording = fileURLToPath(new URL('../../traces/clean', import.meta.url));
    for (const name of readdirSync(recording)) {
      writeFileSync(join(folder, name), readFileSync(join(recording, name)));
    }
    const { status, stderr } = spawnSync(node, [BUILT, 'compare', folder, '--json'], { encoding: 'utf8' });
    if (status !== 0) return { error: stderr };
    const { version, request } = JSON.parse(readFileSync(join(folder, 'figures.json'), 'utf8'));
    return { version, request };
  } finally {
    rmSync(folder, { recursive: true });
  }
}

/** @param {string} folder */
async function loadKept(folder) {
  const [first = ''] = await findSessions([folder], new CounterTable());
  const { version, request } = JSON.parse(readFileSync(join(first, 'figures.json'), 'utf8'));
  const loaded = await loadSessions(await findSessions([folder], new CounterTable()), {
    request,
    version,
    useKept: true,
    counters: new CounterTable(),
    analyseSession: () => Promise.reject(new Error('figures were not found again')),
  });
  return loaded.sessions.length;
}

/**
 * The least that any comparison must do.
 *
 * @param {string} folder
 */
function parseFiles(folder) {
  const names = readdirSync(folder);
  for (const name of names) {
    for (const file of ['session.json', 'environment.json', 'figures.json']) {
      JSON.parse(readFileSync(join(folder, name, file), 'utf8'));
    }
  }
  return names.length;
}

/**
 * @param {readonly string[]} command
 * @returns {{ seconds: number, stdout: string }}
 */
function time([program = '', ...args]) {
  const begun = performance.now();
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8', maxBuffer: 1 << 30 });
  if (status !== 0) throw new Error(`${program} ${args.join(' ')} ended with ${status}: ${stderr}`);
  return { seconds: (performance.now() - begun) / 1000, stdout };
}

/** @param {readonly number[]} all */
const medianOf = (all) => [...all].sort((a, b) => a - b)[Math.floor(all.length / 2)] ?? Number.NaN;

/** @param {string} folder */
async function makeSessions(folder) {
  const key = learnKey();
  if ('error' in key) console.log(`compare is left out, it does not run: ${String(key.error).trim().split('\n')[0]}`);
  const own = Object.entries(await readEnvironment());
  const padding = Array.from({ length: Math.max(0, SETTINGS - own.length) }, (_, i) => [`bench.setting_${i}`, i]);
  const environment = Object.fromEntries([...own, ...padding]);
  const paths = Array.from({ length: sessions }, (_, i) => join(folder, `session-${String(i).padStart(5, '0')}`));
  for (const [i, path] of paths.entries()) writeSession(path, i, environment);
  const random = makeRandom(1);
  await loadSessions(paths, {
    request: key.request ?? {},
    version: key.version ?? 'none',
    useKept: false,
    counters: new CounterTable(),
    analyseSession: async () => drawFigures(random),
  });
  return !('error' in key);
}

/** @param {string} folder */
async function measure(folder) {
  const canCompare = await makeSessions(folder);
  const bytes = spawnSync('sh', ['-c', `cat ${folder}/*/*.json | wc -c`], { encoding: 'utf8' }).stdout.trim();
  console.log(`${sessions} sessions, ${(Number(bytes) / 1e6).toFixed(1)} MB of JSON, medians of ${rounds} rounds`);
  /** @type {(stdout: string) => number} */
  const countCompared = (stdout) => {
    const { sessions: all } = /** @type {import('../../src/model/comparison.js').Comparison} */ (JSON.parse(stdout));
    return all.filter(({ from }) => from === 'kept').length;
  };
  const ways = [
    { name: 'cat', command: ['sh', '-c', `cat ${folder}/*/*.json | wc -c`], counted: () => sessions },
    { name: 'read + JSON.parse', command: [node, self, '--lane', 'parse', folder], counted: Number },
    { name: 'load', command: [node, self, '--lane', 'load', folder], counted: Number },
    ...(canCompare
      ? [
          {
            name: 'compare --by label.arm',
            command: [node, BUILT, 'compare', folder, '--by', 'label.arm', '--json'],
            counted: countCompared,
          },
          { name: 'compare', command: [node, BUILT, 'compare', folder, '--json'], counted: countCompared },
        ]
      : []),
  ].map((way) => ({ ...way, seconds: /** @type {number[]} */ ([]) }));
  /** @type {number[]} */
  const analyses = [];
  for (let round = 0; round < rounds; round++) {
    for (const way of ways) {
      const { seconds, stdout } = time(way.command);
      if (way.counted(stdout) !== sessions) throw new Error(`${way.name} counted ${way.counted(stdout)}`);
      way.seconds.push(seconds);
    }
    const recording = TYPICAL[round % TYPICAL.length] ?? '';
    const path = fileURLToPath(new URL(`../../traces/${recording}`, import.meta.url));
    analyses.push(time([node, BUILT, 'analyze', '--json', path]).seconds);
  }
  const anew = sessions * medianOf(analyses);
  const floor = medianOf(ways.find(({ name }) => name === 'read + JSON.parse')?.seconds ?? []);
  let missed = false;
  console.log(
    '| way | seconds (least-most) | against read + JSON.parse | faster than analyze |\n| --- | --- | --- | --- |',
  );
  for (const { name, seconds } of ways) {
    const median = medianOf(seconds);
    const spread = `${Math.min(...seconds).toFixed(2)}-${Math.max(...seconds).toFixed(2)}`;
    console.log(
      `| ${name} | ${median.toFixed(2)} (${spread}) | ${(median / floor).toFixed(1)}x | ${Math.round(anew / median)}x |`,
    );
    if (name.startsWith('compare') && median > (GOAL_SECONDS * sessions) / 1000) missed = true;
  }
  console.log(
    `| analyze --json, ${sessions} times (extrapolated) | ${anew.toFixed(0)} | ${(anew / floor).toFixed(0)}x | 1x |`,
  );
  console.log(
    canCompare ? `goal, ${GOAL_SECONDS} s for 1000: ${missed ? 'MISSED' : 'ok'}` : 'the goal was not looked at',
  );
  if (missed) process.exitCode = 1;
}

const [given = ''] = positionals;
if (values.lane === 'load') console.log(await loadKept(given));
else if (values.lane === 'parse') console.log(parseFiles(given));
else {
  const folder = mkdtempSync(join(values.folder, 'whylate-compare-'));
  try {
    await measure(folder);
  } finally {
    if (values.keep) console.log(folder);
    else rmSync(folder, { recursive: true, force: true });
  }
}

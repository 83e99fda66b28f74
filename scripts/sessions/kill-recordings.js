#!/usr/bin/env node
// @ts-check
/**
 * scripts/sessions/kill-recordings.js [--kills N] [--seed N] [--flight]
 *
 * Kills recordings with SIGKILL at random moments of their lives, every third time together with their keeper, and looks at what is left:
 * no tool may run on, every setting must be back (after `record --recover` where the keeper was killed as well), and `analyze` must take the
 * folder. Needs root, tcpdump and bpftrace; changes vm.swappiness for moments. Last line: `N passed, N failed`.
 */
import { spawn, spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { makeRandom } from '../lab/random.js';

const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
const FLOOD = fileURLToPath(new URL('../lab/flood.pl', import.meta.url));
const SWAPPINESS = '/proc/sys/vm/swappiness';
/** A recording of the script below lives about this long (ms): start, 4 s, rendering. */
const LIFE = 11_000;
const PATIENCE = 60_000;

/** @type {(work: string, flight: boolean) => string} */
const writeScript = (work, flight) => `name: killed
sender: {vrid: 51, interface: lo, interval: 100ms}
captures:
  - {name: sender, interface: lo}
tracer: {kind: bpftrace}
duration: ${flight ? '30s' : '4s'}
${flight ? 'flight: {keep: 1s, ring: 50MB}\nlate_after: 20ms' : ''}
settings:
  - {sysctl: vm.swappiness, value: 41}
  - {file: ${work}/setting, value: changed}
  - {apply: [touch, ${work}/applied], restore: [rm, -f, ${work}/applied]}
steps:
  - {at: 500ms, run: [sleep, '3']}
  - {at: 500ms, shell: 'sleep 1000 & wait', timeout: 1h}
  - {at: 1s, shell: '(setsid sleep 1000 &) ; true'}
`;

/** In the environment of this program's recordings, for there may be others. */
const OURS = `KILL_RECORDINGS=${process.pid}`;

/** @type {() => number[]} processes that a recording of ours started */
const findTools = () =>
  readdirSync('/proc').flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const environment = readFileSync(`/proc/${name}/environ`, 'latin1');
      return environment.includes('WHYLATE_RECORDING=') && environment.includes(OURS) ? [Number(name)] : [];
    } catch {
      return [];
    }
  });

/** @type {(folder: string) => { path: string, keeper: number | null }[]} */
const readJournals = (folder) =>
  existsSync(folder)
    ? readdirSync(folder)
        .filter((name) => name.endsWith('.recording.json'))
        .map((name) => {
          const path = join(folder, name);
          /** @type {{ keeper: { pid: number } | null }} */
          const journal = JSON.parse(readFileSync(path, 'utf8'));
          return { path, keeper: journal.keeper?.pid ?? null };
        })
    : [];

/** @type {(pid: number) => void} */
const killSurely = (pid) => {
  try {
    process.kill(pid, 'SIGKILL');
  } catch {
    // It has ended by itself.
  }
};

/** @type {(folder: string) => string[]} what is wrong with the folders a recording left */
const checkFolders = (folder) => {
  if (!existsSync(folder)) return [];
  const kept = readdirSync(folder).filter((name) => /^(?:late-|end$)/.test(name));
  return [folder, ...kept.map((name) => join(folder, name))].flatMap((path) => {
    const { status, stdout, stderr } = spawnSync(process.execPath, [COMMAND, 'analyze', '--json', path], {
      encoding: 'utf8',
      maxBuffer: 2 ** 30,
    });
    if (status !== 0) return [`analyze ${path} ended with ${status}: ${stderr.trim()}`];
    const names = JSON.parse(stdout).counters.map((/** @type {{ name: string }} */ counter) => counter.name);
    return names.includes('session_trace_not_rendered') ? [`${path} is not rendered`] : [];
  });
};

/**
 * @param {string} work
 * @param {string} script
 * @param {number} delay ms
 * @param {boolean} alsoKeeper
 * @returns {Promise<string[]>} what is wrong
 */
async function killOnce(work, script, delay, alsoKeeper) {
  const state = join(work, 'state');
  const folder = join(work, 'recording');
  const env = { ...process.env, WHYLATE_STATE_DIR: state, KILL_RECORDINGS: String(process.pid) };
  const swappiness = readFileSync(SWAPPINESS, 'utf8');
  writeFileSync(join(work, 'setting'), 'as it was\n');
  const recorder = spawn(process.execPath, [COMMAND, 'record', script, '--out', folder], { stdio: 'ignore', env });
  await sleep(delay);
  const keepers = alsoKeeper ? readJournals(state).flatMap(({ keeper }) => keeper ?? []) : [];
  recorder.kill('SIGKILL');
  keepers.forEach(killSurely);
  const begun = Date.now();
  if (alsoKeeper) {
    const { status } = spawnSync(process.execPath, [COMMAND, 'record', '--recover'], { stdio: 'ignore', env });
    if (status !== 0) return [`record --recover ended with ${status}`];
  }
  while ((readJournals(state).length > 0 || findTools().length > 0) && Date.now() - begun < PATIENCE) await sleep(100);
  const tools = findTools();
  tools.forEach(killSurely);
  const wrong = checkFolders(folder);
  if (tools.length > 0) wrong.push(`${tools.length} tools run on`);
  if (readJournals(state).length > 0) wrong.push('the journal is still there');
  if (readFileSync(SWAPPINESS, 'utf8') !== swappiness) wrong.push('vm.swappiness is not put back');
  if (readFileSync(join(work, 'setting'), 'utf8') !== 'as it was\n') wrong.push('the file is not put back');
  if (existsSync(join(work, 'applied'))) wrong.push('the command is not undone');
  if (readdirSync(work).some((name) => name.startsWith('.'))) wrong.push('a folder without a name is left');
  writeFileSync(SWAPPINESS, swappiness);
  for (const path of [folder, state, join(work, 'applied')]) rmSync(path, { recursive: true, force: true });
  return wrong;
}

const { values } = parseArgs({
  options: {
    kills: { type: 'string', default: '50' },
    seed: { type: 'string', default: '1' },
    flight: { type: 'boolean', default: false },
  },
});
const work = mkdtempSync(join(tmpdir(), 'kills-'));
const script = join(work, 'session.yaml');
writeFileSync(script, writeScript(work, values.flight));
const random = makeRandom(Number(values.seed));
const flood = spawn('perl', [FLOOD, 'lo', '2', '4', '51', '0.1'], { stdio: 'ignore' });
let failed = 0;
const kills = Number(values.kills);
for (let count = 1; count <= kills; count += 1) {
  const delay = Math.round(LIFE * random());
  const alsoKeeper = count % 3 === 0;
  const wrong = await killOnce(work, script, delay, alsoKeeper);
  if (wrong.length > 0) failed += 1;
  console.log(
    `kill ${count} after ${delay} ms${alsoKeeper ? ', with its keeper' : ''}: ${wrong.length === 0 ? 'ok' : wrong.join('; ')}`,
  );
}
flood.kill('SIGKILL');
rmSync(work, { recursive: true, force: true });
console.log(`${kills - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;

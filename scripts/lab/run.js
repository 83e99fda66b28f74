// @ts-check
/**
 * scripts/lab/run KIND FOLDER [--version 2|3] [--ipv6] [--interval SECONDS] [--faults N] [--seed N]
 * scripts/lab/run --list
 *
 * A recording with known faults, made on one machine: brings a pair up, has `whylate record` record it while faults of one kind are injected at
 * random times that a seed gives, and takes the pair down. Leaves a session folder with truth.json, which tells what was done and what came of it.
 *
 * Needs a build, root, and Debian's keepalived, bpftrace, iproute2, tcpdump, and for some kinds gdb, strace, nftables. Everything it starts and
 * sets is ended and put back, also when it is interrupted.
 */
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmdirSync,
  rmSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { Cleanup } from './cleanup.js';
import { FAULT_KINDS } from './faults.js';
import { readLab } from './lab-file.js';
import { writeSessionScript } from './plan-recording.js';
import { startProcess, stopProcess, waitForEnd } from './processes.js';
import { judgeFaults, readAdvertisements } from './truth.js';

/** @typedef {{ kind: string, fault: import('./faults.js').FaultKind, folder: string, pair: string[], faults: number, seed: number }} Request */

const PAIR = fileURLToPath(new URL('pair', import.meta.url));
const COMMAND = fileURLToPath(new URL('../../dist/cli/main.js', import.meta.url));
/** A stuck recording is not waited for longer than this (ms); rendering a busy minute takes some seconds. */
const PATIENCE = 180_000;

/**
 * Runs a program of the lab to its end; interrupted, it is told so and may still undo what it did.
 * @type {(signal: AbortSignal, command: string, args: string[]) => Promise<void>}
 */
async function run(signal, command, args) {
  const child = startProcess(command, args, { stderr: 'inherit' });
  const stop = () => void stopProcess(child, 'SIGINT', PATIENCE);
  signal.addEventListener('abort', stop);
  await waitForEnd(child);
  signal.removeEventListener('abort', stop);
  signal.throwIfAborted();
  if (child.exitCode !== 0) throw new Error(`${command} ${args[0]} failed; its messages are above`);
}

/** @param {Request} request @param {string} work the lab's folder */
async function writeTruth({ kind, folder, seed }, work) {
  const lab = readLab(work);
  const session = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8'));
  const [begin, end] = [BigInt(session.startNs), BigInt(session.endNs)];
  const lines = readFileSync(join(work, 'truth.ndjson'), 'utf8').split('\n').filter(Boolean);
  const faults = lines.map((line) => JSON.parse(line));
  const captured = await readAdvertisements(join(folder, 'capture.receiver.pcap'));
  const { address, priority } = lab.sender;
  const judged = judgeFaults(
    captured.filter(({ time }) => time >= begin && time <= end),
    { sender: address, priority, interval: lab.protocol.interval },
    faults.map((fault) => ({ start: BigInt(fault.start_ns), end: BigInt(fault.end_ns) })),
  );
  const truth = {
    scenario: kind,
    seconds: Number((end - begin) / 1_000_000_000n),
    seed,
    advert_interval_s: lab.protocol.interval,
    version: lab.protocol.version,
    ipv6: lab.protocol.ipv6,
    vrid: lab.protocol.vrid,
    priority,
    sender: address,
    sender_pid: session.sender.pid,
    begin_ns: String(begin),
    end_ns: String(end),
    faults: faults.map((fault, index) => ({ ...fault, ...judged.faults[index] })),
    captures: ['sender', 'receiver'],
    takeovers: judged.takeovers,
    other_gaps: judged.other_gaps,
  };
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
  for (const told of truth.faults)
    console.log(`${kind}: ${told.kind}, largest gap ${told.largest_gap_s} s, late ${told.late}`);
}

/** @type {(request: Request, signal: AbortSignal, cleanup: Cleanup) => Promise<void>} */
async function recordLab(request, signal, cleanup) {
  const { fault, folder, pair } = request;
  // `record` makes its folder itself.
  if (existsSync(folder) && readdirSync(folder).length === 0) rmdirSync(folder);
  if (existsSync(folder)) throw new Error(`${folder} is not empty`);
  const work = mkdtempSync(join(tmpdir(), 'lab-of-run-'));
  cleanup.defer(`remove ${work}`, () => rmSync(work, { recursive: true, force: true }));
  cleanup.defer('take the pair down', () => run(new AbortController().signal, PAIR, ['down', work]));
  await run(signal, PAIR, ['up', work, '--log', fault.log ?? 'file', ...pair]);
  const script = join(work, 'session.yaml');
  writeFileSync(script, writeSessionScript(readLab(work), request));
  mkdirSync(join(folder, '..'), { recursive: true });
  await run(signal, process.execPath, [COMMAND, 'record', script, '--out', folder]);
  await writeTruth(request, work);
}

/** @returns {Request | null} null when the arguments make none */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: 'string', default: '2' },
      ipv6: { type: 'boolean', default: false },
      interval: { type: 'string', default: '1' },
      faults: { type: 'string', default: '2' },
      seed: { type: 'string', default: '1' },
      list: { type: 'boolean', default: false },
    },
  });
  if (values.list) {
    for (const [name, { truth }] of Object.entries(FAULT_KINDS)) console.log(`${name.padEnd(14)}${truth.how}`);
    process.exit(0);
  }
  const [kind, folder] = positionals;
  const [faults, seed] = [Number(values.faults), Number(values.seed)];
  if (kind === undefined || folder === undefined || positionals.length > 2) return null;
  if (!Number.isInteger(faults) || faults < 1 || !Number.isInteger(seed)) return null;
  const fault = Object.hasOwn(FAULT_KINDS, kind) ? FAULT_KINDS[kind] : undefined;
  if (fault === undefined) throw new Error(`no fault is called ${kind}; see --list`);
  const pair = ['--version', values.version, '--interval', values.interval, ...(values.ipv6 ? ['--ipv6'] : [])];
  return { kind, fault, folder, pair, faults, seed };
}

const abort = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.on(signal, () => abort.abort(new Error(`${signal}: cleaning up`)));
const cleanup = new Cleanup();
try {
  const request = readArguments();
  if (request === null) {
    console.error(
      'usage: scripts/lab/run KIND FOLDER [--version 2|3] [--ipv6] [--interval SECONDS] [--faults N] [--seed N] | --list',
    );
    process.exit(2);
  }
  await recordLab(request, abort.signal, cleanup);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = abort.signal.aborted ? 130 : 1;
}
if (!(await cleanup.run())) process.exitCode ||= 1;
process.exit();

// @ts-check
/**
 * scripts/lab/run KIND FOLDER [--version 2|3] [--ipv6] [--interval SECONDS] [--faults N] [--seed N]
 * scripts/lab/run --list
 *
 * A fault lab on one machine: a keepalived pair in two network namespaces, tcpdump at both ends, a recorder, and one kind of fault at random
 * times that a seed gives. Leaves a folder like the recordings the tests use: trace.jsonl.gz, capture.sender.pcap, capture.receiver.pcap, logs,
 * environment.json, and truth.json with what was done and what came of it.
 *
 * Needs root, and Debian's keepalived, bpftrace, iproute2, tcpdump, and for some kinds gdb, strace, nftables. Everything it starts and
 * sets is ended and put back, also when it is interrupted.
 */
import { copyFileSync, mkdirSync, mkdtempSync, openSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir, release } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { FAULT_KINDS } from './faults.js';
import { startKeepalived } from './keepalived.js';
import { createNetwork, startCapture } from './network.js';
import { Cleanup, runCommand, startProcess, stopProcess } from './processes.js';
import { judgeFaults, readAdvertisements } from './truth.js';

/**
 * @typedef {import('./keepalived.js').Protocol} Protocol
 * @typedef {{ kind: string, folder: string, protocol: Protocol, faults: number, seed: number }} Plan
 * @typedef {{ start: bigint, end: bigint }} Span ns since the epoch
 */

const VRID = 205;
const PRIORITY = 101;
/** A stuck recorder is not waited for longer than this (ms); rendering a busy minute takes some seconds. */
const RECORDER_PATIENCE = 180_000;
/** The time before the first fault and after each (s). */
const QUIET = 4;

const readWallClock = () => BigInt(Date.now()) * 1_000_000n;

/** @type {(seed: number) => () => number} mulberry32: small, and the same everywhere */
const makeRandom = (seed) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * Where the sender logs.
 * @param {'file' | 'pipe' | 'filesystem'} place
 * @param {string} folder
 * @param {string} work
 * @param {Cleanup} cleanup
 */
async function prepareLog(place, folder, work, cleanup) {
  const kept = join(folder, 'keepalived.log');
  if (place === 'pipe') {
    const log = join(work, 'keepalived.pipe');
    await runCommand('mkfifo', log);
    const logReader = startProcess('cat', [log], { stdout: openSync(kept, 'w') });
    cleanup.defer('stop the log reader', () => stopProcess(logReader, 'SIGKILL'));
    return { log, logReader };
  }
  if (place === 'filesystem') {
    const image = join(work, 'image');
    const mount = join(work, 'mount');
    mkdirSync(mount);
    await runCommand('truncate', '--size', '32M', image);
    await runCommand('mkfs.ext4', '-q', '-F', image);
    await runCommand('mount', '-o', 'loop', image, mount);
    cleanup.defer('unmount the log', () => runCommand('umount', '--lazy', mount));
    const log = join(mount, 'keepalived.log');
    cleanup.defer('keep the log', () => copyFileSync(log, kept));
    return { log, logReader: null };
  }
  return { log: kept, logReader: null };
}

/**
 * @param {string} folder
 * @param {Cleanup} cleanup
 * @returns {Promise<() => Promise<void>>} stops it and waits for its files
 */
async function startRecorder(folder, cleanup) {
  const program = fileURLToPath(new URL('../recorders/record', import.meta.url));
  const recorder = startProcess(program, [folder], { stdout: 'pipe', stderr: 'inherit' });
  const stop = () => stopProcess(recorder, 'SIGTERM', RECORDER_PATIENCE);
  cleanup.defer('stop the recorder', stop);
  await new Promise((resolve, reject) => {
    recorder.stdout?.once('data', resolve);
    recorder.once('exit', () => reject(new Error('the recorder ended before it began; its messages are above')));
  });
  return stop;
}

/**
 * @param {Plan} plan
 * @param {Cleanup} cleanup
 */
async function runLab({ kind, folder, protocol, faults, seed }, cleanup) {
  const fault = FAULT_KINDS[kind];
  if (!fault) throw new Error(`no fault is called ${kind}; see --list`);
  mkdirSync(folder, { recursive: true });
  const work = mkdtempSync(join(tmpdir(), 'lab-'));
  cleanup.defer(`remove ${work}`, () => rmSync(work, { recursive: true, force: true }));
  const hog = join(work, 'reindexer');
  copyFileSync('/bin/bash', hog);
  const network = await createNetwork(protocol.ipv6, cleanup);
  const { log, logReader } = await prepareLog(fault.log ?? 'file', folder, work, cleanup);
  const sides = [
    {
      name: 'receiver',
      priority: 100,
      log: join(folder, 'keepalived-backup.log'),
      configuration: join(work, 'backup.conf'),
    },
    { name: 'sender', priority: PRIORITY, log, configuration: join(folder, 'keepalived.conf') },
  ];
  /** @type {(() => Promise<void>)[]} */
  const captures = [];
  let sender = { readPid: () => 0 };
  for (const { name, priority, log, configuration } of sides) {
    const side = name === 'sender' ? network.sender : network.receiver;
    captures.push(startCapture(side, name, folder, cleanup));
    sender = await startKeepalived({ side, protocol, priority, work, configuration, log }, cleanup);
  }
  const lab = { network, protocol, sender, work, hog, log, logReader, cleanup };
  await fault.prepare?.(lab);
  await sleep(1e3 * (QUIET + 2 * protocol.interval));

  const random = makeRandom(seed);
  const stopRecorder = await startRecorder(folder, cleanup);
  const begin = readWallClock();
  const senderPid = sender.readPid();
  /** @type {Span[]} */
  const spans = [];
  for (let count = 0; count < faults; count += 1) {
    await sleep(1e3 * (QUIET + 2 * random() + protocol.interval * random()));
    const seconds = Math.round(1e3 * protocol.interval * (1.3 + 3.2 * random())) / 1e3;
    cleanup.check();
    const start = readWallClock();
    await fault.inject(lab, seconds);
    spans.push({ start, end: readWallClock() });
  }
  await sleep(1e3 * (QUIET + 4 * protocol.interval));
  const end = readWallClock();
  // The captures first: rendering the trace is load of its own, and what it delays is in no trace.
  for (const stop of captures) await stop();
  await stopRecorder();

  const captured = await readAdvertisements(join(folder, 'capture.receiver.pcap'));
  const advertisements = captured.filter(({ time }) => time >= begin && time <= end);
  const { address } = network.sender;
  const judged = judgeFaults(
    advertisements,
    { sender: address, priority: PRIORITY, interval: protocol.interval },
    spans,
  );
  const path = fault.truth.kind === 'rearmed-by-packet' ? { path: network.receiver.address } : {};
  const truth = {
    scenario: kind,
    seconds: Number((end - begin) / 1_000_000_000n),
    seed,
    advert_interval_s: protocol.interval,
    version: protocol.version,
    ipv6: protocol.ipv6,
    vrid: VRID,
    priority: PRIORITY,
    sender: address,
    sender_pid: senderPid,
    begin_ns: String(begin),
    end_ns: String(end),
    faults: spans.map((span, index) => ({
      ...fault.truth,
      ...path,
      start_ns: String(span.start),
      end_ns: String(span.end),
      ...judged.faults[index],
    })),
    captures: ['sender', 'receiver'],
    takeovers: judged.takeovers,
    other_gaps: judged.other_gaps,
  };
  cleanup.check();
  writeFileSync(join(folder, 'truth.json'), `${JSON.stringify(truth, null, 1)}\n`);
  const clocksource = readFileSync('/sys/devices/system/clocksource/clocksource0/current_clocksource', 'utf8').trim();
  writeFileSync(join(folder, 'environment.json'), `${JSON.stringify({ kernel: release(), clocksource }, null, 1)}\n`);
  for (const told of truth.faults)
    console.log(`${kind}: ${told.kind}, largest gap ${told.largest_gap_s} s, late ${told.late}`);
}

/** @returns {Plan | null} null when the arguments make none */
function readPlan() {
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
  const version = values.version === '2' ? 2 : values.version === '3' ? 3 : null;
  const [interval, faults, seed] = [values.interval, values.faults, values.seed].map(Number);
  if (kind === undefined || folder === undefined || positionals.length > 2 || version === null) return null;
  if (!(interval !== undefined && interval > 0) || !Number.isInteger(faults) || !Number.isInteger(seed)) return null;
  if (version === 2 && (values.ipv6 || !Number.isInteger(interval))) return null;
  return {
    kind,
    folder,
    protocol: { version, ipv6: values.ipv6, interval, vrid: VRID },
    faults: faults ?? 0,
    seed: seed ?? 0,
  };
}

const plan = readPlan();
if (plan === null) {
  console.error(
    'usage: scripts/lab/run KIND FOLDER [--version 2|3] [--ipv6] [--interval SECONDS] [--faults N] [--seed N] | --list',
  );
  process.exit(2);
}
const cleanup = new Cleanup();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP'])) {
  process.once(signal, () => {
    console.error(`${signal}: cleaning up`);
    void cleanup.run().then(() => process.exit(130));
  });
}
let exitCode = 0;
try {
  await runLab(plan, cleanup);
  await cleanup.run();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  exitCode = 1;
  // After a signal the cleanup is under way and ends the process itself.
  if (!cleanup.begun) await cleanup.run();
  else await new Promise(() => undefined);
}
process.exit(exitCode);

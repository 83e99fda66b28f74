// @ts-check
/**
 * scripts/lab/pair up FOLDER [--version 2|3] [--ipv6] [--interval SECONDS] [--log file|pipe|socket|filesystem] [--id ID]
 * scripts/lab/pair down FOLDER
 *
 * A pair of keepalived routers in two network namespaces of this machine, joined by a veth pair. `up` leaves it running with FOLDER/lab.json,
 * which tells what it consists of; `down` ends and removes all of it, as often as it is called. Needs root, keepalived, iproute2.
 */
import { copyFileSync, mkdirSync, rmSync } from 'node:fs';
import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import { removeGroups } from './cgroups.js';
import { Cleanup } from './cleanup.js';
import { startRouters } from './keepalived.js';
import { dropLab, holdsLab, planLab, readLab, writeLab } from './lab-file.js';
import { restoreSettings } from './machine-settings.js';
import { createNetwork, hasNamespace, removeNamespace } from './network.js';
import { endProcessesOf } from './processes.js';
import { prepareLog, removeLog, unfreezeLog } from './sender-log.js';

/** @typedef {import('./lab-file.js').Lab} Lab */

const USAGE = `usage: scripts/lab/pair up FOLDER [--version 2|3] [--ipv6] [--interval SECONDS]
                             [--log file|pipe|socket|filesystem] [--id ID]
       scripts/lab/pair down FOLDER`;

/** @type {(lab: Lab, signal: AbortSignal) => Promise<void>} */
async function bringUp(lab, signal) {
  if (holdsLab(lab.folder)) throw new Error(`${lab.folder} holds a lab already: scripts/lab/pair down ${lab.folder}`);
  for (const side of [lab.sender, lab.receiver])
    if (hasNamespace(side)) throw new Error(`there is a namespace ${side.namespace} already; give another --id`);
  writeLab(lab);
  try {
    mkdirSync(lab.work);
    copyFileSync('/bin/bash', lab.hog);
    await createNetwork(lab);
    signal.throwIfAborted();
    writeLab({ ...lab, logReader: await prepareLog(lab) });
    await startRouters(lab, signal);
  } catch (error) {
    await takeDown(lab.folder);
    throw error;
  }
}

/**
 * @param {string} folder
 * @returns {Promise<boolean>} whether everything is gone
 */
async function takeDown(folder) {
  if (!holdsLab(folder)) return true;
  const lab = readLab(folder);
  const cleanup = new Cleanup();
  cleanup.defer('remove the work folder', () => rmSync(lab.work, { recursive: true, force: true }));
  for (const side of [lab.sender, lab.receiver]) cleanup.defer(`remove ${side.namespace}`, () => removeNamespace(side));
  cleanup.defer('remove the log', () => removeLog(lab));
  cleanup.defer('end the processes', () => endProcessesOf(lab.id));
  cleanup.defer('remove control groups', () => removeGroups(lab));
  cleanup.defer('unfreeze the log', () => unfreezeLog(lab).catch(() => undefined));
  cleanup.defer('put settings back', () => restoreSettings(lab));
  const isDone = await cleanup.run();
  if (isDone) dropLab(lab);
  return isDone;
}

/** @returns {{ command: string, folder: string, lab: Lab } | null} null when the arguments make none */
function readArguments() {
  const { values, positionals } = parseArgs({
    allowPositionals: true,
    options: {
      version: { type: 'string', default: '2' },
      ipv6: { type: 'boolean', default: false },
      interval: { type: 'string', default: '1' },
      log: { type: 'string', default: 'file' },
      id: { type: 'string', default: randomBytes(4).toString('hex') },
    },
  });
  const [command, folder] = positionals;
  const version = values.version === '2' ? 2 : values.version === '3' ? 3 : null;
  const interval = Number(values.interval);
  const { log, ipv6 } = values;
  if (command !== 'up' && command !== 'down') return null;
  if (folder === undefined || positionals.length > 2 || version === null || !(interval > 0)) return null;
  if (version === 2 && (ipv6 || !Number.isInteger(interval))) return null;
  if (log !== 'file' && log !== 'pipe' && log !== 'socket' && log !== 'filesystem') return null;
  return { command, folder, lab: planLab(folder, values.id, { version, ipv6, interval }, log) };
}

/** @param {Lab} lab */
function tell({ sender, receiver, protocol }) {
  console.log(`sender    ${sender.namespace} ${sender.device} ${sender.address}`);
  console.log(`receiver  ${receiver.namespace} ${receiver.device} ${receiver.address}`);
  console.log(
    `router    VRID ${protocol.vrid}, VRRPv${protocol.version}, an advertisement every ${protocol.interval} s`,
  );
}

const abort = new AbortController();
for (const signal of /** @type {const} */ (['SIGINT', 'SIGTERM', 'SIGHUP']))
  process.once(signal, () => abort.abort(new Error(`${signal}: the lab was taken down`)));
try {
  const given = readArguments();
  if (given === null) {
    console.error(USAGE);
    process.exit(2);
  }
  const { command, folder, lab } = given;
  if (command === 'down') process.exit((await takeDown(folder)) ? 0 : 1);
  await bringUp(lab, abort.signal);
  tell(lab);
  process.exit(0);
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exit(1);
}

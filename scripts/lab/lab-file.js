// @ts-check
/** What a lab consists of: decided before any of it exists, so that all of it can be found again. */
import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';

/**
 * @typedef {{ version: 2 | 3, ipv6: boolean, interval: number, vrid: number }} Protocol interval in seconds
 * @typedef {'file' | 'pipe' | 'socket' | 'filesystem'} LogKind
 *
 * @typedef {object} Side one of the two routers
 * @property {string} namespace
 * @property {string} device
 * @property {string} address
 * @property {number} priority
 * @property {string} configuration
 * @property {string} pidFile of keepalived's first process
 * @property {string} vrrpPidFile of its VRRP process, which changes when that is started again
 *
 * @typedef {object} Lab
 * @property {string} id
 * @property {string} folder
 * @property {Protocol} protocol
 * @property {Side} sender
 * @property {Side} receiver
 * @property {{ kind: LogKind, to: string, text: string }} log where the sender logs to, and where that can be read
 * @property {string} backupLog
 * @property {string} work a folder for what does not stay
 * @property {string} hog a program that does nothing but use its CPU, under a name of its own
 * @property {number | null} logReader the process that takes what the sender logs, where there is one
 */

const VRID = 205;
/** The kernel takes interface names of 15 bytes. */
const ID = /^[a-z0-9]{1,8}$/;

/**
 * @param {string} given a folder
 * @param {string} id
 * @param {Omit<Protocol, 'vrid'>} protocol
 * @param {LogKind} kind
 * @returns {Lab}
 * @throws {Error} for an id that cannot be part of names
 */
export function planLab(given, id, protocol, kind) {
  if (!ID.test(id)) throw new Error(`${id} cannot be the id of a lab: write 1 to 8 small letters and digits`);
  const folder = resolve(given);
  const work = join(tmpdir(), `lab-${id}`);
  const addresses = protocol.ipv6 ? ['fe80::8', 'fe80::9'] : ['192.168.205.8', '192.168.205.9'];
  /** @type {(name: string, index: number, priority: number, configuration: string) => Side} */
  const planSide = (name, index, priority, configuration) => ({
    namespace: `lab-${id}-${name}`,
    device: `v${name.slice(0, 1)}-${id}`,
    address: addresses[index] ?? '',
    priority,
    configuration,
    pidFile: join(work, `${name}.pid`),
    vrrpPidFile: join(work, `${name}.vrrp.pid`),
  });
  const text = join(folder, 'keepalived.log');
  const inFileSystem = join(work, 'mount', 'keepalived.log');
  const logs = {
    file: { to: text, text },
    pipe: { to: join(work, 'keepalived.pipe'), text },
    socket: { to: join(work, 'dev', 'log'), text },
    filesystem: { to: inFileSystem, text: inFileSystem },
  };
  return {
    id,
    folder,
    protocol: { ...protocol, vrid: VRID },
    sender: planSide('sender', 0, 101, join(folder, 'keepalived.conf')),
    receiver: planSide('receiver', 1, 100, join(work, 'backup.conf')),
    log: { kind, ...logs[kind] },
    backupLog: join(folder, 'keepalived-backup.log'),
    work,
    hog: join(work, 'reindexer'),
    logReader: null,
  };
}

/** @param {string} folder */
const fileOf = (folder) => join(folder, 'lab.json');

/** @param {string} folder */
export const holdsLab = (folder) => existsSync(fileOf(folder));

/**
 * @param {string} folder
 * @returns {Lab}
 * @throws {Error} when there is none
 */
export function readLab(folder) {
  if (!holdsLab(folder)) throw new Error(`${folder} holds no lab; bring one up: scripts/lab/pair up ${folder}`);
  return JSON.parse(readFileSync(fileOf(folder), 'utf8'));
}

/** @param {Lab} lab */
export function writeLab(lab) {
  mkdirSync(lab.folder, { recursive: true });
  writeFileSync(fileOf(lab.folder), `${JSON.stringify(lab, null, 1)}\n`);
}

/** @param {Lab} lab */
export const dropLab = (lab) => rmSync(fileOf(lab.folder), { force: true });

/** @param {Lab} lab the pid of the VRRP process that sends */
export const readSenderPid = (lab) => Number(readFileSync(lab.sender.vrrpPidFile, 'utf8'));

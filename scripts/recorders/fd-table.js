// @ts-check
/** What the descriptors of every process are, as sysdig names them: from /proc at the start, then from the calls that make them. */
import { readdirSync, readlinkSync } from 'node:fs';
import { snapshotPeers } from './unix-peers.js';

/**
 * @typedef {{ name: string, closesOnExec: boolean }} Descriptor name: `<f>/var/log/x`, `<4r>0.0.0.0:112`, `<t>`
 * @typedef {Record<string, Record<string, string>>} Snapshot pid -> descriptor -> name
 */

/** O_CLOEXEC, and the fcntl commands that duplicate (asm-generic/fcntl.h, linux/fcntl.h). */
const CLOSE_ON_EXEC = 0o2000000;
export const DUPLICATING_COMMANDS = new Set([0, 1030]);

/**
 * @param {string} target what /proc/PID/fd/N points at
 * @param {Map<string, string>} peers inode of a unix socket -> where it leads
 * @returns {string}
 */
function describeLink(target, peers) {
  if (target.startsWith('/')) return `<f>${target}`;
  if (target.startsWith('pipe:')) return '<p>';
  if (target.startsWith('socket:')) return `<u>${peers.get(/\d+/.exec(target)?.[0] ?? '') ?? ''}`;
  if (target.includes('timerfd')) return '<t>';
  if (target.includes('eventpoll')) return '<l>';
  if (target.includes('signalfd')) return '<s>';
  if (target.includes('eventfd')) return '<e>';
  return '<o>';
}

/** @returns {Snapshot} of every process now; processes and descriptors that go away meanwhile are left out */
export function snapshotDescriptors() {
  const peers = snapshotPeers();
  /** @type {Snapshot} */
  const snapshot = {};
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    /** @type {Record<string, string>} */
    const names = {};
    try {
      for (const fd of readdirSync(`/proc/${pid}/fd`)) {
        names[fd] = describeLink(readlinkSync(`/proc/${pid}/fd/${fd}`), peers);
      }
    } catch {
      // The process, or one of its descriptors, is gone: what was read of it still holds.
    }
    snapshot[pid] = names;
  }
  return snapshot;
}

/**
 * Whether a name is what a snapshot calls so: /proc does not tell sockets apart.
 * @type {(name: string, inSnapshot: string) => boolean}
 */
const isSame = (name, inSnapshot) =>
  name === inSnapshot || (inSnapshot === '<u>' && (/^<[46n]/.test(name) || name.startsWith('<u>')));

/** The descriptors of all processes, followed through time. */
export class FdTable {
  /** @type {Map<number, Map<number, Descriptor>>} */
  #processes = new Map();

  /** @param {Snapshot} snapshot what there is now: others are gone; what was known better of these stays known */
  update(snapshot) {
    const before = this.#processes;
    this.#processes = new Map();
    for (const [pid, names] of Object.entries(snapshot)) {
      const known = before.get(Number(pid));
      const table = this.#tableOf(Number(pid));
      for (const [fd, name] of Object.entries(names)) {
        const descriptor = known?.get(Number(fd));
        const same = descriptor !== undefined && isSame(descriptor.name, name);
        table.set(Number(fd), same ? descriptor : { name, closesOnExec: false });
      }
    }
  }

  /**
   * @param {number} pid
   * @param {number} fd
   * @returns {string} its name, '' where it is not known
   */
  nameOf(pid, fd) {
    return this.#processes.get(pid)?.get(fd)?.name ?? '';
  }

  /**
   * @param {number} pid
   * @param {number} fd
   * @param {string} name
   * @param {number} [flags] of `open`
   */
  open(pid, fd, name, flags = 0) {
    this.#tableOf(pid).set(fd, { name, closesOnExec: (flags & CLOSE_ON_EXEC) !== 0 });
  }

  /** @type {(pid: number, from: number, to: number) => void} */
  duplicate(pid, from, to) {
    const name = this.nameOf(pid, from);
    if (name === '') this.close(pid, to);
    else this.open(pid, to, name);
  }

  /** @type {(pid: number, fd: number) => void} */
  close(pid, fd) {
    this.#processes.get(pid)?.delete(fd);
  }

  /** @type {(parent: number, child: number) => void} */
  fork(parent, child) {
    const table = this.#processes.get(parent);
    if (table && parent !== child) this.#processes.set(child, new Map(table));
  }

  /** @type {(pid: number) => void} */
  exit(pid) {
    this.#processes.delete(pid);
  }

  /** @param {number} pid its program was replaced */
  exec(pid) {
    const table = this.#tableOf(pid);
    for (const [fd, { closesOnExec }] of table) if (closesOnExec) table.delete(fd);
  }

  /** @param {number} pid */
  #tableOf(pid) {
    let table = this.#processes.get(pid);
    if (!table) {
      table = new Map();
      this.#processes.set(pid, table);
    }
    return table;
  }
}

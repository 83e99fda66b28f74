// @ts-check
/** Where unix sockets lead that were connected before a recording began: /proc tells only that they are sockets. */
import { spawnSync } from 'node:child_process';
import { readdirSync, readlinkSync } from 'node:fs';

/** Machines with more network namespaces than this have the rest left out: each is asked on its own. */
const MOST_NAMESPACES = 32;
const PATIENCE_MS = 2_000;

/** netid, state, two queues, then name and inode of the socket and of its peer. */
const LINE = /^u_\w+\s+\S+\s+\d+\s+\d+\s+(\S.*?)\s+(\d+)\s+\S.*?\s+(\d+)\s*$/;

/**
 * @param {string} text what `ss -xHna` prints, of all namespaces
 * @returns {Map<string, string>} inode of a socket -> path of the one it is connected to
 */
export function parsePeers(text) {
  /** @type {Map<string, string>} */
  const paths = new Map();
  /** @type {Map<string, string>} */
  const peers = new Map();
  for (const line of text.split('\n')) {
    const match = LINE.exec(line);
    if (!match) continue;
    const [, path = '', inode = '', peer = ''] = match;
    if (path.startsWith('/')) paths.set(inode, path);
    if (peer !== '0') peers.set(inode, peer);
  }
  /** @type {Map<string, string>} */
  const named = new Map();
  for (const [inode, peer] of peers) {
    const path = paths.get(peer);
    if (path !== undefined) named.set(inode, path);
  }
  return named;
}

/** @returns {string[]} a process in each network namespace */
function listNamespaces() {
  /** @type {Map<string, string>} */
  const pids = new Map();
  for (const pid of readdirSync('/proc').filter((name) => /^\d+$/.test(name))) {
    try {
      const namespace = readlinkSync(`/proc/${pid}/ns/net`);
      if (!pids.has(namespace)) pids.set(namespace, pid);
    } catch {
      // It has ended, or is another user's.
    }
  }
  return [...pids.values()].slice(0, MOST_NAMESPACES);
}

/** @returns {Map<string, string>} inode of a unix socket -> path of the one it is connected to; empty where there is no `ss` */
export function snapshotPeers() {
  const texts = listNamespaces().map((pid) => {
    const { stdout } = spawnSync('nsenter', [`--net=/proc/${pid}/ns/net`, 'ss', '-xHna'], {
      encoding: 'utf8',
      stdio: ['ignore', 'pipe', 'ignore'],
      timeout: PATIENCE_MS,
    });
    return stdout ?? '';
  });
  return parsePeers(texts.join('\n'));
}

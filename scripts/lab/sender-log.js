// @ts-check
/** Where the sender logs, and how that place stops taking more. */
import { closeSync, constants, copyFileSync, existsSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { hasEnded, readText, runCommand, startProcess } from './processes.js';

/** @typedef {import('./lab-file.js').Lab} Lab */

const SOCKET_PROGRAM = fileURLToPath(new URL('log-socket.pl', import.meta.url));

/**
 * @param {Lab} lab
 * @returns {Promise<number | null>} the process that takes what is logged, where there is one
 */
export async function prepareLog({ id, log, work }) {
  if (log.kind === 'pipe') {
    await runCommand('mkfifo', log.to);
    return startProcess('cat', [log.to], { stdout: openSync(log.text, 'w'), lab: id }).pid;
  }
  if (log.kind === 'socket') {
    mkdirSync(dirname(log.to));
    const stderr = openSync(join(work, 'log-daemon.messages'), 'w');
    const daemon = startProcess('perl', [SOCKET_PROGRAM, 'take', log.to, log.text], { stderr, lab: id });
    for (let tries = 0; !existsSync(log.to); tries += 1) {
      if (hasEnded(daemon) || tries === 100) throw new Error('the log socket cannot be made');
      await sleep(50);
    }
    return daemon.pid;
  }
  if (log.kind === 'filesystem') {
    const mount = dirname(log.to);
    const image = join(dirname(mount), 'image');
    mkdirSync(mount);
    await runCommand('truncate', '--size', '32M', image);
    await runCommand('mkfs.ext4', '-q', '-F', image);
    await runCommand('mount', '-o', 'loop', image, mount);
  }
  return null;
}

/** @param {Lab} lab */
export async function removeLog({ folder, log }) {
  if (log.kind !== 'filesystem') return;
  const mount = dirname(log.to);
  if (existsSync(log.to)) copyFileSync(log.to, join(folder, 'keepalived.log'));
  if (isMounted(mount)) await runCommand('umount', '--lazy', mount);
}

/** @param {string} mount */
const isMounted = (mount) =>
  readText('/proc/self/mounts')
    .split('\n')
    .some((line) => line.split(' ')[1] === mount);

/** Lets a frozen log go on. @param {Lab} lab */
export async function unfreezeLog({ log }) {
  const mount = dirname(log.to);
  if (log.kind === 'filesystem' && isMounted(mount)) await runCommand('fsfreeze', '--unfreeze', mount);
}

/** Until its reader reads on, the log takes no more. @param {Lab} lab */
export async function fillLog({ log }) {
  if (log.kind === 'pipe') fillPipe(log.to);
  else await runCommand('perl', SOCKET_PROGRAM, 'fill', log.to);
}

/** @param {string} path */
function fillPipe(path) {
  const pipe = openSync(path, constants.O_WRONLY | constants.O_NONBLOCK);
  try {
    for (const size of [4096, 1]) {
      const blank = Buffer.alloc(size, '\n');
      for (let full = false; !full;) {
        try {
          full = writeSync(pipe, blank) < size;
        } catch {
          full = true;
        }
      }
    }
  } finally {
    closeSync(pipe);
  }
}

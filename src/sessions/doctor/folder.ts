import { posix } from 'node:path';
import type { Check } from './check.js';
import { missing, note, ok } from './check.js';
import type { ExaminedMachine } from './examined-machine.js';

const WARN_BYTES = 2 * 1024 ** 3;
const MIB = 1024 ** 2;

interface Mount {
  readonly point: string;
  readonly kind: string;
}

/** Octal escapes of mountinfo: blanks and backslashes. */
const unescape = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, code: string) => String.fromCharCode(Number.parseInt(code, 8)));

/** The mount a path is on: the longest that contains it, and of several on top of each other the last. */
export const findMount = (mountinfo: string, path: string): Mount | null => {
  let found: Mount | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const point = unescape(before.split(' ')[4] ?? '');
    if (point === '' || !(path === point || path.startsWith(point.endsWith('/') ? point : `${point}/`))) continue;
    if (found === null || point.length >= found.point.length) found = { point, kind: after.split(' ')[0] ?? '' };
  }
  return found;
};

const describeSize = (bytes: number): string =>
  bytes >= 1024 ** 3 ? `${(bytes / 1024 ** 3).toFixed(1)} GiB` : `${Math.floor(bytes / MIB)} MiB`;

/**
 * Whether there is room to record in a folder, and whether recording there disturbs what is recorded.
 *
 * @param logFolder where keepalived's log is written; null where it is not known or no file
 */
export const checkFolder = async (machine: ExaminedMachine, path: string, logFolder: string | null): Promise<Check> => {
  const facts = await machine.folder(path);
  if (facts === null) return missing('folder', `${path} does not exist`, `mkdir -p ${path}`);
  if (!facts.writable) return missing('folder', `${facts.path} may not be written to`, 'choose another with --folder');
  const reading = await machine.read('/proc/self/mountinfo');
  const mountinfo = reading.ok ? reading.text : '';
  const mount = findMount(mountinfo, facts.path);
  const size = `${facts.path} has ${describeSize(facts.freeBytes)} free`;
  if (facts.freeBytes < WARN_BYTES)
    return note('folder', `${size}: a busy machine fills that soon`, 'choose another with --folder');
  if (mount?.kind === 'tmpfs' || mount?.kind === 'ramfs') {
    return note(
      'folder',
      `${size}, in memory (${mount.kind}): what is recorded takes memory, and is gone after a reboot`,
    );
  }
  const log = logFolder === null ? null : findMount(mountinfo, posix.resolve('/', logFolder));
  if (mount && log && mount.point === log.point) {
    return note(
      'folder',
      `${size}, on ${mount.point} (${mount.kind}) like keepalived's log: recording there may hold up the sender`,
      'choose one on another file system with --folder',
    );
  }
  return ok('folder', `${size}${mount ? `, on ${mount.point} (${mount.kind})` : ''}`);
};

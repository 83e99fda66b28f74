import type { ControlGroups } from '../find-sender.js';

/** Groups above the sender's own that are looked at, at most. */
const MOST = 12;

interface Mount {
  readonly root: string;
  readonly point: string;
}

/**
 * Folders of the control groups whose CPU quotas a process is under: its own first, then those above it up to the mount.
 *
 * @param groups where the process is
 * @param mountinfo `/proc/self/mountinfo` (proc(5))
 * @returns version 1 where its cpu controller is mounted, else version 2; empty where neither can be seen from here
 */
export const cpuGroupFolders = (groups: ControlGroups, mountinfo: string): string[] => {
  const v1 = groups.v1['cpu'];
  const mounts = parseMounts(mountinfo);
  const mount = v1 === undefined ? mounts.v2 : mounts.v1;
  const path = v1 ?? groups.v2;
  if (mount === null || path === null || path.split('/').includes('..')) return [];
  const inside = mount.root === '/' ? path : withoutPrefix(path, mount.root);
  const parts = inside.split('/').filter(Boolean);
  return Array.from({ length: Math.min(parts.length + 1, MOST) }, (_, i) =>
    [mount.point, ...parts.slice(0, parts.length - i)].join('/'),
  );
};

/** In a container's mount namespace the hierarchy may begin at the container's own group. */
const withoutPrefix = (path: string, root: string): string =>
  path === root || path.startsWith(`${root}/`) ? path.slice(root.length) : path;

const parseMounts = (mountinfo: string): { v1: Mount | null; v2: Mount | null } => {
  let v1: Mount | null = null;
  let v2: Mount | null = null;
  for (const line of mountinfo.split('\n')) {
    const [left = '', right = ''] = line.split(' - ');
    const [, , , root = '', point = ''] = left.split(' ').map(unescapeOctal);
    const [type, , options = ''] = right.split(' ');
    if (root === '' || point === '') continue;
    if (type === 'cgroup' && options.split(',').includes('cpu')) v1 ??= { root, point };
    if (type === 'cgroup2') v2 ??= { root, point };
  }
  return { v1, v2 };
};

const unescapeOctal = (text: string): string =>
  text.replace(/\\([0-7]{3})/g, (_, digits: string) => String.fromCharCode(Number.parseInt(digits, 8)));

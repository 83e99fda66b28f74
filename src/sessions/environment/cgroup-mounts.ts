/** Where a hierarchy of control groups is mounted. */
export interface CgroupMount {
  /** Folder of the mount. */
  readonly folder: string;
  /** The group the mount shows as its root: not `/` in a container. */
  readonly root: string;
}

export interface CgroupMounts {
  /** By controller: `cpu`, `memory`, ... */
  readonly v1: ReadonlyMap<string, CgroupMount>;
  readonly v2: CgroupMount | null;
}

/** Source: /proc/self/mountinfo (proc_pid_mountinfo(5)). */
export const parseCgroupMounts = (mountinfo: string): CgroupMounts => {
  const v1 = new Map<string, CgroupMount>();
  let v2: CgroupMount | null = null;
  for (const line of mountinfo.split('\n')) {
    const [before = '', after = ''] = line.split(' - ');
    const [, , , root, folder] = before.split(' ');
    const [kind, , options = ''] = after.split(' ');
    if (root === undefined || folder === undefined) continue;
    if (kind === 'cgroup2') v2 ??= { folder, root };
    if (kind === 'cgroup') for (const option of options.split(',')) v1.set(option, { folder, root });
  }
  return { v1, v2 };
};

/**
 * Folders of a group and of the groups above it, itself first: a limit holds for all below.
 *
 * @param path the group's, as /proc/PID/cgroup has it
 */
export const foldersOf = (mount: CgroupMount, path: string): string[] => {
  const below = mount.root === '/' ? path : path.startsWith(mount.root) ? path.slice(mount.root.length) : '/';
  const parts = below.split('/').filter((part) => part !== '' && part !== '..');
  return Array.from({ length: parts.length + 1 }, (_, up) =>
    [mount.folder, ...parts.slice(0, parts.length - up)].join('/'),
  );
};

import { readdirSync, readFileSync, readlinkSync, statSync } from 'node:fs';

/** What a sender must be; everything where nothing is said. */
export interface SenderFilter {
  /** Name of a network namespace, as `ip netns` lists it. */
  readonly netns?: string | undefined;
  /** Name of the process as the kernel has it (15 bytes at most), whole. */
  readonly process?: string | undefined;
}

/** Where to look; for tests. */
export interface SenderPlaces {
  /** Where procfs is mounted. */
  readonly proc?: string | undefined;
  /** The folder in which `ip netns` keeps its names. */
  readonly netns?: string | undefined;
}

/** A control group's path in each hierarchy, as `/proc/PID/cgroup` has it. */
export interface ControlGroups {
  /** Version 1: by controller (`cpu`, `cpuacct`, `name=systemd`, ...). */
  readonly v1: Readonly<Record<string, string>>;
  /** Version 2; null where there is none. */
  readonly v2: string | null;
}

/** A process that owns raw sockets of IP protocol 112. */
export interface Sender {
  readonly pid: number;
  readonly comm: string;
  /** When it began, in clock ticks (10 ms) after boot: with the pid, no other process is the same. */
  readonly startTicks: number;
  /** Inode of its network namespace. */
  readonly netns: number;
  /** How many such sockets it owns. */
  readonly sockets: number;
  readonly cgroups: ControlGroups;
}

/** What a search found, and what it could not look at. */
export interface SenderSearch {
  /** By pid. */
  readonly senders: readonly Sender[];
  /** Processes whose namespace or descriptors could not be read: another user's, without root. */
  readonly unreadable: number;
  /** Sockets of protocol 112 whose owner was not found among the processes that could be read and fit the filter. */
  readonly unowned: number;
}

/** Names of VRRP daemons: their descriptors are looked at first. */
const LIKELY = /vrrp|keepalived/i;

/**
 * Find the processes of this machine that send VRRP, by what they have: raw sockets of IP protocol 112. Of several
 * processes that share a socket the oldest is taken: whoever forks a script has it, the script for a moment as well.
 * Takes some 20 us a process, and only descriptors of processes in a namespace with such sockets are looked at.
 *
 * @returns none where nothing fits, where a namespace of that name does not exist, or where nothing may be read
 */
export const findSenders = (filter: SenderFilter = {}, places: SenderPlaces = {}): SenderSearch => {
  const proc = places.proc ?? '/proc';
  const wanted = filter.netns === undefined ? null : findNamespace(filter.netns, places);
  if (filter.netns !== undefined && wanted === null) return { senders: [], unreadable: 0, unowned: 0 };
  const { byNamespace, unreadable } = listNamespaces(proc);
  const search = new Search(proc, unreadable);
  for (const [netns, pids] of byNamespace) {
    if (wanted === null || netns === wanted) search.look(netns, pids, filter.process);
  }
  return search.end();
};

/** Inode of the network namespace that `ip netns` knows by this name; null where there is none. */
export const findNamespace = (name: string, places: SenderPlaces = {}): number | null => {
  if (!/^[^/]+$/.test(name) || name === '.' || name === '..') return null;
  return statSync(`${places.netns ?? '/run/netns'}/${name}`, { throwIfNoEntry: false })?.ino ?? null;
};

/**
 * Inodes of the sockets of IP protocol 112 that `/proc/PID/net/raw` or `raw6` lists: the protocol stands, in
 * hexadecimal, where other tables have the local port.
 */
export const parseRawSockets = (text: string): string[] =>
  text.split('\n').flatMap((line) => {
    const fields = line.trim().split(/\s+/);
    const inode = fields[9] ?? '';
    return /^[0-9A-F]+:0070$/i.test(fields[1] ?? '') && /^[1-9]\d*$/.test(inode) ? [inode] : [];
  });

/** What `/proc/PID/cgroup` says (cgroups(7)). */
export const parseControlGroups = (text: string): ControlGroups => {
  const v1: Record<string, string> = {};
  let v2: string | null = null;
  for (const line of text.split('\n')) {
    const [, number, controllers = '', path = ''] = /^(\d+):([^:]*):(\/.*)$/.exec(line) ?? [];
    if (number === undefined) continue;
    if (controllers === '') v2 = path;
    else for (const controller of controllers.split(',')) v1[controller] = path;
  }
  return { v1, v2 };
};

/** When a process began, in clock ticks after boot, from its `/proc/PID/stat`; null for another text. */
export const parseStartTicks = (stat: string): number | null => {
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  const ticks = fields[19] ?? '';
  return stat.includes(')') && /^\d+$/.test(ticks) ? Number(ticks) : null;
};

interface Candidate {
  readonly pid: number;
  readonly comm: string;
}

class Search {
  readonly #proc: string;
  readonly #senders: Sender[] = [];
  #unreadable: number;
  #unowned = 0;

  constructor(proc: string, unreadable: number) {
    this.#proc = proc;
    this.#unreadable = unreadable;
  }

  /** Look for owners of such sockets in a namespace, among the processes in it. */
  look(netns: number, pids: readonly number[], name: string | undefined): void {
    const inodes = this.#socketsSeenBy(pids);
    if (inodes.size === 0) return;
    const candidates = pids
      .map((pid): Candidate => ({ pid, comm: readText(`${this.#proc}/${pid}/comm`)?.trimEnd() ?? '' }))
      .filter(({ comm }) => comm !== '' && (name === undefined || comm === name));
    const likely = candidates.filter(({ comm }) => LIKELY.test(comm));
    const others = candidates.filter(({ comm }) => !LIKELY.test(comm));
    const owners = new Map<string, Sender>();
    for (const candidate of likely) this.#lookAt(candidate, netns, inodes, owners);
    for (const candidate of others) {
      if (owners.size === inodes.size) break;
      this.#lookAt(candidate, netns, inodes, owners);
    }
    const counts = new Map<Sender, number>();
    for (const owner of owners.values()) counts.set(owner, (counts.get(owner) ?? 0) + 1);
    for (const [owner, sockets] of counts) this.#senders.push({ ...owner, sockets });
    this.#unowned += inodes.size - owners.size;
  }

  end(): SenderSearch {
    const senders = this.#senders.sort((a, b) => a.pid - b.pid);
    return { senders, unreadable: this.#unreadable, unowned: this.#unowned };
  }

  /** A namespace's table is the same whichever of its processes is asked; one may end meanwhile. */
  #socketsSeenBy(pids: readonly number[]): Set<string> {
    for (const pid of pids) {
      const tables = [`${this.#proc}/${pid}/net/raw`, `${this.#proc}/${pid}/net/raw6`].map(readText);
      if (tables.some((table) => table !== null))
        return new Set(tables.flatMap((table) => parseRawSockets(table ?? '')));
    }
    return new Set();
  }

  #lookAt(candidate: Candidate, netns: number, inodes: ReadonlySet<string>, owners: Map<string, Sender>): void {
    const held = this.#socketsOf(candidate.pid).filter((inode) => inodes.has(inode));
    if (held.length === 0) return;
    const startTicks = parseStartTicks(readText(`${this.#proc}/${candidate.pid}/stat`) ?? '');
    if (startTicks === null) return;
    const cgroups = parseControlGroups(readText(`${this.#proc}/${candidate.pid}/cgroup`) ?? '');
    const sender: Sender = { ...candidate, startTicks, netns, sockets: 0, cgroups };
    for (const inode of held) {
      const other = owners.get(inode);
      if (!other || isOlder(sender, other)) owners.set(inode, sender);
    }
  }

  #socketsOf(pid: number): string[] {
    const folder = `${this.#proc}/${pid}/fd`;
    const names = attempt(() => readdirSync(folder));
    if (names === null) {
      if (attempt(() => statSync(folder)) !== null) this.#unreadable++;
      return [];
    }
    return names.flatMap((name) => {
      const target = attempt(() => readlinkSync(`${folder}/${name}`)) ?? '';
      return /^socket:\[(\d+)\]$/.exec(target)?.slice(1) ?? [];
    });
  }
}

const isOlder = (a: Sender, b: Sender): boolean =>
  a.startTicks < b.startTicks || (a.startTicks === b.startTicks && a.pid < b.pid);

/** The processes of each network namespace. */
const listNamespaces = (proc: string): { byNamespace: Map<number, number[]>; unreadable: number } => {
  const byNamespace = new Map<number, number[]>();
  let unreadable = 0;
  for (const name of attempt(() => readdirSync(proc)) ?? []) {
    if (!/^\d+$/.test(name)) continue;
    const inode = namespaceOf(`${proc}/${name}/ns/net`);
    if (inode === 'denied') unreadable++;
    if (typeof inode !== 'number') continue;
    const pids = byNamespace.get(inode);
    if (pids) pids.push(Number(name));
    else byNamespace.set(inode, [Number(name)]);
  }
  return { byNamespace, unreadable };
};

const namespaceOf = (path: string): number | 'denied' | 'gone' => {
  try {
    const [, inode] = /^net:\[(\d+)\]$/.exec(readlinkSync(path)) ?? [];
    return inode === undefined ? 'gone' : Number(inode);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    return code === 'EACCES' || code === 'EPERM' ? 'denied' : 'gone';
  }
};

const readText = (path: string): string | null => attempt(() => readFileSync(path, 'utf8'));

/** Processes end while they are looked at, and others' may not be looked at. */
const attempt = <T>(action: () => T): T | null => {
  try {
    return action();
  } catch {
    return null;
  }
};

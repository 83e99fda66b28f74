import type { LogDaemon, LogEvent } from '../../model/keepalived-log.js';

/** Lines of so many processes are told apart. */
const MOST_GROUPS = 512;
/** Events of a whole log, then the older half is forgotten. */
const MOST_EVENTS = 50_000;
/** Alike lines within this time (ns) are one event. */
const ALIKE = 1_000_000_000;
/** Addresses that are kept of each kind. */
const MOST_ADDRESSES = 1024;
/** Lines about packets that were taken for another router's advertisements. */
const HEARD: ReadonlySet<LogEvent['kind']> = new Set(['lower', 'higher', 'discarded']);

interface Group {
  readonly host: string | null;
  isParent: boolean;
  isVrrp: boolean;
  /** Whether parent and child were told to belong together. */
  linked: boolean;
  events: LogEvent[];
  readonly own: Set<string>;
  readonly peers: Set<string>;
  hasCheckers: boolean;
}

/** Sorts what is read by who wrote it: several keepaliveds may write into one log, each through several processes. */
export class Daemons {
  readonly #groups = new Map<string, Group>();
  /** Events that any keepalived of a host may be concerned by. */
  readonly #shared = new Map<string | null, LogEvent[]>();
  #events = 0;
  #forgotten = 0;
  #refused = 0;

  /** Events that were dropped, and lines of processes that were left out. */
  get losses(): { readonly forgotten: number; readonly refused: number } {
    return { forgotten: this.#forgotten, refused: this.#refused };
  }

  /** The group of a process; null where there are too many. */
  groupOf(host: string | null, pid: number | null, process: LogEvent['process']): Group | null {
    const key = keyOf(host, pid);
    let group = this.#groups.get(key);
    if (!group) {
      if (this.#groups.size >= MOST_GROUPS) {
        this.#refused++;
        return null;
      }
      group = {
        host,
        isParent: false,
        isVrrp: false,
        linked: pid === null,
        events: [],
        own: new Set(),
        peers: new Set(),
        hasCheckers: false,
      };
      this.#groups.set(key, group);
    }
    if (process === 'vrrp') group.isVrrp = true;
    else if (pid !== null) group.isParent = true;
    return group;
  }

  /** A parent said that it started a process: what that one logs is its. */
  link(parent: Group, pid: number): void {
    parent.linked = true;
    const key = keyOf(parent.host, pid);
    if (this.#groups.has(key) || this.#groups.size < MOST_GROUPS) this.#groups.set(key, parent);
  }

  /** Whether a pid is one of this keepalived's processes. */
  isOf(group: Group, pid: number): boolean {
    return this.#groups.get(keyOf(group.host, pid)) === group;
  }

  add(group: Group, event: LogEvent): void {
    const last = group.events.at(-1);
    if (event.address !== null && HEARD.has(event.kind) && group.peers.size < MOST_ADDRESSES)
      group.peers.add(event.address);
    if (last && event.kind !== 'state' && event.kind !== 'timer' && isAlike(last, event)) {
      group.events[group.events.length - 1] = { ...last, times: last.times + event.times };
      return;
    }
    group.events.push(event);
    if (++this.#events > MOST_EVENTS) this.#forget();
  }

  addOwn(group: Group, address: string): void {
    if (group.own.size < MOST_ADDRESSES) group.own.add(address);
  }

  addShared(host: string | null, event: LogEvent): void {
    const list = this.#shared.get(host);
    if (list) list.push(event);
    else if (this.#shared.size < MOST_GROUPS) this.#shared.set(host, [event]);
    if (++this.#events > MOST_EVENTS) this.#forget();
  }

  /** One for each keepalived, restarts joined. */
  finish(): LogDaemon[] {
    const groups = [...new Set(this.#groups.values())];
    for (const group of groups) group.events.sort(byTime);
    const byHost = new Map<string | null, Group[]>();
    for (const group of groups) {
      if (group.events.length === 0 && group.own.size === 0) continue;
      const list = byHost.get(group.host);
      if (list) list.push(group);
      else byHost.set(group.host, [group]);
    }
    return [...byHost].flatMap(([host, list]) =>
      joinRestarts(adoptOrphans(list)).map((group): LogDaemon => ({
        host,
        events: [...group.events, ...(this.#shared.get(host) ?? [])].sort(byTime),
        own: group.own,
        peers: group.peers,
        hasCheckers: group.hasCheckers,
      })),
    );
  }

  /** Everything older than the middle of what is kept goes, whoever wrote it. */
  #forget(): void {
    const lists = [...new Set(this.#groups.values())].map((group) => group.events).concat([...this.#shared.values()]);
    this.#events = 0;
    for (const list of lists) {
      const gone = list.splice(0, list.length >> 1).length;
      this.#forgotten += gone;
      this.#events += list.length;
    }
  }
}

const keyOf = (host: string | null, pid: number | null): string => `${host ?? ''} ${String(pid ?? '')}`;

const byTime = (a: LogEvent, b: LogEvent): number => a.time - b.time || a.line - b.line;

const isAlike = (a: LogEvent, b: LogEvent): boolean =>
  a.kind === b.kind && a.text === b.text && b.time - a.time < ALIKE && b.time >= a.time;

/** A log that begins in the middle does not say whose child a process is; with one parent alone there is no question. */
const adoptOrphans = (groups: Group[]): Group[] => {
  const parents = groups.filter(({ isParent, linked }) => isParent && !linked);
  const [parent] = parents;
  if (!parent || parents.length > 1) return groups;
  const children = groups.filter(({ isVrrp, linked }) => isVrrp && !linked);
  const [child] = children;
  if (!child || children.length > 1 || child === parent) return groups;
  return [...groups.filter((group) => group !== parent && group !== child), merge(child, parent)];
};

const merge = (a: Group, b: Group): Group => ({
  ...a,
  linked: true,
  events: [...a.events, ...b.events].sort(byTime),
  own: new Set([...a.own, ...b.own]),
  peers: new Set([...a.peers, ...b.peers]),
  hasCheckers: a.hasCheckers || b.hasCheckers,
});

/** Those of which one had said its last word before the other's first are one keepalived that was started again. */
const joinRestarts = (groups: Group[]): Group[] => {
  const order = groups
    .filter(({ events }) => events.length > 0)
    .sort((a, b) => (a.events[0]?.time ?? 0) - (b.events[0]?.time ?? 0));
  const joined: Group[][] = [];
  const endOf = (chain: readonly Group[]): number => chain.at(-1)?.events.at(-1)?.time ?? 0;
  for (const group of order) {
    const first = group.events[0]?.time ?? 0;
    const chain = joined.find((chain) => endOf(chain) <= first);
    if (chain) chain.push(group);
    else joined.push([group]);
  }
  return joined.map((chain) => {
    const [first, ...rest] = chain;
    if (!first || rest.length === 0) return first ?? emptyGroup;
    return {
      ...first,
      events: chain.flatMap(({ events }) => events),
      own: new Set(chain.flatMap(({ own }) => [...own])),
      peers: new Set(chain.flatMap(({ peers }) => [...peers])),
      hasCheckers: chain.some(({ hasCheckers }) => hasCheckers),
    };
  });
};

const emptyGroup: Group = {
  host: null,
  isParent: false,
  isVrrp: false,
  linked: false,
  events: [],
  own: new Set(),
  peers: new Set(),
  hasCheckers: false,
};

import { readlinkSync } from 'node:fs';
import { Changes, type Counts } from './changes.js';
import { parseInterfaces } from './interfaces.js';
import { KeptFile } from './kept-file.js';
import { QdiscReader } from './qdisc-reader.js';
import { parseQdiscs } from './qdiscs.js';

/** An interface's queues are asked for this often (ms). */
const QUEUES_MS = 1_000;
/** Without a sender its namespace is kept for this long (ms), and with it interfaces that are to vanish. */
const KEEP_MS = 10_000;

interface Namespace {
  /** Inode; null for the process's own, where it is not known. */
  readonly inode: number | null;
  readonly counters: KeptFile;
  readonly queues: QdiscReader;
}

/** Whose network namespace is looked into. */
interface Inhabitant {
  readonly pid: number;
  readonly netns: number;
}

/** Counters and queues of interfaces in the sender's network namespace, as far as they changed. */
export class InterfaceWatch {
  readonly #wanted: ReadonlySet<string>;
  /** Whether the process's own namespace is looked into while there is no sender. */
  readonly #orOwn: boolean;
  readonly #counterChanges = new Changes();
  readonly #queueChanges = new Changes();
  #namespace: Namespace | null = null;
  #lastSeen = Number.NEGATIVE_INFINITY;
  #lastAsked = Number.NEGATIVE_INFINITY;

  constructor(wanted: readonly string[], orOwn: boolean) {
    this.#wanted = new Set(wanted);
    this.#orOwn = orOwn;
  }

  /**
   * What changed since the sample before. `qdisc` is the answer to a question put after an earlier sample, up to one
   * sample's time ago.
   *
   * @param nowMs of a monotonic clock
   */
  sample(sender: Inhabitant | null, nowMs: number): { interfaces?: Counts; qdisc?: Counts } {
    if (this.#wanted.size === 0) return {};
    this.#follow(sender, nowMs);
    const namespace = this.#namespace;
    if (namespace === null) return {};
    const interfaces = this.#counterChanges.since(parseInterfaces(namespace.counters.read() ?? '', this.#wanted));
    const answer = namespace.queues.take();
    const qdisc = answer === null ? null : this.#queueChanges.since(parseQdiscs(answer, this.#wanted));
    if (nowMs - this.#lastAsked >= QUEUES_MS) {
      this.#lastAsked = nowMs;
      namespace.queues.ask();
    }
    return {
      ...(interfaces === null ? {} : { interfaces }),
      ...(qdisc === null ? {} : { qdisc }),
    };
  }

  close(): void {
    this.#namespace?.counters.close();
    this.#namespace?.queues.close();
    this.#namespace = null;
  }

  #follow(sender: Inhabitant | null, nowMs: number): void {
    if (sender !== null) {
      this.#lastSeen = nowMs;
      if (this.#namespace?.inode !== sender.netns) this.#open(sender);
    } else if (this.#namespace === null) {
      if (this.#orOwn) this.#open(null);
    } else if (this.#namespace.inode !== ownNamespace() && nowMs - this.#lastSeen > KEEP_MS) this.close();
  }

  #open(inhabitant: Inhabitant | null): void {
    this.close();
    const own = ownNamespace();
    const inode = inhabitant?.netns ?? own;
    const place = inhabitant === null || inode === own ? null : `/proc/${inhabitant.pid}`;
    this.#namespace = {
      inode,
      counters: new KeptFile(`${place ?? '/proc/self'}/net/dev`),
      queues: new QdiscReader(place === null ? null : `${place}/ns/net`),
    };
  }
}

const ownNamespace = (): number | null => {
  try {
    const [, inode] = /^net:\[(\d+)\]$/.exec(readlinkSync('/proc/self/ns/net')) ?? [];
    return inode === undefined ? null : Number(inode);
  } catch {
    return null;
  }
};

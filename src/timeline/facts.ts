import type { InfoSpan } from '../model/event-batch.js';
import { withoutPayload } from './info.js';
import type { Witness } from './segments.js';

/** A rare event that can explain why a sender did not run: who did what to whom. Times in ns on the trace's clock. */
export type Fact =
  | {
      readonly kind: 'kill';
      readonly time: number;
      readonly actor: Actor;
      readonly target: number;
      readonly signal: string;
      readonly call: string;
      readonly witness: Witness;
    }
  | {
      readonly kind: 'signal';
      readonly time: number;
      readonly actor: Actor;
      readonly signal: string;
      /** Who sent it; null: the kernel, or nobody tells. */
      readonly by: Actor | null;
      readonly witness: Witness;
    }
  | {
      readonly kind: 'ptrace';
      readonly time: number;
      readonly actor: Actor;
      readonly target: number;
      readonly request: string;
      readonly witness: Witness;
    }
  | {
      readonly kind: 'freeze' | 'thaw' | 'quota' | 'no-quota' | 'join';
      readonly time: number;
      readonly actor: Actor;
      readonly group: string;
      readonly member: number | null;
      readonly witness: Witness;
    }
  | {
      readonly kind: 'exit';
      readonly time: number;
      readonly actor: Actor;
      readonly signal: string | null;
      readonly witness: Witness;
    }
  | { readonly kind: 'clock-set'; readonly time: number; readonly actor: Actor; readonly witness: Witness };

/** A thread and its name at the time. */
export interface Actor {
  readonly tid: number;
  readonly comm: string;
}

/** More facts than this are not kept; the oldest go first. */
const MAX_FACTS = 50_000;
/** Between the enter and the exit of a call that was refused there are no more facts than these. */
const MOST_BETWEEN = 512;

/** The rare events of a trace, in time order. */
export class FactTable {
  #facts: Fact[] = [];
  /** Facts forgotten because there were too many. */
  forgotten = 0;

  add(fact: Fact): void {
    if (this.#facts.length >= MAX_FACTS) {
      this.forgotten += MAX_FACTS / 2;
      this.#facts = this.#facts.slice(MAX_FACTS / 2);
    }
    this.#facts.push(fact);
  }

  /** A thread's last call of this kind was refused: it did nothing. */
  takeBack(kind: 'kill' | 'ptrace', tid: number): void {
    const oldest = Math.max(0, this.#facts.length - MOST_BETWEEN);
    for (let index = this.#facts.length - 1; index >= oldest; index--) {
      const fact = this.#facts[index];
      if (fact?.actor.tid !== tid) continue;
      if (fact.kind === kind) this.#facts.splice(index, 1);
      return;
    }
  }

  /** The facts with from <= time <= to. */
  between(from: number, to: number): Fact[] {
    return this.#facts.filter((fact) => fact.time >= from && fact.time <= to);
  }

  get all(): readonly Fact[] {
    return this.#facts;
  }
}

const CONTROL_FILE =
  /\/(freezer\.state|cgroup\.freeze|cpu\.max|cpu\.cfs_quota_us|cpu\.cfs_period_us|cgroup\.procs|cgroup\.threads|tasks)(?=[)\s]|$)/;

const WORD_ENDS = /[\s()]/;

const SLASH = 0x2f;
/** How the names of control files begin. */
const CONTROL_NAMES = ['cgroup.', 'cpu.', 'freezer.', 'tasks'].map((name) => Buffer.from(name));

/** Whether bytes may name a control file, so that it is worth asking {@link controlFile}; makes no string. */
export const mayNameControlFile = ({ bytes, from, to }: InfoSpan): boolean => {
  for (let at = from; at < to; at++) {
    if (bytes[at] === SLASH && CONTROL_NAMES.some((name) => name.every((byte, i) => bytes[at + 1 + i] === byte))) {
      return true;
    }
  }
  return false;
};

/** The control group directory and file a write aims at, or null. */
export const controlFile = (info: string): { group: string; file: string } | null => {
  const text = withoutPayload(info);
  const match = CONTROL_FILE.exec(text);
  if (!match) return null;
  // Not in the expression, which would look for a group at every slash anew.
  let from = match.index;
  while (from > 0 && !WORD_ENDS.test(text.charAt(from - 1))) from--;
  const at = text.indexOf('/', from);
  return at < match.index ? { group: text.slice(at, match.index), file: match[1] ?? '' } : null;
};

/**
 * What a write to a control file does, from the text written (`data=`): freezer (cgroup v1 FROZEN/THAWED, v2 1/0), CPU
 * quota, membership. The text itself is not kept.
 */
export const readControlWrite = (
  file: string,
  exitInfo: string,
): { kind: 'freeze' | 'thaw' | 'quota' | 'no-quota' | 'join'; member: number | null } | null => {
  const data = /(?:^|\s)data=(\S*)/.exec(exitInfo)?.[1] ?? '';
  switch (file) {
    case 'freezer.state':
      if (data.startsWith('FROZEN')) return { kind: 'freeze', member: null };
      return data.startsWith('THAWED') ? { kind: 'thaw', member: null } : null;
    case 'cgroup.freeze':
      if (data.startsWith('1')) return { kind: 'freeze', member: null };
      return data.startsWith('0') ? { kind: 'thaw', member: null } : null;
    case 'cgroup.procs':
    case 'cgroup.threads':
    case 'tasks': {
      const member = /^\d+/.exec(data)?.[0];
      return { kind: 'join', member: member === undefined ? null : Number(member) };
    }
    case 'cpu.cfs_period_us':
      return null;
    default:
      return { kind: /^(?:max|-1)/.test(data) ? 'no-quota' : 'quota', member: null };
  }
};

import type { LaneRecord } from '../timeline/segments.js';

/** A stretch of the sender's CPU while it was away: others ran, it was idle, or nobody knows. ns. */
export interface Stretch {
  readonly from: number;
  to: number;
  readonly kind: 'busy' | 'idle' | 'unknown';
  /** Time by process, with the thread of it that ran longest. */
  readonly held: Map<string, { ns: number; tid: number; most: number }>;
  longestIdle: number;
  /** Longest time that one thread had the CPU without a switch. */
  longestQuiet: number;
}

/** Shorter stretches (ns, and as a share of the whole) are absorbed by their neighbours. */
const LEAST_NS = 2_000_000;
const LEAST_SHARE = 0.02;

const kindOf = (record: LaneRecord): Stretch['kind'] => {
  const total = record.to - record.from;
  if (2 * record.unknownNs > total) return 'unknown';
  return 2 * record.idleNs > total ? 'idle' : 'busy';
};

const hold = (stretch: Stretch, record: LaneRecord, share: number): void => {
  for (const { tid, process, ns } of record.threads) {
    const name = process === '' ? `kernel thread ${String(tid)}` : process;
    const known = stretch.held.get(name);
    const time = ns * share;
    if (!known) stretch.held.set(name, { ns: time, tid, most: time });
    else {
      known.ns += time;
      if (time > known.most) {
        known.most = time;
        known.tid = tid;
      }
    }
  }
  if (record.threads.length === 1 && record.idleNs === 0 && record.unknownNs === 0)
    stretch.longestQuiet = Math.max(stretch.longestQuiet, record.to - record.from);
  if (kindOf(record) === 'idle') stretch.longestIdle = Math.max(stretch.longestIdle, record.longestIdleNs);
};

/** Cut a lane's records into stretches covering [from, to) exactly; what no record covers is unknown. */
export const stretchesOf = (records: Iterable<LaneRecord> | undefined, from: number, to: number): Stretch[] => {
  const raw: Stretch[] = [];
  const add = (start: number, end: number, kind: Stretch['kind']): Stretch | null => {
    if (end <= start) return null;
    const last = raw.at(-1);
    if (last?.kind === kind && last.to === start) {
      last.to = end;
      return last;
    }
    const made: Stretch = { from: start, to: end, kind, held: new Map(), longestIdle: 0, longestQuiet: 0 };
    raw.push(made);
    return made;
  };
  let at = from;
  for (const record of records ?? []) {
    const start = Math.max(at, record.from);
    const end = Math.min(to, record.to);
    if (end <= start) continue;
    add(at, start, 'unknown');
    const stretch = add(start, end, kindOf(record));
    if (stretch) hold(stretch, record, (end - start) / (record.to - record.from));
    at = end;
  }
  add(at, to, 'unknown');
  return smooth(raw, Math.max(LEAST_NS, LEAST_SHARE * (to - from)));
};

/** Let short stretches be part of the longer neighbour's. */
const smooth = (raw: readonly Stretch[], least: number): Stretch[] => {
  let stretches = [...raw];
  while (stretches.length > 1) {
    let shortest = -1;
    for (let i = 0; i < stretches.length; i++) {
      const stretch = stretches[i];
      const best = shortest < 0 ? null : stretches[shortest];
      if (stretch && stretch.to - stretch.from < least && (!best || stretch.to - stretch.from < best.to - best.from))
        shortest = i;
    }
    if (shortest < 0) return stretches;
    stretches = absorb(stretches, shortest);
  }
  return stretches;
};

const lengthOf = (stretch: Stretch | undefined): number => (stretch ? stretch.to - stretch.from : -1);

const absorb = (stretches: readonly Stretch[], index: number): Stretch[] => {
  const before = stretches[index - 1];
  const after = stretches[index + 1];
  const small = stretches[index];
  const into = lengthOf(before) >= lengthOf(after) ? before : after;
  if (!into || !small) return [...stretches];
  const sameSides = before && after && before.kind === after.kind;
  const members = sameSides ? [before, small, after] : into === before ? [before, small] : [small, into];
  const merged: Stretch = {
    from: members[0]?.from ?? 0,
    to: members.at(-1)?.to ?? 0,
    kind: into.kind,
    held: new Map(),
    longestIdle: 0,
    longestQuiet: 0,
  };
  for (const member of members) {
    merged.longestIdle = Math.max(merged.longestIdle, member.longestIdle);
    merged.longestQuiet = Math.max(merged.longestQuiet, member.longestQuiet);
    for (const [name, { ns, tid, most }] of member.held) {
      const known = merged.held.get(name);
      if (!known) merged.held.set(name, { ns, tid, most });
      else {
        known.ns += ns;
        if (most > known.most) Object.assign(known, { most, tid });
      }
    }
  }
  const start = members[0] === before ? index - 1 : index;
  return [...stretches.slice(0, start), merged, ...stretches.slice(start + members.length)];
};

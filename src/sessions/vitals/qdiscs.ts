/** An interface's queueing disciplines together; packets, and bytes for `backlog`. */
export type QueueCounters = {
  /** Packets and bytes that wait now, at the root. */
  qlen: number;
  backlog: number;
  /** Since the discipline was set up. */
  drops: number;
  overlimits: number;
  requeues: number;
};

/**
 * Queues of the wanted interfaces from what `tc -s -j qdisc show` prints. Counters of a root include its classes'; where
 * there is no root (a bare `mq` is one), the children are summed.
 */
export const parseQdiscs = (text: string, wanted: ReadonlySet<string>): Record<string, QueueCounters> => {
  const queues: Record<string, QueueCounters> = {};
  const rooted = new Set<string>();
  for (const row of parseRows(text)) {
    const name = row['dev'];
    if (typeof name !== 'string' || !wanted.has(name) || row['kind'] === 'ingress' || row['kind'] === 'clsact')
      continue;
    if (row['root'] === true) rooted.add(name);
    else if (rooted.has(name)) continue;
    const before = row['root'] === true ? undefined : queues[name];
    queues[name] = {
      qlen: (before?.qlen ?? 0) + countIn(row, 'qlen'),
      backlog: (before?.backlog ?? 0) + countIn(row, 'backlog'),
      drops: (before?.drops ?? 0) + countIn(row, 'drops'),
      overlimits: (before?.overlimits ?? 0) + countIn(row, 'overlimits'),
      requeues: (before?.requeues ?? 0) + countIn(row, 'requeues'),
    };
  }
  return queues;
};

type Row = Readonly<Record<string, unknown>>;

const parseRows = (text: string): Row[] => {
  try {
    const value: unknown = JSON.parse(text);
    return Array.isArray(value) ? value.filter((row): row is Row => typeof row === 'object' && row !== null) : [];
  } catch {
    return [];
  }
};

const countIn = (row: Row, key: string): number => {
  const count = row[key];
  return typeof count === 'number' && Number.isFinite(count) ? count : 0;
};

/**
 * The same recording as another recorder, filter or file would have given it: `sysdig -j` lines in, lines out. Times keep
 * every digit; nothing that is not asked for changes.
 */

/** One row of `sysdig -j`. `info`, `name` and `type` are JSON texts as they stand in the file, quotes left off `info`. */
export interface TraceRow {
  readonly cpu: number;
  readonly dir: '>' | '<';
  readonly info: string;
  readonly num: number;
  readonly time: bigint;
  readonly type: string;
  /** JSON text: `null` or a quoted name. */
  readonly name: string;
  readonly tid: number;
}

const ROW =
  /^\{"evt\.cpu":(\d+),"evt\.dir":"([<>])","evt\.info":"(.*)","evt\.num":(\d+),"evt\.outputtime":(\d+),"evt\.type":"([^"]*)","proc\.name":(null|"(?:[^"\\]|\\.)*"),"thread\.tid":(-?\d+)\}$/;

/** @throws Error for a line that is not what `sysdig -j` writes by default */
export const parseRow = (line: string): TraceRow => {
  const match = ROW.exec(line);
  if (!match) throw new Error(`not a default row of sysdig -j: ${line.slice(0, 80)}`);
  const [, cpu, dir, info = '', num, time = '0', type = '', name = 'null', tid] = match;
  return {
    cpu: Number(cpu),
    dir: dir === '<' ? '<' : '>',
    info,
    num: Number(num),
    time: BigInt(time),
    type,
    name,
    tid: Number(tid),
  };
};

export const printRow = ({ cpu, dir, info, num, time, type, name, tid }: TraceRow): string =>
  `{"evt.cpu":${cpu},"evt.dir":"${dir}","evt.info":"${info}","evt.num":${num},"evt.outputtime":${String(time)},"evt.type":"${type}","proc.name":${name},"thread.tid":${tid}}`;

/** A change of a whole trace: rows in file order to rows in file order. */
export type TraceChange = (rows: readonly TraceRow[]) => TraceRow[];

/** Events that are no system call and never had an exit. */
const NO_CALLS = new Set(['switch', 'signaldeliver', 'procexit', 'page_fault', 'drop', 'cpu_hotplug']);

const keysOf = (info: string): Set<string> => new Set([...info.matchAll(/(?:^|\s)([a-z_]+)=/g)].map(([, key]) => key!));

/** `key=value ` pairs of an info text; a value ends where the next key begins. */
const pairsOf = (info: string): [key: string, pair: string][] =>
  [...info.matchAll(/([a-z_]+)=(?:.*?)(?=\s+[a-z_]+=|\s*$)/g)].map((match) => [match[1]!, `${match[0]} `]);

/**
 * As libs from 0.22 on record: no enter rows of system calls; the exit row carries the enter's arguments behind its own
 * (`sendmsg`: `res data fd size tuple`). Calls without an exit (`exit_group`) vanish; `switch`, `signaldeliver` and
 * `procexit` stay. What sysdig takes for a syslog message is printed as that alone, whatever arguments there are.
 */
export const toExitOnly: TraceChange = (rows) => {
  const open = new Map<number, TraceRow>();
  const merged = new Map<TraceRow, TraceRow>();
  for (const row of inTimeOrder(rows)) {
    if (NO_CALLS.has(row.type)) continue;
    if (row.dir === '>') {
      open.set(row.tid, row);
      continue;
    }
    const enter = open.get(row.tid);
    open.delete(row.tid);
    if (enter?.type !== row.type || row.info.startsWith('syslog sev=')) continue;
    const own = keysOf(row.info);
    const added = pairsOf(enter.info).flatMap(([key, pair]) => (own.has(key) ? [] : [pair]));
    const space = row.info === '' || row.info.endsWith(' ') ? '' : ' ';
    merged.set(row, { ...row, info: `${row.info}${space}${added.join('')}` });
  }
  return rows.flatMap((row) => (NO_CALLS.has(row.type) || row.dir === '<' ? [merged.get(row) ?? row] : []));
};

/** As the modern BPF probe's default: one ring buffer for two CPUs, so every event says CPU 0. File order stays. */
export const toSharedRings: TraceChange = (rows) => rows.map((row) => ({ ...row, cpu: 0 }));

/** As recorded with a filter on system calls only. */
export const withoutSwitches: TraceChange = (rows) => rows.filter(({ type }) => type !== 'switch');

/** As filtered with `thread.tid != TID`: what others print about the thread (`next=`, `kill pid=`) stays. */
export const withoutRowsOf =
  (tids: ReadonlySet<number>): TraceChange =>
  (rows) =>
    rows.filter(({ tid }) => !tids.has(tid));

/** The same at another time. */
export const shiftTrace =
  (ns: bigint): TraceChange =>
  (rows) =>
    rows.map((row) => ({ ...row, time: row.time + ns }));

/** A small generator of numbers from 0 to 1 (mulberry32): tests must be the same every time. */
export const seededRandom = (seed: number): (() => number) => {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = state;
    t = Math.imul(t ^ (t >>> 15), t | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 2 ** 32;
  };
};

/**
 * Rows of one ring buffer in any order inside windows of `windowNs`; every buffer keeps the places it had in the file.
 * Equal times keep their order, which no reader could find again.
 */
export const shuffleWithin =
  (windowNs: bigint, seed: number): TraceChange =>
  (rows) => {
    const random = seededRandom(seed);
    const rings = new Map<number, { places: number[]; rows: TraceRow[] }>();
    rows.forEach((row, place) => {
      const ring = rings.get(row.cpu);
      if (ring) {
        ring.places.push(place);
        ring.rows.push(row);
      } else rings.set(row.cpu, { places: [place], rows: [row] });
    });
    const out = new Array<TraceRow>(rows.length);
    for (const ring of rings.values()) {
      const keyed = ring.rows.map((row) => ({ row, window: row.time / windowNs, key: 0 }));
      let last: { row: TraceRow; key: number } | null = null;
      for (const entry of keyed) {
        entry.key = last?.row.time === entry.row.time ? last.key : random();
        last = entry;
      }
      keyed.sort((a, b) => (a.window < b.window ? -1 : a.window > b.window ? 1 : a.key - b.key));
      keyed.forEach(({ row }, i) => (out[ring.places[i]!] = row));
    }
    return out;
  };

const inTimeOrder = (rows: readonly TraceRow[]): TraceRow[] =>
  [...rows].sort((a, b) => (a.time < b.time ? -1 : a.time > b.time ? 1 : a.num - b.num));

/** As `sysdig -j -p '*%evt.num %evt.rawtime ...'` prints: other keys, in the order asked for, missing ones as `null`. */
export const printAsFields = ({ cpu, dir, info, num, time, type, name, tid }: TraceRow): string =>
  `{"evt.num":${num},"evt.rawtime":${String(time)},"evt.cpu":${cpu},"proc.name":${name},"proc.pname":null,"thread.tid":${tid},"evt.dir":"${dir}","evt.type":"${type}","evt.args":"${info}"}`;

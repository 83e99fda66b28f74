/**
 * Columns of one batch while it is filled. All lie in one piece of memory, so that threads can share it and the scanner
 * in WebAssembly can write it; {@link COLUMN_OFFSETS} is the order both keep to.
 */

/** Most events of a batch: enough to spread the cost of a batch, few enough to stay in a processor's cache. */
export const BATCH_EVENTS = 4096;

const WIDTHS = {
  time: 8, nanos: 8, num: 8, line: 8, tid: 4, nextTid: 4, type: 4, comm: 4, nextComm: 4, infoFrom: 4, infoTo: 4, cpu: 2, dir: 1,
} as const; // prettier-ignore

type Column = keyof typeof WIDTHS;

const layOut = (): { offsets: Record<Column, number>; bytes: number } => {
  const offsets: Partial<Record<Column, number>> = {};
  let bytes = 0;
  for (const [column, width] of Object.entries(WIDTHS)) {
    offsets[column as Column] = bytes;
    bytes += width * BATCH_EVENTS;
  }
  return { offsets: offsets as Record<Column, number>, bytes };
};

/** Where each column begins, in bytes from the first; widest first, so that all are aligned. */
export const { offsets: COLUMN_OFFSETS, bytes: COLUMN_BYTES } = layOut();

/** `infoFrom` of an event whose info text is none of the block's bytes but stands in {@link Columns.texts}. */
export const OWN_TEXT = -1;

/** Room for {@link BATCH_EVENTS} events. */
export class Columns {
  length = 0;
  /** What to add to `line`. */
  firstLine = 0;
  /** ns since the base; as long as there is none, seconds since the epoch, and the rest in `nanos`. */
  readonly time: Float64Array;
  readonly nanos: Float64Array;
  readonly num: Float64Array;
  readonly line: Float64Array;
  readonly tid: Int32Array;
  readonly nextTid: Int32Array;
  readonly type: Uint32Array;
  readonly comm: Uint32Array;
  readonly nextComm: Uint32Array;
  /** Where the info text stands in the block's bytes: [infoFrom, infoTo), `infoTo` being `-to - 1` where it has escapes. */
  readonly infoFrom: Int32Array;
  readonly infoTo: Int32Array;
  readonly cpu: Int16Array;
  readonly dir: Uint8Array;
  /** Info texts that are none of the block's bytes, by event. */
  texts: Map<number, string> | null = null;
  /** Where they begin in their memory. */
  readonly address: number;
  /** Whether that is the memory of the scanner in WebAssembly. */
  readonly isScanners: boolean;

  constructor(memory: ArrayBufferLike, offset: number, isScanners: boolean) {
    this.address = offset;
    this.isScanners = isScanners;
    const at = (column: Column): [ArrayBufferLike, number, number] => [
      memory,
      offset + COLUMN_OFFSETS[column],
      BATCH_EVENTS,
    ];
    this.time = new Float64Array(...at('time'));
    this.nanos = new Float64Array(...at('nanos'));
    this.num = new Float64Array(...at('num'));
    this.line = new Float64Array(...at('line'));
    this.tid = new Int32Array(...at('tid'));
    this.nextTid = new Int32Array(...at('nextTid'));
    this.type = new Uint32Array(...at('type'));
    this.comm = new Uint32Array(...at('comm'));
    this.nextComm = new Uint32Array(...at('nextComm'));
    this.infoFrom = new Int32Array(...at('infoFrom'));
    this.infoTo = new Int32Array(...at('infoTo'));
    this.cpu = new Int16Array(...at('cpu'));
    this.dir = new Uint8Array(...at('dir'));
  }

  get isFull(): boolean {
    return this.length === BATCH_EVENTS;
  }

  /** Give event `i` an info text of its own. */
  setText(i: number, text: string): void {
    this.infoFrom[i] = OWN_TEXT;
    this.infoTo[i] = OWN_TEXT;
    if (text !== '') (this.texts ??= new Map()).set(i, text);
  }

  /** Take out the events for which `isWanted` says no; returns how many went. */
  filter(isWanted: (i: number) => boolean): number {
    let kept = 0;
    for (let i = 0; i < this.length; i++) {
      if (!isWanted(i)) continue;
      if (kept < i) this.#move(i, kept);
      kept++;
    }
    const dropped = this.length - kept;
    this.length = kept;
    return dropped;
  }

  #move(from: number, to: number): void {
    const { time, nanos, num, line, tid, nextTid, type, comm, nextComm, infoFrom, infoTo, cpu, dir } = this;
    const columns = [time, nanos, num, line, tid, nextTid, type, comm, nextComm, infoFrom, infoTo, cpu, dir];
    for (const column of columns) column.copyWithin(to, from, from + 1);
    const text = this.texts?.get(from);
    if (text === undefined) this.texts?.delete(to);
    else this.texts?.set(to, text);
  }
}

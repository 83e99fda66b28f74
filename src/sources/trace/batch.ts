import type { EventBatch, InfoSpan, NameTable } from '../../model/event-batch.js';
import { OWN_TEXT, type Columns } from './columns.js';
import { decodeText } from './decode-text.js';

/** Columns as a batch; its info texts stay bytes until somebody asks. */
export class TraceBatch implements EventBatch {
  readonly length: number;
  readonly time: Float64Array;
  readonly num: Float64Array;
  readonly line: Float64Array;
  readonly firstLine: number;
  readonly cpu: Int16Array;
  readonly tid: Int32Array;
  readonly type: Uint32Array;
  readonly dir: Uint8Array;
  readonly comm: Uint32Array;
  readonly nextTid: Int32Array;
  readonly nextComm: Uint32Array;
  readonly names: NameTable;
  readonly #columns: Columns;
  readonly #bytes: Buffer;
  readonly #span: InfoSpan;
  readonly #onRelease: () => void;

  /**
   * @param bytes of the block that `infoFrom` and `infoTo` point into
   * @param onRelease takes back the memory of both, once
   */
  constructor(columns: Columns, bytes: Buffer, names: NameTable, onRelease: () => void) {
    const { length, firstLine, time, num, line, cpu, tid, type, dir, comm, nextTid, nextComm } = columns;
    this.length = length;
    this.time = time;
    this.num = num;
    this.line = line;
    this.firstLine = firstLine;
    this.cpu = cpu;
    this.tid = tid;
    this.type = type;
    this.dir = dir;
    this.comm = comm;
    this.nextTid = nextTid;
    this.nextComm = nextComm;
    this.names = names;
    this.#columns = columns;
    this.#bytes = bytes;
    this.#span = { bytes, from: 0, to: 0 };
    this.#onRelease = onRelease;
  }

  info(i: number): string {
    const { infoFrom, infoTo, texts } = this.#columns;
    const from = infoFrom[i] ?? OWN_TEXT;
    if (from === OWN_TEXT) return texts?.get(i) ?? '';
    const to = infoTo[i] ?? 0;
    return to < 0 ? decodeText(this.#bytes, from, -to - 1, true) : decodeText(this.#bytes, from, to, false);
  }

  span(i: number): InfoSpan | null {
    const { infoFrom, infoTo } = this.#columns;
    const from = infoFrom[i] ?? OWN_TEXT;
    const to = infoTo[i] ?? OWN_TEXT;
    if (from === OWN_TEXT || to < 0) return null;
    this.#span.from = from;
    this.#span.to = to;
    return this.#span;
  }

  release(): void {
    this.#onRelease();
  }
}

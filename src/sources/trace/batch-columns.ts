import type { EventBatch, NameTable } from '../../model/event-batch.js';

/** The columns of a batch, taken over from what holds them; what stands in them is still the same. */
export abstract class BatchColumns {
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

  constructor(from: Omit<EventBatch, 'names' | 'info' | 'span' | 'release'>, firstLine: number, names: NameTable) {
    const { length, time, num, line, cpu, tid, type, dir, comm, nextTid, nextComm } = from;
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
  }
}

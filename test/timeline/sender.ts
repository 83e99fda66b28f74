import { switchRow, type PlainRow } from './batches.js';

export const SENDER = 23611;
const FD = 'fd=13(<4r>0.0.0.0:112)';
const TUPLE = 'size=40 tuple=0.0.0.0:112->224.0.0.18:0 ';
const PAYLOAD = 'data=E..(.8....p.........!3d......... ';

/** Rows of one thread on one CPU, one after the other; every method says what the thread or the CPU does next. */
export class Script {
  readonly rows: PlainRow[] = [];
  time: number;
  readonly #tid: number;
  readonly #comm: string;

  constructor(time = 0, tid = SENDER, comm = 'keepalived') {
    this.time = time;
    this.#tid = tid;
    this.#comm = comm;
  }

  wait(ns: number): this {
    this.time += ns;
    return this;
  }

  row(dir: '>' | '<', type: string, info = ''): this {
    this.rows.push({ time: this.time, type, dir, tid: this.#tid, comm: this.#comm, info });
    return this;
  }

  out(next = 0): this {
    this.rows.push(switchRow(this.time, this.#tid, next, { comm: this.#comm }));
    return this;
  }

  in(before = 0): this {
    this.rows.push(switchRow(this.time, before, this.#tid));
    return this;
  }

  /** A switch between others. */
  other(leaving: number, coming: number): this {
    this.rows.push(switchRow(this.time, leaving, coming));
    return this;
  }

  /** A send with both of its rows. */
  send(inside = 20_000, result = '40'): this {
    return this.row('>', 'sendmsg', `${FD} ${TUPLE}`).wait(inside).row('<', 'sendmsg', `res=${result} ${PAYLOAD}`);
  }

  /** A send as recorders without enter rows write it. */
  sendExit(result = '40'): this {
    return this.row('<', 'sendmsg', `res=${result} ${PAYLOAD}${FD} ${TUPLE}`);
  }

  /** A sleep in the loop's wait. */
  sleep(ns: number): this {
    return this.row('>', 'epoll_wait', 'maxevents=5 ')
      .wait(3000)
      .out()
      .wait(ns)
      .in()
      .wait(4000)
      .row('<', 'epoll_wait', 'res=1 ');
  }
}

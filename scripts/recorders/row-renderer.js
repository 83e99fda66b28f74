// @ts-check
/** One event of trace.bt at a time, in order, into a row as `sysdig -j` prints it. */
import { DUPLICATING_COMMANDS, FdTable } from './fd-table.js';
import { printPtraceRequest, printResult, printSignal, printTaskState } from './names.js';
import {
  describeReceiveTuple,
  describeSocket,
  describeTuple,
  isInternet,
  parseAddress,
  parseSocket,
} from './sockets.js';

/** @typedef {import('./render-rows.js').RawEvent} RawEvent */

/** Types sysdig knows by another name, and those of which it prints nothing but the name. */
const SYSDIG_TYPE = new Map([['newfstat', 'fstat']]);
const NAME_ONLY = new Set(
  'clock_nanosleep clock_settime epoll_pwait fdatasync fsync io_getevents pause pselect6 rt_sigsuspend rt_sigtimedwait sched_yield sync timerfd_settime wait4 waitid'.split(
    ' ',
  ),
);

/** @type {(text: string) => Uint8Array} bytes printed by bpftrace's %r */
const parseBytes = (text) =>
  Uint8Array.from(text.matchAll(/\\x([0-9a-f]{2})|[^]/g), (match) =>
    match[1] === undefined ? match[0].charCodeAt(0) : Number.parseInt(match[1], 16),
  );

/** @type {(info: string, key: string) => number} NaN where the key is missing */
const readNumber = (info, key) => Number(new RegExp(`(?:^| )${key}=(-?\\d+)`).exec(info)?.[1] ?? Number.NaN);

export class RowRenderer {
  #fds;
  #wall;
  #number = 0;
  /** @type {Map<number, string>} */
  #nameOf = new Map();
  /** @type {Set<number>} */
  #kernelThreads = new Set();
  /** @type {Map<number, RawEvent & { written?: string }>} the call each thread is in */
  #open = new Map();

  /**
   * @param {RawEvent[]} events all of them: a thread's name may be needed before its first own row
   * @param {import('./fd-table.js').Snapshot} descriptors
   * @param {bigint} wallMinusMonotonic ns
   */
  constructor(events, descriptors, wallMinusMonotonic) {
    this.#fds = new FdTable(descriptors);
    this.#wall = wallMinusMonotonic;
    for (const { tid, comm, more } of events) {
      if (!this.#nameOf.has(tid)) this.#nameOf.set(tid, comm);
      if (more['kernel'] === '1') this.#kernelThreads.add(tid);
    }
  }

  /**
   * @param {RawEvent} event
   * @returns {string | null} null for an event that is only used to render others
   */
  render(event) {
    const { dir, tid, pid, type } = event;
    if (event.comm !== '') this.#nameOf.set(tid, event.comm);
    if (dir === '+') {
      this.#fds.fork(pid, Number(event.info));
      return null;
    }
    const open = this.#open.get(tid);
    if (dir === '=') {
      if (open) open.written = event.info.replaceAll(/\\x[0-9a-f]{2}|[^!-~]/g, '.');
      return null;
    }
    const isCall = !['switch', 'sched_wakeup', 'signaldeliver', 'procexit', 'heartbeat'].includes(type);
    if (isCall && dir === '>') this.#open.set(tid, event);
    else if (isCall) this.#open.delete(tid);
    const matching = open?.type === type ? open : undefined;
    const info = dir === '>' ? this.#renderEnter(event) : this.#renderExit(event, matching);
    this.#number += 1;
    const named = tid !== 0 && !this.#kernelThreads.has(tid);
    const fields = [
      `"evt.cpu":${event.cpu}`,
      `"evt.dir":"${dir}"`,
      `"evt.info":${JSON.stringify(NAME_ONLY.has(type) ? '' : info)}`,
      `"evt.num":${this.#number}`,
      `"evt.outputtime":${BigInt(event.time) + this.#wall}`,
      `"evt.type":"${SYSDIG_TYPE.get(type) ?? type}"`,
      `"proc.name":${named ? JSON.stringify(event.comm) : 'null'}`,
      `"thread.tid":${tid}`,
    ];
    return `{${fields.join(',')}}`;
  }

  /** @param {RawEvent} event */
  #renderEnter({ type, info, pid, more }) {
    const fd = readNumber(info, 'fd');
    switch (type) {
      case 'switch': {
        const next = readNumber(info, 'next');
        const name = (more['next'] ?? '').replace(/(\\x00)+.*$/, '');
        const known = next !== 0 && !this.#kernelThreads.has(next);
        const stated = info.replace(/(?<= prev_state=)\d+/, (state) => printTaskState(Number(state)));
        return known ? stated.replace(`next=${next}`, `next=${next}(${name})`) : stated;
      }
      case 'openat':
        return `${info.trim()} name=${more['name'] ?? ''} `.replace('dirfd=-100 ', 'dirfd=-100(AT_FDCWD) ');
      case 'socket':
        return '';
      case 'close':
        return this.#closeDescriptor(info, pid, fd);
      case 'connect':
      case 'sendto':
      case 'sendmsg':
      case 'recvfrom':
      case 'recvmsg':
        return this.#renderSocketCall(type, info, pid, more);
      case 'ptrace':
        return this.#nameProcesses(info).replace(
          /request=(\d+)/,
          (_, request) => `request=${printPtraceRequest(Number(request))}`,
        );
      default:
        return this.#nameProcesses(this.#nameDescriptor(info, pid));
    }
  }

  /**
   * @param {RawEvent} event
   * @param {(RawEvent & { written?: string }) | undefined} enter
   */
  #renderExit({ type, info, pid, comm }, enter) {
    const result = readNumber(info, 'res');
    const plain = `res=${printResult(result)} `;
    if (result < 0 || !enter) return plain;
    const fd = readNumber(enter.info, 'fd');
    switch (type) {
      case 'openat': {
        const name = enter.more['name'] ?? '';
        this.#fds.open(pid, result, `<f>${name}`, readNumber(enter.info, 'flags'));
        return `fd=${result}(<f>${name}) ${this.#renderEnter(enter)}`;
      }
      case 'socket':
        this.#fds.open(pid, result, describeSocket(parseSocket(enter.more['socket'] ?? '')));
        return this.#nameDescriptor(`fd=${result} `, pid);
      case 'dup':
      case 'dup2':
      case 'dup3':
        if (fd !== result) this.#fds.duplicate(pid, fd, result);
        return plain;
      case 'fcntl':
        if (DUPLICATING_COMMANDS.has(readNumber(enter.info, 'cmd'))) this.#fds.duplicate(pid, fd, result);
        return plain;
      case 'execve':
        this.#fds.exec(pid);
        return plain;
      case 'clone':
      case 'clone3':
      case 'vfork':
        return result > 0 ? `res=${result}(${this.#nameOf.get(result) ?? comm}) ` : plain;
      case 'write':
        return enter.written === undefined ? plain : `${plain}data=${enter.written} `;
      case 'recvmsg':
      case 'recvfrom':
        return `${plain}size=${result} tuple=${describeReceiveTuple(parseSocket(enter.more['socket'] ?? ''))} `;
      default:
        return plain;
    }
  }

  /** @type {(info: string, pid: number, fd: number) => string} */
  #closeDescriptor(info, pid, fd) {
    const text = this.#nameDescriptor(info, pid);
    this.#fds.close(pid, fd);
    return text;
  }

  /** @type {(type: string, info: string, pid: number, more: Record<string, string>) => string} */
  #renderSocketCall(type, info, pid, more) {
    const fd = readNumber(info, 'fd');
    const peer = parseAddress(parseBytes(more['peer'] ?? ''));
    if (type === 'connect') {
      if (typeof peer === 'string') this.#fds.open(pid, fd, `<u>${peer}`);
      const address = peer === null ? 'NULL' : typeof peer === 'string' ? peer : `${peer.address}:${peer.port}`;
      return `${this.#nameDescriptor(info, pid)}addr=${address} `;
    }
    const socket = parseSocket(more['socket'] ?? '');
    const known = this.#fds.nameOf(pid, fd);
    if (known === '' || isInternet(socket)) this.#fds.open(pid, fd, describeSocket(socket));
    const text = this.#nameDescriptor(info, pid);
    if (type.startsWith('recv')) return text;
    const tuple =
      isInternet(socket) && peer !== null && typeof peer !== 'string' ? describeTuple(socket, peer) : 'NULL';
    return `${text}tuple=${tuple} `;
  }

  /** @type {(info: string, pid: number) => string} */
  #nameDescriptor(info, pid) {
    return info.replace(/^fd=(\d+)/, (text, fd) => {
      const name = this.#fds.nameOf(pid, Number(fd));
      return name === '' ? text : `fd=${fd}(${name})`;
    });
  }

  /** @param {string} info */
  #nameProcesses(info) {
    return info
      .replace(/(?<= |^)(pid|tid|dpid)=(\d+)/g, (text, key, id) => {
        const name = this.#nameOf.get(Number(id));
        return name === undefined ? text : `${key}=${id}(${name})`;
      })
      .replace(/(?<= )sig=(\d+)/, (_, signal) => `sig=${printSignal(Number(signal))}`);
  }
}

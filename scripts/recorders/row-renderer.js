// @ts-check
/** One event of trace.bt at a time, in order, into a row as `sysdig -j` prints it. */
import { DUPLICATING_COMMANDS, FdTable } from './fd-table.js';
import { printPtraceRequest, printResult, printSignal, printSoftirq, printTaskState } from './names.js';
import { readField } from './raw-lines.js';
import {
  describeReceiveTuple,
  describeSocket,
  describeTuple,
  isInternet,
  isVrrp,
  parseAddress,
  parseAddressBytes,
  parseSocket,
} from './sockets.js';
import { ThreadNames } from './thread-names.js';

/** @typedef {import('./raw-lines.js').RawEvent} RawEvent */

/** Types sysdig knows by another name, and those of which it prints nothing but the name. */
const SYSDIG_TYPE = new Map([['newfstat', 'fstat']]);
const NAME_ONLY = new Set(
  'clock_nanosleep clock_settime epoll_pwait fdatasync fsync io_getevents pause pselect6 rt_sigsuspend rt_sigtimedwait sched_yield sync wait4 waitid'.split(
    ' ',
  ),
);
const WAKE_UPS = ['sched_wakeup', 'sched_wakeup_new'];
const NO_CALLS = new Set(['switch', ...WAKE_UPS, 'signaldeliver', 'procexit', 'heartbeat', 'irq', 'softirq']);
/** A wake-up is finished this soon after it was decided (ns), or was none: whom it is for was awake. */
const WAKING = 1_000_000_000;
const SECOND = 1_000_000_000;

/** @type {(info: string, key: string) => number} NaN where the key is missing */
const readNumber = (info, key) => {
  let at = info.indexOf(`${key}=`);
  while (at > 0 && info.charCodeAt(at - 1) !== 32) at = info.indexOf(`${key}=`, at + 1);
  return at < 0 ? Number.NaN : Number.parseInt(info.slice(at + key.length + 1), 10);
};

export class RowRenderer {
  #fds = new FdTable();
  #threads = new ThreadNames();
  #number = 0;
  /** The wall clock when events' times are 0: s and ns since 1970. */
  #seconds = 0;
  #nanos = 0;
  /** @type {Map<number, RawEvent & { written?: string }>} the call each thread is in */
  #open = new Map();
  /** @type {Map<number, RawEvent>} tid -> the decision to wake it */
  #waking = new Map();
  /** @type {Set<number>} threads that have sent VRRP */
  #senders = new Set();

  /**
   * A recording begins, or its next part.
   * @param {import('./start.js').Start} start
   * @param {bigint} base ns on CLOCK_MONOTONIC that events' times count from
   */
  begin({ wallMinusMonotonicNs, descriptors, names = {}, kernelThreads = [] }, base) {
    const zero = BigInt(wallMinusMonotonicNs) + base;
    this.#seconds = Number(zero / BigInt(SECOND));
    this.#nanos = Number(zero % BigInt(SECOND));
    this.#fds.update(descriptors);
    this.#threads.begin(names, kernelThreads);
  }

  /** @param {RawEvent} event any, as soon as it is read: a thread's name may be needed before its own first row */
  note(event) {
    this.#threads.note(event);
  }

  /** @type {(time: number) => string} an event's time on the wall clock, ns since 1970 */
  printTime(time) {
    const behind = Math.floor(time / SECOND);
    const nanos = time - behind * SECOND + this.#nanos;
    const carry = nanos >= SECOND ? 1 : 0;
    return `${this.#seconds + behind + carry}${String(nanos - carry * SECOND).padStart(9, '0')}`;
  }

  /**
   * Take an event into account, the next one in time.
   * @param {RawEvent} event
   * @param {boolean} [printed] whether its row is wanted
   * @returns {string | null} null for an event that is only used to render others, and where no row is wanted
   */
  render(event, printed = true) {
    const { dir, tid, pid, type } = event;
    this.#threads.see(event);
    if (dir === '+') {
      this.#fds.fork(pid, Number(event.info));
      this.#threads.fork(Number(event.info));
      return null;
    }
    const open = this.#open.get(tid);
    if (dir === '=') {
      if (type === 'sched_waking') this.#waking.set(readNumber(event.info, 'tid'), event);
      else if (open) open.written = event.info.replaceAll(/\\x[0-9a-f]{2}|[^!-~]/g, '.');
      return null;
    }
    const isCall = !NO_CALLS.has(type);
    if (isCall && dir === '>') this.#open.set(tid, event);
    else if (isCall) this.#open.delete(tid);
    const matching = open?.type === type ? open : undefined;
    const info = dir === '>' ? this.#renderEnter(event) : this.#renderExit(event, matching);
    if (type === 'procexit') this.#forget(tid);
    if (!printed) return null;
    this.#number += 1;
    const name = tid === 0 || this.#threads.isKernelThread(tid) ? 'null' : JSON.stringify(event.comm);
    const text = NAME_ONLY.has(type) ? '""' : JSON.stringify(info);
    const row = `{"evt.cpu":${event.cpu},"evt.dir":"${dir}","evt.info":${text},"evt.num":${this.#number},"evt.outputtime":`;
    const thread = this.#isAside(event) ? -1 : tid;
    return `${row}${this.printTime(event.time)},"evt.type":"${SYSDIG_TYPE.get(type) ?? type}","proc.name":${name},"thread.tid":${thread}}`;
  }

  /**
   * Whether a row is of an interrupt that found a sender: readers take rows they do not know for the thread's own calls.
   * @param {RawEvent} event
   */
  #isAside({ type, comm, tid }) {
    return (type === 'irq' || type === 'softirq') && (comm.startsWith('keepalived') || this.#senders.has(tid));
  }

  /** @param {number} tid it ended */
  #forget(tid) {
    this.#open.delete(tid);
    this.#waking.delete(tid);
    this.#senders.delete(tid);
    // What happens next to its number is told with the name it had; many threads later the number is another's.
    for (const gone of this.#threads.exit(tid)) this.#fds.exit(gone);
  }

  /** @param {RawEvent} event */
  #renderEnter(event) {
    const { type, info, pid } = event;
    switch (type) {
      case 'switch':
        return this.#renderSwitch(event);
      case 'sched_wakeup':
      case 'sched_wakeup_new':
        return `${this.#nameProcesses(info)}${this.#renderWaker(event)}`;
      case 'softirq':
        return info.replace(/^vec=(\d+)/, (_, vector) => `vec=${printSoftirq(Number(vector))}`);
      case 'heartbeat':
      case 'irq':
        return info;
      case 'timerfd_settime':
        return info.includes(' value_ns=') ? this.#nameDescriptor(info, pid) : '';
      case 'openat':
        return `${info.trim()} name=${readField(event, 'name')} `.replace('dirfd=-100 ', 'dirfd=-100(AT_FDCWD) ');
      case 'socket':
        return '';
      case 'close': {
        const text = this.#nameDescriptor(info, pid);
        this.#fds.close(pid, readNumber(info, 'fd'));
        return text;
      }
      case 'connect':
      case 'sendto':
      case 'sendmsg':
      case 'recvfrom':
      case 'recvmsg':
        return this.#renderSocketCall(event);
      case 'ptrace':
        return this.#nameProcesses(info).replace(
          /request=(\d+)/,
          (_, request) => `request=${printPtraceRequest(Number(request))}`,
        );
      default:
        return this.#nameProcesses(this.#nameDescriptor(info, pid));
    }
  }

  /** @param {RawEvent} event */
  #renderSwitch(event) {
    const { info } = event;
    const next = readNumber(info, 'next');
    const known = next !== 0 && !this.#threads.isKernelThread(next);
    const at = info.indexOf(' prev_state=') + 12;
    const end = info.indexOf(' ', at);
    const stated =
      at < 12 || end < 0
        ? info
        : `${info.slice(0, at)}${printTaskState(Number(info.slice(at, end)))}${info.slice(end)}`;
    if (!known) return stated;
    const name = this.#threads.trim(readField(event, 'next'));
    return stated.replace(`next=${next}`, () => `next=${next}(${name})`);
  }

  /**
   * Who decided to wake: a thread, or what came upon a thread.
   * @param {RawEvent} event a wake-up
   */
  #renderWaker({ info, time }) {
    const woken = readNumber(info, 'tid');
    const waking = this.#waking.get(woken);
    if (!waking) return '';
    this.#waking.delete(woken);
    if (time - waking.time > WAKING) return '';
    if (readNumber(waking.info, 'timer') === 1) return 'by=timer ';
    if (readNumber(waking.info, 'irq') === 1) return 'by=irq ';
    const softirq = readNumber(waking.info, 'softirq');
    if (softirq > 0) return `by=softirq vec=${printSoftirq(softirq - 1)} `;
    if (waking.tid === 0) return 'by=idle ';
    return `by=thread waker=${waking.tid}(${waking.comm}) `;
  }

  /**
   * @param {RawEvent} event
   * @param {(RawEvent & { written?: string }) | undefined} enter
   */
  #renderExit({ type, info, pid, comm }, enter) {
    const result = readNumber(info, 'res');
    const plain = type === 'timerfd_settime' ? '' : `res=${printResult(result)} `;
    if (result < 0 || !enter) return plain;
    const fd = readNumber(enter.info, 'fd');
    switch (type) {
      case 'openat': {
        const name = readField(enter, 'name');
        this.#fds.open(pid, result, `<f>${name}`, readNumber(enter.info, 'flags'));
        return `fd=${result}(<f>${name}) ${this.#renderEnter(enter)}`;
      }
      case 'socket':
        this.#fds.open(pid, result, describeSocket(parseSocket(readField(enter, 'socket'))));
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
        return result > 0 ? `res=${result}(${this.#threads.nameOf(result) ?? comm}) ` : plain;
      case 'write':
        return enter.written === undefined ? plain : `${plain}data=${enter.written} `;
      case 'recvmsg':
      case 'recvfrom':
        return `${plain}size=${result} tuple=${describeReceiveTuple(parseSocket(readField(enter, 'socket')))} `;
      default:
        return plain;
    }
  }

  /** @param {RawEvent} event */
  #renderSocketCall(event) {
    const { type, info, pid, tid } = event;
    const fd = readNumber(info, 'fd');
    const peer = parseAddress(parseAddressBytes(readField(event, 'peer')));
    if (type === 'connect') {
      if (typeof peer === 'string') this.#fds.open(pid, fd, `<u>${peer}`);
      const address = peer === null ? 'NULL' : typeof peer === 'string' ? peer : `${peer.address}:${peer.port}`;
      return `${this.#nameDescriptor(info, pid)}addr=${address} `;
    }
    const socket = parseSocket(readField(event, 'socket'));
    const known = this.#fds.nameOf(pid, fd);
    if (known === '' || isInternet(socket)) this.#fds.open(pid, fd, describeSocket(socket));
    const text = this.#nameDescriptor(info, pid);
    if (type.startsWith('recv')) return text;
    if (isVrrp(socket)) this.#senders.add(tid);
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
        const name = this.#threads.nameOf(Number(id));
        return name === undefined ? text : `${key}=${id}(${name})`;
      })
      .replace(/(?<= )sig=(\d+)/, (_, signal) => `sig=${printSignal(Number(signal))}`);
  }
}

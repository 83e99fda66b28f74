import { printSignalName } from '../trace/signals.js';
import type { Returned } from './body.js';
import {
  printDescriptor,
  readNote,
  readSocketCall,
  VRRP_PROTOCOL,
  type Descriptor,
  type Descriptors,
} from './descriptors.js';
import { endpointOf, socketNameOf, type Endpoint } from './endpoints.js';
import { readName } from './quoted.js';
import { splitArguments } from './split.js';
import { printVrrpHeader, readBareVrrp, readVrrpBehindIpv4, type VrrpHeader } from './vrrp-header.js';

/** A call as far as the trace has told of it. */
export interface KnownCall {
  readonly name: string;
  /** Arguments without what was sent or received. */
  readonly args: string;
  /** The first bytes of that. */
  readonly head: Uint8Array;
}

/** Calls that send. */
export const SENDS: ReadonlySet<string> = new Set(['sendmsg', 'sendto', 'sendmmsg', 'send']);
const RECEIVES = new Set(['recvmsg', 'recvfrom', 'recvmmsg', 'recv', 'read', 'readv']);
const WRITES = new Set(['write', 'writev', 'pwrite64', 'pwritev']);
/** Calls whose first argument is a descriptor. */
const OF_DESCRIPTOR = new Set([
  ...SENDS, ...RECEIVES, ...WRITES, 'pread64', 'preadv', 'fsync', 'fdatasync', 'close', 'ioctl', 'fstat', 'ftruncate',
  'fallocate', 'connect', 'accept', 'accept4', 'bind', 'listen', 'shutdown', 'getsockopt', 'setsockopt', 'getsockname',
  'timerfd_settime', 'timerfd_gettime', 'fcntl', 'fchmod', 'fchown', 'lseek', 'getdents64', 'sync_file_range',
  'sendfile', 'splice', 'flock', 'syncfs', 'dup', 'dup2', 'dup3',
]); // prettier-ignore
const OPENS = new Set(['open', 'openat', 'openat2', 'creat']);
/** Descriptors that other calls return. */
const MAKES: ReadonlyMap<string, string> = new Map(
  Object.entries({
    timerfd_create: 't',
    epoll_create: 'l',
    epoll_create1: 'l',
    signalfd: 's',
    signalfd4: 's',
    eventfd: 'e',
    eventfd2: 'e',
    inotify_init: 'i',
    inotify_init1: 'i',
  }),
);
/** Where a wait has its timeout. */
const TIMEOUT_AT: ReadonlyMap<string, number> = new Map(
  Object.entries({
    epoll_wait: 3,
    epoll_pwait: 3,
    epoll_pwait2: 3,
    poll: 2,
    ppoll: 2,
    select: 4,
    pselect6: 4,
  }),
);
/** Calls that make a thread or process. */
export const CLONES: ReadonlySet<string> = new Set(['clone', 'clone3', 'fork', 'vfork']);

/** Read the note behind a descriptor in an argument into what is known of its process. */
const readDescriptor = (argument: string, descriptors: Descriptors): number | null => {
  const match = /^(-?\d{1,10})(<.*>)?/.exec(argument);
  if (!match) return null;
  const number = Number(match[1]);
  if (match[2] !== undefined) descriptors.note(number, readNote(match[2]));
  return number;
};

/** The info text of a call's enter row: sysdig's keys, and `value_ns=` and `wait_ns=` for what a timer was armed for. */
export const describeEnter = (call: KnownCall, descriptors: Descriptors): string => {
  const { name } = call;
  if (OF_DESCRIPTOR.has(name)) return describeOfDescriptor(call, descriptors);
  const parts = splitArguments(call.args, 5);
  const timeoutAt = TIMEOUT_AT.get(name);
  if (timeoutAt !== undefined) return describeWait(name, parts, timeoutAt);
  switch (name) {
    case 'kill':
    case 'tkill':
      return `${name === 'kill' ? 'pid' : 'tid'}=${readPid(parts[0])} sig=${printSignalName(parts[1] ?? '')} `;
    case 'tgkill':
      return `pid=${readPid(parts[0])} tid=${readPid(parts[1])} sig=${printSignalName(parts[2] ?? '')} `;
    default:
      return describeNames(parts);
  }
};

const readPid = (argument = ''): string => /^-?\d{1,10}/.exec(argument)?.[0] ?? '0';

/** `name=/etc/passwd `: the first argument that names a file. */
const describeNames = (parts: readonly string[]): string => {
  const quoted = parts.find((part) => part.startsWith('"') && part.length > 2);
  return quoted === undefined ? '' : `name=${readName(quoted.replace(/\.\.\.$/, ''))} `;
};

const describeOfDescriptor = (call: KnownCall, descriptors: Descriptors): string => {
  const { name, args, head } = call;
  const [first = '', ...rest] = splitArguments(args, 6);
  const number = readDescriptor(first, descriptors);
  if (number === null) return '';
  if (name === 'connect') noteConnection(number, args, descriptors);
  const to = SENDS.has(name) ? endpointOf(args) : null;
  const header = to ? readVrrp(to, head, descriptors.of(number)) : null;
  if (to && header) descriptors.note(number, rawSocket(to));
  let info = printDescriptor(number, socketNameOf(args) ?? descriptors.of(number));
  if (name === 'timerfd_settime') info += describeTimer(args, rest);
  if (!SENDS.has(name)) return WRITES.has(name) ? `${info}${sizeOf(name, args, rest)}${sayLog(head)}` : info;
  return `${info}${sizeOf(name, args, rest)}${sayTuple(to, descriptors.of(number))}${printVrrpHeader(header)}${sayLog(head)}`;
};

const rawSocket = ({ family }: Endpoint): Descriptor =>
  family === 4
    ? { kind: '4r', name: `0.0.0.0:${String(VRRP_PROTOCOL)}` }
    : { kind: '6r', name: `:::${String(VRRP_PROTOCOL)}` };

const isVrrpSocket = ({ kind, name }: Descriptor): boolean =>
  kind.endsWith('r') && name.endsWith(`:${String(VRRP_PROTOCOL)}`);

/** What follows the descriptor in a call that sends: `size=40 `. */
const sizeOf = (name: string, args: string, rest: readonly string[]): string => {
  const lengths = [...args.matchAll(/\biov_len=(\d{1,12})/g)];
  if (lengths.length > 0) return `size=${String(lengths.reduce((sum, [, length]) => sum + Number(length), 0))} `;
  const size = name.endsWith('v') ? undefined : /^\d{1,12}$/.exec(rest[1] ?? '')?.[0];
  return size === undefined ? '' : `size=${size} `;
};

/** `tuple=0.0.0.0:112->224.0.0.18:0 `, as sysdig prints a raw socket's. */
const sayTuple = (to: Endpoint | null, descriptor: Descriptor): string => {
  if (!to) return '';
  const isVrrp = isVrrpSocket(descriptor);
  const any = to.family === 4 ? '0.0.0.0' : '::';
  return `tuple=${any}:${isVrrp ? String(VRRP_PROTOCOL) : '0'}->${to.address}:${String(to.port)} `;
};

/** A syslog priority in front of what is written tells a log socket (RFC 5424 section 6.2.1); the text itself is not kept. */
const sayLog = (head: Uint8Array): string => {
  const priority = /^<(\d{1,3})>/.exec(Buffer.from(head.subarray(0, 5)).toString('latin1'))?.[1];
  return priority === undefined ? '' : `syslog sev=${String(Number(priority) & 7)} `;
};

const GROUPS = new Set(['224.0.0.18', 'ff02::12']);

const readVrrp = (to: Endpoint, head: Uint8Array, { kind }: Descriptor): VrrpHeader | null =>
  readVrrpBehindIpv4(head) ??
  (to.port === 0 && (kind.endsWith('r') || GROUPS.has(to.address)) ? readBareVrrp(head) : null);

const noteConnection = (number: number, args: string, descriptors: Descriptors): void => {
  const socket = socketNameOf(args);
  const to = endpointOf(args);
  if (socket) descriptors.note(number, socket);
  else if (to) {
    const kind = descriptors.of(number).kind || `${String(to.family)}t`;
    descriptors.note(number, { kind, name: `${to.address}:${String(to.port)}` });
  }
};

const describeTimer = (args: string, [flags = '']: readonly string[]): string => {
  const value = /\bit_value=\{tv_sec=(\d{1,12}), tv_nsec=(\d{1,10})\}/.exec(args);
  if (!value) return '';
  const ns = BigInt(value[1] ?? 0) * 1_000_000_000n + BigInt(value[2] ?? 0);
  // TFD_TIMER_ABSTIME is 1: since when it counts is the timer's clock's secret.
  return `flags=${/\bTFD_TIMER_ABSTIME\b|^0?x?1$/.test(flags) ? '1' : '0'} value_ns=${String(ns)} `;
};

const describeWait = (name: string, parts: readonly string[], timeoutAt: number): string => {
  const first = /\bfd=(\d{1,10})/.exec(parts[0] ?? '')?.[1];
  const fds = name.endsWith('poll') && first !== undefined ? `fds=${first} ` : '';
  const timeout = parts[timeoutAt] ?? '';
  const time = /^\{tv_sec=(\d{1,12}), tv_(u|n)sec=(\d{1,10})\}/.exec(timeout);
  const ns = time
    ? Number(time[1]) * 1e9 + Number(time[3]) * (time[2] === 'u' ? 1000 : 1)
    : /^\d{1,10}$/.test(timeout)
      ? Number(timeout) * 1e6
      : null;
  return `${fds}${ns === null ? '' : `wait_ns=${String(ns)} `}`;
};

/** The descriptor that is the first argument; -1 for none. */
const numberIn = (args: string): number => Number(/^\d{1,10}/.exec(args)?.[0] ?? -1);

/**
 * The info text of a call's exit row, and what the call changed of its process' descriptors.
 *
 * @param nameOf a process' name, '' unknown
 */
export const describeExit = (
  call: KnownCall,
  returned: Returned,
  descriptors: Descriptors,
  nameOf: (pid: number) => string,
): string => {
  const { name, args } = call;
  const { value, errno } = returned;
  if (value === null) return errno === null ? '' : `res=-1(${errno}) `;
  if (value < 0) return `res=${String(value)}${errno === null ? '' : `(${errno})`} `;
  if (OPENS.has(name) || name === 'socket' || MAKES.has(name) || name.startsWith('accept'))
    return describeOpened(call, value, returned.note, descriptors);
  if (name.startsWith('dup')) descriptors.note(value, descriptors.of(numberIn(args)));
  if (name === 'close') descriptors.close(numberIn(args));
  if (CLONES.has(name)) return `res=${String(value)}(${nameOf(value)}) `;
  const info = `res=${String(value)} ${repeatDescriptor(call, descriptors)}`;
  if (SENDS.has(name)) return `${info}${printVrrpHeader(sentHeader(call, descriptors))}${sayLog(call.head)}`;
  if (WRITES.has(name)) return `${info}${sayLog(call.head)}`;
  return RECEIVES.has(name) && value > 0 ? `${info}${describeReceived(call, descriptors)}` : info;
};

/** The row that ends a call tells what it acted on: it is the one that shows how long it took. */
const repeatDescriptor = ({ name, args }: KnownCall, descriptors: Descriptors): string => {
  const number = OF_DESCRIPTOR.has(name) && name !== 'close' ? /^\d{1,10}/.exec(args)?.[0] : undefined;
  return number === undefined
    ? ''
    : printDescriptor(Number(number), socketNameOf(args) ?? descriptors.of(Number(number)));
};

const sentHeader = ({ args, head }: KnownCall, descriptors: Descriptors): VrrpHeader | null => {
  const to = endpointOf(args);
  return to ? readVrrp(to, head, descriptors.of(numberIn(args))) : null;
};

const describeOpened = ({ name, args }: KnownCall, value: number, note: string, descriptors: Descriptors): string => {
  descriptors.close(value);
  if (note !== '') descriptors.note(value, readNote(note));
  const kind = MAKES.get(name);
  if (kind !== undefined) descriptors.note(value, { kind, name: '' });
  else if (name === 'socket') descriptors.note(value, readSocketCall(args));
  else if (OPENS.has(name) && descriptors.of(value).name === '') {
    const path = describeNames(splitArguments(args, 3)).slice('name='.length, -1);
    if (path !== '') descriptors.note(value, { kind: 'f', name: path });
  }
  return printDescriptor(value, descriptors.of(value));
};

/** Where a packet on a raw VRRP socket came from: `tuple=192.168.205.9:0->0.0.0.0:112 `; nothing of other receives. */
const describeReceived = ({ args, head }: KnownCall, descriptors: Descriptors): string => {
  const number = numberIn(args);
  const descriptor = descriptors.of(number);
  const from = endpointOf(args);
  const behindIpv4 = readVrrpBehindIpv4(head);
  // Only raw sockets have no ports.
  const bare = from?.family === 6 && from.port === 0 ? readBareVrrp(head) : null;
  const header = behindIpv4 ?? bare;
  if (!header && !isVrrpSocket(descriptor)) return '';
  const any = from?.family === 6 || descriptor.kind === '6r' ? '::' : '0.0.0.0';
  return `tuple=${from?.address ?? any}:0->${any}:${String(VRRP_PROTOCOL)} ${printVrrpHeader(header)}`;
};

import { printSignal } from '../trace/signals.js';
import { printPtraceRequest } from './names.js';

/** What is known of a descriptor, as sysdig writes it: a raw socket (`4r`, `6r`), a timer (`t`), netlink (`n`), ... */
export type DescriptorKinds = ReadonlyMap<number, string>;

/** Calls whose first argument is a descriptor. */
const ON_DESCRIPTOR = new Set(
  'read write readv writev pread64 pwrite64 preadv pwritev preadv2 pwritev2 recvfrom recvmsg recvmmsg sendto sendmsg sendmmsg close fsync fdatasync sync_file_range connect accept accept4 bind listen shutdown getsockname getsockopt setsockopt ioctl fcntl flock ftruncate fallocate lseek fstat dup dup2 dup3 timerfd_settime timerfd_gettime sendfile'.split(
    ' ',
  ),
);
/** Of which the third is a length. */
const WITH_SIZE = new Set(['read', 'write', 'pread64', 'pwrite64', 'recvfrom', 'sendto']);

/** An argument as the kernel takes an `int`; -1 where it is missing. */
export const intOf = (argument: string | undefined): number =>
  argument === undefined || argument === '' ? -1 : Number.parseInt(argument.slice(-8), 16) | 0;

/** The descriptor a call is about, -1 for none. */
export const descriptorOf = (call: string, args: readonly string[]): number =>
  ON_DESCRIPTOR.has(call) ? intOf(args[0]) : -1;

/** `fd=14(<4r>) `, as much as is known. */
export const describeDescriptor = (descriptor: number, kinds: DescriptorKinds | undefined): string => {
  const kind = kinds?.get(descriptor);
  return `fd=${String(descriptor)}${kind === undefined ? '' : `(<${kind}>)`} `;
};

/** What sysdig's enter row would say, as far as the registers tell: no text, no address. */
export const describeEnter = (
  call: string,
  args: readonly string[],
  kinds: DescriptorKinds | undefined,
  nameOf: (tid: number) => string,
): string => {
  const process = (argument: string | undefined): string => {
    const tid = intOf(argument);
    const name = nameOf(tid);
    return `${String(tid)}${name === '' ? '' : `(${name})`}`;
  };
  switch (call) {
    case 'kill':
      return `pid=${process(args[0])} sig=${printSignal(intOf(args[1]))} `;
    case 'tkill':
      return `tid=${process(args[0])} sig=${printSignal(intOf(args[1]))} `;
    case 'tgkill':
      return `pid=${process(args[0])} tid=${process(args[1])} sig=${printSignal(intOf(args[2]))} `;
    case 'ptrace':
      return `request=${printPtraceRequest(intOf(args[0]))} pid=${process(args[1])} `;
    case 'epoll_wait':
    case 'epoll_pwait':
      return args[2] === undefined ? '' : `maxevents=${String(intOf(args[2]))} `;
    default: {
      if (!ON_DESCRIPTOR.has(call) || args.length === 0) return '';
      const size = WITH_SIZE.has(call) && args[2] !== undefined ? `size=${String(intOf(args[2]))} ` : '';
      return describeDescriptor(intOf(args[0]), kinds) + size;
    }
  }
};

const AF_UNIX = 1;
const AF_INET = 2;
const AF_INET6 = 10;
const AF_NETLINK = 16;
const AF_PACKET = 17;
const SOCK_RAW = 3;
/** `SOCK_NONBLOCK` and `SOCK_CLOEXEC` stand above the type. */
const TYPE_MASK = 0xf;
const VRRP_PROTOCOL = 112;

/** Kind of the socket that `socket(2)` makes with these arguments, and whether all that it sends is VRRP. */
export const socketKind = (args: readonly string[]): { kind: string; isVrrp: boolean } => {
  const [family, type, protocol] = [intOf(args[0]), intOf(args[1]) & TYPE_MASK, intOf(args[2])];
  const raw = type === SOCK_RAW;
  const isVrrp = raw && protocol === VRRP_PROTOCOL && (family === AF_INET || family === AF_INET6);
  switch (family) {
    case AF_INET:
      return { kind: raw ? '4r' : '4', isVrrp };
    case AF_INET6:
      return { kind: raw ? '6r' : '6', isVrrp };
    case AF_UNIX:
      return { kind: 'u', isVrrp };
    case AF_NETLINK:
      return { kind: 'n', isVrrp };
    case AF_PACKET:
      return { kind: 'p', isVrrp };
    default:
      return { kind: '', isVrrp };
  }
};

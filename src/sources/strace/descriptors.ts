import { readName } from './quoted.js';

/** What a descriptor is: kind as sysdig codes it (`f`, `4r`, `u`, `t`, ...; '' unknown), and name. */
export interface Descriptor {
  readonly kind: string;
  readonly name: string;
}

const UNKNOWN: Descriptor = { kind: '', name: '' };
const MOST_DESCRIPTORS = 1024;
const LONGEST_NAME = 512;

/** Kinds of `anon_inode:[...]`. */
const ANONYMOUS: ReadonlyMap<string, string> = new Map(
  Object.entries({
    timerfd: 't',
    eventpoll: 'l',
    signalfd: 's',
    eventfd: 'e',
    inotify: 'i',
  }),
);

/** Of an IPv4 and an IPv6 address: nothing is known of it. */
const ANY = { '4': '0.0.0.0', '6': '::' } as const;

/** IP protocol number of VRRP, which stands where other sockets have their port. */
export const VRRP_PROTOCOL = 112;

/** What a note of `-y` or `-yy` says: `<socket:[1]>`, `<RAW:[0.0.0.0:112]>`, `</var/log/x>`. */
export const readNote = (note: string): Descriptor => {
  const text = note.slice(1, -1);
  if (text.startsWith('/'))
    return { kind: 'f', name: cut(readName(`"${text.replace(/<(?:char|block) \d+:\d+>$/, '')}"`)) };
  const [, type = '', inside = ''] = /^([A-Za-z_][\w-]*):\[(.*)\]$/.exec(text) ?? [];
  if (type === 'anon_inode') return { kind: ANONYMOUS.get(inside) ?? 'a', name: '' };
  if (type === 'pipe') return { kind: 'p', name: '' };
  if (type.startsWith('UNIX')) return { kind: 'u', name: cut(readName(/"(?:[^"\\]|\\.)*"/.exec(inside)?.[0] ?? '""')) };
  const internet = /^(TCP|UDP|UDPLITE|RAW|PING|ICMP|SCTP)(v6)?$/.exec(type);
  if (!internet) return UNKNOWN;
  const family = internet[2] === undefined ? '4' : '6';
  const code = internet[1] === 'RAW' ? 'r' : internet[1] === 'TCP' ? 't' : 'u';
  // Of another network namespace strace shows the inode only.
  return { kind: `${family}${code}`, name: /^\d+$/.test(inside) ? '' : cut(inside.replaceAll(/[[\]\s]/g, '')) };
};

const cut = (name: string): string => name.slice(0, LONGEST_NAME);

/** What `socket(AF_INET, SOCK_RAW|SOCK_CLOEXEC, 112)` makes. */
export const readSocketCall = (args: string): Descriptor => {
  const [family = '', type = '', protocol = ''] = args.split(', ');
  if (family === 'AF_UNIX') return { kind: 'u', name: '' };
  if (family !== 'AF_INET' && family !== 'AF_INET6') return UNKNOWN;
  const digit = family === 'AF_INET' ? '4' : '6';
  if (!type.startsWith('SOCK_RAW')) return { kind: `${digit}${type.startsWith('SOCK_STREAM') ? 't' : 'u'}`, name: '' };
  const number = /^(?:0x[\da-f]+|\d+)/.exec(protocol)?.[0] ?? /\/\* (\d+) \*\//.exec(protocol)?.[1];
  return { kind: `${digit}r`, name: number === undefined ? '' : `${ANY[digit]}:${String(Number(number))}` };
};

/** The descriptors of a process, as far as the trace tells. */
export class Descriptors {
  readonly #known: Map<number, Descriptor>;

  constructor(of: Descriptors | null = null) {
    this.#known = new Map(of === null ? [] : of.#known);
  }

  of(number: number): Descriptor {
    return this.#known.get(number) ?? UNKNOWN;
  }

  note(number: number, descriptor: Descriptor): void {
    if (number < 0 || descriptor.kind === '') return;
    const before = this.#known.get(number);
    // What an address told is more than the kind that a note repeats.
    if (descriptor.name === '' && before?.kind === descriptor.kind) return;
    if (this.#known.size >= MOST_DESCRIPTORS) this.#known.clear();
    this.#known.set(number, descriptor);
  }

  close(number: number): void {
    this.#known.delete(number);
  }
}

/** `fd=13(<4r>0.0.0.0:112) `, as far as it is known. */
export const printDescriptor = (number: number, { kind, name }: Descriptor): string =>
  kind === '' ? `fd=${String(number)} ` : `fd=${String(number)}(<${kind}>${name}) `;

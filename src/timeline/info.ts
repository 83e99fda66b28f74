import type { InfoSpan } from '../model/event-batch.js';

/**
 * Reading `evt.info`, sysdig's `key=value ` text. Values may hold spaces, brackets and escapes, so each reader looks for
 * the one thing it wants; none of them throws.
 */

const PAYLOAD = /(?:^|\s)(?:data|args|env|msg)=/;
const TRAILER =
  /^\s(?:fd=-?\d+(?:\(.*\))? size=\d+(?: tuple=\S+(?: \/\S+)?)?|tuple=\S+(?: \/\S+)?(?: msgcontrol=\S*)?(?: fd=-?\d+(?:\(.*\))?)?(?: size=\d+)?)\s*$/;

/**
 * An info text without its payload, in which anything may be written: up to `data=`, and the `fd= size= tuple=` or
 * `tuple=` that recorders print behind it.
 */
export const withoutPayload = (info: string): string => {
  const payload = PAYLOAD.exec(info);
  if (!payload) return info;
  const head = info.slice(0, payload.index);
  const places = [info.lastIndexOf(' fd='), info.lastIndexOf(' tuple=')].sort((a, b) => a - b);
  const at = places.find((place) => place > payload.index && TRAILER.test(info.slice(place)));
  if (at !== undefined) return head + info.slice(at);
  return head;
};

/** Result of a system call as its exit row prints it. */
export interface CallResult {
  /** `res=`; null when the row prints none (generic events). */
  readonly value: number | null;
  /** Name in `res=-1(EPERM)`, or null. */
  readonly errno: string | null;
}

/** `res=40`, `res=-4(EINTR)`; a leading `fd=` result (`open`, `socket`) is not a `res`. */
export const readResult = (info: string): CallResult => {
  const match = /(?:^|\s)res=(-?\d+)(?:\(([A-Z0-9]+)\))?/.exec(info);
  if (!match) return { value: null, errno: null };
  return { value: Number(match[1]), errno: match[2] ?? null };
};

/** A file descriptor as printed: `fd=13(<4r>192.168.205.8->224.0.0.18)`. */
export interface Descriptor {
  readonly number: number;
  /** Kind code between `<` and `>`: `4r`, `6r`, `f`, `u`, `t`, ...; '' when not printed. */
  readonly kind: string;
  /** Name behind the kind; '' for a descriptor opened before the recording began. */
  readonly name: string;
}

/** The first `fd=` of an info text; the name ends at the bracket that a space or the end follows. */
export const readDescriptor = (text: string): Descriptor | null => {
  const info = withoutPayload(text);
  const start = /(?:^|\s)fd=(-?\d+)(\()?/.exec(info);
  if (!start) return null;
  const number = Number(start[1]);
  if (start[2] === undefined) return { number, kind: '', name: '' };
  const from = start.index + start[0].length;
  const rest = info.slice(from);
  const end = /\)(?=\s|$)/.exec(rest);
  const body = end ? rest.slice(0, end.index) : rest;
  const kind = /^<([^>]*)>/.exec(body);
  return kind ? { number, kind: kind[1] ?? '', name: body.slice(kind[0].length) } : { number, kind: '', name: body };
};

/** The two ends of `tuple=A:PORT->B:PORT`; addresses may be IPv6. */
export interface Tuple {
  readonly local: string;
  readonly localPort: number;
  readonly peer: string;
  readonly peerPort: number;
}

const splitPort = (end: string): [string, number] => {
  const colon = end.lastIndexOf(':');
  return colon < 0 ? [end, -1] : [end.slice(0, colon), Number(end.slice(colon + 1))];
};

/** `tuple=0.0.0.0:112->224.0.0.18:0`; null for `tuple=NULL` and unix sockets. */
export const readTuple = (info: string): Tuple | null => {
  const match = /(?:^|\s)tuple=([\da-f:.%]+?)->([\da-f:.%]+)(?=\s|$)/i.exec(withoutPayload(info));
  if (!match) return null;
  const [local, localPort] = splitPort(match[1] ?? '');
  const [peer, peerPort] = splitPort(match[2] ?? '');
  if (!/[.:]/.test(local) || !/[.:]/.test(peer)) return null;
  if (!Number.isInteger(localPort) || !Number.isInteger(peerPort) || localPort < 0 || peerPort < 0) return null;
  return { local, localPort, peer, peerPort };
};

/** IP protocol number of VRRP (RFC 9568 section 5.1.1.4), which sysdig prints as a raw socket's port. */
export const VRRP_PROTOCOL = 112;
const MULTICAST_V4 = '224.0.0.18';

/**
 * Destination of a send that a trace of registers alone does not show (perf, ftrace), and that its reader takes for an
 * advertisement's by all else that is known of it: such rows say `destination=not-recorded`.
 */
export const UNKNOWN_DESTINATION = 'not-recorded';
const NOT_RECORDED = /(?:^|\s)destination=not-recorded(?=\s|$)/;

/** Family of a destination that {@link vrrpDestination} gives, null where it was not recorded. */
export const familyOf = (destination: string): 'ipv4' | 'ipv6' | null => {
  if (destination === UNKNOWN_DESTINATION) return null;
  return destination.includes(':') ? 'ipv6' : 'ipv4';
};
const MULTICAST_V6 = 'ff02::12';

/**
 * Where a send goes if it is a VRRP advertisement, else null: to IP protocol 112, 224.0.0.18 or ff02::12, or
 * {@link UNKNOWN_DESTINATION}. The kernel
 * module may print the peer in `fd=` wrongly; `tuple=` is right in both recorders, so it is asked first.
 */
export const vrrpDestination = (info: string): string | null => {
  const tuple = readTuple(info);
  if (tuple) {
    if (tuple.peer === MULTICAST_V4 || tuple.peer === MULTICAST_V6) return tuple.peer;
    return tuple.localPort === VRRP_PROTOCOL && tuple.peerPort === 0 ? tuple.peer : null;
  }
  const descriptor = readDescriptor(info);
  if (!descriptor) return null;
  if (NOT_RECORDED.test(withoutPayload(info))) return UNKNOWN_DESTINATION;
  if (/->224\.0\.0\.18(?![\d.])/.test(descriptor.name)) return MULTICAST_V4;
  if (/->ff02::12(?![\da-f:])/i.test(descriptor.name)) return MULTICAST_V6;
  return null;
};

const DASH = 0x2d;
const GREATER = 0x3e;
const COLON = 0x3a;
const ONE = 0x31;
const TWO = 0x32;
const LOWER_F = 0x66;
const UPPER_F = 0x46;

/** Whether bytes may be of an advertisement, so that it is worth asking {@link vrrpDestination}; makes no string. */
export const mayBeVrrp = ({ bytes, from, to }: InfoSpan): boolean => {
  for (let at = from + 1; at < to; at++) {
    if (bytes[at] !== GREATER || bytes[at - 1] !== DASH) continue;
    const next = bytes[at + 1];
    // ->224.0.0.18, ->ff02::12
    if ((next === TWO && bytes[at + 2] === TWO) || next === LOWER_F || next === UPPER_F) return true;
    // :112->
    if (bytes[at - 5] === COLON && bytes[at - 4] === ONE && bytes[at - 3] === ONE && bytes[at - 2] === TWO) return true;
  }
  return false;
};

/** Whether a receive is on a VRRP socket: raw, or with protocol 112 or the VRRP groups in its name or tuple. */
export const isVrrpReceive = (info: string): boolean => {
  const descriptor = readDescriptor(info);
  if (descriptor && /^[46]r$/.test(descriptor.kind)) return true;
  const tuple = readTuple(info);
  return tuple !== null && (tuple.localPort === VRRP_PROTOCOL || tuple.peerPort === VRRP_PROTOCOL);
};

/** What of a VRRP header is still legible in `data=`, where unprintable bytes became `.`. */
export interface PayloadHint {
  readonly version: 2 | 3 | null;
  readonly vrid: number | null;
  readonly priority: number | null;
}

/** Printable ASCII other than `.`, which may stand for any byte. */
const legible = (char: string | undefined): number | null =>
  char !== undefined && char > ' ' && char <= '~' && char !== '.' ? char.charCodeAt(0) : null;

/** Readers that see the payload itself keep no more of it than `vrrp=VERSION/VRID/PRIORITY`. */
const HEADER = /(?:^|\s)vrrp=([23])\/(\d{1,3})\/(\d{1,3})(?=\s|$)/;

/**
 * Version, virtual router id and priority where the row tells them, or their bytes are printable. IPv4 raw sockets of keepalived carry the IP
 * header (20 bytes) in front, IPv6 ones do not. No other byte of the payload is looked at.
 */
export const readPayloadHint = (info: string): PayloadHint => {
  const none: PayloadHint = { version: null, vrid: null, priority: null };
  const told = HEADER.exec(withoutPayload(info));
  if (told) return { version: told[1] === '2' ? 2 : 3, vrid: Number(told[2]), priority: Number(told[3]) };
  const at = info.indexOf('data=');
  if (at < 0) return none;
  const data = info.slice(at + 5, at + 5 + 24);
  const head = data.startsWith('E') ? 20 : 0;
  const version = data[head] === '!' ? 2 : data[head] === '1' ? 3 : null;
  if (version === null) return none;
  return { version, vrid: legible(data[head + 1]), priority: legible(data[head + 2]) };
};

/** A number behind `key=`, or null. */
export const readNumber = (info: string, key: string): number | null => {
  const match = new RegExp(`(?:^|\\s)${key}=(-?\\d+)`).exec(info);
  return match ? Number(match[1]) : null;
};

/** `sig=19(SIGSTOP)` as its name (`SIG19` when none is printed), or null. */
export const readSignal = (info: string): string | null => {
  const match = /^(?:.*\s)?sig=(\d+)(?:\((\w+)\))?/s.exec(withoutPayload(info));
  return match ? (match[2] ?? `SIG${match[1] ?? ''}`) : null;
};

const STOP_SIGNALS = new Set(['SIGSTOP', 'SIGTSTP', 'SIGTTIN', 'SIGTTOU']);

/** The same where it is one that stops, else null. */
export const readStopSignal = (info: string): string | null => {
  const signal = readSignal(info);
  return signal !== null && STOP_SIGNALS.has(signal) ? signal : null;
};

/** Who sent a signal, by the row of its delivery: `spid=700(bash)`; null where the kernel did, or nothing tells. */
export const readSignalSender = (info: string): { tid: number; comm: string } | null => {
  const match = /(?:^|\s)spid=(\d+)(?:\((.*?)\))?(?=\s+[a-z]+=|\s*$)/.exec(withoutPayload(info));
  return match && Number(match[1]) > 0 ? { tid: Number(match[1]), comm: match[2] ?? '' } : null;
};

/** The thread or process a `kill`, `tkill`, `tgkill` or `ptrace` row aims at. */
export const readTarget = (info: string): number | null => {
  const text = withoutPayload(info);
  const match = /(?:^|\s)pid=(-?\d+)(?:\(.*?\))?(?=\s+[a-z]+=|\s*$)(?:\s+tid=(-?\d+))?/.exec(text);
  return match ? Number(match[2] ?? match[1]) : readNumber(text, 'tid');
};

/** Path of a file a call names: its descriptor's name, else `name=`, `path=` or `addr=`. */
export const readPath = (info: string): string | null => {
  const descriptor = readDescriptor(info);
  if (descriptor && descriptor.name !== '') return descriptor.name;
  const match = /(?:^|\s)(?:name|path|addr|filename)=(\S+)/.exec(withoutPayload(info));
  return match?.[1] ?? null;
};

// @ts-check
/** Sockets and their addresses as sysdig prints them. */
import { endianness } from 'node:os';

/**
 * @typedef {{ family: number, type: number, protocol: number }} Socket
 * @typedef {{ address: string, port: number }} Endpoint
 */

const UNIX = 1;
const INET = 2;
const INET6 = 10;
const NETLINK = 16;
const RAW = 3;
/** RFC 9568 section 5.1.1.4. */
const VRRP = 112;

/**
 * @param {string} text `2,3,112`
 * @returns {Socket}
 */
export function parseSocket(text) {
  const [family = 0, type = 0, protocol = 0] = text.split(',').map(Number);
  return { family, type, protocol };
}

/** @param {Socket} socket */
export const isInternet = ({ family }) => family === INET || family === INET6;

/** @param {Socket} socket */
export const isVrrp = ({ type, protocol }) => type === RAW && protocol === VRRP;

/**
 * @param {Socket} socket
 * @returns {string} `<4r>0.0.0.0:112`; sysdig prints a raw socket's protocol where others have their port
 */
export function describeSocket({ family, type, protocol }) {
  if (family === UNIX) return '<u>';
  if (family === NETLINK) return '<n>';
  if (family !== INET && family !== INET6) return '<o>';
  const digit = family === INET ? '4' : '6';
  if (type !== RAW) return `<${digit}${type === 1 ? 't' : 'u'}>`;
  return `<${digit}r>${family === INET ? '0.0.0.0' : '::'}:${protocol}`;
}

/**
 * @param {string} text the address' bytes as words of this machine, `120000e000000002,0,0,0`, or as bpftrace's %r prints them
 * @returns {Uint8Array}
 */
export function parseAddressBytes(text) {
  if (!/^(?:[0-9a-f]+,){3}[0-9a-f]+$/.test(text)) {
    return Uint8Array.from(text.matchAll(/\\x([0-9a-f]{2})|[^]/g), (match) =>
      match[1] === undefined ? match[0].charCodeAt(0) : Number.parseInt(match[1], 16),
    );
  }
  const [first = '0', second = '0', third = '0', last = '0'] = text.split(',');
  const bytes = Buffer.alloc(28);
  const little = endianness() === 'LE';
  [first, second, third].forEach((word, i) => {
    const value = BigInt(`0x${word.slice(0, 16)}`);
    if (little) bytes.writeBigUInt64LE(value, 8 * i);
    else bytes.writeBigUInt64BE(value, 8 * i);
  });
  const value = Number(`0x${last.slice(0, 8)}`);
  if (little) bytes.writeUInt32LE(value, 24);
  else bytes.writeUInt32BE(value, 24);
  return bytes;
}

/**
 * @param {Uint8Array} bytes a `struct sockaddr` (ip(7), ipv6(7), unix(7)), perhaps with bytes of something else behind it
 * @returns {Endpoint | string | null} an address, the path of a unix socket, or null where there is neither
 */
export function parseAddress(bytes) {
  if (bytes.length < 3) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const family = view.getUint16(0, true);
  if (family === INET && bytes.length >= 8) return { address: bytes.subarray(4, 8).join('.'), port: view.getUint16(2) };
  if (family === INET6 && bytes.length >= 24) {
    const groups = Array.from({ length: 8 }, (_, i) => view.getUint16(8 + 2 * i).toString(16));
    return { address: new URL(`http://[${groups.join(':')}]`).hostname.slice(1, -1), port: view.getUint16(2) };
  }
  if (family === UNIX) return /^[!-~]*/.exec(Buffer.from(bytes.subarray(2)).toString('latin1'))?.[0] || null;
  return null;
}

/**
 * @param {Socket} socket
 * @param {Endpoint} peer
 * @returns {string} `0.0.0.0:112->224.0.0.18:0`
 */
export function describeTuple({ family, type, protocol }, peer) {
  const port = type === RAW ? protocol : 0;
  const peerPort = type === RAW ? 0 : peer.port;
  return `${family === INET ? '0.0.0.0' : '::'}:${port}->${peer.address}:${peerPort}`;
}

/**
 * @param {Socket} socket
 * @returns {string} `0.0.0.0:0->0.0.0.0:112`, what sysdig prints when a raw socket receives
 */
export function describeReceiveTuple({ family, type, protocol }) {
  const any = family === INET ? '0.0.0.0' : '::';
  return `${any}:0->${any}:${type === RAW ? protocol : 0}`;
}

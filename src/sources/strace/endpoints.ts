import { isIP } from 'node:net';
import type { Descriptor } from './descriptors.js';
import { readName, readQuoted } from './quoted.js';

/** An address in a call's arguments. */
export interface Endpoint {
  readonly family: 4 | 6;
  readonly address: string;
  readonly port: number;
}

const LONGEST_ADDRESS = 64;
const INET = /\bsa_family=AF_INET, sin_port=htons\((\d{1,5})\), sin_addr=inet_addr\(("[^"]*")\)/;
/** Since strace 5 `inet_pton` comes with the name of what it fills in. */
const INET6 = /\bsa_family=AF_INET6, sin6_port=htons\((\d{1,5})\)[^}]*?inet_pton\(AF_INET6, ("[^"]*")/;
const UNIX = /\bsa_family=AF_UNIX, sun_path=(@?)("(?:[^"\\]|\\.)*")/;

/** The first socket address of IP in arguments, where its address is one. */
export const endpointOf = (args: string): Endpoint | null => {
  const inet = INET.exec(args);
  const match = inet ?? INET6.exec(args);
  if (!match) return null;
  const quoted = match[2] ?? '';
  const address = Buffer.from(readQuoted(quoted, 0, quoted.length, LONGEST_ADDRESS)).toString('latin1');
  const family = inet ? 4 : 6;
  return isIP(address) === family ? { family, address, port: Number(match[1]) } : null;
};

/** The first unix socket in arguments that has a name. */
export const socketNameOf = (args: string): Descriptor | null => {
  const match = UNIX.exec(args);
  const name = readName(match?.[2] ?? '""');
  return name === '' ? null : { kind: 'u', name: `${match?.[1] ?? ''}${name}` };
};

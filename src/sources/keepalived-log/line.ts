import type { Stamp } from './stamp.js';

/** A line of a log taken apart. */
export interface LogLine {
  readonly stamp: Stamp;
  readonly host: string | null;
  /** Who wrote it; null for keepalived's own output, which does not say. */
  readonly ident: string | null;
  readonly pid: number | null;
  readonly message: string;
}

/** So much of a line is looked at (characters); no message of keepalived that is read here is longer. */
export const LONGEST_MESSAGE = 4096;

const HOST_AND_IDENT = /^(\S{1,255}) ([\w./@-]{1,64})(?:\[(\d{1,10})\])?: ?/;
const IDENT = /^([\w./@-]{1,64})(?:\[(\d{1,10})\])?: ?/;

/** `host Keepalived_vrrp[123]: message`, also without the host. */
export const takeHeader = (rest: string): Omit<LogLine, 'stamp'> | null => {
  const withHost = HOST_AND_IDENT.exec(rest);
  if (withHost && !(withHost[1] ?? '').endsWith(':')) {
    const [all, host = null, ident = null, pid] = withHost;
    return { host, ident, pid: pid === undefined ? null : Number(pid), message: rest.slice(all.length) };
  }
  const without = IDENT.exec(rest);
  if (!without) return null;
  const [all, ident = null, pid] = without;
  return { host: null, ident, pid: pid === undefined ? null : Number(pid), message: rest.slice(all.length) };
};

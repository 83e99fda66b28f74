import { takeHeader, type LogLine } from './line.js';
import { readIso } from './stamp.js';

const PRIORITY = /^<\d{1,3}>/;

/** Without the priority in angle brackets that a line has as it goes to the log socket or over the network. */
export const withoutPriority = (text: string): string => text.replace(PRIORITY, '');

const HEADER_5424 = /^1 (\S{1,40}) (\S{1,255}) (\S{1,64}) (\S{1,128}) \S{1,32} /;
const STRUCTURED = /^(?:-|(?:\[(?:[^\]"\\]|"(?:[^"\\]|\\.)*"|\\.)*\])+)(?: \ufeff?|$)/;

/** `1 2026-11-22T14:03:11.123456+00:00 host Keepalived_vrrp 123 - - message`: RFC 5424, after its priority. */
export const readRfc5424 = (text: string): LogLine | null => {
  const found = HEADER_5424.exec(text);
  if (!found) return null;
  const [all, time = '', host = '', ident = '', pid = ''] = found;
  const stamped = readIso(time);
  if (stamped?.end !== time.length) return null;
  const rest = text.slice(all.length);
  const data = STRUCTURED.exec(rest);
  const message = data ? rest.slice(data[0].length) : rest;
  return {
    stamp: stamped.stamp,
    host: host === '-' ? null : host,
    ident,
    pid: /^\d{1,10}$/.test(pid) ? Number(pid) : null,
    message,
  };
};

/** What follows the time in a file of syslog, or in the text of journalctl. */
export const readSyslogRest = takeHeader;

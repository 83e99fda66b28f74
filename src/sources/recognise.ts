import { recogniseCapture } from './capture/index.js';
import { isPerfScriptLine } from './ftrace-text/perf-line.js';
import { isTraceCmdLine } from './ftrace-text/trace-cmd-line.js';
import { isSysdigTextLine } from './sysdig-text/line.js';
import { isStraceLine } from './strace/recognise.js';
import { isVitalsLine } from './vitals.js';

/** The kinds of trace: events from inside the sending machine. */
export const TRACE_KINDS = ['sysdig-json', 'sysdig-text', 'scap', 'strace', 'perf-script', 'trace-cmd'] as const;
export type TraceKind = (typeof TRACE_KINDS)[number];

/** What a file is, by its content. */
export type InputKind =
  | TraceKind
  | 'pcap'
  | 'pcapng'
  | 'tcpdump-text'
  | 'tshark-fields'
  | 'tshark-json'
  | 'tshark-ek'
  | 'keepalived-log'
  | 'vitals'
  | 'empty'
  | 'unknown';

/** How many bytes of (decompressed) content the recogniser should be given where there are that many. */
export const RECOGNISE_BYTES = 64 * 1024;

const LINES_JUDGED = 200;

/**
 * What the beginning of a file says it is. One good line among the first is enough for the text formats: files may
 * begin with a cut line or with rubbish, which their readers count.
 */
export const recognise = (head: Uint8Array): InputKind => {
  if (head.length === 0) return 'empty';
  if (isScap(head)) return 'scap';
  const binary = recogniseCapture(head);
  if (binary === 'pcap' || binary === 'pcapng') return binary;

  const text = Buffer.from(head.buffer, head.byteOffset, Math.min(head.length, RECOGNISE_BYTES)).toString('utf8');
  const lines = text.split('\n', LINES_JUDGED).map((line) => line.trim());
  if (lines.some(isSysdigRow)) return 'sysdig-json';
  if (lines.some(isSysdigTextLine)) return 'sysdig-text';
  if (lines.some(isStraceLine)) return 'strace';
  if (lines.some(isPerfScriptLine)) return 'perf-script';
  if (lines.some(isTraceCmdLine)) return 'trace-cmd';
  if (lines.some(isVitalsLine)) return 'vitals';
  if (lines.some(isKeepalivedLine)) return 'keepalived-log';
  if (binary !== null) return binary;
  return text.trim() === '' ? 'empty' : 'unknown';
};

/**
 * sysdig's file format borrows pcapng's section header, byte order and all; the type of the block behind it tells
 * them apart: pcapng has an interface description (1) there, scap one of its own (libs, scap_savefile.h: 0x201 and up).
 */
const isScap = (head: Uint8Array): boolean => {
  const bytes = Buffer.from(head.buffer, head.byteOffset, head.length);
  if (bytes.length < 12 || bytes.readUInt32LE(0) !== 0x0a0d0d0a) return false;
  const little = bytes.readUInt32LE(8) === 0x1a2b3c4d;
  if (!little && bytes.readUInt32BE(8) !== 0x1a2b3c4d) return false;
  const read = (at: number): number => (little ? bytes.readUInt32LE(at) : bytes.readUInt32BE(at));
  const next = read(4);
  if (next < 28 || bytes.length < next + 4) return false;
  const type = read(next);
  return type >= 0x201 && type < 0x300;
};

/** A row of `sysdig -j`, whole or cut: a key of sysdig's own. Other JSON has none, or only inside texts, escaped. */
const isSysdigRow = (line: string): boolean =>
  (/^[\ufeff\s]*\[?\s*\{/.test(line) && /[{,]\s*"(?:evt|thread|proc)\.[a-z_.]+"\s*:/.test(line)) ||
  // Indented, as jq prints it.
  /^"evt\.[a-z_.]+"\s*:[^{]*,$/.test(line);

/** keepalived's own log (`-l`), through syslog or the journal, as text or JSON. */
const isKeepalivedLine = (line: string): boolean =>
  /\bKeepalived(?:_vrrp|_healthcheckers|_bfd)?(?:\[\d+\])?:/.test(line) ||
  /"SYSLOG_IDENTIFIER"\s*:\s*"Keepalived/.test(line) ||
  /\b(?:Starting|Stopping|Stopped) (?:Keepalived|VRRP child process|Healthcheck child process)\b/.test(line) ||
  /\([^()]+\):? (?:Entering (?:MASTER|BACKUP|FAULT|INIT) STATE|Receive advertisement timeout|[Rr]eceived |sen[dt] )/.test(
    line,
  ) ||
  /\bSending(?:\/queueing)? gratuitous ARPs? on /.test(line) ||
  /VRRP_Instance\([^()]+\) /.test(line);

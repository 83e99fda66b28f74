import { isIPv4, isIPv6 } from 'node:net';
import type { TraceParser } from '../model/request.js';
import { parseDuration } from './durations.js';
import type { Flag } from './flags.js';
import { parseInstant } from './instants.js';
import { UsageError } from './usage-error.js';

/** The arguments of `analyze` as typed, each checked alone. */
export interface AnalyzeLowArguments {
  files: readonly string[];
  traces: string[];
  captures: { name: string | null; path: string }[];
  logs: string[];
  lateAfterNs: number | null;
  intervalNs: number | null;
  backupPriority: number | null;
  downTimerAdverts: number | null;
  vrid: number | null;
  sender: string | null;
  sinceNs: bigint | null;
  untilNs: bigint | null;
  parser: TraceParser;
  threads: number | null;
  json: boolean;
  gaps: boolean;
  all: boolean;
  utc: boolean;
  width: number | null;
  color: boolean | null;
  failOn: 'late' | 'takeover' | null;
  maxLossPercent: number | null;
}

const parseWhole = (text: string, from: number, to: number): number => {
  const value = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= from && value <= to)) throw new UsageError(`write a whole number from ${from} to ${to}`);
  return value;
};

const parsePath = (text: string): string => {
  if (text === '') throw new UsageError('empty; write the path of a file');
  return text;
};

/** `[NAME=]FILE`; a path with `=` in its first part is written `./a=b.pcap`. */
const parseCapture = (text: string): { name: string | null; path: string } => {
  const match = /^([A-Za-z0-9._-]+)=(.*)$/s.exec(text);
  if (!match) {
    if (text.startsWith('=')) throw new UsageError('the name before = is empty; write NAME=FILE or FILE');
    return { name: null, path: parsePath(text) };
  }
  const [, name = '', path = ''] = match;
  if (name === 'send') throw new UsageError("'send' means the system calls; give the capture another name");
  return { name, path: parsePath(path) };
};

/** An address in the form captures show it; text captures may show names, so a name is let through. */
const parseSender = (text: string): string => {
  if (isIPv4(text)) return text;
  if (isIPv6(text) && !text.includes('%')) {
    // The URL standard's serialisation is that of RFC 5952 but for the dotted form of mapped addresses, which no sender has.
    return new URL(`http://[${text}]/`).hostname.slice(1, -1);
  }
  if (/^[A-Za-z0-9._-]+$/.test(text) && /[A-Za-z]/.test(text)) return text;
  throw new UsageError('not an address; write an IPv4 or IPv6 address as the capture shows it, without %interface');
};

const parsePercent = (text: string): number => {
  const match = /^(\d{1,3}(?:\.\d+)?)%?$/.exec(text);
  const value = match ? Number(match[1]) : Number.NaN;
  if (!(value >= 0 && value <= 100)) throw new UsageError('write a percentage from 0 to 100');
  return value;
};

/** Every flag of `analyze`, in the order of its help. */
export const analyzeFlags: readonly Flag<AnalyzeLowArguments>[] = [
  {
    name: 'trace',
    value: 'FILE',
    help: 'events from inside the sending machine (repeatable; - is stdin)',
    update: (low, value) => low.traces.push(parsePath(value)),
  },
  {
    name: 'capture',
    value: '[NAME=]FILE',
    help: 'VRRP packets at one point (repeatable, in order from the sender outward)',
    update: (low, value) => low.captures.push(parseCapture(value)),
  },
  {
    name: 'log',
    value: 'FILE',
    help: "keepalived's log of the sender",
    update: (low, value) => low.logs.push(parsePath(value)),
  },
  {
    name: 'late-after',
    value: 'DURATION',
    help: 'late when it leaves this much after it was due (default: 10 % of the interval, at least 5ms)',
    update: (low, value) => (low.lateAfterNs = parseDuration(value)),
  },
  {
    name: 'interval',
    value: 'DURATION',
    help: 'advertisement interval, where the packets do not say (default: from the packets)',
    update: (low, value) => {
      low.intervalNs = parseDuration(value);
      if (low.intervalNs === 0) throw new UsageError('an interval is longer than nothing');
    },
  },
  {
    name: 'backup-priority',
    value: 'N',
    help: 'priority of the backup (default: the highest lower priority seen, else 100)',
    update: (low, value) => (low.backupPriority = parseWhole(value, 1, 254)),
  },
  {
    name: 'down-timer-adverts',
    value: 'N',
    help: 'advertisements missed before a takeover (default: 3)',
    update: (low, value) => (low.downTimerAdverts = parseWhole(value, 1, 100)),
  },
  {
    name: 'vrid',
    value: 'N',
    help: 'only this virtual router',
    update: (low, value) => (low.vrid = parseWhole(value, 1, 255)),
  },
  {
    name: 'sender',
    value: 'ADDRESS',
    help: 'only advertisements from this address',
    update: (low, value) => (low.sender = parseSender(value)),
  },
  {
    name: 'since',
    value: 'T',
    help: 'only from this time on (RFC 3339, or seconds since 1970)',
    update: (low, value) => (low.sinceNs = parseInstant(value)),
  },
  {
    name: 'until',
    value: 'T',
    help: 'only up to this time (RFC 3339, or seconds since 1970)',
    update: (low, value) => (low.untilNs = parseInstant(value)),
  },
  {
    name: 'parser',
    value: 'bytes|typescript|ndjson',
    help: 'how the trace is read; the answer is the same (default: bytes)',
    update: (low, value) => {
      if (value !== 'bytes' && value !== 'typescript' && value !== 'ndjson')
        throw new UsageError('write bytes, typescript or ndjson');
      low.parser = value;
    },
  },
  {
    name: 'threads',
    value: 'N',
    help: 'how many threads may read a trace (default: as many as there are processors)',
    update: (low, value) => (low.threads = parseWhole(value, 1, 64)),
  },
  {
    name: 'json',
    help: 'print the answer as JSON, and nothing else (whylate schema describes it)',
    update: (low) => (low.json = true),
  },
  {
    name: 'gaps',
    help: 'print one line per gap: time, gap, instance, from->to, cause',
    update: (low) => (low.gaps = true),
  },
  {
    name: 'all',
    help: 'details of every late advertisement (default: of the worst 20)',
    update: (low) => (low.all = true),
  },
  {
    name: 'utc',
    help: 'times in UTC (default: local time)',
    update: (low) => (low.utc = true),
  },
  {
    name: 'width',
    value: 'N',
    help: 'columns to write for (default: those of the terminal, else 100)',
    update: (low, value) => (low.width = parseWhole(value, 40, 1000)),
  },
  {
    name: 'color',
    negatable: true,
    help: 'colours, or none (default: on a terminal, unless NO_COLOR is set)',
    update: (low, _, on) => (low.color = on),
  },
  {
    name: 'fail-on',
    value: 'late|takeover',
    help: 'exit 4 if there was one',
    update: (low, value) => {
      if (value !== 'late' && value !== 'takeover') throw new UsageError('write late or takeover');
      low.failOn = value;
    },
  },
  {
    name: 'max-loss',
    value: 'PERCENT',
    help: 'exit 3 if an input is known to have lost more (default: no limit)',
    update: (low, value) => (low.maxLossPercent = parsePercent(value)),
  },
];

/** The arguments of `analyze` with nothing given but operands. */
export const startAnalyzeArguments = (files: readonly string[]): AnalyzeLowArguments => ({
  files,
  traces: [],
  captures: [],
  logs: [],
  lateAfterNs: null,
  intervalNs: null,
  backupPriority: null,
  downTimerAdverts: null,
  vrid: null,
  sender: null,
  sinceNs: null,
  untilNs: null,
  parser: 'bytes',
  threads: null,
  json: false,
  gaps: false,
  all: false,
  utc: false,
  width: null,
  color: null,
  failOn: null,
  maxLossPercent: null,
});

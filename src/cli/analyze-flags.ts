import type { TimingRequest } from '../model/request.js';
import { parsePath } from './flag-values.js';
import type { Flag } from './flags.js';
import { parseInstant } from './instants.js';
import { pageFlags, startPageArguments, type PageLowArguments } from './page-flags.js';
import { readingFlags, startReadingArguments, type ReadingLowArguments } from './reading-flags.js';
import { reportFlags, startReportArguments, type ReportLowArguments } from './report-flags.js';
import { startTimingArguments, timingFlags } from './timing-flags.js';
import { UsageError } from './usage-error.js';

/** The arguments of `analyze` as typed, each checked alone. */
export interface AnalyzeLowArguments extends TimingRequest, ReadingLowArguments, PageLowArguments, ReportLowArguments {
  files: readonly string[];
  traces: string[];
  captures: { name: string | null; path: string }[];
  logs: string[];
  stats: { name: string | null; path: string }[];
  sinceNs: bigint | null;
  untilNs: bigint | null;
  json: boolean;
  gaps: boolean;
  ndjson: boolean;
  markdown: boolean;
  all: boolean;
  strict: boolean;
  failOn: 'late' | 'takeover' | null;
  maxLossPercent: number | null;
}

/** `[NAME=]FILE`; a path with `=` in its first part is written `./a=b.pcap`. */
const parseNamed = (text: string): { name: string | null; path: string } => {
  const match = /^([A-Za-z0-9._-]+)=(.*)$/s.exec(text);
  if (!match) {
    if (text.startsWith('=')) throw new UsageError('the name before = is empty; write NAME=FILE or FILE');
    return { name: null, path: parsePath(text) };
  }
  const [, name = '', path = ''] = match;
  return { name, path: parsePath(path) };
};

const parseCapture = (text: string): { name: string | null; path: string } => {
  const named = parseNamed(text);
  if (named.name === 'send') throw new UsageError("'send' means the system calls; give the capture another name");
  return named;
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
    repeatable: true,
    help: 'events from inside the sending machine (repeatable; - is stdin)',
    update: (low, value) => low.traces.push(parsePath(value)),
  },
  {
    name: 'capture',
    value: '[NAME=]FILE',
    repeatable: true,
    help: 'VRRP packets at one point (repeatable, in order from the sender outward)',
    update: (low, value) => low.captures.push(parseCapture(value)),
  },
  {
    name: 'log',
    value: 'FILE',
    repeatable: true,
    help: "keepalived's log of the sender",
    update: (low, value) => low.logs.push(parsePath(value)),
  },
  {
    name: 'stats',
    value: '[NAME=]FILE',
    repeatable: true,
    help: 'what sysdig -v or tcpdump said it lost, where it is not beside the input (NAME: a capture, or trace)',
    update: (low, value) => low.stats.push(parseNamed(value)),
  },
  ...timingFlags,
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
  ...readingFlags,
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
    name: 'ndjson',
    help: 'print one late advertisement a line, as JSON',
    update: (low) => (low.ndjson = true),
  },
  {
    name: 'markdown',
    help: 'print it for a ticket',
    update: (low) => (low.markdown = true),
  },
  ...reportFlags,
  {
    name: 'all',
    help: 'details of every late advertisement (default: of the worst 20); with --perfetto the whole time',
    update: (low) => (low.all = true),
  },
  ...pageFlags,
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
    name: 'strict',
    help: 'exit 3 if anything of an input was malformed or lost: any counter of severity error or data-loss',
    update: (low) => (low.strict = true),
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
  stats: [],
  ...startTimingArguments(),
  ...startReadingArguments(),
  ...startPageArguments(),
  ...startReportArguments(),
  sinceNs: null,
  untilNs: null,
  json: false,
  gaps: false,
  ndjson: false,
  markdown: false,
  all: false,
  strict: false,
  failOn: null,
  maxLossPercent: null,
});

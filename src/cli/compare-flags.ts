import { parseCondition, type Condition } from '../comparison/conditions.js';
import type { TimingRequest } from '../model/request.js';
import { parsePath, parseWhole } from './flag-values.js';
import type { Flag } from './flags.js';
import { pageFlags, startPageArguments, type PageLowArguments } from './page-flags.js';
import { readingFlags, startReadingArguments, type ReadingLowArguments } from './reading-flags.js';
import { startTimingArguments, timingFlags } from './timing-flags.js';
import { UsageError } from './usage-error.js';

/** The arguments of `compare` as typed, each checked alone. */
export interface CompareLowArguments extends TimingRequest, ReadingLowArguments, PageLowArguments {
  readonly paths: readonly string[];
  readonly by: string[];
  baseline: string | null;
  seed: number | null;
  resamples: number | null;
  cache: boolean;
  json: boolean;
  markdown: boolean;
  schema: boolean;
  html: string | null;
  all: boolean;
  readonly failIf: Condition[];
  failIfWorse: boolean;
}

/** The arguments of `compare` with nothing given but operands. */
export const startCompareArguments = (paths: readonly string[]): CompareLowArguments => ({
  ...startTimingArguments(),
  ...startReadingArguments(),
  ...startPageArguments(),
  paths,
  by: [],
  baseline: null,
  seed: null,
  resamples: null,
  cache: true,
  json: false,
  markdown: false,
  schema: false,
  html: null,
  all: false,
  failIf: [],
  failIfWorse: false,
});

const MOST_SEED = 999_999_999;
const FEWEST_RESAMPLES = 200;
const MOST_RESAMPLES = 100_000;

const splitNames = (text: string): string[] => {
  const names = text.split(',').map((name) => name.trim());
  if (names.includes('')) throw new UsageError('write the name of a setting, or several with commas between them');
  return names;
};

const readCondition = (text: string): Condition => {
  try {
    return parseCondition(text);
  } catch (error) {
    throw error instanceof RangeError ? new UsageError(error.message) : error;
  }
};

/** Every flag of `compare`, in the order of its help. */
export const compareFlags: readonly Flag<CompareLowArguments>[] = [
  {
    name: 'by',
    value: 'NAME',
    repeatable: true,
    help: 'group sessions by this setting: a name in environment.json, label.NAME, recording.NAME or router.NAME, or the end of one (repeatable)',
    update: (low, value) => low.by.push(...splitNames(value)),
  },
  {
    name: 'baseline',
    value: 'VALUE',
    help: 'the group the others are held against, by its value (several: "A / B"); without it all pairs are compared',
    update: (low, value) => (low.baseline = value),
  },
  ...timingFlags,
  {
    name: 'fail-if',
    value: 'CONDITION',
    repeatable: true,
    help: "exit 4 if a group but the baseline meets it, such as 'late_rate > 0.01' or 'p99 > 5ms' (repeatable)",
    update: (low, value) => low.failIf.push(readCondition(value)),
  },
  {
    name: 'fail-if-worse',
    help: 'exit 4 if a group is shown to be late more often than the baseline (default: that of the first session)',
    update: (low, _, on) => (low.failIfWorse = on),
  },
  {
    name: 'json',
    help: 'print the comparison as JSON, and nothing else',
    update: (low, _, on) => (low.json = on),
  },
  {
    name: 'markdown',
    help: 'print it for a ticket',
    update: (low, _, on) => (low.markdown = on),
  },
  {
    name: 'html',
    value: 'FILE',
    help: 'write a page for people: distributions side by side, intervals, what differs',
    update: (low, value) => (low.html = parsePath(value)),
  },
  {
    name: 'schema',
    help: 'print the JSON Schema of the comparison',
    update: (low, _, on) => (low.schema = on),
  },
  {
    name: 'all',
    help: 'every session, setting and culprit (default: the first of each)',
    update: (low, _, on) => (low.all = on),
  },
  {
    name: 'seed',
    value: 'N',
    help: 'for what is drawn at random; the same seed gives the same answer (default: 1)',
    update: (low, value) => (low.seed = parseWhole(value, 0, MOST_SEED)),
  },
  {
    name: 'resamples',
    value: 'N',
    help: 'how often sessions are drawn anew for the intervals (default: 2000)',
    update: (low, value) => (low.resamples = parseWhole(value, FEWEST_RESAMPLES, MOST_RESAMPLES)),
  },
  {
    name: 'cache',
    negatable: true,
    help: 'use the figures that an earlier comparison left in the session folders (default)',
    update: (low, _, on) => (low.cache = on),
  },
  ...readingFlags,
  ...pageFlags,
];

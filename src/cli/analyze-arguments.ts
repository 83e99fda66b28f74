import type { AnalyzeRequest } from '../model/request.js';
import type { AnalyzeLowArguments } from './analyze-flags.js';
import { raisePageArguments, type PageArguments } from './page-flags.js';
import { readSourceDate } from './source-date.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

/** What `analyze` is to do, with nothing left to decide. */
export interface AnalyzeArguments extends PageArguments {
  readonly request: AnalyzeRequest;
  readonly form: 'terminal' | 'json' | 'gaps' | 'ndjson' | 'markdown';
  /** Files that reports go into. */
  readonly files: Readonly<Record<ReportKind, string | null>>;
  /** When the input was made, where somebody says so: what reports may be dated by. */
  readonly sourceDate: string | null;
  readonly all: boolean;
  /** Whether errors among the counters make the inputs unusable. */
  readonly strict: boolean;
  readonly failOn: 'late' | 'takeover' | null;
  readonly maxLossPercent: number | null;
}

/** Reports that go into files. */
export type ReportKind = 'html' | 'perfetto' | 'prometheus' | 'junit';

const FORMS = ['json', 'gaps', 'ndjson', 'markdown'] as const;

const checkInputs = (low: AnalyzeLowArguments): void => {
  const paths = [...low.files, ...low.traces, ...low.captures.map(({ path }) => path), ...low.logs];
  if (paths.length === 0) {
    throw new UsageError('no input given; name a trace, a capture or a session folder, or - for stdin');
  }
  if ([...paths, ...low.stats.map(({ path }) => path)].includes(''))
    throw new UsageError('an empty file name; write the path of a file');
  if (paths.filter((path) => path === '-').length > 1) {
    throw new UsageError('stdin (-) was given twice; it can be read only once');
  }
  if (low.stats.some(({ path }) => path === '-')) throw new UsageError('--stats reads no stdin; name a file');
  const names = low.captures.flatMap(({ name }) => (name === null ? [] : [name]));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw new UsageError(`two captures are named '${twice}'; give each a name of its own`);
};

/**
 * From the arguments as typed to what they mean together.
 *
 * @throws UsageError when they contradict each other
 */
export const raiseAnalyzeArguments = (low: AnalyzeLowArguments, world: World): AnalyzeArguments => {
  checkInputs(low);
  const forms = FORMS.filter((form) => low[form]);
  if (forms.length > 1)
    throw new UsageError(`${forms.map((form) => `--${form}`).join(' and ')} were both given; choose one`);
  if (low.sinceNs !== null && low.untilNs !== null && low.sinceNs > low.untilNs) {
    throw new UsageError('--since is later than --until; swap them');
  }
  return {
    request: {
      files: [...low.files],
      traces: low.traces,
      captures: low.captures,
      logs: low.logs,
      stats: low.stats,
      lateAfterNs: low.lateAfterNs,
      intervalNs: low.intervalNs,
      backupPriority: low.backupPriority,
      downTimerAdverts: low.downTimerAdverts,
      vrid: low.vrid,
      sender: low.sender,
      sinceNs: low.sinceNs,
      untilNs: low.untilNs,
      parser: low.parser,
      threads: low.threads,
    },
    form: forms[0] ?? 'terminal',
    files: { html: low.html, perfetto: low.perfetto, prometheus: low.prometheus, junit: low.junit },
    sourceDate: readSourceDate(world.env),
    all: low.all,
    strict: low.strict,
    ...raisePageArguments(low, world),
    failOn: low.failOn,
    maxLossPercent: low.maxLossPercent,
  };
};

import type { AnalyzeRequest } from '../model/request.js';
import type { AnalyzeLowArguments } from './analyze-flags.js';
import { raisePageArguments, type PageArguments } from './page-flags.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

/** What `analyze` is to do, with nothing left to decide. */
export interface AnalyzeArguments extends PageArguments {
  readonly request: AnalyzeRequest;
  readonly form: 'terminal' | 'json' | 'gaps';
  readonly all: boolean;
  readonly failOn: 'late' | 'takeover' | null;
  readonly maxLossPercent: number | null;
}

const checkInputs = (low: AnalyzeLowArguments): void => {
  const paths = [...low.files, ...low.traces, ...low.captures.map(({ path }) => path), ...low.logs];
  if (paths.length === 0) {
    throw new UsageError('no input given; name a trace, a capture or a session folder, or - for stdin');
  }
  if (paths.includes('')) throw new UsageError('an empty file name; write the path of a file');
  if (paths.filter((path) => path === '-').length > 1) {
    throw new UsageError('stdin (-) was given twice; it can be read only once');
  }
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
  if (low.json && low.gaps) throw new UsageError('--json and --gaps were both given; choose one');
  if (low.sinceNs !== null && low.untilNs !== null && low.sinceNs > low.untilNs) {
    throw new UsageError('--since is later than --until; swap them');
  }
  return {
    request: {
      files: [...low.files],
      traces: low.traces,
      captures: low.captures,
      logs: low.logs,
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
    form: low.json ? 'json' : low.gaps ? 'gaps' : 'terminal',
    all: low.all,
    ...raisePageArguments(low, world),
    failOn: low.failOn,
    maxLossPercent: low.maxLossPercent,
  };
};

import type { AnalyzeRequest } from '../model/request.js';
import type { AnalyzeLowArguments } from './analyze-flags.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

/** Narrowest terminal the report is made for, and the width from which long lines would only be harder to read. */
const NARROWEST = 40;
const WIDEST = 200;
const WIDTH_WITHOUT_TERMINAL = 100;

/** What `analyze` is to do, with nothing left to decide. */
export interface AnalyzeArguments {
  readonly request: AnalyzeRequest;
  readonly form: 'terminal' | 'json' | 'gaps';
  readonly all: boolean;
  readonly zone: 'local' | 'utc';
  readonly width: number;
  readonly colors: boolean;
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

const chooseWidth = (low: AnalyzeLowArguments, world: World): number => {
  if (low.width !== null) return low.width;
  const columns = world.stdout.isTTY === true ? world.stdout.columns : undefined;
  return columns === undefined ? WIDTH_WITHOUT_TERMINAL : Math.min(Math.max(columns, NARROWEST), WIDEST);
};

const chooseColors = (low: AnalyzeLowArguments, world: World): boolean => {
  if (low.color !== null) return low.color;
  // https://no-color.org: present and not empty, whatever its value.
  if ((world.env['NO_COLOR'] ?? '') !== '') return false;
  return world.stdout.isTTY === true && world.env['TERM'] !== 'dumb';
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
    zone: low.utc ? 'utc' : 'local',
    width: chooseWidth(low, world),
    colors: chooseColors(low, world),
    failOn: low.failOn,
    maxLossPercent: low.maxLossPercent,
  };
};

import { readFile } from 'node:fs/promises';
import type { Loss } from '../model/advertisement.js';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { displayText } from '../model/display.js';
import { InputError } from '../model/input-error.js';
import { readTcpdumpStats } from './capture/index.js';
import { inputErrorOf, nameOfPath } from './open.js';
import { parseSysdigStats } from './sysdig-stats.js';

/** A file of a recorder's closing statistics, as given: whose it is, where that was said. */
export interface GivenStats {
  /** A capture's name, or {@link TRACE_NAME}; null: its content tells. */
  readonly name: string | null;
  readonly path: string;
}

/** Stands for the trace where the names of captures stand. */
export const TRACE_NAME = 'trace';

const NO_FIGURES: CounterDefinition = {
  name: 'stats_without_figures',
  source: 'input',
  severity: 'notice',
  help: 'A file of statistics says nothing of lost events or packets, so the loss stays unknown; keep what sysdig -v or tcpdump print on stderr when they end.',
};

/** What recorders said of their losses. */
export interface GivenLosses {
  readonly trace: Loss | null;
  /** By the captures' names. */
  readonly captures: ReadonlyMap<string, Loss>;
}

/** The closing statistics beside an input, or null where there are none. */
export const readStatsBeside = async (statsPath: string | null, parse: (text: string) => Loss): Promise<Loss | null> =>
  statsPath === null ? null : parse(await readStats(statsPath));

/**
 * Read the statistics that were given by hand, and find out whose they are: by the name given with them, else by what they
 * hold, where there is one input of that kind.
 *
 * @param traces how many traces there are
 * @param captures names of the captures
 * @throws InputError for a file that cannot be read, or of which it cannot be told whose it is
 */
export const readGivenStats = async (
  given: readonly GivenStats[],
  traces: number,
  captures: readonly string[],
  counters: CounterTable,
): Promise<GivenLosses> => {
  let trace: Loss | null = null;
  const losses = new Map<string, Loss>();
  for (const { name, path } of given) {
    const text = await readStats(path);
    const ofTrace = parseSysdigStats(text);
    const ofCapture = readTcpdumpStats(text);
    if (!ofTrace.known && !ofCapture.known) {
      counters.add(NO_FIGURES);
      continue;
    }
    const owner = name ?? guessOwner(ofTrace.known, traces, captures, path);
    const loss = owner === TRACE_NAME ? ofTrace : ofCapture;
    if (owner !== TRACE_NAME && !captures.includes(owner))
      throw new InputError(
        `is for ${displayText(owner)}, which is no capture`,
        nameOfPath(path),
        `write --stats NAME=FILE with the name of a capture, or ${TRACE_NAME}`,
      );
    if (owner === TRACE_NAME && traces === 0)
      throw new InputError('is for a trace, and there is none', nameOfPath(path), 'give the trace with --trace');
    if (!loss.known) {
      const whose = owner === TRACE_NAME ? 'sysdig' : 'tcpdump';
      throw new InputError(
        `has no statistics of ${whose}`,
        nameOfPath(path),
        'check which file belongs to which input',
      );
    }
    if (owner === TRACE_NAME) trace = loss;
    else losses.set(owner, loss);
  }
  return { trace, captures: losses };
};

const guessOwner = (isTrace: boolean, traces: number, captures: readonly string[], path: string): string => {
  if (isTrace && traces === 1) return TRACE_NAME;
  const [only] = captures;
  if (!isTrace && captures.length === 1 && only !== undefined) return only;
  const what = isTrace ? 'of sysdig' : 'of a capture';
  throw new InputError(
    `holds statistics ${what}, and it cannot be told of which input`,
    nameOfPath(path),
    `write --stats NAME=FILE with the name of a capture, or ${TRACE_NAME}`,
  );
};

const readStats = async (path: string): Promise<string> => {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    throw inputErrorOf(error, path);
  }
};

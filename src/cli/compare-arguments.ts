import type { CompareRequest } from '../comparing.js';
import type { Condition } from '../comparison/conditions.js';
import type { CompareLowArguments } from './compare-flags.js';
import { raisePageArguments, type PageArguments } from './page-flags.js';
import { readSourceDate } from './source-date.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

/** What `compare` is to do, with nothing left to decide. */
export interface CompareArguments extends PageArguments {
  readonly request: CompareRequest;
  readonly form: 'terminal' | 'json' | 'markdown';
  readonly html: string | null;
  /** What reports may be dated by. */
  readonly sourceDate: string | null;
  readonly all: boolean;
  readonly failIf: readonly Condition[];
  readonly failIfWorse: boolean;
}

const USUAL_SEED = 1;
const USUAL_RESAMPLES = 2_000;

/**
 * From the arguments as typed to what they mean together.
 *
 * @throws UsageError when they contradict each other
 */
export const raiseCompareArguments = (low: CompareLowArguments, world: World): CompareArguments => {
  if (low.paths.length === 0) throw new UsageError('no session given; name session folders, or folders that hold some');
  if (low.paths.includes('')) throw new UsageError('an empty name; write the path of a session folder');
  if (low.json && low.markdown) throw new UsageError('--json and --markdown were both given; choose one');
  if (low.by.length === 0 && low.baseline !== null)
    throw new UsageError('--baseline names a group, and without --by there is one only; give --by');
  if (low.by.length === 0 && low.failIfWorse)
    throw new UsageError('--fail-if-worse needs groups to compare; give --by');
  const { lateAfterNs, intervalNs, backupPriority, downTimerAdverts, vrid, sender, parser, threads } = low;
  return {
    request: {
      paths: low.paths,
      by: [...new Set(low.by)],
      baseline: low.baseline !== null ? { name: low.baseline } : low.failIfWorse ? 'first' : null,
      timing: { lateAfterNs, intervalNs, backupPriority, downTimerAdverts, vrid, sender },
      reading: { parser, threads },
      seed: low.seed ?? USUAL_SEED,
      resamples: low.resamples ?? USUAL_RESAMPLES,
      useKept: low.cache,
    },
    form: low.json ? 'json' : low.markdown ? 'markdown' : 'terminal',
    html: low.html,
    sourceDate: readSourceDate(world.env),
    all: low.all,
    ...raisePageArguments(low, world),
    failIf: low.failIf,
    failIfWorse: low.failIfWorse,
  };
};

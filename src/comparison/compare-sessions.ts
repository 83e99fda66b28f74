import type { Comparison } from '../model/comparison.js';
import type { CounterDefinition, CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import type { SessionToCompare } from '../model/session-figures.js';
import { comparePairs } from './compare-pairs.js';
import { ENOUGH_POWER } from './difference.js';
import { findOtherDifferences } from './confounders.js';
import { groupSessions, type SessionGroup } from './groups.js';
import { measureGroup } from './measure-group.js';
import { judgeOrder } from './order.js';
import { separateBySettings } from './separation.js';
import { UnknownSettingError } from './setting-names.js';
import { summariseGroups, summariseSettings } from './words.js';

const CUT_OFF: CounterDefinition = {
  name: 'compared_sessions_cut_off',
  source: 'comparison',
  severity: 'notice',
  help: 'Sessions say that they were cut off; what was recorded until then counts.',
};
const ENDED_WHEN_LATE: CounterDefinition = {
  name: 'compared_sessions_ended_when_late',
  source: 'comparison',
  severity: 'notice',
  help: 'Sessions ended because enough advertisements had been late, so their rates are too high; record for a fixed time to compare rates.',
};
const WITH_PROBLEMS: CounterDefinition = {
  name: 'compared_sessions_with_problems',
  source: 'comparison',
  severity: 'notice',
  help: 'The analysis of sessions counted errors or lost data; whylate analyze tells which.',
};
const WITHOUT_SNAPSHOT: CounterDefinition = {
  name: 'compared_sessions_without_snapshot',
  source: 'comparison',
  severity: 'notice',
  help: 'Sessions have no environment.json, so that nobody can say how their machines were set; whylate env writes one.',
};

/** How sure intervals are, and what a p must be below. */
const CONFIDENCE = 0.95;
const ALPHA = 0.05;

export interface ComparisonOptions {
  /** Whole names of the settings that make the groups. */
  readonly by: readonly string[];
  /** See `CompareRequest`. */
  readonly baseline: { readonly name: string } | 'first' | null;
  readonly seed: number;
  readonly resamples: number;
  readonly version: string;
}

/**
 * Compare sessions by what makes their groups, or, where nothing does, by every setting that differs.
 *
 * @param leftOut sessions that did not get here, with the reason
 * @throws UnknownSettingError when the baseline is no group
 * @throws InputError when there is nothing to judge in any session
 */
export const compareSessions = (
  sessions: readonly SessionToCompare[],
  leftOut: Comparison['leftOut'],
  { by, baseline, seed, resamples, version }: ComparisonOptions,
  counters: CounterTable,
): Comparison => {
  const judged = sessions.filter(({ figures }) => figures.gaps > 0);
  const silent = sessions.filter(({ figures }) => figures.gaps === 0);
  if (judged.length === 0)
    throw new InputError(
      'no session shows two advertisements of its router in a row',
      sessions[0]?.path ?? 'sessions',
      'record longer, or say which router counts with --vrid',
    );
  const { groups, leftOut: ungrouped } = groupSessions(judged, by);
  const chosen = chooseBaseline(groups, baseline);
  const measured = groups.map((group, i) =>
    measureGroup(group, {
      confidence: CONFIDENCE,
      resamples,
      // Groups that are held against each other must not share their draws.
      seed: seed + i,
      isBaseline: group === chosen,
    }),
  );
  const pairs = comparePairs(measured, { alpha: ALPHA, confidence: CONFIDENCE });
  const settings = by.length === 0 ? separateBySettings(judged, ALPHA, seed) : [];
  const all = measured[0]?.group;
  const counting = groups.flatMap((group) => group.sessions);
  countSessions(counting, counters);
  return {
    schemaVersion: 1,
    tool: { name: 'whylate', version },
    by,
    baseline: chosen?.name ?? null,
    statistics: { confidence: CONFIDENCE, alpha: ALPHA, power: ENOUGH_POWER, seed, resamples },
    summary:
      by.length === 0 && all
        ? summariseSettings(all, settings)
        : summariseGroups(
            pairs,
            measured.map(({ group }) => group),
          ),
    groups: measured.map(({ group }) => group),
    pairs,
    ...(groups.length < 2 ? { confounders: [], differingWithinGroups: [] } : findOtherDifferences(groups, by)),
    order: judgeOrder(groups, ALPHA, seed),
    settings,
    sessions: groups.flatMap(({ name, sessions: own }) => own.map((session) => describeSession(session, name))),
    leftOut: [
      ...leftOut,
      ...silent.map(({ path }) => ({ path, why: 'shows no two advertisements of the router in a row' })),
      ...ungrouped,
    ],
    counters: counters.list(),
  };
};

const chooseBaseline = (
  groups: readonly SessionGroup[],
  baseline: ComparisonOptions['baseline'],
): SessionGroup | null => {
  if (baseline === null) return null;
  if (baseline === 'first') return groups[0] ?? null;
  const found = groups.find(({ name }) => name === baseline.name);
  if (found) return found;
  const names = groups.map(({ name }) => `'${name}'`).join(', ');
  throw new UnknownSettingError(
    `--baseline '${baseline.name}' is no group; there are ${names === '' ? 'none' : names}`,
  );
};

const countSessions = (sessions: readonly SessionToCompare[], counters: CounterTable): void => {
  for (const { isCutOff, endedWhenLate, hasSnapshot, figures } of sessions) {
    if (isCutOff) counters.add(CUT_OFF);
    if (endedWhenLate) counters.add(ENDED_WHEN_LATE);
    if (!hasSnapshot) counters.add(WITHOUT_SNAPSHOT);
    if (figures.counters.length > 0) counters.add(WITH_PROBLEMS);
  }
};

const describeSession = (
  { path, startNs, figures, isCutOff, from }: SessionToCompare,
  group: string,
): Comparison['sessions'][number] => ({
  path,
  group,
  startNs,
  recordedNs: figures.recordedNs,
  gaps: figures.gaps,
  late: figures.late,
  pastMasterDown: figures.pastMasterDown,
  isCutOff,
  from,
});

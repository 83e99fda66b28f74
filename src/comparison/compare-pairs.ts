import type { Cause } from '../model/answer.js';
import type { ComparedPair, FigureTest, TestedFigure } from '../model/comparison.js';
import type { SessionToCompare } from '../model/session-figures.js';
import { findDifference, judgePair, type Difference } from './difference.js';
import type { MeasuredGroup } from './measure-group.js';
import { latenessOf, takeoverRateOf } from './session-rates.js';
import { cliffsDelta } from './statistics/cliffs-delta.js';
import { estimateDifference, estimateQuotient } from './statistics/cluster-bootstrap.js';
import { holm } from './statistics/holm.js';
import { mannWhitney } from './statistics/mann-whitney.js';
import { nearestRank } from './statistics/quantile.js';
import { summarisePair } from './words.js';

interface Couple {
  readonly a: MeasuredGroup;
  readonly b: MeasuredGroup;
}

type SecondaryFigure = Exclude<TestedFigure, 'late_rate'>;

/** A session's figures that are tested beside the late rate; null where it has none. */
const SECONDARY: Readonly<Record<SecondaryFigure, (session: SessionToCompare) => number | null>> = {
  takeover_rate: takeoverRateOf,
  p99: (session) => nearestRank(latenessOf(session), 0.99),
  max: (session) => nearestRank(latenessOf(session), 1),
};

/**
 * Compare groups two by two: each with the baseline where there is one, else each with each. The verdict rests on the late rates of sessions alone, so
 * that looking at more figures finds no more differences than there are; p is corrected for the number of pairs.
 */
export const comparePairs = (
  groups: readonly MeasuredGroup[],
  { alpha, confidence }: { readonly alpha: number; readonly confidence: number },
): ComparedPair[] => {
  const couples = listCouples(groups);
  const each = { alpha: alpha / Math.max(1, couples.length), confidence };
  const differences = couples.map(({ a, b }) => findDifference(ratesOf(a), ratesOf(b), each));
  const adjusted = holm(differences.map(({ p }) => p));
  const secondary = testSecondary(couples, confidence);
  return couples.map(({ a, b }, i) => {
    const difference = differences[i] as Difference;
    const adjustedP = adjusted[i] ?? 1;
    const rates = { a: a.lateRate?.value ?? null, b: b.lateRate?.value ?? null };
    const { u, method, p, cliffsDelta: delta, power } = difference;
    const pair = {
      a: a.group.name,
      b: b.group.name,
      verdict: judgePair(difference, adjustedP, rates, alpha),
      difference: estimateDifference(a.lateRate, b.lateRate, confidence),
      ratio: estimateQuotient(a.lateRate, b.lateRate, confidence),
      tests: [
        { figure: 'late_rate', isPrimary: true, u, method, p, adjustedP, cliffsDelta: delta } as const,
        ...(secondary[i] ?? []),
      ],
      power,
      causes: compareCauses(a, b, confidence),
    };
    return { ...pair, summary: summarisePair(pair, a.group, b.group, confidence) };
  });
};

const listCouples = (groups: readonly MeasuredGroup[]): Couple[] => {
  const baseline = groups.find(({ group }) => group.isBaseline);
  if (baseline) return groups.flatMap((b) => (b === baseline ? [] : [{ a: baseline, b }]));
  return groups.flatMap((a, i) => groups.slice(i + 1).map((b) => ({ a, b })));
};

const ratesOf = ({ sessions }: MeasuredGroup): { late: number; gaps: number }[] =>
  sessions.map(({ figures: { late, gaps } }) => ({ late, gaps }));

/** The tests of the secondary figures, corrected all together. */
const testSecondary = (couples: readonly Couple[], confidence: number): FigureTest[][] => {
  const values = new Map<MeasuredGroup, Map<SecondaryFigure, number[]>>();
  const names = Object.keys(SECONDARY) as SecondaryFigure[];
  for (const group of new Set(couples.flatMap(({ a, b }) => [a, b])))
    values.set(
      group,
      new Map(names.map((name) => [name, group.sessions.map(SECONDARY[name]).filter((value) => value !== null)])),
    );
  const tests = couples.map(({ a, b }) =>
    names.map((figure) => {
      const [x, y] = [values.get(a)?.get(figure) ?? [], values.get(b)?.get(figure) ?? []];
      return { figure, isPrimary: false, ...mannWhitney(x, y), cliffsDelta: cliffsDelta(x, y, confidence) };
    }),
  );
  const adjusted = holm(tests.flat().map(({ p }) => p));
  return tests.map((own, i) =>
    own.map((test, k): FigureTest => ({ ...test, adjustedP: adjusted[i * names.length + k] ?? 1 })),
  );
};

const compareCauses = (a: MeasuredGroup, b: MeasuredGroup, confidence: number): ComparedPair['causes'] => {
  const causes = new Set<Cause>([...a.group.causes, ...b.group.causes].map(({ cause }) => cause));
  return [...causes]
    .map((cause) => ({
      cause,
      nsPerHour: estimateDifference(a.causePerHour(cause), b.causePerHour(cause), confidence),
    }))
    .sort((x, y) => Math.abs(y.nsPerHour.value ?? 0) - Math.abs(x.nsPerHour.value ?? 0));
};

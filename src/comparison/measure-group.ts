import type { Cause } from '../model/answer.js';
import type { ComparedGroup, Estimate } from '../model/comparison.js';
import type { FiguredCulprit, SessionToCompare } from '../model/session-figures.js';
import { distribute } from './distribution.js';
import type { SessionGroup } from './groups.js';
import { latenessOf } from './session-rates.js';
import { clopperPearson, noneInTime, noneInTrials } from './statistics/binomial-intervals.js';
import { estimateRatio, ratioOfSums, type ResampledRatio } from './statistics/cluster-bootstrap.js';
import { nearestRank } from './statistics/quantile.js';
import { Resamples } from './statistics/resamples.js';

const HOUR_NS = 3_600_000_000_000;
const CULPRITS = 20;

/** A group with what its pairs need to be compared. */
export interface MeasuredGroup {
  readonly group: ComparedGroup;
  readonly sessions: readonly SessionToCompare[];
  readonly lateRate: ResampledRatio | null;
  /** ns an hour of one cause; nothing in any session where the group has none of it. */
  causePerHour(cause: Cause): ResampledRatio | null;
}

export interface MeasureOptions {
  readonly confidence: number;
  readonly resamples: number;
  readonly seed: number;
  readonly isBaseline: boolean;
}

/** All figures of a group, from those of its sessions. */
export const measureGroup = (
  { name, values, sessions }: SessionGroup,
  { confidence, resamples, seed, isBaseline }: MeasureOptions,
): MeasuredGroup => {
  const drawn = new Resamples(sessions.length, resamples, seed);
  const column = (valueOf: (session: SessionToCompare) => number): Float64Array => Float64Array.from(sessions, valueOf);
  const late = column(({ figures }) => figures.late);
  const past = column(({ figures }) => figures.pastMasterDown);
  const gaps = column(({ figures }) => figures.gaps);
  const hours = column(({ figures }) => Number(figures.recordedNs) / HOUR_NS);
  const ofCauses = new Map<Cause, ResampledRatio | null>();
  const causePerHour = (cause: Cause): ResampledRatio | null => {
    const known = ofCauses.get(cause);
    if (known !== undefined) return known;
    const made = ratioOfSums(
      drawn,
      column((session) => Number(timeOf(session, cause))),
      hours,
    );
    ofCauses.set(cause, made);
    return made;
  };
  const lateRate = ratioOfSums(drawn, late, gaps);
  const withLate = sessions.filter(({ figures }) => figures.late > 0).length;
  const estimate = (ratio: ResampledRatio | null): Estimate => estimateRatio(ratio, confidence);
  const share = (ratio: ResampledRatio | null): Estimate => atMostAll(estimate(ratio));
  const total = (values: Float64Array): number => values.reduce((sum, value) => sum + value, 0);
  const [allGaps, allHours] = [total(gaps), total(hours)];
  const pooled = poolLateness(sessions);
  const group: ComparedGroup = {
    name,
    values,
    isBaseline,
    sessions: sessions.length,
    sessionsWithLate: withLate,
    recordedNs: sumNs(sessions.map(({ figures }) => figures.recordedNs)).toString(),
    advertisements: total(column(({ figures }) => figures.advertisements)),
    gaps: allGaps,
    late: total(late),
    pastMasterDown: total(past),
    takeoversSeen: total(column(({ figures }) => figures.takeovers)),
    rates: {
      late_rate: total(late) === 0 ? noneInTrials(allGaps, confidence) : share(lateRate),
      late_per_hour: total(late) === 0 ? noneInTime(allHours, confidence) : estimate(ratioOfSums(drawn, late, hours)),
      takeover_rate: total(past) === 0 ? noneInTrials(allGaps, confidence) : share(ratioOfSums(drawn, past, gaps)),
      takeovers_per_hour:
        total(past) === 0 ? noneInTime(allHours, confidence) : estimate(ratioOfSums(drawn, past, hours)),
      late_session_rate: clopperPearson(withLate, sessions.length, confidence),
    },
    latenessNs: quantilesOf(pooled),
    distribution: distribute(pooled),
    causes: sumCauses(sessions).map(({ cause, late: blamed, ns }) => ({
      cause,
      late: blamed,
      ns: ns.toString(),
      nsPerHour: estimate(causePerHour(cause)),
    })),
    culprits: sumCulprits(sessions),
    loss: sumLoss(sessions),
  };
  return { group, sessions, lateRate, causePerHour };
};

/** A share, whose interval knows nothing of its end. */
const atMostAll = (estimate: Estimate): Estimate => ({
  ...estimate,
  upper: estimate.upper === null ? null : Math.min(1, estimate.upper),
});

const sumNs = (lengths: readonly string[]): bigint => lengths.reduce((sum, ns) => sum + BigInt(ns), 0n);

const timeOf = ({ figures }: SessionToCompare, cause: Cause): bigint =>
  sumNs(figures.causes.filter((one) => one.cause === cause).map(({ ns }) => ns));

/** The lateness of all gaps of a group (ns), sorted. */
const poolLateness = (sessions: readonly SessionToCompare[]): Float64Array => {
  const parts = sessions.map(latenessOf);
  const pooled = new Float64Array(parts.reduce((sum, part) => sum + part.length, 0));
  let length = 0;
  for (const part of parts) {
    pooled.set(part, length);
    length += part.length;
  }
  return pooled.sort();
};

const quantilesOf = (sorted: Float64Array): ComparedGroup['latenessNs'] => {
  const of = (share: number): string => BigInt(nearestRank(sorted, share) ?? 0).toString();
  return sorted.length === 0 ? null : { p50: of(0.5), p99: of(0.99), p999: of(0.999), max: of(1) };
};

const sumCauses = (sessions: readonly SessionToCompare[]): { cause: Cause; late: number; ns: bigint }[] => {
  const byCause = new Map<Cause, { late: number; ns: bigint }>();
  for (const { figures } of sessions)
    for (const { cause, late, ns } of figures.causes) {
      const known = byCause.get(cause) ?? { late: 0, ns: 0n };
      byCause.set(cause, { late: known.late + late, ns: known.ns + BigInt(ns) });
    }
  return [...byCause]
    .map(([cause, sums]) => ({ cause, ...sums }))
    .sort((a, b) => (a.ns > b.ns ? -1 : a.ns < b.ns ? 1 : a.cause < b.cause ? -1 : 1));
};

const sumCulprits = (sessions: readonly SessionToCompare[]): ComparedGroup['culprits'] => {
  const byKey = new Map<string, { culprit: FiguredCulprit; late: number; sessions: number; ns: bigint }>();
  for (const { figures } of sessions)
    for (const culprit of figures.culprits) {
      const { cause, process, syscall, target } = culprit;
      const key = JSON.stringify([cause, process, syscall, target]);
      const known = byKey.get(key) ?? { culprit, late: 0, sessions: 0, ns: 0n };
      byKey.set(key, {
        culprit,
        late: known.late + culprit.late,
        sessions: known.sessions + 1,
        ns: known.ns + BigInt(culprit.ns),
      });
    }
  return [...byKey.values()]
    .sort((a, b) => b.late - a.late || (b.ns > a.ns ? 1 : -1))
    .slice(0, CULPRITS)
    .map(({ culprit: { cause, process, syscall, target }, late, sessions: of, ns }) => ({
      cause,
      process,
      syscall,
      target,
      late,
      sessions: of,
      ns: ns.toString(),
    }));
};

const sumLoss = (sessions: readonly SessionToCompare[]): ComparedGroup['loss'] => ({
  sessionsKnown: sessions.filter(({ figures }) => figures.loss.every(({ known }) => known)).length,
  sessionsWithLoss: sessions.filter(({ figures }) => figures.loss.some(({ known, dropped }) => known && dropped > 0))
    .length,
  dropped: sessions.reduce(
    (sum, { figures }) => sum + figures.loss.reduce((all, { known, dropped }) => all + (known ? dropped : 0), 0),
    0,
  ),
});

import type { ComparedGroup, ComparedPair, Comparison, Estimate, FigureTest } from '../../../src/model/comparison.js';

const HOUR_NS = 3_600_000_000_000n;

export const estimate = (
  value: number | null,
  lower: number | null,
  upper: number | null,
  method: Estimate['method'] = 'cluster-bootstrap',
): Estimate => ({ value, lower, upper, method });

/** Nothing was seen, and this is the most that could be. */
export const none = (upper: number): Estimate => estimate(0, 0, upper, 'rule-of-three');

/** A value without an interval. */
export const alone = (value: number | null): Estimate => estimate(value, null, null, 'none');

export const spread = (value: number): Estimate => estimate(value, value * 0.62, value * 1.43);

interface GroupFacts {
  readonly name: string;
  readonly sessions: number;
  readonly sessionsWithLate: number;
  readonly late: number;
  readonly pastMasterDown?: number;
  readonly more?: Partial<ComparedGroup>;
}

/** A group of sessions of an hour and 3,600 advertisements each. */
export const groupOf = ({
  name,
  sessions,
  sessionsWithLate,
  late,
  pastMasterDown = 0,
  more = {},
}: GroupFacts): ComparedGroup => {
  const gaps = sessions * 3599;
  const rate = (count: number, of: number): Estimate => (count === 0 ? none(3 / of) : spread(count / of));
  return {
    name,
    values: { 'label.arm': name.replace('label.arm ', '') },
    isBaseline: false,
    sessions,
    sessionsWithLate,
    recordedNs: String(HOUR_NS * BigInt(sessions)),
    advertisements: sessions * 3600,
    gaps,
    late,
    pastMasterDown,
    takeoversSeen: pastMasterDown,
    rates: {
      late_rate: rate(late, gaps),
      late_per_hour: rate(late, sessions),
      takeover_rate: rate(pastMasterDown, gaps),
      takeovers_per_hour: rate(pastMasterDown, sessions),
      late_session_rate: estimate(sessionsWithLate / sessions, 0.478, 1, 'clopper-pearson'),
    },
    distribution: [
      { fromNs: null, toNs: '0', gaps: 17_000 },
      { fromNs: '100000', toNs: '158489', gaps: 779 },
      { fromNs: '100000000', toNs: '158489319', gaps: 200 },
      { fromNs: '1584893192', toNs: '2511886432', gaps: 15 },
      { fromNs: '3981071706', toNs: '6309573445', gaps: 1 },
    ],
    latenessNs: { p50: '-27110', p99: '118400000', p999: '1730000000', max: '4035431870' },
    causes: [],
    culprits: [],
    loss: { sessionsKnown: sessions, sessionsWithLoss: 0, dropped: 0 },
    ...more,
  };
};

const test = (figure: FigureTest['figure'], p: number, delta: number, more: Partial<FigureTest> = {}): FigureTest => ({
  figure,
  isPrimary: figure === 'late_rate',
  u: 12.5 * (1 + delta),
  method: 'exact',
  p,
  adjustedP: Math.min(1, p * 3),
  cliffsDelta: estimate(delta, Math.max(-1, delta - 0.3), Math.min(1, delta + 0.3), 'cliff'),
  ...more,
});

export const pairOf = (a: string, b: string, more: Partial<ComparedPair> = {}): ComparedPair => ({
  a,
  b,
  verdict: 'better',
  summary: `${b} is late less often than ${a}: 0.011 % of its gaps against 1.2 %.`,
  difference: estimate(-0.0119, -0.0171, -0.0073),
  ratio: estimate(0.0093, 0.002, 0.041),
  tests: [
    test('late_rate', 0.00794, -1, { adjustedP: 0.00794 }),
    test('takeover_rate', 0.444, -0.2),
    test('p99', 0.0159, -0.84),
    test('max', 0.151, -0.4, { method: 'normal' }),
  ],
  power: { ratio: 2, reached: 0.27, sessionsNeeded: 17 },
  causes: [],
  ...more,
});

const sessionOf = (group: string, index: number, late: number): Comparison['sessions'][number] => ({
  path: `sessions/run-${String(index).padStart(2, '0')}`,
  group,
  startNs: String(1_780_300_800_000_000_000n + BigInt(index) * HOUR_NS),
  recordedNs: String(HOUR_NS),
  gaps: 3599,
  late,
  pastMasterDown: 0,
  isCutOff: index === 3,
  from: index % 4 === 0 ? 'analysed' : 'kept',
});

export const comparisonOf = (
  groups: readonly ComparedGroup[],
  pairs: readonly ComparedPair[],
  more: Partial<Comparison> = {},
): Comparison => ({
  schemaVersion: 1,
  tool: { name: 'whylate', version: '0.1.0' },
  by: ['label.arm'],
  baseline: null,
  statistics: { confidence: 0.95, alpha: 0.05, power: 0.8, seed: 1, resamples: 2000 },
  summary: pairs[0]?.summary ?? 'Sessions are not grouped.',
  groups,
  pairs,
  confounders: [],
  differingWithinGroups: [],
  order: { kind: 'mixed', runs: 7, p: 0.71, summary: null },
  settings: [],
  sessions: groups.flatMap(({ name, sessions, late }, which) =>
    Array.from({ length: sessions }, (_, index) =>
      sessionOf(name, index * groups.length + which, index === 0 ? late : 0),
    ),
  ),
  leftOut: [],
  counters: [],
  ...more,
});

import fc from 'fast-check';
import type { Cause } from '../../../src/model/answer.js';
import type { ComparedGroup, ComparedPair, Comparison, Estimate } from '../../../src/model/comparison.js';
import { WHERE_OF_CAUSE } from '../../../src/model/causes.js';
import { HOSTILE_NAMES } from './scenes.js';

const name = fc.oneof(
  fc.constantFrom(...HOSTILE_NAMES),
  fc.string({ minLength: 1, maxLength: 40, unit: 'binary' }),
  fc.string({ minLength: 1, maxLength: 12, unit: fc.constantFrom(...Array.from('ab1|`\\<>&[]()*_~#@:/. -+=$!\n')) }),
);

const count = fc.oneof(fc.nat({ max: 3 }), fc.nat());
const share = fc.double({ min: 0, max: 1, noNaN: true });
const size = fc.double({ min: -1e15, max: 1e15, noNaN: true });
const ns = fc.bigInt({ min: -(10n ** 16n), max: 10n ** 16n }).map(String);
const length = fc.bigInt({ min: 0n, max: 10n ** 16n }).map(String);
const cause = fc.constantFrom(...(Object.keys(WHERE_OF_CAUSE) as Cause[]));
const settingValue = fc.oneof(name, fc.constant(''), size, fc.boolean(), fc.constant(null));

const estimateOf = (value: fc.Arbitrary<number>): fc.Arbitrary<Estimate> =>
  fc.record({
    value: fc.option(value),
    lower: fc.option(value),
    upper: fc.option(value),
    method: fc.constantFrom('cluster-bootstrap', 'clopper-pearson', 'rule-of-three', 'cliff', 'none'),
  });

const group = (called: string): fc.Arbitrary<ComparedGroup> =>
  fc.record({
    name: fc.constant(called),
    values: fc.dictionary(name, settingValue, { maxKeys: 2 }),
    isBaseline: fc.boolean(),
    sessions: count,
    sessionsWithLate: count,
    recordedNs: length,
    advertisements: count,
    gaps: count,
    late: count,
    pastMasterDown: count,
    takeoversSeen: count,
    rates: fc.record({
      late_rate: estimateOf(share),
      late_per_hour: estimateOf(size),
      takeover_rate: estimateOf(share),
      takeovers_per_hour: estimateOf(size),
      late_session_rate: estimateOf(share),
    }),
    latenessNs: fc.option(fc.record({ p50: ns, p99: ns, p999: ns, max: ns })),
    distribution: fc.array(fc.record({ fromNs: fc.option(ns), toNs: ns, gaps: fc.integer({ min: 1 }) })),
    causes: fc.uniqueArray(fc.record({ cause, late: count, ns, nsPerHour: estimateOf(size) }), {
      selector: (made) => made.cause,
      maxLength: 4,
    }),
    culprits: fc.array(
      fc.record({
        cause,
        process: fc.option(name),
        syscall: fc.option(name),
        target: fc.option(name),
        late: count,
        sessions: count,
        ns,
      }),
      { maxLength: 7 },
    ),
    loss: fc.record({ sessionsKnown: count, sessionsWithLoss: count, dropped: count }),
  });

const pair = (groups: readonly string[]): fc.Arbitrary<ComparedPair> =>
  fc.record({
    a: fc.constantFrom(...groups),
    b: fc.constantFrom(...groups),
    verdict: fc.constantFrom('worse', 'better', 'no-difference-found', 'too-few-sessions', 'none-late'),
    summary: name,
    difference: estimateOf(fc.double({ min: -1, max: 1, noNaN: true })),
    ratio: estimateOf(fc.double({ min: 0, max: 1e6, noNaN: true })),
    tests: fc.array(
      fc.record({
        figure: fc.constantFrom('late_rate', 'takeover_rate', 'p99', 'max'),
        isPrimary: fc.boolean(),
        u: fc.nat().map((twice) => twice / 2),
        method: fc.constantFrom('exact', 'normal'),
        p: share,
        adjustedP: share,
        cliffsDelta: estimateOf(fc.double({ min: -1, max: 1, noNaN: true })),
      }),
      { maxLength: 4 },
    ),
    power: fc.record({
      ratio: fc.constantFrom(1.5, 2, 3),
      reached: fc.option(share),
      sessionsNeeded: fc.option(count),
    }),
    causes: fc.uniqueArray(fc.record({ cause, nsPerHour: estimateOf(size) }), {
      selector: (made) => made.cause,
      maxLength: 4,
    }),
  });

const comparisonBetween = (names: readonly string[]): fc.Arbitrary<Comparison> =>
  fc.record({
    schemaVersion: fc.constant(1),
    tool: fc.record({ name: fc.constant('whylate'), version: name }),
    by: fc.array(name, { maxLength: 3 }),
    baseline: fc.option(fc.constantFrom(...names)),
    statistics: fc.record({ confidence: share, alpha: share, power: share, seed: fc.nat(), resamples: count }),
    summary: name,
    groups: fc.tuple(...names.map(group)),
    pairs: fc.array(pair(names), { maxLength: 12 }),
    confounders: fc.array(
      fc.record({
        name,
        values: fc.tuple(...names.map((called) => fc.record({ group: fc.constant(called), value: settingValue }))),
      }),
      { maxLength: 23 },
    ),
    differingWithinGroups: fc.array(name, { maxLength: 4 }),
    order: fc.record({
      kind: fc.constantFrom('mixed', 'blocks', 'clustered', 'unknown'),
      runs: count,
      p: fc.option(share),
      summary: fc.option(name),
    }),
    settings: fc.array(
      fc.record({
        names: fc.array(name, { minLength: 1, maxLength: 5 }),
        values: fc.array(
          fc.record({ value: settingValue, sessions: count, sessionsWithLate: count, gaps: count, late: count }),
          { maxLength: 8 },
        ),
        separation: share,
        measure: fc.constantFrom('cliffs-delta', 'epsilon-squared'),
        p: share,
        adjustedP: share,
        verdict: fc.constantFrom('separates', 'not-shown', 'too-few-sessions'),
      }),
      { maxLength: 12 },
    ),
    sessions: fc.array(
      fc.record({
        path: name,
        group: fc.constantFrom(...names),
        startNs: fc.option(fc.bigInt({ min: 0n, max: 4n * 10n ** 18n }).map(String)),
        recordedNs: length,
        gaps: count,
        late: count,
        pastMasterDown: count,
        isCutOff: fc.boolean(),
        from: fc.constantFrom('kept', 'analysed'),
      }),
      { maxLength: 5 },
    ),
    leftOut: fc.array(fc.record({ path: name, why: name }), { maxLength: 12 }),
    counters: fc.array(
      fc.record({
        name: fc.constant('some_counter'),
        severity: fc.constantFrom('info', 'notice', 'error', 'data-loss'),
        source: fc.constantFrom('input', 'trace', 'capture', 'log', 'vitals', 'session', 'analysis', 'comparison'),
        count: fc.integer({ min: 1 }),
        help: name,
      }),
      { maxLength: 3 },
    ),
  });

/** Any comparison the model allows, whether or not its numbers fit each other. */
export const anyComparison: fc.Arbitrary<Comparison> = fc
  .uniqueArray(name, { minLength: 1, maxLength: 4 })
  .chain(comparisonBetween);

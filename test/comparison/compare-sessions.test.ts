import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLateness } from '../../src/comparison/lateness.js';
import { UnknownSettingError } from '../../src/comparison/setting-names.js';
import type { Estimate } from '../../src/model/comparison.js';
import { InputError } from '../../src/model/input-error.js';
import { compareThem, inTurn, SECOND, sessionOf, sessionsOf } from './sessions.js';

const BY = { by: ['label.arm'] };
const arm = (name: string) => ({ 'label.arm': name });

describe('groups of sessions', () => {
  it('have the figures of their sessions', () => {
    const [group] = compareThem([
      sessionOf({ late: 2, past: 1, gaps: 1_000 }),
      sessionOf({ late: 0, gaps: 2_000 }),
      sessionOf({ late: 1, gaps: 1_000 }),
    ]).groups;
    expect(group).toMatchObject({
      name: 'all sessions',
      sessions: 3,
      sessionsWithLate: 2,
      recordedNs: String(4_000 * SECOND),
      advertisements: 4_003,
      gaps: 4_000,
      late: 3,
      pastMasterDown: 1,
      takeoversSeen: 1,
      latenessNs: { p50: '500000', p99: '500000', p999: '500000', max: '3000000000' },
      loss: { sessionsKnown: 3, sessionsWithLoss: 0, dropped: 0 },
    });
    expect(group?.rates.late_rate).toMatchObject({ value: 3 / 4_000, method: 'cluster-bootstrap' });
    expect(group?.rates.late_per_hour.value).toBeCloseTo(3 / (4_000 / 3_600), 12);
    expect(group?.rates.late_session_rate).toMatchObject({ value: 2 / 3, method: 'clopper-pearson' });
    expect(group?.causes).toMatchObject([{ cause: 'cpu-contention', late: 3, ns: '3400000000' }]);
    expect(group?.culprits).toMatchObject([{ process: 'reindexer', late: 3, sessions: 2, ns: '3400000000' }]);
  });

  it('tell how many gaps are how late', () => {
    const early = sessionOf({ gaps: 3, figures: { lateness: packLateness(Float64Array.of(-5, 0, 1)) } });
    const [group] = compareThem([early, sessionOf({ late: 2, past: 1, gaps: 1_000 })]).groups;
    expect(group?.distribution).toEqual([
      { fromNs: null, toNs: '0', gaps: 2 },
      { fromNs: '0', toNs: '1000', gaps: 1 },
      { fromNs: '398107', toNs: '630957', gaps: 998 },
      { fromNs: '158489319', toNs: '251188643', gaps: 1 },
      { fromNs: '2511886432', toNs: '3981071706', gaps: 1 },
    ]);
  });

  it('are never late in more than all of their gaps', () => {
    const [group] = compareThem([90, 99, 40, 100].map((late) => sessionOf({ late, past: late, gaps: 100 }))).groups;
    expect(group?.rates.late_rate.upper).toBe(1);
    expect(group?.rates.takeover_rate.upper).toBe(1);
  });

  it('take the quantiles of all their gaps, not of their sessions', () => {
    const [group] = compareThem([sessionOf({ late: 2, gaps: 100 }), sessionOf({ gaps: 100 })]).groups;
    expect(group?.latenessNs).toMatchObject({ p99: '500000', p999: '200000000' });
    const [late] = compareThem([sessionOf({ late: 3, gaps: 100 }), sessionOf({ gaps: 100 })]).groups;
    expect(late?.latenessNs?.p99).toBe('200000000');
  });

  it('without a late one have an upper bound, not nothing', () => {
    const [group] = compareThem(sessionsOf([0, 0, 0])).groups;
    const { late_per_hour, late_rate, takeovers_per_hour } = group?.rates ?? {};
    // Three hours: the rule of three.
    expect(late_per_hour).toMatchObject({ value: 0, lower: 0, method: 'rule-of-three' });
    expect(late_per_hour?.upper).toBeCloseTo(-Math.log(0.05) / 3, 12);
    expect(takeovers_per_hour?.upper).toBeCloseTo(-Math.log(0.05) / 3, 12);
    expect(late_rate?.upper).toBeCloseTo(1 - 0.05 ** (1 / 10_800), 12);
  });

  it('are made of several settings, and of what a machine does not have', () => {
    const sessions = [
      sessionOf({ settings: { 'label.arm': 'a', 'vm.swappiness': 60 } }),
      sessionOf({ settings: { 'label.arm': 'a' } }),
      sessionOf({ settings: { 'label.arm': 'b', 'vm.swappiness': '60' } }),
    ];
    const { groups } = compareThem(sessions, { by: ['label.arm', 'vm.swappiness'] });
    expect(groups.map(({ name }) => name)).toEqual(['a / 60', 'a / (not set)', 'b / 60']);
    expect(groups[1]?.values).toEqual({ 'label.arm': 'a', 'vm.swappiness': null });
  });

  it('have no session of which the setting is not known', () => {
    const unknown = sessionOf({ settings: arm('a'), more: { hasSnapshot: false } });
    const sessions = [unknown, sessionOf({ settings: { 'vm.swappiness': 1 } })];
    const { groups, leftOut, counters } = compareThem(sessions, { by: ['vm.swappiness'] });
    expect(groups.map(({ sessions: count }) => count)).toEqual([1]);
    expect(leftOut).toEqual([{ path: unknown.path, why: 'there is no environment.json that tells vm.swappiness' }]);
    expect(counters).toEqual([]);
    expect(compareThem(sessions, BY).groups.map(({ name }) => name)).toEqual(['a', '(not set)']);
    expect(compareThem(sessions, BY).counters.map(({ name }) => name)).toEqual(['compared_sessions_without_snapshot']);
  });

  it('have no session in which nothing was judged', () => {
    const silent = sessionOf({ gaps: 0 });
    const { groups, leftOut } = compareThem([silent, sessionOf({})]);
    expect(groups[0]?.sessions).toBe(1);
    expect(leftOut.map(({ path }) => path)).toEqual([silent.path]);
    expect(() => compareThem([silent])).toThrow(InputError);
  });
});

describe('two groups', () => {
  const normal = sessionsOf([30, 41, 38, 52, 29], arm('normal'));
  const realTime = sessionsOf([0, 1, 0, 2, 0], arm('rt-50'));

  it('of which one is late more often are told apart, with the cause', () => {
    const { pairs, summary, order } = compareThem(inTurn(normal, realTime), BY);
    expect(pairs).toHaveLength(1);
    const [pair] = pairs;
    expect(pair).toMatchObject({ a: 'normal', b: 'rt-50', verdict: 'better' });
    expect(pair?.difference.value).toBeCloseTo((3 - 190) / 18_000, 12);
    expect(pair?.difference.upper).toBeLessThan(0);
    expect(pair?.ratio.value).toBeCloseTo(3 / 190, 12);
    expect(pair?.tests[0]).toMatchObject({ figure: 'late_rate', isPrimary: true, u: 0, method: 'exact' });
    // Five against five, none above: 2 of the 252 ways to deal them.
    expect(pair?.tests[0]?.p).toBeCloseTo(2 / 252, 12);
    expect(pair?.causes.map(({ cause }) => cause)).toEqual(['cpu-contention']);
    expect(pair?.causes[0]?.nsPerHour.value).toBeLessThan(0);
    expect(summary).toMatch(
      /^rt-50 is late less often than normal: 0\.017 % of its .* against 1\.1 %.*mostly by less cpu-contention\.$/,
    );
    expect(order.kind).toBe('mixed');
  });

  it('of which one was never late have no ratio', () => {
    const never = sessionsOf([0, 0, 0, 0, 0], arm('rt-50'));
    const { summary } = compareThem(inTurn(normal, never), BY);
    expect(summary).toBe(
      'rt-50 is late less often than normal: none of its 18,000 advertisements against 1.1 %, mostly by less cpu-contention.',
    );
  });

  it('are worse or better by which of them is the baseline', () => {
    const sessions = inTurn(normal, realTime);
    const turned = compareThem(sessions, { ...BY, baseline: { name: 'rt-50' } });
    expect(turned.baseline).toBe('rt-50');
    expect(turned.pairs[0]).toMatchObject({ a: 'rt-50', b: 'normal', verdict: 'worse' });
    expect(turned.groups.map(({ isBaseline }) => isBaseline)).toEqual([false, true]);
    expect(compareThem(sessions, { ...BY, baseline: 'first' }).baseline).toBe('normal');
    expect(() => compareThem(sessions, { ...BY, baseline: { name: 'rt' } })).toThrow(UnknownSettingError);
  });

  it('of too few sessions are not judged, and it is said how many it takes', () => {
    const { pairs } = compareThem([...normal.slice(0, 3), ...realTime.slice(0, 3)], BY);
    expect(pairs[0]?.verdict).toBe('too-few-sessions');
    expect(pairs[0]?.power.sessionsNeeded).toBeGreaterThanOrEqual(4);
    expect(pairs[0]?.summary).toMatch(/^Too few sessions to tell rt-50 from normal .* sessions of each would .*twice/);
  });

  it('in which nothing was late have bounds', () => {
    const { pairs, summary } = compareThem(
      [...sessionsOf([0, 0, 0, 0], arm('a')), ...sessionsOf([0, 0, 0, 0], arm('b'))],
      BY,
    );
    expect(pairs[0]?.verdict).toBe('none-late');
    expect(summary).toMatch(/^Nothing was late in a or b \(95 %: a below 0\.75 an hour, b below 0\.75 an hour\)\.$/);
  });

  it('that do not differ are said not to, where a difference would have been found', () => {
    const rates = [30, 33, 36, 31, 34, 37, 32, 35, 38, 30, 33, 36];
    const { pairs } = compareThem([...sessionsOf(rates, arm('a')), ...sessionsOf(rates, arm('b'))], BY);
    expect(pairs[0]?.verdict).toBe('no-difference-found');
    expect(pairs[0]?.power.reached).toBeGreaterThan(0.8);
  });

  it('of many are corrected for their number', () => {
    const groups = ['a', 'b', 'c', 'd'].map((name, i) => sessionsOf([1, 2, 3, 4, 5 + 20 * i], arm(name)));
    const { pairs } = compareThem(groups.flat(), BY);
    expect(pairs).toHaveLength(6);
    for (const { tests } of pairs) {
      const [primary] = tests;
      expect(primary?.adjustedP).toBeGreaterThanOrEqual(primary?.p ?? 1);
      expect(tests.map(({ figure }) => figure)).toEqual(['late_rate', 'takeover_rate', 'p99', 'max']);
    }
    expect(compareThem(groups.flat(), { ...BY, baseline: { name: 'b' } }).pairs.map(({ b }) => b)).toEqual([
      'a',
      'c',
      'd',
    ]);
  });
});

describe('what else differs', () => {
  it('is pointed out where it is constant in each group', () => {
    const a = sessionsOf([5, 5], { ...arm('a'), 'kernel.release': '6.1', 'vm.swappiness': 60, 'cpu.count': 2 });
    const b = [
      sessionOf({ settings: { ...arm('b'), 'kernel.release': '6.8', 'vm.swappiness': 60, 'cpu.count': 2 } }),
      sessionOf({ settings: { ...arm('b'), 'kernel.release': '6.8', 'vm.swappiness': 10, 'cpu.count': 2 } }),
    ];
    const { confounders, differingWithinGroups } = compareThem([...a, ...b], BY);
    expect(confounders).toEqual([
      {
        name: 'kernel.release',
        values: [
          { group: 'a', value: '6.1' },
          { group: 'b', value: '6.8' },
        ],
      },
    ]);
    expect(differingWithinGroups).toEqual(['vm.swappiness']);
  });

  it('may be that a machine does not have a setting', () => {
    const { confounders } = compareThem(
      [sessionOf({ settings: { ...arm('a'), 'zswap.enabled': 'Y' } }), sessionOf({ settings: arm('b') })],
      BY,
    );
    expect(confounders).toMatchObject([{ name: 'zswap.enabled', values: [{ value: 'Y' }, { value: null }] }]);
  });

  it('is not what could not be read', () => {
    const offload = { 'net.sender.offload_tso': 'on', 'net.sender.qdisc': 'fq', 'kernel.hz': 250 };
    const { confounders } = compareThem(
      [
        sessionOf({ settings: { ...arm('a'), ...offload } }),
        sessionOf({ settings: arm('b'), more: { unread: ['net.offload', 'kernel.hz'] } }),
      ],
      BY,
    );
    expect(confounders.map(({ name }) => name)).toEqual(['net.sender.qdisc']);
  });

  it('is not what nobody wrote down', () => {
    const { confounders } = compareThem(
      [
        sessionOf({ settings: { ...arm('a'), 'zswap.enabled': 'Y' } }),
        sessionOf({ settings: arm('b'), more: { hasSnapshot: false } }),
      ],
      BY,
    );
    expect(confounders).toEqual([]);
  });
});

describe('the order of sessions', () => {
  const a = sessionsOf([0, 0, 0, 0, 0], arm('a'));
  const b = sessionsOf([0, 0, 0, 0, 0], arm('b'));

  it('in blocks is pointed out', () => {
    const { order } = compareThem([...a, ...b], BY);
    expect(order).toMatchObject({ kind: 'blocks', runs: 2 });
    expect(order.summary).toMatch(/in blocks, all of a, then all of b/);
    expect(compareThem([...a.slice(0, 2), ...b.slice(0, 2)], BY).order.kind).toBe('blocks');
  });

  it('that is all but in blocks is pointed out, too', () => {
    const order = [...inTurn(a.slice(0, 1), b.slice(0, 1)), ...a.slice(1), ...b.slice(1)];
    const dated = order.map((session, i) => ({ ...session, startNs: String(1_700_000_000_000_000_000n + BigInt(i)) }));
    expect(compareThem(dated, BY).order).toMatchObject({ kind: 'mixed', runs: 4 });
    const late = [...a.slice(0, 4), ...b.slice(0, 1), ...a.slice(4), ...b.slice(1)].map((session, i) => ({
      ...session,
      startNs: String(1_700_000_000_000_000_000n + BigInt(i)),
    }));
    expect(compareThem(late, BY).order).toMatchObject({ runs: 4 });
    const twelve = [...sessionsOf(new Array<number>(7).fill(0), arm('a')), ...sessionsOf([0], arm('b'))];
    const more = [...twelve, ...sessionsOf([0], arm('a')), ...sessionsOf(new Array<number>(7).fill(0), arm('b'))];
    expect(compareThem(more, BY).order.kind).toBe('clustered');
  });

  it('in turn is no matter, and one that is not known is said to be', () => {
    expect(compareThem(inTurn(a, b), BY).order).toMatchObject({ kind: 'mixed', summary: null });
    expect(compareThem([...a, sessionOf({ startS: null, settings: arm('b') })], BY).order.kind).toBe('unknown');
  });
});

describe('sessions that are not grouped', () => {
  const kernel = (release: string) => ({ 'kernel.release': release, 'kernel.version': `#1 ${release}` });

  it('are told apart by the setting that goes with lateness', () => {
    const late = sessionsOf([20, 25, 31, 22, 28, 27], { ...kernel('6.8'), 'vm.swappiness': 60 });
    const punctual = sessionsOf([1, 0, 2, 0, 1, 0], { ...kernel('6.1'), 'vm.swappiness': 60 });
    const mixed = [...late, ...punctual].map((session, i) => ({
      ...session,
      settings: { ...session.settings, 'cpu.governor': i % 2 === 0 ? 'performance' : 'powersave', boot: String(i) },
    }));
    const { settings, summary } = compareThem(mixed);
    expect(settings.map(({ names }) => names)).toEqual([['kernel.release', 'kernel.version'], ['cpu.governor']]);
    expect(settings[0]).toMatchObject({
      separation: 1,
      measure: 'cliffs-delta',
      verdict: 'separates',
      values: [
        { value: '6.8', sessions: 6, sessionsWithLate: 6 },
        { value: '6.1', sessions: 6, sessionsWithLate: 3 },
      ],
    });
    // 2 of the 924 ways to deal them, twice for two settings.
    expect(settings[0]?.p).toBeCloseTo(2 / 924, 12);
    expect(settings[0]?.adjustedP).toBeCloseTo(4 / 924, 12);
    expect(settings[1]?.verdict).not.toBe('separates');
    expect(summary).toMatch(
      /^9 of 12 sessions had late advertisements\. kernel\.release \(1 other setting with it\) tells/,
    );
  });

  it('of more than two values are ranked', () => {
    const sessions = ['a', 'b', 'c'].flatMap((value, i) =>
      sessionsOf(
        [1, 2, 3, 4, 5, 6].map((late) => late + 40 * i),
        { 'io.vda.scheduler': value },
      ),
    );
    const { settings } = compareThem(sessions);
    expect(settings[0]).toMatchObject({ measure: 'epsilon-squared', verdict: 'separates' });
    expect(settings[0]?.separation).toBeGreaterThan(0.8);
  });

  it('are too few, or alike, or all punctual', () => {
    const few = compareThem([sessionOf({ late: 9, settings: kernel('a') }), ...sessionsOf([0, 0], kernel('b'))]);
    expect(few.settings[0]?.verdict).toBe('too-few-sessions');
    expect(few.summary).toMatch(/too few of them to tell/);
    expect(compareThem(sessionsOf([1, 2])).summary).toMatch(/No setting differs/);
    expect(compareThem(sessionsOf([0, 0])).summary).toBe('Nothing was late in 2 sessions (2.0 h).');
  });
});

describe('a comparison', () => {
  it('is the same for the same seed, and says what to know of its sessions', () => {
    const sessions = [
      sessionOf({ late: 3, settings: arm('a'), more: { isCutOff: true } }),
      sessionOf({ late: 4, settings: arm('a'), more: { endedWhenLate: true } }),
      sessionOf({ late: 9, settings: arm('a'), figures: { counters: ['trace_drop_rows'] } }),
    ];
    const first = compareThem(sessions, { seed: 5 });
    expect(compareThem(sessions, { seed: 5 })).toEqual(first);
    const many = sessionsOf([3, 4, 9, 1, 7, 5, 6, 2]);
    const upperOf = (seed: number) => compareThem(many, { seed }).groups[0]?.rates.late_rate.upper;
    expect(upperOf(5)).toBe(upperOf(5));
    expect(upperOf(6)).not.toBe(upperOf(5));
    expect(first.counters.map(({ name, count }) => [name, count])).toEqual([
      ['compared_sessions_cut_off', 1],
      ['compared_sessions_ended_when_late', 1],
      ['compared_sessions_with_problems', 1],
    ]);
    expect(first.sessions.map(({ path }) => path)).toEqual(sessions.map(({ path }) => path));
  });

  it('adds up, whatever the sessions', () => {
    const session = fc.record({
      late: fc.integer({ min: 0, max: 20 }),
      gaps: fc.integer({ min: 20, max: 200 }),
      arm: fc.constantFrom('a', 'b', 'c'),
      kernel: fc.constantFrom('x', 'y'),
    });
    fc.assert(
      fc.property(fc.array(session, { minLength: 1, maxLength: 12 }), (facts) => {
        const sessions = facts.map(({ late, gaps, arm: name, kernel: release }) =>
          sessionOf({ late, gaps, settings: { ...arm(name), 'kernel.release': release } }),
        );
        const { groups, pairs, confounders, differingWithinGroups } = compareThem(sessions, { ...BY, resamples: 50 });
        const sum = (of: (group: (typeof groups)[number]) => number): number =>
          groups.reduce((all, group) => all + of(group), 0);
        expect(sum(({ sessions: count }) => count)).toBe(facts.length);
        expect(sum(({ late }) => late)).toBe(facts.reduce((all, { late }) => all + late, 0));
        expect(sum(({ gaps }) => gaps)).toBe(facts.reduce((all, { gaps }) => all + gaps, 0));
        expect(pairs).toHaveLength((groups.length * (groups.length - 1)) / 2);
        for (const { rates } of groups)
          for (const { value, lower, upper } of Object.values<Estimate>({ ...rates })) {
            if (value === null || lower === null || upper === null) continue;
            expect(lower).toBeLessThanOrEqual(value);
            expect(upper).toBeGreaterThanOrEqual(value);
          }
        expect(confounders.length + differingWithinGroups.length).toBeLessThanOrEqual(1);
      }),
      { numRuns: 60 },
    );
  });
});

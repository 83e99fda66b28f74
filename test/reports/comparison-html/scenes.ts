import type { ComparedGroup, Comparison, LatenessBin } from '../../../src/model/comparison.js';
import { comparisonOf, estimate, groupOf, none, pairOf, spread } from '../comparison/builders.js';

const HOUR_NS = 3_600_000_000_000n;

/** Where bins end: 0, 1 us, and five a decade from there. */
const EDGES = [0, ...Array.from({ length: 40 }, (_, k) => Math.round(1000 * 10 ** (k / 5)))];

/** Punctual gaps around 100 us, and a tail of late ones that reaches `latestNs`. */
const distribute = (gaps: number, late: number, latestNs: number): LatenessBin[] =>
  EDGES.flatMap((toNs, k): LatenessBin[] => {
    const decades = Math.log10(Math.max(toNs, 1)) - 5;
    const punctual = k === 0 ? gaps * 0.42 : gaps * 0.12 * Math.exp(-2.2 * decades ** 2);
    const tail = toNs >= 1e7 && toNs <= latestNs ? late * 0.2 * Math.exp(-((decades - 3) ** 2)) : 0;
    const count = Math.round(punctual + tail);
    return count === 0 ? [] : [{ fromNs: k === 0 ? null : String(EDGES[k - 1]), toNs: String(toNs), gaps: count }];
  });

/** Late advertisements of one session among several: uneven, the same each time. */
const lateOf = (index: number, mean: number): number =>
  mean === 0 ? 0 : Math.max(0, Math.round(mean * (0.25 + ((index * 37) % 19) / 11)));

interface ArmFacts {
  readonly name: string;
  readonly sessions: number;
  readonly mean: number;
  readonly more?: Partial<ComparedGroup>;
}

const armOf = ({ name, sessions, mean, more = {} }: ArmFacts): ComparedGroup => {
  const lates = Array.from({ length: sessions }, (_, index) => lateOf(index, mean));
  const late = lates.reduce((sum, count) => sum + count, 0);
  return groupOf({
    name,
    sessions,
    sessionsWithLate: lates.filter((count) => count > 0).length,
    late,
    more: { distribution: distribute(sessions * 3599, late, mean > 10 ? 4e9 : 2e8), ...more },
  });
};

const sessionsOf = (arms: readonly ArmFacts[], inBlocks: boolean): Comparison['sessions'] =>
  arms.flatMap(({ name, sessions, mean }, which) =>
    Array.from({ length: sessions }, (_, index) => ({
      path: `recordings/${name.replaceAll(' ', '-')}/run-${String(index).padStart(3, '0')}`,
      group: name,
      startNs: String(
        1_780_300_800_000_000_000n +
          BigInt(inBlocks ? which * sessions + index : index * arms.length + ((which + index) % arms.length)) * HOUR_NS,
      ),
      recordedNs: String(HOUR_NS),
      gaps: 3599,
      late: lateOf(index, mean),
      pastMasterDown: 0,
      isCutOff: false,
      from: 'kept' as const,
    })),
  );

/** Four schedulers, ten sessions each in turn: one late often, one seldom, one never, one with a single session. */
export const schedulersComparison = (): Comparison => {
  const arms: ArmFacts[] = [
    {
      name: 'SCHED_OTHER',
      sessions: 10,
      mean: 42,
      more: {
        isBaseline: true,
        causes: [
          { cause: 'cpu-contention', late: 380, ns: '40000000000', nsPerHour: spread(4_000_000_000) },
          { cause: 'blocked-syscall', late: 31, ns: '6100000000', nsPerHour: spread(610_000_000) },
          { cause: 'path-delay', late: 2, ns: '-90000000', nsPerHour: estimate(-9_000_000, -30_000_000, 4_000_000) },
        ],
      },
    },
    {
      name: 'SCHED_OTHER nice -20',
      sessions: 10,
      mean: 9,
      more: {
        causes: [
          { cause: 'cpu-contention', late: 70, ns: '9000000000', nsPerHour: spread(900_000_000) },
          { cause: 'blocked-syscall', late: 20, ns: '5100000000', nsPerHour: spread(510_000_000) },
        ],
        latenessNs: { p50: '-26900', p99: '391000', p999: '87000000', max: '162000000' },
      },
    },
    {
      name: 'SCHED_FIFO 50',
      sessions: 10,
      mean: 0,
      more: { latenessNs: { p50: '-26900', p99: '191000', p999: '870000', max: '4200000' } },
    },
    {
      name: 'SCHED_DEADLINE',
      sessions: 1,
      mean: 3,
      more: {
        rates: {
          late_rate: estimate(0.000278, null, null, 'none'),
          late_per_hour: estimate(1, null, null, 'none'),
          takeover_rate: none(3 / 3599),
          takeovers_per_hour: none(3),
          late_session_rate: estimate(1, 0.025, 1, 'clopper-pearson'),
        },
      },
    },
  ];
  const [first = ''] = arms.map(({ name }) => name);
  return comparisonOf(
    arms.map(armOf),
    [
      pairOf(first, 'SCHED_OTHER nice -20', {
        summary: `SCHED_OTHER nice -20 is late less often than SCHED_OTHER: 0.23 % of its advertisements against 1.1 % (0.21 times; 95 %: 0.12 to 0.36 times), mostly by less cpu-contention.`,
        ratio: estimate(0.21, 0.12, 0.36),
        difference: estimate(-0.0087, -0.0131, -0.0049),
        causes: [{ cause: 'cpu-contention', nsPerHour: estimate(-3_100_000_000, -4_800_000_000, -1_700_000_000) }],
      }),
      pairOf(first, 'SCHED_FIFO 50', {
        summary: `SCHED_FIFO 50 is late less often than SCHED_OTHER: none of 35,990 of its advertisements against 1.1 %, mostly by less cpu-contention.`,
        ratio: estimate(0, 0, 0.017),
        difference: estimate(-0.011, -0.0153, -0.0073),
      }),
      pairOf(first, 'SCHED_DEADLINE', {
        verdict: 'too-few-sessions',
        summary: `Too few sessions to tell SCHED_DEADLINE from SCHED_OTHER (0.028 % of its advertisements against 1.1 %); 14 sessions of each would most likely show twice the rate, there are 10 and 1.`,
        ratio: estimate(0.025, null, null, 'none'),
        difference: estimate(-0.0107, null, null, 'none'),
        tests: [],
        power: { ratio: 2, reached: 0.05, sessionsNeeded: 14 },
      }),
    ],
    {
      by: ['label.scheduler'],
      baseline: first,
      summary:
        '2 of 3 pairs differ: SCHED_OTHER nice -20 and SCHED_FIFO 50 are late less often than SCHED_OTHER. Of 1 pair there are too few sessions to tell.',
      sessions: sessionsOf(arms, false),
      confounders: [
        {
          name: 'keepalived.global.vrrp_rt_priority',
          values: arms.map(({ name }, index) => ({ group: name, value: index === 2 ? 50 : null })),
        },
      ],
    },
  );
};

/** Fifty kernels, twenty sessions each, in blocks; every two of them compared. */
export const manyComparison = (): Comparison => {
  const arms = Array.from({ length: 50 }, (_, index): ArmFacts => ({
    name: `kernel ${5 + Math.floor(index / 20)}.${index % 20}.0-${index}-cloud-amd64`,
    sessions: 20,
    mean: (index * 7) % 13,
    more: {
      causes: (['cpu-contention', 'blocked-syscall', 'timer-late', 'vcpu-stall', 'paging'] as const).map(
        (cause, which) => ({ cause, late: 3, ns: String(1e9 * (which + 1)), nsPerHour: spread(1e9 * (which + 1)) }),
      ),
      culprits: Array.from({ length: 20 }, (__, which) => ({
        cause: 'cpu-contention' as const,
        process: `process-${which}`,
        syscall: null,
        target: null,
        late: 20 - which,
        sessions: 3,
        ns: '1000000000',
      })),
    },
  }));
  const names = arms.map(({ name }) => name);
  return comparisonOf(
    arms.map(armOf),
    names.flatMap((a, index) => names.slice(index + 1).map((b) => pairOf(a, b))),
    {
      by: ['kernel.release'],
      summary: '1,225 of 1,225 pairs differ.',
      sessions: sessionsOf(arms, true),
      confounders: Array.from({ length: 60 }, (_, index) => ({
        name: `sysctl.kernel.setting_${index}`,
        values: names.map((group, which) => ({ group, value: which + index })),
      })),
      order: { kind: 'blocks', runs: 50, p: 1e-12, summary: 'The sessions were recorded in blocks.' },
      leftOut: Array.from({ length: 700 }, (_, index) => ({ path: `recordings/cut-${index}`, why: 'it is empty' })),
    },
  );
};

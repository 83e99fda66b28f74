import type { ComparedGroup, Comparison, Confounder, SettingSeparation } from '../../../src/model/comparison.js';
import { alone, comparisonOf, estimate, groupOf, none, pairOf, spread } from './builders.js';

const NORMAL = 'label.arm normal';
const RT = 'label.arm rt';

const culprit = (
  process: string | null,
  late: number,
  more: Partial<ComparedGroup['culprits'][number]> = {},
): ComparedGroup['culprits'][number] => ({
  cause: 'cpu-contention',
  process,
  syscall: null,
  target: null,
  late,
  sessions: 3,
  ns: String(BigInt(late) * 108_000_000n),
  ...more,
});

const normalGroup = groupOf({
  name: NORMAL,
  sessions: 5,
  sessionsWithLate: 5,
  late: 216,
  pastMasterDown: 3,
  more: {
    isBaseline: true,
    causes: [
      {
        cause: 'cpu-contention',
        late: 209,
        ns: '22600000000',
        nsPerHour: estimate(4_520_000_000, 3_110_000_000, 6_040_000_000),
      },
      { cause: 'blocked-syscall', late: 5, ns: '812000000', nsPerHour: estimate(162_400_000, 0, 402_000_000) },
      { cause: 'vcpu-stall', late: 2, ns: '201000000', nsPerHour: estimate(40_200_000, 0, 120_600_000) },
    ],
    culprits: [
      culprit('stress-ng', 198, { sessions: 5 }),
      culprit('kworker/0:1', 9),
      culprit('keepalived', 5, {
        cause: 'blocked-syscall',
        syscall: 'write',
        target: '/var/log/messages',
        sessions: 2,
      }),
      culprit(null, 2, { cause: 'vcpu-stall', sessions: 1 }),
      culprit('sshd', 1, { sessions: 1 }),
      culprit('systemd-journald', 1, { sessions: 1 }),
    ],
  },
});

const rtGroup = groupOf({
  name: RT,
  sessions: 5,
  sessionsWithLate: 2,
  late: 2,
  more: {
    latenessNs: { p50: '-26900', p99: '391000', p999: '870000', max: '162000000' },
    rates: {
      late_rate: estimate(0.000111, 0, 0.000278),
      late_per_hour: estimate(0.4, 0, 1),
      takeover_rate: none(0.000167),
      takeovers_per_hour: none(0.6),
      late_session_rate: estimate(0.4, 0.0527, 0.853, 'clopper-pearson'),
    },
    causes: [{ cause: 'vcpu-stall', late: 2, ns: '262000000', nsPerHour: estimate(52_400_000, 0, 131_000_000) }],
    culprits: [culprit(null, 2, { cause: 'vcpu-stall', sessions: 2 })],
    loss: { sessionsKnown: 4, sessionsWithLoss: 1, dropped: 12 },
  },
});

const confounder = (name: string, a: Confounder['values'][number]['value'], b: typeof a): Confounder => ({
  name,
  values: [
    { group: NORMAL, value: a },
    { group: RT, value: b },
  ],
});

/** One arm clearly better than the other, through contention; two confounders, a session left out, a counter. */
export const clearComparison = (): Comparison =>
  comparisonOf(
    [normalGroup, rtGroup],
    [
      pairOf(NORMAL, RT, {
        causes: [
          { cause: 'cpu-contention', nsPerHour: estimate(-4_520_000_000, -6_040_000_000, -3_110_000_000) },
          { cause: 'blocked-syscall', nsPerHour: estimate(-162_400_000, -402_000_000, 0) },
          { cause: 'vcpu-stall', nsPerHour: estimate(12_200_000, -98_000_000, 119_000_000) },
        ],
      }),
    ],
    {
      baseline: NORMAL,
      confounders: [
        confounder('keepalived.global.vrrp_rt_priority', null, 50),
        confounder('kernel.release', '6.1.0-18-amd64', '6.1.0-21-amd64'),
      ],
      differingWithinGroups: ['machine.load', 'qemu.memory_mib', 'sysctl.kernel.pid_max'],
      leftOut: [{ path: 'sessions/run-10', why: 'it has no advertisement' }],
      counters: [
        {
          name: 'session_cut_off',
          severity: 'notice',
          source: 'trace',
          count: 1,
          help: 'The session was cut off; what is there counts.',
        },
        {
          name: 'sysdig_drops',
          severity: 'data-loss',
          source: 'trace',
          count: 12,
          help: 'Events were lost while recording.',
        },
        {
          name: 'vrrp_other_packets',
          severity: 'info',
          source: 'trace',
          count: 4,
          help: 'Packets of other protocols.',
        },
      ],
    },
  );

/** Nothing late in either group. */
export const noneLateComparison = (): Comparison =>
  comparisonOf(
    [NORMAL, RT].map((name) =>
      groupOf({
        name,
        sessions: 5,
        sessionsWithLate: 0,
        late: 0,
        more: {
          latenessNs: { p50: '-26900', p99: '391000', p999: '870000', max: '4200000' },
          rates: {
            late_rate: none(0.000167),
            late_per_hour: none(0.6),
            takeover_rate: none(0.000167),
            takeovers_per_hour: none(0.6),
            late_session_rate: none(0.451),
          },
        },
      }),
    ),
    [
      pairOf(NORMAL, RT, {
        verdict: 'none-late',
        summary: `No advertisement was late with ${NORMAL} or with ${RT}: in 5.0 h each, below 0.60 an hour (95 %).`,
        difference: alone(0),
        ratio: alone(null),
        tests: [],
        power: { ratio: 2, reached: null, sessionsNeeded: null },
      }),
    ],
  );

/** Two sessions and one: nothing can be said. */
export const tooFewComparison = (): Comparison => {
  const rates = (late: number, sessions: number): ComparedGroup['rates'] => ({
    late_rate: alone(late / sessions / 3599),
    late_per_hour: alone(late / sessions),
    takeover_rate: none(1 / 3599),
    takeovers_per_hour: none(3 / sessions),
    late_session_rate: alone(1),
  });
  return comparisonOf(
    [
      groupOf({ name: NORMAL, sessions: 2, sessionsWithLate: 2, late: 61, more: { rates: rates(61, 2) } }),
      groupOf({
        name: RT,
        sessions: 1,
        sessionsWithLate: 1,
        late: 1,
        more: { rates: rates(1, 1), latenessNs: null, loss: { sessionsKnown: 0, sessionsWithLoss: 0, dropped: 0 } },
      }),
    ],
    [
      pairOf(NORMAL, RT, {
        verdict: 'too-few-sessions',
        summary: `Too few sessions to tell whether ${RT} differs from ${NORMAL}.`,
        difference: alone(-0.0082),
        ratio: alone(0.033),
        tests: [],
        power: { ratio: 2, reached: 0.031, sessionsNeeded: 17 },
      }),
    ],
    { order: { kind: 'unknown', runs: 0, p: null, summary: 'When the sessions were run is not known of 2 sessions.' } },
  );
};

/** Three kernels with long names, run in blocks. */
export const threeGroupsComparison = (): Comparison => {
  const names = ['5.10.0-28-cloud-amd64', '6.1.0-18-cloud-amd64', '6.12.9-1-cloud-amd64'].map(
    (release) => `kernel.release ${release}, qemu.VHOST_NET_ENABLED true`,
  );
  const [first = '', second = '', third = ''] = names;
  const cause = (ns: number): ComparedGroup['causes'] => [
    { cause: 'timer-late', late: 12, ns: String(ns * 20), nsPerHour: spread(ns) },
  ];
  return comparisonOf(
    names.map((name, index) =>
      groupOf({
        name,
        sessions: 20,
        sessionsWithLate: 12 + index,
        late: 1200 * (index + 1),
        more: { causes: cause(1e9 * (index + 1)), values: { 'kernel.release': name } },
      }),
    ),
    [
      pairOf(first, second, {
        verdict: 'worse',
        summary: `${second} is late more often than ${first}.`,
        ratio: estimate(2, 1.4, 3.1),
        difference: spread(0.0167),
      }),
      pairOf(first, third, {
        verdict: 'no-difference-found',
        summary: `No difference was found between ${third} and ${first}; a doubling would have been found with 91 %.`,
        power: { ratio: 2, reached: 0.91, sessionsNeeded: 15 },
        causes: [{ cause: 'timer-late', nsPerHour: estimate(2e9, -1e9, 5e9) }],
      }),
      pairOf(second, third, {
        verdict: 'too-few-sessions',
        summary: `Too few sessions to tell whether ${third} differs from ${second}.`,
        power: { ratio: 1.5, reached: null, sessionsNeeded: null },
      }),
    ],
    {
      by: ['kernel.release', 'qemu.VHOST_NET_ENABLED'],
      summary: 'Of three groups one is late more often than another.',
      confounders: Array.from({ length: 23 }, (_, index) => ({
        name: `sysctl.kernel.setting_${index}`,
        values: names.map((group, which) => ({ group, value: which === 2 ? index : 0 })),
      })),
      order: {
        kind: 'blocks',
        runs: 3,
        p: 1.2e-9,
        summary: 'All sessions of one group were run before those of the next: whatever changed in time differs too.',
      },
    },
  );
};

const separation = (name: string, index: number, more: Partial<SettingSeparation> = {}): SettingSeparation => ({
  names: [name],
  values: [
    { value: index, sessions: 6, sessionsWithLate: 3, gaps: 21_594, late: 31 },
    { value: null, sessions: 4, sessionsWithLate: 2, gaps: 14_396, late: 22 },
  ],
  separation: 0.6 / (index + 1),
  measure: 'cliffs-delta',
  p: 0.2,
  adjustedP: 1,
  verdict: 'not-shown',
  ...more,
});

/** Not grouped: which settings tell late and punctual sessions apart. */
export const settingsComparison = (): Comparison =>
  comparisonOf(
    [
      groupOf({
        name: 'all sessions',
        sessions: 10,
        sessionsWithLate: 7,
        late: 218,
        pastMasterDown: 3,
        more: { values: {} },
      }),
    ],
    [],
    {
      by: [],
      summary:
        'Sessions differ in 13 settings; 1 of them separates late from punctual sessions: keepalived.global.vrrp_rt_priority.',
      settings: [
        separation('keepalived.global.vrrp_rt_priority', 0, {
          names: [
            'keepalived.global.vrrp_rt_priority',
            'label.arm',
            'recording.arm',
            'recording.script.arms.name',
            'router.nice',
          ],
          values: [
            { value: null, sessions: 5, sessionsWithLate: 5, gaps: 17_995, late: 216 },
            { value: 50, sessions: 5, sessionsWithLate: 0, gaps: 17_995, late: 0 },
          ],
          separation: 1,
          p: 0.00008,
          adjustedP: 0.00104,
          verdict: 'separates',
        }),
        separation('kernel.release', 1, {
          values: ['5.10.0-28-amd64', '6.1.0-18-amd64', '6.12.9-1-amd64'].map((value, index) => ({
            value,
            sessions: 3,
            sessionsWithLate: index,
            gaps: 10_797,
            late: index,
          })),
          measure: 'epsilon-squared',
          verdict: 'too-few-sessions',
        }),
        ...Array.from({ length: 11 }, (_, index) => separation(`sysctl.net.core.setting_${index}`, index + 2)),
      ],
    },
  );

export const HOSTILE_NAMES: readonly string[] = [
  '<img src=x onerror=alert(1)>',
  'a|b\\|c\\',
  '\u001b[31mred\u001b[0m',
  'abc\u202egpj\u2066',
  '`` ` ```rm -rf``',
  'x'.repeat(200),
  '[link](https://example.org) ![image](x) www.example.org',
  '@someone #12 org/repo#3 https://example.org',
  'line\nbreak\r\n# heading\n\n- item',
  '  ',
  '日本語の名前',
  '--- :smile: **bold** _it_ ~~no~~ $x$ &amp; &#124;',
];

/** Every name in it is out to harm the report. */
export const hostileComparison = (): Comparison => {
  const groups = HOSTILE_NAMES.map((name, index) =>
    groupOf({
      name,
      sessions: 3,
      sessionsWithLate: 2,
      late: index,
      more: {
        values: { [name]: name },
        causes: [{ cause: 'stopped', late: 1, ns: '1000000', nsPerHour: spread(1_000_000) }],
        culprits: [culprit(name, 1, { syscall: name, target: name })],
      },
    }),
  );
  const [first = '', ...others] = HOSTILE_NAMES;
  return comparisonOf(
    groups,
    others.map((name) => pairOf(first, name, { causes: [{ cause: 'stopped', nsPerHour: spread(1_000_000) }] })),
    {
      by: HOSTILE_NAMES,
      baseline: first,
      summary: `1. ${HOSTILE_NAMES.join(' ')}`,
      confounders: HOSTILE_NAMES.map((name) => ({
        name,
        values: HOSTILE_NAMES.map((group, index) => ({ group, value: HOSTILE_NAMES[index % 3] ?? '' })),
      })),
      differingWithinGroups: HOSTILE_NAMES,
      settings: HOSTILE_NAMES.map((name, index) => ({
        ...separation(name, index),
        names: [name, ...HOSTILE_NAMES],
        values: HOSTILE_NAMES.map((value) => ({ value, sessions: 3, sessionsWithLate: 1, gaps: 30, late: 1 })),
      })),
      leftOut: HOSTILE_NAMES.map((name) => ({ path: name, why: `${name} is not a session` })),
      counters: [
        { name: 'sysdig_drops', severity: 'data-loss', source: 'trace', count: 12, help: HOSTILE_NAMES.join(' ') },
      ],
    },
  );
};

export const everyComparison = (): Readonly<Record<string, Comparison>> => ({
  clear: clearComparison(),
  'none-late': noneLateComparison(),
  'too-few': tooFewComparison(),
  'three-groups': threeGroupsComparison(),
  settings: settingsComparison(),
  hostile: hostileComparison(),
});

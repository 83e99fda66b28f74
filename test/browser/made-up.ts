/** Reports that no recording gives: very many late advertisements, and hostile names. */
import type { LateAdvertisement } from '../../src/model/answer.js';
import type { Picture } from '../../src/model/picture.js';
import type { AnswerReport } from '../../src/model/report.js';
import { LETTER_OF_STATE } from '../../src/reports/vocabulary.js';
import { answerOf, instanceOf, late, MS, row, START_NS } from '../reports/builders.js';
import { CAUSES } from '../reports/causes.js';

const S = 1_000_000_000;

/** From 0 to 1, always the same. */
const makeRandom = (): (() => number) => {
  let seed = 12_345;
  return () => {
    seed = (seed * 1_103_515_245 + 12_345) % 2_147_483_648;
    return seed / 2_147_483_648;
  };
};

const makeCpus = (random: () => number, length: number): Picture['cpus'] =>
  Array.from({ length: 8 }, (_, cpu) => ({
    cpu,
    spans: Array.from({ length: 128 }, (__, i) => ({
      from: Math.round((i * length) / 128),
      to: Math.round(((i + 1) * length) / 128),
      kind: random() < 0.4 ? ('idle' as const) : ('busy' as const),
      process: `worker-${Math.floor(random() * 12)}`,
      tid: 100 + i,
      ns: Math.round(length / 200),
    })),
  }));

/** A picture for a late advertisement that left `lateness` ns late. */
const pictureOf = (id: string, previous: bigint, lateness: number, cpus: Picture['cpus']): Picture => ({
  late: id,
  fromNs: String(previous),
  length: S + lateness,
  hidden: 0,
  due: S,
  masterDown: 3_609_375_000,
  cpus,
  sender: [
    { from: 0, to: S, kind: 'asleep', state: null, syscall: 'epoll_wait' },
    { from: S, to: S + lateness, kind: 'away', state: 'ready', syscall: null },
  ],
  packets: [
    { which: 'previous', point: 'send', at: 0 },
    { which: 'late', point: 'send', at: S + lateness },
  ],
  takeovers: [],
});

/** So many late advertisements in ten times as many gaps of a second. */
export const manyLateReport = (count: number): AnswerReport => {
  const random = makeRandom();
  const total = count * 10;
  const at = new Float64Array(total);
  const gap = new Float64Array(total);
  const lateness = new Float64Array(total);
  const cpus = makeCpus(random, 2 * S);
  const lates: LateAdvertisement[] = [];
  const pictures: Picture[] = [];
  let end = 0;
  for (let i = 0; i < total; i += 1) {
    const isLate: boolean = i % 10 === 5 && lates.length < count;
    const longer = isLate
      ? Math.round(random() ** 6 * 4 * S + 0.1 * S)
      : Math.round(random() ** 3 * 2_000_000 + 50_000);
    end += S + longer;
    at[i] = end;
    gap[i] = S + longer;
    lateness[i] = longer;
    if (!isLate) continue;
    const made = CAUSES[lates.length % CAUSES.length]!;
    const previous = START_NS + BigInt(end - S - longer);
    const id = `205-ipv4-192.168.205.8-${i}`;
    lates.push({
      ...made,
      id,
      previousNs: String(previous),
      sentNs: String(START_NS + BigInt(end)),
      gapNs: String(S + longer),
      latenessNs: String(longer),
      severity: longer >= 2_609_375_000 ? ('takeover' as const) : ('late' as const),
      marginToTakeoverNs: String(2_609_375_000 - longer),
    });
    pictures.push(pictureOf(id, previous, longer, cpus));
  }
  return {
    answer: answerOf([instanceOf(lates, { advertisements: total + 1 })]),
    gaps: [{ baseNs: START_NS, at, gap, lateness }],
    pictures,
  };
};

/** Attacks on a page: markup, the end of a script or a style, an attribute's end, a terminal's escapes, a change of direction. */
export const HOSTILE =
  '<img src=x onerror=alert(1)></script><script>alert(2)</script></style></title></svg>"\' onload=alert(3) x="\u001b[31m\u202egnp\u202c\u0000javascript:alert(4)';

/** Hostile text wherever an input's text can stand. */
export const hostileReport = (): AnswerReport => {
  const lateness = 900 * Number(MS);
  const made = late({
    index: 0,
    cause: 'cpu-contention',
    parts: [['ready', 900n * MS, { process: HOSTILE, syscall: HOSTILE, target: HOSTILE, evidence: [0] }]],
    culprit: { process: HOSTILE, pid: 7, parent: HOSTILE, cgroup: HOSTILE, syscall: HOSTILE, target: HOSTILE },
    summary: HOSTILE,
    more: {
      id: HOSTILE,
      measuredAt: HOSTILE,
      contributors: [
        { process: HOSTILE, share: 0.5 },
        { process: `${HOSTILE}2`, share: 0.5 },
      ],
      evidence: [row(1, START_NS, HOSTILE, { input: HOSTILE })],
      advice: [HOSTILE],
    },
  });
  const spans = [{ from: 0, to: S + lateness, kind: 'busy' as const, process: HOSTILE, tid: 7, ns: S + lateness }];
  const picture = pictureOf(HOSTILE, BigInt(made.previousNs), lateness, [{ cpu: 0, spans }]);
  return {
    answer: answerOf(
      [
        instanceOf([made], {
          source: HOSTILE,
          destination: HOSTILE,
          senders: [{ process: HOSTILE, tid: 1, fromNs: String(START_NS), toNs: String(START_NS) }],
          points: [{ name: HOSTILE, advertisements: 2, lost: 0, gapsNs: null }],
          takeovers: [{ atNs: made.sentNs, by: HOSTILE, after: 'late', late: HOSTILE }],
        }),
      ],
      {
        tool: { name: 'whylate', version: HOSTILE },
        counters: [{ name: HOSTILE, severity: 'error', source: 'trace', count: 1, help: HOSTILE }],
        assumptions: [{ what: HOSTILE, why: HOSTILE }],
        clocks: [
          { name: HOSTILE, segments: [{ fromNs: String(START_NS), offsetNs: '1', driftPpm: 0, uncertaintyNs: '1' }] },
        ],
        artefacts: [{ atNs: String(START_NS), kind: HOSTILE, clock: HOSTILE, ns: '1', summary: HOSTILE }],
      },
    ),
    gaps: [
      {
        baseNs: START_NS,
        at: Float64Array.of(S + lateness),
        gap: Float64Array.of(S + lateness),
        lateness: Float64Array.of(lateness),
      },
    ],
    pictures: [
      {
        ...picture,
        sender: [
          { from: 0, to: S, kind: 'asleep', state: null, syscall: HOSTILE },
          { from: S, to: S + lateness, kind: 'away', state: 'ready', syscall: HOSTILE },
        ],
        packets: [
          { which: 'previous', point: HOSTILE, at: 0 },
          { which: 'late', point: HOSTILE, at: S + lateness },
        ],
        takeovers: [{ by: HOSTILE, at: S + 1 }],
      },
    ],
  };
};

/** Every state of the ledger in one late advertisement. */
export const everyStateReport = (): AnswerReport => {
  const states = Object.keys(LETTER_OF_STATE) as (keyof typeof LETTER_OF_STATE)[];
  const made = late({
    index: 0,
    cause: 'blocked-syscall',
    parts: states.map((state) => [state, 100n * MS]),
    summary: 'Everything happened.',
  });
  const lateness = Number(made.latenessNs);
  const picture = pictureOf(made.id, BigInt(made.previousNs), lateness, []);
  return {
    answer: answerOf([instanceOf([made])]),
    gaps: [
      {
        baseNs: START_NS,
        at: Float64Array.of(S + lateness),
        gap: Float64Array.of(S + lateness),
        lateness: Float64Array.of(lateness),
      },
    ],
    pictures: [
      {
        ...picture,
        sender: states.map((state, i) => ({
          from: S + i * 100 * Number(MS),
          to: S + (i + 1) * 100 * Number(MS),
          kind: 'away',
          state,
          syscall: null,
        })),
      },
    ],
  };
};

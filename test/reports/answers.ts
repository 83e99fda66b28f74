import type { Answer } from '../../src/model/answer.js';
import { answerOf, instanceOf, late, MS, row, START_NS } from './builders.js';
import { CAUSES, stoppedLate } from './causes.js';

export { answerOf, instanceOf, late } from './builders.js';
export { CAUSES } from './causes.js';

/** ESC, CSI as one C1 character, a bidirectional override, HTML, a line break and a zero-width space. */
const HOSTILE = 'ev\u001b[31mil\u009b2J\u202egpj\u202c<script>alert(1)</script>\n\u200bend';

/** Every cause, and something to say in every section. */
export const everythingAnswer = (): Answer =>
  answerOf(
    [
      instanceOf([...CAUSES], {
        takeovers: [
          { atNs: String(START_NS + 44_000n * MS), by: '192.168.205.9', after: 'late', late: CAUSES[4]?.id ?? null },
          { atNs: String(START_NS + 50_000n * MS), by: '192.168.205.9', after: 'loss-after-capture', late: null },
        ],
      }),
    ],
    {
      counters: [
        {
          name: 'sysdig_json_bad_row',
          severity: 'data-loss',
          source: 'trace',
          count: 3,
          help: 'Rows that are no JSON were left out; record again or look at the lines named on stderr.',
        },
        {
          name: 'capture_cut_record',
          severity: 'notice',
          source: 'trace',
          count: 1,
          help: 'The last packet is cut off; that is normal.',
        },
        {
          name: 'vrrp_other_packets',
          severity: 'info',
          source: 'trace',
          count: 12,
          help: 'Packets that are not VRRP.',
        },
      ],
      assumptions: [{ what: 'backup priority 100', why: 'no lower priority was seen' }],
      clocks: [
        {
          name: 'receiver',
          segments: [{ fromNs: String(START_NS), offsetNs: '-27110', driftPpm: 0.3, uncertaintyNs: '9000' }],
        },
      ],
      artefacts: [
        {
          atNs: String(START_NS + 5_000n * MS),
          kind: 'clock-step',
          clock: 'trace',
          ns: '2000000000',
          summary: 'The clock of the trace was set forward.',
        },
      ],
    },
  );

export const oneLateAnswer = (): Answer => answerOf([instanceOf([stoppedLate()])]);

export const nothingLateAnswer = (): Answer => answerOf([instanceOf([])]);

export const noInstanceAnswer = (): Answer => answerOf([]);

/** Texts that attack a terminal or a page in every place a text can stand. */
export const hostileAnswer = (): Answer => {
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
        { process: '进程名', share: 0.5 },
      ],
      evidence: [row(1, START_NS, HOSTILE, { input: HOSTILE })],
      advice: [HOSTILE],
    },
  });
  const base = answerOf(
    [
      instanceOf([made], {
        source: HOSTILE,
        destination: HOSTILE,
        senders: [{ process: HOSTILE, tid: 1, fromNs: '1', toNs: '2' }],
        points: [{ name: HOSTILE, advertisements: 1, lost: 0, gapsNs: null }],
        takeovers: [{ atNs: String(START_NS), by: HOSTILE, after: 'unknown', late: HOSTILE }],
      }),
    ],
    {
      assumptions: [{ what: HOSTILE, why: HOSTILE }],
      clocks: [{ name: HOSTILE, segments: [{ fromNs: '0', offsetNs: '1', driftPpm: 0, uncertaintyNs: '1' }] }],
      artefacts: [{ atNs: String(START_NS), kind: HOSTILE, clock: HOSTILE, ns: '1', summary: HOSTILE }],
      counters: [{ name: 'a_counter', severity: 'error', source: 'trace', count: 1, help: HOSTILE }],
    },
  );
  return { ...base, inputs: base.inputs.map((input) => ({ ...input, path: HOSTILE, name: HOSTILE })) };
};

/** So many late advertisements; every tenth is the worst by far. */
export const manyLateAnswer = (count: number): Answer =>
  answerOf([
    instanceOf(
      Array.from({ length: count }, (_, index) =>
        late({
          index,
          cause: 'cpu-contention',
          parts: [['ready', (index % 10 === 3 ? 1_500n : 200n) * MS + BigInt(index)]],
          culprit: { process: `hog${index}`, pid: 100 + index },
          summary: `Summary of ${index}.`,
        }),
      ),
    ),
  ]);

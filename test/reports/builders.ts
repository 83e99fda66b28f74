import type {
  Answer,
  AnswerInstance,
  Cause,
  Culprit,
  Evidence,
  LateAdvertisement,
  LedgerEntry,
  LedgerState,
} from '../../src/model/answer.js';
import { CAUSE_OF_STATE, WHERE_OF_CAUSE } from '../../src/model/causes.js';

/** 2014-09-10T17:01:21.339942868Z, the send of the published case. */
export const START_NS = 1_410_368_481_339_942_868n;

export const MS = 1_000_000n;

const INTERVAL_NS = 1_000_000_000n;
const MASTER_DOWN_NS = 3_609_375_000n;

const nobody: Culprit = {
  process: null,
  pid: null,
  tid: null,
  parent: null,
  cgroup: null,
  syscall: null,
  target: null,
};

const entry = (state: LedgerState, fromNs: bigint, ns: bigint, more: Partial<LedgerEntry> = {}): LedgerEntry => ({
  state,
  fromNs: String(fromNs),
  toNs: String(fromNs + ns),
  ns: String(ns),
  bound: 'exact',
  cause: CAUSE_OF_STATE[state],
  process: null,
  syscall: null,
  target: null,
  cpu: null,
  evidence: [],
  ...more,
});

export const row = (line: number, ns: bigint, text: string, more: Partial<Evidence> = {}): Evidence => ({
  input: 'trace.jsonl.gz',
  line,
  num: line - 1,
  ns: String(ns),
  text,
  ...more,
});

interface LateFacts {
  readonly index: number;
  readonly cause: Cause;
  readonly parts: readonly (readonly [LedgerState, bigint, Partial<LedgerEntry>?])[];
  readonly summary: string;
  readonly culprit?: Partial<Culprit>;
  readonly more?: Partial<LateAdvertisement>;
}

/** A late advertisement whose lateness is the sum of its parts; the one before left at START + 10 s x index. */
export const late = ({ index, cause, parts, summary, culprit, more = {} }: LateFacts): LateAdvertisement => {
  const previous = START_NS + BigInt(index) * 10_000_000_000n;
  const lateness = parts.reduce((sum, [, ns]) => sum + ns, 0n);
  const gap = INTERVAL_NS + lateness;
  let at = previous + INTERVAL_NS;
  const ledger = parts.map(([state, ns, rest]) => {
    const made = entry(state, at, ns, rest);
    at += ns;
    return made;
  });
  return {
    id: `205-ipv4-192.168.205.8-${index}`,
    sentNs: String(previous + gap),
    previousNs: String(previous),
    measuredAt: 'receiver',
    gapNs: String(gap),
    latenessNs: String(lateness),
    severity: gap >= MASTER_DOWN_NS ? 'takeover' : 'late',
    marginToTakeoverNs: String(MASTER_DOWN_NS - gap),
    where: WHERE_OF_CAUSE[cause],
    cause,
    culprit: culprit === undefined ? null : { ...nobody, ...culprit },
    confidence: 0.97,
    contributors: [],
    ledger,
    evidence: [],
    summary,
    advice: [],
    ...more,
  };
};

export const instanceOf = (lates: LateAdvertisement[], more: Partial<AnswerInstance> = {}): AnswerInstance => ({
  vrid: 205,
  family: 'ipv4',
  version: 2,
  source: '192.168.205.8',
  destination: '224.0.0.18',
  priority: 101,
  intervalNs: String(INTERVAL_NS),
  masterDownNs: String(MASTER_DOWN_NS),
  senders: [{ process: 'keepalived', tid: 23611, fromNs: String(START_NS), toNs: String(START_NS + 64_000_000_000n) }],
  advertisements: 64,
  points: [
    {
      name: 'send',
      advertisements: 64,
      lost: 0,
      gapsNs: { p50: '1000183402', p99: '1000391777', max: '2070000000' },
    },
    { name: 'receiver', advertisements: 63, lost: 1, gapsNs: null },
  ],
  late: lates,
  takeovers: [],
  ...more,
});

export const answerOf = (instances: AnswerInstance[], more: Partial<Answer> = {}): Answer => ({
  schemaVersion: 1,
  tool: { name: 'whylate', version: '0.1.0' },
  inputs: [
    {
      path: 'trace.jsonl.gz',
      kind: 'sysdig-json',
      role: 'trace',
      records: 594_437,
      firstNs: String(START_NS - 1_000_000_000n),
      lastNs: String(START_NS + 64_000_000_000n),
      loss: { known: true, dropped: 0, offered: 594_437 },
    },
    {
      path: 'capture.receiver.pcap',
      kind: 'pcap',
      role: 'capture',
      name: 'receiver',
      records: 64,
      firstNs: String(START_NS),
      lastNs: String(START_NS + 63_000_000_000n),
      loss: { known: false, dropped: 0 },
    },
  ],
  counters: [],
  assumptions: [],
  clocks: [],
  artefacts: [],
  instances,
  ...more,
});

import type { Counter } from './counters.js';

/** The answer of `analyze --json`, as the contract fixes it. Times and lengths in ns are decimal strings. */
export interface Answer {
  schemaVersion: 1;
  tool: { name: 'whylate'; version: string };
  inputs: AnswerInput[];
  counters: Counter[];
  assumptions: { what: string; why: string }[];
  clocks: AnswerClock[];
  artefacts: { atNs: string; kind: string; clock: string; ns: string; summary: string }[];
  instances: AnswerInstance[];
}

export interface AnswerInput {
  path: string;
  /** 'sysdig-json', 'sysdig-text', 'scap', 'pcap', 'pcapng', 'tcpdump-text', 'tshark-fields', 'tshark-json', 'tshark-ek', 'keepalived-log', 'vitals'. */
  kind: string;
  role: 'trace' | 'capture' | 'log' | 'vitals';
  /** Name of the capture point, for captures. */
  name?: string;
  records: number;
  firstNs: string | null;
  lastNs: string | null;
  /** `offered`: records the recorder was offered, drops included, where its statistics say so. */
  loss: { known: boolean; dropped: number; offered?: number };
}

export interface AnswerClock {
  name: string;
  /** Add offsetNs to a time of this clock to get the reference clock. */
  segments: { fromNs: string; offsetNs: string; driftPpm: number; uncertaintyNs: string }[];
}

export interface AnswerInstance {
  /** null where only a trace was given and its rows do not show it. */
  vrid: number | null;
  family: 'ipv4' | 'ipv6';
  version: 2 | 3 | null;
  source: string | null;
  destination: string;
  priority: number | null;
  intervalNs: string;
  masterDownNs: string;
  senders: { process: string; tid: number; fromNs: string; toNs: string }[];
  advertisements: number;
  points: AnswerPoint[];
  late: LateAdvertisement[];
  takeovers: Takeover[];
}

export interface AnswerPoint {
  name: string;
  advertisements: number;
  lost: number;
  /** Advertisements this capture missed: captures farther out saw them. */
  missed?: number;
  gapsNs: { p50: string; p99: string; max: string } | null;
}

export type Where = 'sender-process' | 'sender-vm' | 'host' | 'network' | 'unknown';

export type Cause =
  | 'blocked-syscall'
  | 'sender-busy'
  | 'send-failed'
  | 'sender-restart'
  | 'cpu-contention'
  | 'cpu-throttled'
  | 'stopped'
  | 'paging'
  | 'timer-late'
  | 'transmit-delay'
  | 'vcpu-stall'
  | 'vm-paused'
  | 'egress-delay'
  | 'rearmed-by-packet'
  | 'path-delay'
  | 'path-loss'
  | 'insufficient-evidence';

export type LedgerState =
  | 'running'
  | 'ready'
  | 'blocked'
  | 'stopped'
  | 'throttled'
  | 'paging'
  | 'overslept'
  | 'rearmed'
  | 'absent'
  | 'sending'
  | 'queued'
  | 'vcpu-silent'
  | 'vm-paused'
  | 'in-flight'
  | 'lost'
  | 'unexplained';

export interface Culprit {
  process: string | null;
  pid: number | null;
  tid: number | null;
  parent: string | null;
  cgroup: string | null;
  syscall: string | null;
  target: string | null;
}

export interface LedgerEntry {
  state: LedgerState;
  fromNs: string;
  toNs: string;
  ns: string;
  bound: 'exact' | 'up-to';
  /** The cause it speaks for; that of the whole is the one with the largest part. */
  cause: Cause;
  process: string | null;
  syscall: string | null;
  target: string | null;
  cpu: number | null;
  /** Indices into the late advertisement's `evidence`. */
  evidence: number[];
}

export interface Evidence {
  /** Path of the input as given. */
  input: string;
  /** Line of a text input, packet number of a binary one; from 1. */
  line: number;
  /** `evt.num`, null for packets. */
  num: number | null;
  ns: string;
  text: string;
}

export interface LateAdvertisement {
  id: string;
  sentNs: string;
  previousNs: string;
  measuredAt: string;
  gapNs: string;
  latenessNs: string;
  severity: 'late' | 'takeover';
  marginToTakeoverNs: string;
  where: Where;
  cause: Cause;
  culprit: Culprit | null;
  confidence: number;
  contributors: { process: string; share: number }[];
  ledger: LedgerEntry[];
  evidence: Evidence[];
  summary: string;
  advice: string[];
}

export interface Takeover {
  atNs: string;
  by: string;
  after: 'late' | 'loss' | 'loss-after-capture' | 'priority-zero' | 'higher-priority' | 'unknown';
  /** The id of the late advertisement it followed, where there is one. */
  late: string | null;
}

import type { Cause, LedgerState, Takeover, Where } from '../model/answer.js';

/** Where each cause lies: the contract's table. */
export const WHERE_OF_CAUSE: Readonly<Record<Cause, Where>> = {
  'blocked-syscall': 'sender-process',
  'sender-busy': 'sender-process',
  'send-failed': 'sender-process',
  'sender-restart': 'sender-process',
  'cpu-contention': 'sender-vm',
  'cpu-throttled': 'sender-vm',
  stopped: 'sender-vm',
  paging: 'sender-vm',
  'timer-late': 'sender-vm',
  'transmit-delay': 'sender-vm',
  'vcpu-stall': 'host',
  'vm-paused': 'host',
  'egress-delay': 'host',
  'rearmed-by-packet': 'network',
  'path-delay': 'network',
  'path-loss': 'network',
  'insufficient-evidence': 'unknown',
};

/** What a report says of each place. */
export const WHERE_IN_WORDS: Readonly<Record<Where, string>> = {
  'sender-process': 'the sender itself',
  'sender-vm': 'inside the sending VM',
  host: 'the host',
  network: 'the network',
  unknown: 'where is not known',
};

/** The letter each ledger state has in a bar without colours; no two are equal. */
export const LETTER_OF_STATE: Readonly<Record<LedgerState, string>> = {
  running: 'r',
  ready: 'w',
  blocked: 'b',
  stopped: 's',
  throttled: 't',
  paging: 'p',
  overslept: 'o',
  rearmed: 'a',
  absent: 'x',
  sending: '>',
  queued: 'q',
  'vcpu-silent': 'v',
  'vm-paused': 'z',
  'in-flight': '~',
  lost: '!',
  unexplained: '?',
};

/** What each reason of a takeover is called; a late advertisement adds its number. */
export const TAKEOVER_IN_WORDS: Readonly<Record<Takeover['after'], string>> = {
  late: 'after a late advertisement',
  loss: 'after advertisements lost on the way',
  'loss-after-capture': 'after advertisements lost behind the last capture point',
  'priority-zero': 'after the sender gave up its role (priority 0)',
  'higher-priority': 'by its higher priority',
  unknown: 'for a reason the inputs do not show',
};

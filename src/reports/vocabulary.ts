import type { LedgerState, Takeover, Where } from '../model/answer.js';

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

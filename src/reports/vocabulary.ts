import type { LedgerState, Takeover, Where } from '../model/answer.js';
import type { PairVerdict, SettingSeparation, TestedFigure } from '../model/comparison.js';

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

/** What a comparison says of the second group of a pair. */
export const PAIR_VERDICT_IN_WORDS: Readonly<Record<PairVerdict, string>> = {
  worse: 'late more often',
  better: 'late less often',
  'no-difference-found': 'no difference found',
  'too-few-sessions': 'too few sessions to tell',
  'none-late': 'none late in either',
};

/** What the figure of a session is called that two groups are tested on. */
export const FIGURE_IN_WORDS: Readonly<Record<TestedFigure, string>> = {
  late_rate: 'late rate',
  takeover_rate: 'rate past master-down',
  p99: 'lateness, p99',
  max: 'lateness, max',
};

/** Whether a setting tells late and punctual sessions apart. */
export const SEPARATION_IN_WORDS: Readonly<Record<SettingSeparation['verdict'], string>> = {
  separates: 'separates',
  'not-shown': 'not shown',
  'too-few-sessions': 'too few sessions',
};

/** What a separation is measured by. */
export const MEASURE_IN_WORDS: Readonly<Record<SettingSeparation['measure'], string>> = {
  'cliffs-delta': "Cliff's delta (two values)",
  'epsilon-squared': 'epsilon squared (more values)',
};

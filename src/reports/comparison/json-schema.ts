import { FIGURE_IN_WORDS, MEASURE_IN_WORDS, PAIR_VERDICT_IN_WORDS, SEPARATION_IN_WORDS } from '../vocabulary.js';
import type { Schema } from '../schema-parts.js';
import {
  anyText,
  arrayOf,
  causes,
  count,
  counter,
  dialect,
  lengthDefinitions,
  lengthNs,
  object,
  oneOf,
  orNull,
  share,
  signedNs,
  text,
} from '../schema-parts.js';

const number = { type: 'number' };
const flag = { type: 'boolean' };
const positive = { type: 'number', exclusiveMinimum: 0 };
const settingValue = { type: ['string', 'number', 'boolean', 'null'] };
const estimate = { $ref: '#/$defs/estimate' };
const cause = oneOf(causes);

const estimateDefinition = object(
  'A figure and its interval; null where there is none. Rates are shares or numbers an hour, times are ns an hour.',
  {
    value: orNull(number),
    lower: orNull(number),
    upper: orNull(number),
    method: oneOf(
      ['cluster-bootstrap', 'clopper-pearson', 'rule-of-three', 'cliff', 'none'],
      'rule-of-three: none was seen, upper is its bound. none: too few sessions for an interval.',
    ),
  },
);

const rates = object('The figures that have a value in each group, by the names --fail-if knows.', {
  late_rate: { ...estimate, description: 'Late ones among the gaps, 0 to 1.' },
  late_per_hour: estimate,
  takeover_rate: { ...estimate, description: 'Gaps that reached the master-down interval among all gaps, 0 to 1.' },
  takeovers_per_hour: estimate,
  late_session_rate: { ...estimate, description: 'Sessions with a late advertisement among all sessions, 0 to 1.' },
});

const causeOfGroup = object('A cause, by its time in the ledgers.', {
  cause,
  late: count,
  ns: signedNs,
  nsPerHour: { ...estimate, description: 'ns for an hour recorded.' },
});

const culprit = object('Who or what is to blame for late advertisements.', {
  cause,
  process: orNull(anyText),
  syscall: orNull(anyText),
  target: orNull(anyText),
  late: count,
  sessions: count,
  ns: signedNs,
});

const group = object('Sessions with the same values of the settings they are grouped by.', {
  name: text,
  values: {
    type: 'object',
    description: 'The values that make it; null where the machine does not have the setting.',
    additionalProperties: settingValue,
  },
  isBaseline: flag,
  sessions: count,
  sessionsWithLate: count,
  recordedNs: lengthNs,
  advertisements: count,
  gaps: count,
  late: count,
  pastMasterDown: { ...count, description: 'Of the late ones, those that reached the master-down interval.' },
  takeoversSeen: count,
  rates,
  latenessNs: orNull(
    object('Of all gaps; negative is early.', { p50: signedNs, p99: signedNs, p999: signedNs, max: signedNs }),
  ),
  distribution: arrayOf(
    object('Gaps of about the same lateness: above fromNs (null: whatever is early) up to and with toNs.', {
      fromNs: orNull(signedNs),
      toNs: signedNs,
      gaps: { type: 'integer', minimum: 1 },
    }),
    'Only bins that hold any, in order.',
  ),
  causes: arrayOf(causeOfGroup, 'The longest first.'),
  culprits: arrayOf(culprit, 'The most late ones first; twenty at most.'),
  loss: object('What the sessions are known to have lost.', {
    sessionsKnown: { ...count, description: 'Sessions in which each trace and capture says what it lost.' },
    sessionsWithLoss: count,
    dropped: count,
  }),
});

const test = object('A rank test of a figure of the sessions (Mann and Whitney).', {
  figure: oneOf(Object.keys(FIGURE_IN_WORDS)),
  isPrimary: { ...flag, description: 'The verdict rests on it.' },
  u: { type: 'number', minimum: 0, description: 'U of the second group.' },
  method: oneOf(['exact', 'normal']),
  p: { ...share, description: 'Two-sided.' },
  adjustedP: { ...share, description: "After Holm's correction." },
  cliffsDelta: { ...estimate, description: 'From -1 to 1; above 0 the second group is later.' },
});

const pair = object('Two groups compared; the baseline, where there is one, is a.', {
  a: text,
  b: text,
  verdict: oneOf(Object.keys(PAIR_VERDICT_IN_WORDS), 'Of b against a.'),
  summary: text,
  difference: { ...estimate, description: 'Late rate of b less that of a.' },
  ratio: { ...estimate, description: 'Late rate of b by that of a; value is null where a has none.' },
  tests: arrayOf(test),
  power: object('How probable it was that a difference that matters would be found.', {
    ratio: { ...positive, description: 'The difference that would have mattered: so many times the rate.' },
    reached: orNull(share),
    sessionsNeeded: orNull({ ...count, description: 'In each group, to find it four times out of five.' }),
  }),
  causes: arrayOf(
    object('Time an hour of b less that of a.', { cause, nsPerHour: estimate }),
    'The largest difference first.',
  ),
});

const confounder = object('A setting that is the same within each group and differs between them.', {
  name: anyText,
  values: arrayOf(object('Its value in a group.', { group: text, value: settingValue })),
});

const setting = object('A setting, or several that go together, by which sessions differ.', {
  names: { type: 'array', items: anyText, minItems: 1, description: 'Names that tell the same sessions apart.' },
  values: arrayOf(
    object('Sessions with one value of the first name.', {
      value: settingValue,
      sessions: count,
      sessionsWithLate: count,
      gaps: count,
      late: count,
    }),
  ),
  separation: { ...share, description: '1: it tells late and punctual sessions wholly apart.' },
  measure: oneOf(Object.keys(MEASURE_IN_WORDS)),
  p: share,
  adjustedP: { ...share, description: "After Holm's correction over all settings." },
  verdict: oneOf(Object.keys(SEPARATION_IN_WORDS)),
});

const session = object('A session that counts.', {
  path: text,
  group: text,
  startNs: orNull(signedNs),
  recordedNs: lengthNs,
  gaps: count,
  late: count,
  pastMasterDown: count,
  isCutOff: flag,
  from: oneOf(['kept', 'analysed'], 'kept: its figures were in its folder.'),
});

/** JSON Schema (draft 2020-12) of the answer of `compare --json`. What it names keeps its meaning; additions are allowed. */
export const comparisonSchema: Schema = {
  $schema: dialect,
  title: 'Answer of whylate compare --json',
  ...object(
    'Whether lateness differs between groups of sessions, by how much, how sure that is, and through which causes.',
    {
      schemaVersion: { const: 1 },
      tool: object('What made the answer.', { name: { const: 'whylate' }, version: text }),
      by: arrayOf(anyText, 'Settings the sessions are grouped by.'),
      baseline: orNull(text),
      statistics: object('How the intervals and tests were made.', {
        confidence: share,
        alpha: share,
        power: share,
        seed: { type: 'integer' },
        resamples: count,
      }),
      summary: text,
      groups: arrayOf(group),
      pairs: arrayOf(pair),
      confounders: arrayOf(confounder, 'The effect may be theirs.'),
      differingWithinGroups: arrayOf(anyText, 'Settings that differ between groups and within them too.'),
      order: object('How the groups lie in time.', {
        kind: oneOf(['mixed', 'blocks', 'clustered', 'unknown']),
        runs: { ...count, description: 'Stretches of sessions of one group, in order of time.' },
        p: orNull({ ...share, description: 'How probable so few are by chance.' }),
        summary: orNull(text),
      }),
      settings: arrayOf(setting, 'Those that separate best first.'),
      sessions: arrayOf(session),
      leftOut: arrayOf(object('A session that does not count.', { path: text, why: text })),
      counters: arrayOf(counter),
    },
  ),
  $defs: { ...lengthDefinitions, estimate: estimateDefinition },
};

import type { Where } from '../model/answer.js';
import { WHERE_OF_CAUSE } from '../model/causes.js';
import type { Schema } from './schema-parts.js';
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
} from './schema-parts.js';
import { LETTER_OF_STATE, TAKEOVER_IN_WORDS, WHERE_IN_WORDS } from './vocabulary.js';

/** A cause stands only with the place it belongs to. */
const placeOfCauses = (Object.keys(WHERE_IN_WORDS) as Where[]).map((where) => ({
  if: { properties: { where: { const: where } }, required: ['where'] },
  then: { properties: { cause: { enum: causes.filter((cause) => WHERE_OF_CAUSE[cause] === where) } } },
}));

const input = object(
  'An input and what it is known to have lost.',
  {
    path: text,
    kind: oneOf([
      'sysdig-json',
      'sysdig-text',
      'scap',
      'strace',
      'pcap',
      'pcapng',
      'tcpdump-text',
      'tshark-fields',
      'tshark-json',
      'tshark-ek',
      'keepalived-log',
      'vitals',
    ]),
    role: oneOf(['trace', 'capture', 'log', 'vitals']),
    name: { ...text, description: 'Name of the capture point, for captures.' },
    records: count,
    firstNs: orNull(signedNs),
    lastNs: orNull(signedNs),
    loss: object(
      'Records lost; where nothing said how many, known is false and dropped means nothing.',
      { known: { type: 'boolean' }, dropped: count, offered: count },
      ['offered'],
    ),
  },
  ['name'],
);

const clock = object('A clock related to the reference clock.', {
  name: text,
  segments: arrayOf(
    object('Add offsetNs to a time of this clock to get the reference clock.', {
      fromNs: signedNs,
      offsetNs: signedNs,
      driftPpm: { type: 'number' },
      uncertaintyNs: lengthNs,
    }),
  ),
});

const artefact = object('Something about a clock that looks like lateness and is none.', {
  atNs: signedNs,
  kind: text,
  clock: text,
  ns: signedNs,
  summary: text,
});

const culprit = object('Who or what came before it.', {
  process: orNull(anyText),
  pid: orNull({ type: 'integer', minimum: 0 }),
  tid: orNull({ type: 'integer', minimum: 0 }),
  parent: orNull(anyText),
  cgroup: orNull(anyText),
  syscall: orNull(anyText),
  target: orNull(anyText),
});

const ledgerEntry = {
  ...object('A part of the lateness; in-flight alone may be negative.', {
    state: oneOf(Object.keys(LETTER_OF_STATE)),
    fromNs: signedNs,
    toNs: signedNs,
    ns: signedNs,
    bound: oneOf(['exact', 'up-to']),
    process: orNull(anyText),
    syscall: orNull(anyText),
    target: orNull(anyText),
    cpu: orNull({ type: 'integer', minimum: 0 }),
    evidence: arrayOf(count, 'Indices into the evidence of the late advertisement.'),
  }),
  if: { properties: { state: { const: 'in-flight' } } },
  else: { properties: { ns: lengthNs } },
};

const evidence = object('A row or packet that shows it.', {
  input: text,
  line: { type: 'integer', minimum: 1, description: 'Line of a text input, packet number of a binary one.' },
  num: orNull({ type: 'integer' }),
  ns: signedNs,
  text: anyText,
});

const late = {
  ...object('A late advertisement and why.', {
    id: text,
    sentNs: signedNs,
    previousNs: signedNs,
    measuredAt: text,
    gapNs: lengthNs,
    latenessNs: { ...lengthNs, description: 'The gap less the interval; the ledger adds up to it.' },
    severity: oneOf(['late', 'takeover'], 'takeover: the gap reached the master-down interval.'),
    marginToTakeoverNs: { ...signedNs, description: 'Negative once past it.' },
    where: oneOf(Object.keys(WHERE_IN_WORDS)),
    cause: oneOf(causes),
    culprit: orNull(culprit),
    confidence: share,
    contributors: arrayOf(object('Who had which share.', { process: anyText, share })),
    ledger: arrayOf(ledgerEntry),
    evidence: arrayOf(evidence),
    summary: text,
    advice: arrayOf(text),
  }),
  allOf: [
    ...placeOfCauses,
    {
      if: { properties: { severity: { const: 'takeover' } }, required: ['severity'] },
      then: { properties: { marginToTakeoverNs: { type: 'string', pattern: '^(0|-[1-9][0-9]*)$' } } },
      else: { properties: { marginToTakeoverNs: { type: 'string', pattern: '^[1-9][0-9]*$' } } },
    },
  ],
};

const takeover = {
  ...object('Another router became master.', {
    atNs: signedNs,
    by: text,
    after: oneOf(Object.keys(TAKEOVER_IN_WORDS)),
    late: orNull({ ...text, description: 'The id of the late advertisement it followed.' }),
  }),
};

const point = object(
  'What one point saw; "send" are the system calls.',
  {
    name: text,
    advertisements: count,
    lost: count,
    missed: { ...count, description: 'Not lost: this capture missed them, captures farther out saw them.' },
    gapsNs: orNull(object('Gaps between advertisements.', { p50: lengthNs, p99: lengthNs, max: lengthNs })),
  },
  ['missed'],
);

const instance = object('A virtual router of one sender and destination.', {
  vrid: orNull({ type: 'integer', minimum: 0, maximum: 255 }),
  family: oneOf(['ipv4', 'ipv6']),
  version: { enum: [2, 3, null] },
  source: orNull(text),
  destination: text,
  priority: orNull({ type: 'integer', minimum: 0, maximum: 255 }),
  intervalNs: lengthNs,
  masterDownNs: lengthNs,
  senders: arrayOf(
    object('A thread that sent; more than one after a restart.', {
      process: anyText,
      tid: { type: 'integer', minimum: 0 },
      fromNs: signedNs,
      toNs: signedNs,
    }),
  ),
  advertisements: count,
  points: arrayOf(point),
  late: arrayOf(late),
  takeovers: arrayOf(takeover),
});

/** JSON Schema (draft 2020-12) of the answer of `analyze --json`. What it names keeps its meaning; additions are allowed. */
export const answerSchema: Schema = {
  $schema: dialect,
  title: 'Answer of whylate analyze --json',
  ...object('Every late VRRP advertisement in the inputs, and why. Times are on the reference clock.', {
    schemaVersion: { const: 1 },
    tool: object('What made the answer.', { name: { const: 'whylate' }, version: text }),
    inputs: arrayOf(input),
    counters: arrayOf(counter),
    assumptions: arrayOf(object('What was assumed where the inputs do not say.', { what: text, why: text })),
    clocks: arrayOf(clock),
    artefacts: arrayOf(artefact),
    instances: arrayOf(instance),
  }),
  $defs: lengthDefinitions,
};

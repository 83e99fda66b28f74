import { displayText } from '../../model/display.js';
import { isSecretName, isSecretValue, WITHHELD } from '../environment/secrets.js';
import { cleanSentence } from './clean-log.js';

type Note = (what: string, count?: number) => void;
type Json = null | boolean | number | string | Json[] | { [name: string]: Json };

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As the settings snapshot names them. */
const NAME = /^[\w.-]{1,200}$/;

const cleanText = (text: string, note: Note): string =>
  text
    .split(' ')
    .map((word) => {
      // `@0` is how a kernel's build date may end.
      if (/^@\w*$/.test(word) || !isSecretValue(word)) return displayText(word);
      note('words that look like secrets');
      return WITHHELD;
    })
    .join(' ');

const cleanSetting = (value: unknown, note: Note): Json => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') return cleanText(value, note);
  if (Array.isArray(value)) return value.map((inner) => cleanSetting(inner, note));
  return isObject(value) ? cleanObject(value, note) : null;
};

const cleanObject = (object: Readonly<Record<string, unknown>>, note: Note): Record<string, Json> =>
  Object.fromEntries(
    Object.entries(object).flatMap(([name, value]): [string, Json][] => {
      if (NAME.test(name) && !(isSecretName(name) && typeof value === 'string'))
        return [[name, cleanSetting(value, note)]];
      note('settings with the name of a secret');
      return [];
    }),
  );

/** `environment.json` without what has the name or the form of a secret; whatever wrote it. */
export const cleanEnvironment = (environment: Readonly<Record<string, unknown>>, note: Note): Record<string, Json> =>
  cleanObject(environment, note);

/** What of a value is kept: all of numbers and words without spaces, a sentence, a list, a map by words, or an object of which these keys are kept. */
type Keep = 'word' | 'sentence' | readonly ['list' | 'map', Keep] | { readonly [name: string]: Keep };

const WORD = /^[\w.:+-]{0,64}$/;
const LOSS: Keep = { offered: 'word', dropped: 'word' };
const CAPTURE: Keep = { name: 'word', interface: 'word', namespace: 'word' };

/** Of a script only what says what was recorded, and for how long: its commands may hold anything. */
const SCRIPT: Keep = {
  name: 'word',
  duration: 'word',
  until: { late: 'word', at: 'word' },
  late_after: 'word',
  flight: { keep: 'word', ring: 'word' },
  repetitions: 'word',
  pause: 'word',
  reserve: 'word',
  seed: 'word',
  sender: { vrid: 'word', interface: 'word', namespace: 'word', process: 'word', address: 'word', interval: 'word' },
  captures: ['list', CAPTURE],
  tracer: { kind: 'word', probe: 'word', output: 'word', buffer: 'word' },
  vitals: { every: 'word' },
};

const SESSION: Keep = {
  schemaVersion: 'word',
  kind: 'word',
  tool: { name: 'word', version: 'word' },
  recording: 'word',
  name: 'word',
  run: 'word',
  order: { seed: 'word', position: 'word', of: 'word', repetition: 'word' },
  complete: 'word',
  outcome: 'word',
  startNs: 'word',
  endNs: 'word',
  window: { sinceNs: 'word', untilNs: 'word' },
  sender: { vrid: 'word', interface: 'word', namespace: 'word', process: 'word', pid: 'word' },
  points: ['list', CAPTURE],
  tools: ['list', { name: 'sentence', version: 'word', end: 'sentence' }],
  steps: ['list', { atNs: 'word', startNs: 'word', endNs: 'word', exit: 'word', met: 'word', how: 'sentence' }],
  lateSeen: ['list', { atNs: 'word', latenessNs: 'word', at: 'word' }],
  loss: { trace: LOSS, captures: ['map', LOSS] },
  script: SCRIPT,
};

const keepInside = (how: Exclude<Keep, string>, name: string): Keep | undefined => {
  if (Array.isArray(how)) return WORD.test(name) ? (how[1] as Keep) : undefined;
  return Object.hasOwn(how, name) ? (how as { readonly [name: string]: Keep })[name] : undefined;
};

const keep = (value: unknown, how: Keep, note: Note): Json => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string') {
    if (how === 'sentence') return cleanSentence(value, note);
    if (how === 'word' && WORD.test(value) && !isSecretValue(value)) return value;
  } else if (Array.isArray(value)) {
    if (Array.isArray(how) && how[0] === 'list') return value.map((inner) => keep(inner, how[1] as Keep, note));
  } else if (isObject(value) && typeof how === 'object' && (!Array.isArray(how) || how[0] === 'map')) {
    return Object.fromEntries(
      Object.entries(value).flatMap(([name, inner]): [string, Json][] => {
        const inside = keepInside(how, name);
        if (inside !== undefined) return [[name, keep(inner, inside, note)]];
        note(/^[a-z][A-Za-z_]{0,30}$/.test(name) ? `\`${name}\`` : 'keys that are not known');
        return [];
      }),
    );
  }
  note('values that may hold anything');
  return WITHHELD;
};

/** `session.json` with only what is known to be harmless: no commands, labels, notes, hosts, settings. */
export const cleanSession = (session: Readonly<Record<string, unknown>>, note: Note): Json =>
  keep(session, SESSION, note);

/** What `vitals.ndjson` holds besides numbers (docs/inputs.md); names of interfaces, CPUs and threads are keys. */
const TEXTS = new Set(['ns', 'clock', 'state', 'comm', 'reason']);
const VITALS = new Set(['ns', 'clock', 'cpu', 'sender', 'heartbeat', 'load', 'schedstat', 'pressure', 'interrupts', 'softirqs', 'interfaces', 'qdisc', 'offset', 'cost_ns', 'closing']); // prettier-ignore

const cleanCounters = (value: unknown, name: string, note: Note): Json | undefined => {
  if (value === null || typeof value === 'number' || typeof value === 'boolean') return value;
  if (typeof value === 'string' && (/^-?\d{1,30}$/.test(value) || (TEXTS.has(name) && WORD.test(value)))) return value;
  if (isObject(value))
    return Object.fromEntries(
      Object.entries(value).flatMap(([inside, inner]): [string, Json][] => {
        const kept = WORD.test(inside) ? cleanCounters(inner, inside, note) : undefined;
        if (kept === undefined) note('values that are no counters');
        return kept === undefined ? [] : [[inside, kept]];
      }),
    );
  return undefined;
};

/** A line of `vitals.ndjson` with counters only; null for one that is no sample. */
export const cleanVitalsLine = (line: string, note: Note): string | null => {
  let sample: unknown;
  try {
    sample = JSON.parse(line);
  } catch {
    sample = null;
  }
  if (!isObject(sample)) {
    if (line.trim() !== '') note('lines that are no samples');
    return null;
  }
  const known = Object.entries(sample).filter(([name]) => VITALS.has(name));
  note('keys that are no counters', Object.keys(sample).length - known.length);
  return JSON.stringify(cleanCounters(Object.fromEntries(known), '', note));
};

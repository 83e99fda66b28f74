import { createHash } from 'node:crypto';
import { displayText } from '../../model/display.js';
import { parseDuration } from '../../model/parse-duration.js';
import type { SettingValue } from '../../model/session-figures.js';
import { canonicalJson } from './canonical-json.js';
import type { SessionSaid } from './session-said.js';

/** Where the script does not say how often counters are sampled. */
const USUAL_VITALS = '100ms';
const DIGEST_LENGTH = 8;

/**
 * How a session was recorded, as settings: `label.*` and `recording.*`. What is not known has no name.
 *
 * @param files what the folder's files say where no session.json does
 */
export const recordingSettings = (
  said: SessionSaid,
  files: { readonly points: readonly string[]; readonly hasVitals: boolean },
): [string, SettingValue][] => {
  const { script, labels = {} } = said;
  const points = said.points ?? files.points;
  const vitals = script === undefined ? files.hasVitals : script.vitals !== false;
  const settings: [string, SettingValue | null | undefined][] = [
    ...Object.entries(labels).map(([name, value]): [string, SettingValue | null] => [
      `label.${name}`,
      isSetting(value) ? String(value) : null,
    ]),
    ['recording.script', said.name],
    ['recording.version', said.tool?.version],
    ['recording.points', points.length > 0 ? points.join(',') : null],
    ...tracerOf(said),
    ['recording.duration_s', secondsOf(script?.duration)],
    ['recording.until_late', script?.until?.late],
    ['recording.steps_digest', script === undefined ? null : digestOf(script.steps ?? [])],
    ['recording.vitals', vitals],
    ['recording.vitals_every_s', vitals ? vitalsEvery(said) : null],
  ];
  return settings.flatMap(([name, value]) =>
    value === null || value === undefined
      ? []
      : [[displayText(name), typeof value === 'string' ? displayText(value) : value]],
  );
};

const isSetting = (value: unknown): value is SettingValue => ['string', 'number', 'boolean'].includes(typeof value);

const tracerOf = ({ tools = [], script }: SessionSaid): [string, string | undefined][] => {
  if (script?.tracer?.kind === 'none') return [['recording.tracer', 'none']];
  const tracer = tools.find(({ name }) => name === 'tracer');
  const command = tracer?.command ?? [];
  if (command.includes('bpftrace'))
    return [
      ['recording.tracer', 'bpftrace'],
      ['recording.tracer_version', tracer?.version],
    ];
  if (command.includes('sysdig'))
    return [
      ['recording.tracer', command.includes('--modern-bpf') ? 'sysdig-modern-bpf' : 'sysdig-module'],
      ['recording.tracer_version', tracer?.version],
    ];
  return [];
};

const vitalsEvery = ({ script }: SessionSaid): number | null => {
  if (script === undefined) return null;
  return secondsOf(typeof script.vitals === 'object' ? script.vitals.every : USUAL_VITALS);
};

const secondsOf = (duration: string | undefined): number | null => {
  if (duration === undefined) return null;
  try {
    return parseDuration(duration) / 1e9;
  } catch {
    return null;
  }
};

/** Two scripts of one name may do different things meanwhile. */
const digestOf = (steps: readonly unknown[]): string =>
  steps.length === 0 ? 'none' : createHash('sha256').update(canonicalJson(steps)).digest('hex').slice(0, DIGEST_LENGTH);

import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { CounterDefinition, CounterTable } from '../../model/counters.js';
import type { Settings } from '../../model/session-figures.js';
import { inputErrorOf } from '../../sources/open.js';
import { readJson } from './read-json.js';
import { recordingSettings } from './recording-settings.js';
import { NOTHING_SAID, parseSaid, type SessionSaid } from './session-said.js';
import { readSnapshotSettings } from './snapshot-settings.js';

const SESSION_UNREADABLE: CounterDefinition = {
  name: 'compared_session_json_unreadable',
  source: 'session',
  severity: 'error',
  help: 'A session.json is not readable or no JSON object; its session is compared without labels, start and how it was recorded.',
};

/** Steps and what was late are in it: days of them. */
const LIMIT = 64_000_000;
const CAPTURE = /^capture\.(.+)\.(?:pcap|pcapng|txt)(?:\.gz|\.zst)?$/;
const VITALS = /^vitals\.ndjson(?:\.gz|\.zst)?$/;

/** What a session says of itself. */
export interface SessionSelf {
  readonly kind: 'session' | 'flight' | 'late';
  /** Which recording it is, wherever its folder lies; null where nothing says. */
  readonly identity: string | null;
  /** ns since 1970. */
  readonly startNs: string | null;
  /** It says that it was cut off. */
  readonly isCutOff: boolean;
  /** It ended because enough advertisements had been late. */
  readonly endedWhenLate: boolean;
  /** Whose advertisements it was recorded for; null where nothing says. */
  readonly watched: { readonly vrid: number | null; readonly pid: number | null };
  readonly hasSnapshot: boolean;
  readonly unread: readonly string[];
  /** Its machine's, without states; `label.*` and `recording.*`. */
  readonly settings: Settings;
}

/**
 * Read `session.json` and `environment*.json` of a session folder. What cannot be parsed is counted and taken as absent.
 *
 * @throws InputError when the folder cannot be read
 */
export const readSelf = async (folder: string, counters: CounterTable): Promise<SessionSelf> => {
  const names = await readdir(folder).catch((error: unknown) => {
    throw inputErrorOf(error, folder);
  });
  const said = await readSaid(join(folder, 'session.json'), counters);
  const { settings, hasSnapshot, unread } = await readSnapshotSettings(
    folder,
    names,
    said.sender?.interface ?? null,
    counters,
  );
  const recording = recordingSettings(said, {
    points: pointsAmong(names),
    hasVitals: names.some((name) => VITALS.test(name)),
  });
  for (const [name, value] of recording) settings.set(name, value);
  return {
    kind: said.kind === 'flight' || said.kind === 'late' ? said.kind : 'session',
    identity:
      said.recording === undefined || said.run === undefined ? null : JSON.stringify([said.recording, said.run]),
    startNs: said.startNs ?? null,
    isCutOff: said.complete === false,
    endedWhenLate: said.outcome === 'until-met',
    watched: { vrid: said.sender?.vrid ?? null, pid: said.sender?.pid ?? null },
    hasSnapshot,
    unread,
    settings: Object.fromEntries(settings),
  };
};

const readSaid = async (path: string, counters: CounterTable): Promise<SessionSaid> => {
  const file = await readJson(path, LIMIT);
  if (file.kind === 'unusable') counters.add(SESSION_UNREADABLE);
  return file.kind === 'object' ? parseSaid(file.value) : NOTHING_SAID;
};

/** `sender` first, the others by name: what an analysis without a session.json begins with. */
const pointsAmong = (names: readonly string[]): string[] =>
  names
    .flatMap((name) => CAPTURE.exec(name)?.[1] ?? [])
    .filter((name) => !name.endsWith('.stats'))
    .sort((a, b) => Number(b === 'sender') - Number(a === 'sender') || (a < b ? -1 : 1));

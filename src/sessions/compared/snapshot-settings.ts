import { join } from 'node:path';
import type { CounterDefinition, CounterTable } from '../../model/counters.js';
import { displayText } from '../../model/display.js';
import type { SettingValue } from '../../model/session-figures.js';
import { namePart } from '../environment/snapshot.js';
import { readJson } from './read-json.js';

const SNAPSHOT_UNREADABLE: CounterDefinition = {
  name: 'environment_json_unreadable',
  source: 'session',
  severity: 'error',
  help: 'An environment.json is not readable or no JSON object; its session is compared without those settings.',
};
const VALUE_IGNORED: CounterDefinition = {
  name: 'environment_json_value_ignored',
  source: 'session',
  severity: 'notice',
  help: 'Values in an environment.json that are neither text, number nor boolean, or longer than 4,096 characters, were left out.',
};

const LIMIT = 8_000_000;
const LONGEST_VALUE = 4_096;
const OWN = 'environment.json';
const OF_ANOTHER = /^environment\.(.+)\.json$/;

/** What a machine happened to be in, not how it was set (docs/environment.md). */
const STATES: ReadonlySet<string> = new Set([
  'environment.unread',
  'environment.unread_count',
  'netfilter.conntrack_count',
  'sender.memory.locked_bytes',
  'sender.memory.resident_bytes',
  'sender.memory.swapped_bytes',
  'time_sync.synchronised',
]);
const STATE_OF_INTERFACE = /^net\.[^.]+\.state$/;

/** What interfaces are called differs between machines; the sender's own is called this in all of them. */
const SENDERS = 'sender';

/** Settings of one session by name. */
export interface SnapshotSettings {
  readonly settings: Map<string, SettingValue>;
  /** Whether there is a snapshot of the sending machine. */
  readonly hasSnapshot: boolean;
  /** What that snapshot says it could not read. */
  readonly unread: readonly string[];
}

/**
 * The settings in a folder's `environment.json`, and in each `environment.NAME.json` of another machine, as `NAME.` and their names. States are left
 * out; what belongs to the sender's interface is called `net.sender.*` and `net.ipv4.conf.sender.*`.
 *
 * @param names of the files in the folder
 * @param senderInterface null where it is not known
 */
export const readSnapshotSettings = async (
  folder: string,
  names: readonly string[],
  senderInterface: string | null,
  counters: CounterTable,
): Promise<SnapshotSettings> => {
  const settings = new Map<string, SettingValue>();
  const own = names.includes(OWN)
    ? await readInto(settings, join(folder, OWN), renameFrom(senderInterface), counters)
    : null;
  for (const file of [...names].sort()) {
    const machine = OF_ANOTHER.exec(file)?.[1];
    if (machine === undefined) continue;
    const prefix = `${namePart(machine)}.`;
    const rename = (name: string): string => (name.startsWith(prefix) ? name : `${prefix}${name}`);
    await readInto(settings, join(folder, file), rename, counters);
  }
  return { settings, hasSnapshot: own !== null, unread: own?.unread ?? [] };
};

/** @returns null where it could not be read */
const readInto = async (
  settings: Map<string, SettingValue>,
  path: string,
  rename: (name: string) => string,
  counters: CounterTable,
): Promise<{ readonly unread: readonly string[] } | null> => {
  const file = await readJson(path, LIMIT);
  if (file.kind !== 'object') {
    counters.add(SNAPSHOT_UNREADABLE);
    return null;
  }
  for (const [name, value] of Object.entries(file.value)) {
    if (STATES.has(name) || STATE_OF_INTERFACE.test(name)) continue;
    if (isSetting(value))
      settings.set(displayText(rename(name)), typeof value === 'string' ? displayText(value) : value);
    else counters.add(VALUE_IGNORED);
  }
  return { unread: listUnread(file.value['environment.unread']).map(rename) };
};

/** The names in `net.offload (no ethtool), kernel.hz (unreadable)`. */
const listUnread = (text: unknown): string[] =>
  typeof text === 'string' ? [...text.matchAll(/(?:^|, )(\S+) \(/g)].map(([, name = '']) => name) : [];

const isSetting = (value: unknown): value is SettingValue =>
  typeof value === 'number' ||
  typeof value === 'boolean' ||
  (typeof value === 'string' && value.length <= LONGEST_VALUE);

const renameFrom = (senderInterface: string | null): ((name: string) => string) => {
  if (senderInterface === null) return (name) => name;
  const renamed = ['net.', 'net.ipv4.conf.'].map((group) => ({
    own: `${group}${namePart(senderInterface)}.`,
    common: `${group}${SENDERS}.`,
  }));
  return (name) => {
    const found = renamed.find(({ own }) => name.startsWith(own));
    return found === undefined ? name : `${found.common}${name.slice(found.own.length)}`;
  };
};

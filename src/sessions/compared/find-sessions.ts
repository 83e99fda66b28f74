import type { Dirent } from 'node:fs';
import { readdir, realpath, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CounterDefinition, CounterTable } from '../../model/counters.js';
import { InputError } from '../../model/input-error.js';
import { inputErrorOf, nameOfPath } from '../../sources/open.js';
import { exists } from '../folder/files.js';
import { concurrently } from './concurrently.js';
import { expandPattern, isPattern } from './expand-pattern.js';

const FOLDER_UNREADABLE: CounterDefinition = {
  name: 'compared_folder_unreadable',
  source: 'session',
  severity: 'error',
  help: 'Folders could not be looked into for sessions; give read access, or name the sessions.',
};

/** `record` makes OUT/RUN; a folder of these, and one around it, can be given as well. */
const LEVELS_DOWN = 3;
/** Folders read at a time. */
const AT_ONCE = 32;
const INPUT = /^(?:trace\..+(?<!\.tmp)|capture\..+\.(?:pcap|pcapng|txt)(?:\.gz|\.zst)?)(?<!\.stats\.txt)$/;

/**
 * The session folders that are meant by folders and glob patterns. A folder that has a session.json or inputs is a session; one without stands for
 * the sessions in it, at most three levels down, hidden folders and node_modules left out.
 *
 * @returns in the order given, those within a folder by name; each folder once, whatever ways lead to it
 * @throws InputError when one of them gives no session
 */
export const findSessions = async (given: readonly string[], counters: CounterTable): Promise<string[]> => {
  const found = new Map<string, string>();
  for (const argument of given) {
    const folders = await foldersOf(argument);
    const sessions = (await concurrently(folders, AT_ONCE, (folder) => sessionsIn(folder, counters))).flat();
    if (sessions.length === 0)
      throw new InputError(
        'holds no session',
        nameOfPath(argument),
        'a session folder has a session.json, or trace.* or capture.NAME.pcap files; it may lie three levels down',
      );
    const real = await concurrently(sessions, AT_ONCE, async (path) => [await realpath(path), path] as const);
    for (const [place, path] of real) if (!found.has(place)) found.set(place, path);
  }
  return [...found.values()];
};

const foldersOf = async (argument: string): Promise<string[]> => {
  if (await exists(argument)) return [argument];
  if (!isPattern(argument)) throw new InputError('does not exist', nameOfPath(argument), 'check the path');
  const folders = await expandPattern(argument);
  if (folders.length === 0)
    throw new InputError('fits no folder', nameOfPath(argument), 'check the pattern; it must fit folders, not files');
  return folders;
};

const sessionsIn = async (folder: string, counters: CounterTable): Promise<string[]> => {
  const entries = await listEntries(folder).catch((error: unknown) => {
    if (error instanceof Error && 'code' in error && error.code === 'ENOTDIR')
      throw new InputError('is no folder', nameOfPath(folder), 'give session folders, or folders that hold some');
    throw inputErrorOf(error, folder);
  });
  return sessionsAmong(folder, entries, LEVELS_DOWN, counters);
};

const sessionsAmong = async (
  folder: string,
  entries: readonly Dirent[],
  levels: number,
  counters: CounterTable,
): Promise<string[]> => {
  if (entries.some(({ name }) => name === 'session.json' || INPUT.test(name))) return [folder];
  if (levels === 0) return [];
  const inside: string[][] = [];
  for (const entry of entries) {
    const path = join(folder, entry.name);
    if (entry.name.startsWith('.') || entry.name === 'node_modules' || !(await isFolder(entry, path))) continue;
    const below = await listEntries(path).catch(() => null);
    if (below === null) counters.add(FOLDER_UNREADABLE);
    else inside.push(await sessionsAmong(path, below, levels - 1, counters));
  }
  return inside.flat();
};

const listEntries = async (folder: string): Promise<Dirent[]> =>
  (await readdir(folder, { withFileTypes: true })).sort((a, b) => (a.name < b.name ? -1 : 1));

const isFolder = async (entry: Dirent, path: string): Promise<boolean> => {
  if (!entry.isSymbolicLink()) return entry.isDirectory();
  return stat(path).then(
    (target) => target.isDirectory(),
    () => false,
  );
};

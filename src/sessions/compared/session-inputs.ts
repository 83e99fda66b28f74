import { createHash } from 'node:crypto';
import { createReadStream } from 'node:fs';
import { stat } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { CounterTable } from '../../model/counters.js';
import { listSession } from '../../sources/session-folder.js';
import { exists } from '../folder/files.js';

/** How a file lies there, as far as can be told without reading it. */
export interface FileState {
  readonly bytes: number;
  /** ns since 1970, decimal digits. */
  readonly modifiedNs: string;
}

/** A file that the figures were made of. */
export interface HashedInput extends FileState {
  /** Within its session's folder. */
  readonly name: string;
  /** Hex digits. */
  readonly sha256: string;
}

/** What an analysis of a folder reads. */
export interface SessionInputs {
  /** Files within the folder, sorted. */
  readonly names: readonly string[];
  /** Whether any of them is a trace or a capture. */
  readonly hasRecords: boolean;
}

const SESSION_JSON = 'session.json';
const READ_SIZE = 256 * 1024;

/**
 * The files of a session folder that its analysis reads.
 *
 * @throws InputError as the analysis would: when the folder cannot be read, or has no input
 */
export const listInputs = async (folder: string): Promise<SessionInputs> => {
  // The analysis counts the same again.
  const { traces, captures, log, vitals } = await listSession(folder, new CounterTable());
  const records = [...traces, ...captures];
  const paths = [...records.flatMap(({ path, statsPath }) => [path, statsPath]), log, vitals];
  const names = paths.flatMap((path) => (path === null ? [] : [basename(path)]));
  if (await exists(join(folder, SESSION_JSON))) names.push(SESSION_JSON);
  return { names: names.sort(), hasRecords: records.length > 0 };
};

/** @returns null where there is no regular file of that name */
export const stateOf = async (folder: string, name: string): Promise<FileState | null> => {
  const found = await stat(join(folder, name), { bigint: true }).catch(() => null);
  return found?.isFile() === true ? { bytes: Number(found.size), modifiedNs: found.mtimeNs.toString() } : null;
};

/**
 * Read an input through.
 *
 * @returns as it was right before it was read; null where it cannot be read
 */
export const hashInput = async (folder: string, name: string, signal?: AbortSignal): Promise<HashedInput | null> => {
  const state = await stateOf(folder, name);
  if (state === null) return null;
  const hash = createHash('sha256');
  try {
    for await (const chunk of createReadStream(join(folder, name), { highWaterMark: READ_SIZE })) {
      signal?.throwIfAborted();
      hash.update(chunk as Buffer);
    }
  } catch {
    signal?.throwIfAborted();
    return null;
  }
  return { name, ...state, sha256: hash.digest('hex') };
};

/** @returns null where one of them cannot be read */
export const hashInputs = async (
  folder: string,
  names: readonly string[],
  signal?: AbortSignal,
): Promise<HashedInput[] | null> => {
  const inputs: HashedInput[] = [];
  for (const name of names) {
    const input = await hashInput(folder, name, signal);
    if (input === null) return null;
    inputs.push(input);
  }
  return inputs;
};

/** Whether a folder still holds exactly these files, to all appearances unchanged. */
export const isUnchanged = async (folder: string, inputs: readonly HashedInput[]): Promise<boolean> => {
  const listed = await listInputs(folder).catch(() => null);
  if (listed === null || !isSameList(listed.names, inputs)) return false;
  const states = await Promise.all(inputs.map(({ name }) => stateOf(folder, name)));
  return inputs.every((input, i) => isSameState(input, states[i] ?? null));
};

/** Whether these are the names of the inputs, each once; both sorted. */
export const isSameList = (names: readonly string[], inputs: readonly HashedInput[]): boolean =>
  names.length === inputs.length && inputs.every(({ name }, i) => name === names[i]);

export const isSameState = (a: FileState, b: FileState | null): boolean =>
  a.bytes === b?.bytes && a.modifiedNs === b.modifiedNs;

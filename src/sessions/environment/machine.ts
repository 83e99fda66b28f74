import { readFile, readdir, readlink, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandOutcome, RunOptions } from './read-command.js';
import { readCommand } from './read-command.js';

/** Why something could not be read: it is not there, the kernel refuses, or anything else. */
export type Refusal = 'absent' | 'permission' | 'failed';

export type Reading = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly why: Refusal };

export type Listing =
  { readonly ok: true; readonly names: readonly string[] } | { readonly ok: false; readonly why: Refusal };

/** All that settings are read from: files below a root, and commands. Nothing of it throws. */
export interface Machine {
  /** The text of a regular file of at most 4 MiB. */
  read(path: string): Promise<Reading>;
  /** The bytes of one, as of a compressed file. */
  readBytes(path: string): Promise<Buffer | null>;
  /** Names in a folder, sorted. */
  list(path: string): Promise<Listing>;
  /** Where a symbolic link points, as it is written there; null where there is none. */
  link(path: string): Promise<string | null>;
  /** Run a command without a shell; with a time limit, 2 s unless told. */
  readonly run: Run;
}

export type Run = (command: string, args: readonly string[], options?: RunOptions) => Promise<CommandOutcome>;

const MAX_BYTES = 4 * 1024 * 1024;

const refusalOf = (error: unknown): Refusal => {
  const code = error instanceof Error && 'code' in error ? error.code : undefined;
  if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ESRCH' || code === 'ENODEV') return 'absent';
  return code === 'EACCES' || code === 'EPERM' ? 'permission' : 'failed';
};

const missing: Run = () => Promise.resolve({ kind: 'missing' });

/**
 * The machine whose files lie below `root`. Commands are run where root is `/`, or as `run` says; elsewhere they are all
 * missing, since they would tell of another machine.
 */
export const openMachine = (root = '/', run: Run = root === '/' ? readCommand : missing): Machine => {
  const load = async (path: string): Promise<Buffer> => {
    const place = join(root, path);
    const entry = await stat(place);
    // A pipe or device would block or never end.
    if (!entry.isFile() || entry.size > MAX_BYTES) throw new Error('not a regular file of this size');
    return readFile(place);
  };
  return {
    read: async (path) => {
      try {
        return { ok: true, text: (await load(path)).toString('utf8') };
      } catch (error) {
        return { ok: false, why: refusalOf(error) };
      }
    },
    readBytes: (path) => load(path).catch(() => null),
    list: async (path) => {
      try {
        return { ok: true, names: (await readdir(join(root, path))).sort() };
      } catch (error) {
        return { ok: false, why: refusalOf(error) };
      }
    },
    link: (path) => readlink(join(root, path)).catch(() => null),
    run,
  };
};

import { mkdir, rename, rm } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { InputError } from '../../model/input-error.js';
import { codeOf, exists } from './files.js';
import { writeSessionJson, type SessionJson } from './session-json.js';

/** What a folder is called until it has its session.json. */
const stagedName = (folder: string): string => join(dirname(folder), `.${basename(folder)}.recording`);

/** Remove what is left of a folder that never took its name. */
export const dropStaged = (folder: string): Promise<void> => rm(stagedName(folder), { recursive: true, force: true });

/**
 * Make a session folder. It takes its name with its session.json in it, so that there is never one without.
 *
 * @throws InputError when there is something of that name, or it cannot be made
 */
export const createFolder = async (folder: string, session: SessionJson): Promise<void> => {
  if (await exists(folder)) throw new InputError('exists already', folder, 'give another folder with --out');
  const staged = stagedName(folder);
  try {
    await dropStaged(folder);
    await mkdir(staged, { recursive: true, mode: 0o700 });
    await writeSessionJson(staged, session);
    await rename(staged, folder);
  } catch (error) {
    await dropStaged(folder).catch(() => undefined);
    throw new InputError(`cannot be made (${codeOf(error)})`, folder, 'give a folder with --out that you may write to');
  }
};

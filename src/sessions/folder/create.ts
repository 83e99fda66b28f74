import { mkdir, mkdtemp, rename, rm, stat } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { InputError } from '../../model/input-error.js';
import { writeSessionJson, type SessionJson } from './session-json.js';

/**
 * Make a session folder. It takes its name with its session.json in it, so that there is never one without.
 *
 * @throws InputError when there is something of that name, or it cannot be made
 */
export const createFolder = async (folder: string, session: SessionJson): Promise<void> => {
  const exists = await stat(folder).then(
    () => true,
    () => false,
  );
  if (exists) throw new InputError('exists already', folder, 'give another folder with --out');
  const parent = dirname(folder);
  let staged: string | null = null;
  try {
    await mkdir(parent, { recursive: true });
    staged = await mkdtemp(join(parent, '.recording-'));
    await writeSessionJson(staged, session);
    await rename(staged, folder);
  } catch (error) {
    if (staged !== null) await rm(staged, { recursive: true, force: true });
    const code = error instanceof Error && 'code' in error ? String(error.code) : 'an error';
    throw new InputError(`cannot be made (${code})`, folder, 'give a folder with --out that you may write to');
  }
};

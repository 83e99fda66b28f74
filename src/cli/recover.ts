import { resolve } from 'node:path';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import { writeAll, writeMessage } from './output.js';
import type { World } from './world.js';

/** `whylate record --recover`: what recordings that were cut off left behind, and folders that are named. */
export const recoverSessions = async (folders: readonly string[], world: World): Promise<ExitCode> => {
  const { finishFolder, journalFolder, recoverAll } = await import('../sessions/index.js');
  const failures: string[] = [];
  const lines: string[] = [];
  for (const recovered of await recoverAll(journalFolder(world.env))) {
    for (const name of recovered.restored) lines.push(`put back: ${name}`);
    for (const folder of recovered.folders) lines.push(`finished: ${folder}`);
    failures.push(...recovered.failures);
  }
  for (const folder of folders.map((path) => resolve(path))) {
    const { session, failures: own } = await finishFolder(folder, {
      outcome: 'killed',
      reason: 'the recording was cut off',
    });
    if (session === null) failures.push(`${folder}: is no session folder; give the folder a recording left`);
    else if (own.length === 0) lines.push(`finished: ${folder}`);
    failures.push(...own);
  }
  if (lines.length === 0 && failures.length === 0) lines.push('nothing was cut off');
  await writeAll(world.stdout, `${lines.join('\n')}${lines.length > 0 ? '\n' : ''}`);
  for (const failure of failures) await writeMessage(world, failure);
  return failures.length === 0 ? EXIT.answered : EXIT.failure;
};

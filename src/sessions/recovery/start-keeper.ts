import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { identify } from '../processes/mark.js';
import type { JournalFile } from './journal.js';

/** The other end of a keeper. */
export interface Keeper {
  /** All was ended and put back: there is nothing to keep. */
  dismiss(): Promise<void>;
}

/**
 * Start the keeper of a recording.
 *
 * @throws Error when it does not run
 */
export const startKeeper = async (journal: JournalFile): Promise<Keeper> => {
  const program = fileURLToPath(new URL('keeper.js', import.meta.url));
  const child = spawn(process.execPath, [program, journal.path], {
    stdio: ['pipe', 'ignore', 'ignore'],
    detached: true,
    cwd: '/',
  });
  const ended = new Promise<void>((resolve) => {
    child.once('exit', () => {
      resolve();
    });
    child.once('error', () => {
      resolve();
    });
  });
  const id = child.pid === undefined ? null : await identify(child.pid);
  if (id === null) throw new Error('the keeper of the recording cannot be started');
  child.stdin.on('error', () => undefined);
  await journal.noteKeeper(id);
  return {
    dismiss: async () => {
      child.stdin.end('.');
      await ended;
    },
  };
};

import { listJournals, readJournal } from './journal.js';

/** Files whose settings other recordings on this machine have changed, running ones or such as were cut off. */
export const readOthersChanges = async (folder: string, own: string): Promise<Set<string>> => {
  const paths = new Set<string>();
  for (const path of await listJournals(folder)) {
    const journal = await readJournal(path).catch(() => null);
    if (journal === null || journal.recording === own) continue;
    for (const undo of journal.undo) if (undo.kind === 'file') paths.add(undo.path);
  }
  return paths;
};

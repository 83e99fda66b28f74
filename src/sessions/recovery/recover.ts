import { rm } from 'node:fs/promises';
import { setTimeout as sleep } from 'node:timers/promises';
import { finishFolder } from '../folder/finish.js';
import { endMarked } from '../processes/end.js';
import { isAlive } from '../processes/mark.js';
import { isUndoneByReboot, undoChange, type Undo } from '../settings/changes.js';
import { isFromBefore, isTendedTo, listJournals, readJournal, rewriteJournal, type Journal } from './journal.js';

/** What was done for a recording that was cut off. */
export interface Recovered {
  readonly recording: string;
  readonly folders: readonly string[];
  /** Settings that were put back. */
  readonly restored: readonly string[];
  /** What could not be done, for people; the journal stays, so that it can be tried again. */
  readonly failures: readonly string[];
}

/**
 * End, put back and finish what a recording left that was cut off.
 *
 * @param path of its journal
 * @returns null when it is gone: somebody else was quicker
 */
export const recoverJournal = async (path: string): Promise<Recovered | null> => {
  const journal = await readJournal(path);
  if (journal === null) return null;
  const rebooted = await isFromBefore(journal);
  const failures: string[] = [];
  if (!rebooted) {
    const left = await endMarked(journal.recording);
    if (left > 0) failures.push(`${String(left)} processes would not end`);
  }
  const { restored, kept } = await undoAll(journal.undo, rebooted, failures);
  for (const folder of journal.folders) {
    const finished = await finishFolder(folder, { outcome: 'killed', reason: 'the recording was cut off' });
    failures.push(...finished.failures);
  }
  if (failures.length === 0) await rm(path, { force: true });
  else await rewriteJournal(path, { ...journal, undo: kept });
  return { recording: journal.recording, folders: journal.folders, restored, failures };
};

/** Undo changes, the last one first. */
const undoAll = async (
  undo: readonly Undo[],
  rebooted: boolean,
  failures: string[],
): Promise<{ restored: string[]; kept: Undo[] }> => {
  const restored: string[] = [];
  const kept: Undo[] = [];
  for (const one of [...undo].reverse()) {
    if (rebooted && isUndoneByReboot(one)) continue;
    try {
      await undoChange(one);
      restored.push(one.name);
    } catch (error) {
      kept.unshift(one);
      failures.push(error instanceof Error ? error.message : String(error));
    }
  }
  return { restored, kept };
};

/** The keeper of a killed recorder gets this long to do it all (ms); rendering a long trace takes minutes. */
const KEEPER_PATIENCE = 600_000;

/**
 * Recover all recordings that were cut off on this machine; those that still run are left alone. Where a keeper is at it, it is waited for.
 *
 * @param folder of the journals
 */
export const recoverAll = async (folder: string): Promise<Recovered[]> => {
  const all: Recovered[] = [];
  for (const path of await listJournals(folder)) {
    const journal = await readJournal(path);
    if (journal === null || !(await waitForKeeper(path, journal))) continue;
    const recovered = await recoverJournal(path);
    if (recovered) all.push(recovered);
  }
  return all;
};

/** @returns whether it is left to be done */
const waitForKeeper = async (path: string, journal: Journal): Promise<boolean> => {
  for (let waited = 0; waited < KEEPER_PATIENCE; waited += 200) {
    const now = waited === 0 ? journal : await readJournal(path);
    if (now === null) return false;
    if (!(await isTendedTo(now))) return true;
    if (waited === 0 && (await isAlive(now.recorder))) return false;
    await sleep(200);
  }
  return false;
};

import { readdir, readFile, rm, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { readTcpdumpStats } from '../../sources/capture/index.js';
import { parseSysdigStats } from '../../sources/sysdig-stats.js';
import type { Loss } from '../../model/advertisement.js';
import { dropRing, keepEnd } from '../flight/finish-flight.js';
import { dropStaged } from './create.js';
import { codeOf } from './files.js';
import { renderTrace } from './render.js';
import {
  isComplete,
  readSessionJson,
  settle,
  writeSessionJson,
  type LossRecord,
  type Outcome,
  type SessionJson,
} from './session-json.js';

/** What became of a folder. */
export interface Finished {
  /** As it was written; null where the folder has none. */
  readonly session: SessionJson | null;
  /** What could not be done, for people; the folder can be analysed all the same. */
  readonly failures: readonly string[];
}

/**
 * Make a folder whose tools have all ended into one that can be analysed: its trace is rendered, and its session.json says how it ended and
 * what was lost.
 *
 * @param end how it ended, where that is not noted yet
 */
export const finishFolder = async (
  folder: string,
  end: { outcome: Outcome; reason: string | null },
): Promise<Finished> => {
  const session = await readSessionJson(folder);
  if (session === null) {
    await dropStaged(folder);
    return { session, failures: [] };
  }
  settle(session, end.outcome, end.reason);
  const failures = session.kind === 'flight' ? await finishFlight(folder, session) : [];
  const failure = session.kind === 'flight' ? null : await renderTrace(folder, session.window);
  if (failure !== null) failures.push(failure);
  session.complete = isComplete(session.outcome) && failures.length === 0;
  await dropEmptyMessages(folder);
  session.notes = [...new Set([...session.notes, ...failures])];
  session.loss = { trace: await readTraceLoss(folder), captures: await readCaptureLosses(folder) };
  try {
    await writeSessionJson(folder, session);
  } catch (error) {
    failures.push(`${folder}/session.json cannot be written (${codeOf(error)})`);
  }
  return { session, failures };
};

/** Tools that had nothing to say. */
const dropEmptyMessages = async (folder: string): Promise<void> => {
  for (const name of await readdir(folder)) {
    if (!name.endsWith('.messages.txt')) continue;
    const path = join(folder, name);
    if ((await stat(path)).size === 0) await rm(path);
  }
};

const finishFlight = async (folder: string, session: SessionJson): Promise<string[]> => {
  const end = await keepEnd(folder, session);
  const failures = end === null ? [] : (await finishFolder(end, { outcome: 'killed', reason: null })).failures;
  if (failures.length === 0) await dropRing(folder);
  return [...failures];
};

const toRecord = (loss: Loss): LossRecord | null =>
  loss.known ? { offered: loss.offered ?? null, dropped: loss.dropped } : null;

const readTraceLoss = async (folder: string): Promise<LossRecord | null> => {
  const text = await readFile(join(folder, 'trace.stats.txt'), 'utf8').catch(() => null);
  return text === null ? null : toRecord(parseSysdigStats(text));
};

const STATS = /^capture\.(.+)\.stats\.txt$/;

const readCaptureLosses = async (folder: string): Promise<Record<string, LossRecord | null>> => {
  const losses: Record<string, LossRecord | null> = {};
  for (const file of (await readdir(folder)).sort()) {
    const name = STATS.exec(file)?.[1];
    if (name === undefined) continue;
    const loss = readTcpdumpStats(await readFile(join(folder, file), 'utf8'));
    losses[name] = loss.known ? toRecord(loss) : null;
  }
  return losses;
};

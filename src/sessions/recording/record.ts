import { setTimeout as sleep } from 'node:timers/promises';
import { randomBytes } from 'node:crypto';
import type { SessionJson } from '../folder/session-json.js';
import type { SessionPlan } from '../plan/plan.js';
import type { TracerKind } from '../plan/tools.js';
import { JournalFile, journalFolder } from '../recovery/journal.js';
import { startKeeper } from '../recovery/start-keeper.js';
import type { RecordHost } from './host.js';
import { recordRun } from './record-run.js';

/** What came of a script. */
export interface Recorded {
  /** In the order in which they were made. */
  readonly sessions: readonly { readonly folder: string; readonly session: SessionJson }[];
  /** What must still be put back or finished: `whylate record --recover` does. */
  readonly isUnfinished: boolean;
}

/**
 * Make the recordings of a plan, one after the other; the first that does not end as planned is the last.
 *
 * @param tracer null for none
 * @throws InputError when a folder cannot be made
 */
export const record = async (plan: SessionPlan, tracer: TracerKind | null, host: RecordHost): Promise<Recorded> => {
  const journals = journalFolder(host.env);
  const recording = `${Date.now().toString(36)}-${String(process.pid)}-${randomBytes(4).toString('hex')}`;
  const journal = await JournalFile.create(journals, recording);
  const keeper = await startKeeper(journal);
  const sessions: { folder: string; session: SessionJson }[] = [];
  try {
    for (const run of plan.runs) {
      const session = await recordRun(run, { plan, tracer, journal, journals, host });
      sessions.push({ folder: run.folder, session });
      if ((session.outcome !== 'finished' && session.outcome !== 'until-met') || host.signal.aborted) break;
      if (run !== plan.runs.at(-1))
        await sleep(plan.pauseMs, undefined, { signal: host.signal }).catch(() => undefined);
    }
  } finally {
    if (journal.isSettled) await journal.remove();
    await keeper.dismiss();
  }
  return { sessions, isUnfinished: !journal.isSettled };
};

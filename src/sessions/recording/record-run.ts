import { join } from 'node:path';
import { readEnvironment } from '../environment/index.js';
import { runFlight } from '../flight/run-flight.js';
import { createFolder } from '../folder/create.js';
import { finishFolder } from '../folder/finish.js';
import { settle, writeSessionJson, type SessionJson } from '../folder/session-json.js';
import { writeWhole } from '../folder/write-file.js';
import type { RunPlan } from '../plan/plan.js';
import { endMarked } from '../processes/end.js';
import { MARK } from '../processes/mark.js';
import { followFile } from '../watch/follow.js';
import { beginSession } from './begin-session.js';
import { collectAll } from './collect.js';
import type { RunContext } from './context.js';
import { freeBytes, guardDisk } from './disk-guard.js';
import { Ending, type End } from './ending.js';
import { Instruments } from './instruments.js';
import { noteSender, noteSenderAgain } from './note-sender.js';
import { ToolFailure } from './readiness.js';
import { makeFill } from './runtime-values.js';
import { Settings } from './settings.js';
import { wallNs } from './wall-clock.js';
import { makeWatch, watchBytes } from './watch-capture.js';
import { whileRecording } from './while-recording.js';

/**
 * Make one recording. Whatever happens, its tools are ended, its settings put back, and its folder can be analysed.
 *
 * @returns its session.json as it was written last
 * @throws InputError when the folder cannot be made
 */
export const recordRun = async (run: RunPlan, context: RunContext): Promise<SessionJson> => {
  const { plan, journal, host } = context;
  const mark = { [MARK]: journal.recording };
  const { sender } = plan.script;
  const session = beginSession(run, context);
  noteSender(session, sender);
  await journal.noteFolder(run.folder);
  try {
    await createFolder(run.folder, session);
  } catch (error) {
    await journal.dropFolder(run.folder);
    throw error;
  }
  const ending = new Ending();
  const interrupt = (): void => {
    const end = host.signal.reason as End;
    ending.bring(end.outcome, end.reason);
  };
  if (host.signal.aborted) interrupt();
  else host.signal.addEventListener('abort', interrupt);
  const settings = new Settings(journal, context.journals);
  try {
    const free = await freeBytes(run.folder);
    if (free < plan.reserveBytes)
      ending.bring('disk-full', `${String(Math.round(free / 1e6))} MB are left on the disk, less than the reserve`);
    guardDisk(run.folder, plan.reserveBytes, ending);
    await settings.apply(run.changes, mark, ending.signal, session, () => makeFill(run, plan, session));
    await noteSenderAgain(session, sender, ending.signal);
    await snapshotEnvironment(run.folder, session);
    if (!ending.signal.aborted) {
      if (plan.flight) await runFlight(run, context, session, ending, mark);
      else await recordToFiles(run, context, session, ending, mark);
    }
  } catch (error) {
    const message = error instanceof Error ? error.message : String(error);
    ending.bring(error instanceof ToolFailure ? 'tool-ended' : 'failed', message);
  }
  ending.bring('finished');
  host.signal.removeEventListener('abort', interrupt);
  const end = ending.end ?? { outcome: 'finished', reason: null };
  if (session.startNs !== null && session.sender.pid === null)
    session.notes.push('no process that sends VRRP was found when the recording began');
  session.notes.push(...(await settings.undo(session, () => makeFill(run, plan, session))));
  const left = await endMarked(journal.recording);
  if (left > 0) session.notes.push(`${String(left)} processes would not end`);
  const fill = makeFill(run, plan, session);
  session.notes.push(...(await collectAll(run.collect, run.folder, fill, mark)));
  session.endNs ??= wallNs().toString();
  settle(session, end.outcome, end.reason);
  return finish(run, session, context);
};

/** Write what is known, and have the rest made from what lies in the folder. */
const finish = async (run: RunPlan, session: SessionJson, { journal, host }: RunContext): Promise<SessionJson> => {
  // Until its trace is rendered it is not complete, whatever comes between.
  await writeSessionJson(run.folder, { ...session, complete: false }).catch(() => undefined);
  host.say(`rendering ${run.folder}`);
  const finished = await finishFolder(run.folder, { outcome: session.outcome, reason: session.reason });
  if (finished.failures.length === 0) await journal.dropFolder(run.folder);
  return finished.session ?? session;
};

const recordToFiles = async (
  run: RunPlan,
  context: RunContext,
  session: SessionJson,
  ending: Ending,
  mark: Readonly<Record<string, string>>,
): Promise<void> => {
  const { plan, tracer, host } = context;
  const instruments = new Instruments(run.folder, mark, ending, null);
  try {
    await instruments.start(run, plan, tracer);
    if (ending.signal.aborted) return;
    // The tools took seconds to start; what a setting has started again by a signal may be gone only now.
    const isAnother = await noteSenderAgain(session, plan.script.sender, ending.signal);
    if (isAnother) await snapshotEnvironment(run.folder, session);
    session.startNs = wallNs().toString();
    session.tools = await instruments.describe();
    await writeSessionJson(run.folder, session);
    host.say(`recording ${run.name} into ${run.folder}`);
    await whileRecording(run, context, session, ending, mark, (onLate) => {
      const bytes = followFile(join(run.folder, `capture.${plan.watched}.pcap`), ending.signal);
      return watchBytes(bytes, makeWatch(plan), onLate);
    });
  } finally {
    session.endNs = wallNs().toString();
    host.say('ending the tools');
    await instruments.stop();
    session.tools = await instruments.describe();
  }
};

const snapshotEnvironment = async (folder: string, session: SessionJson): Promise<void> => {
  const { namespace, pid, interface: device } = session.sender;
  const environment = await readEnvironment({
    sender: pid === null ? null : { pid },
    interfaces: [device],
    ...(namespace === null ? {} : { namespace: `/run/netns/${namespace}` }),
  });
  await writeWhole(join(folder, 'environment.json'), `${JSON.stringify(environment, null, 2)}\n`);
};

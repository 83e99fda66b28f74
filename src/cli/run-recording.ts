import { formatDuration } from '../model/duration.js';
import { watchParent } from './parent.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import { writeAll, writeMessage } from './output.js';
import { readVersion } from '../version.js';
import type { World } from './world.js';
import type { End, SessionPlan, TracerKind } from '../sessions/index.js';

/** Make the recordings of a plan; Ctrl-C ends them well. */
export const runRecording = async (plan: SessionPlan, name: string, world: World): Promise<ExitCode> => {
  const abort = new AbortController();
  const signalled: { code: ExitCode | null } = { code: null };
  const end = (reason: string): void => {
    const how: End = { outcome: 'interrupted', reason };
    abort.abort(how);
  };
  const ignoreSignals = world.onSignal((code) => {
    signalled.code ??= code;
    end(code === EXIT.interrupted ? 'by SIGINT' : 'by SIGTERM');
  });
  const leaveParent = watchParent(world.env, () => {
    signalled.code ??= EXIT.terminated;
    end('npx, which started it, was ended');
  });
  try {
    const tracer = await chooseTracer(plan, world);
    if (tracer === undefined) return EXIT.failure;
    if (plan.seed !== null)
      await writeMessage(world, `the arms are recorded in the order that --seed ${String(plan.seed)} gives`);
    const { record } = await import('../sessions/index.js');
    const recorded = await record(plan, tracer, {
      version: readVersion(),
      env: world.env,
      signal: abort.signal,
      say: (message) => void writeMessage(world, message),
      sawLate: ({ latenessNs }) => void writeMessage(world, `an advertisement was ${formatDuration(latenessNs)} late`),
    });
    let isAsPlanned = !recorded.isUnfinished;
    for (const { folder, session } of recorded.sessions) {
      for (const note of session.notes) await writeMessage(world, `${folder}: ${note}`);
      if (session.outcome !== 'finished' && session.outcome !== 'until-met') {
        isAsPlanned = false;
        await writeMessage(world, `${folder}: ended early: ${session.reason ?? session.outcome}`);
      }
      await writeAll(world.stdout, `${folder}\n`);
    }
    if (recorded.isUnfinished)
      await writeMessage(world, `${name}: not all was put back or finished; try again: whylate record --recover`);
    return signalled.code ?? (isAsPlanned ? EXIT.answered : EXIT.failure);
  } finally {
    ignoreSignals();
    leaveParent();
  }
};

/** @returns null for none, undefined where none of those that the script allows can record; that is then told */
const chooseTracer = async (plan: SessionPlan, world: World): Promise<TracerKind | null | undefined> => {
  if (plan.tracers.length === 0) return null;
  const { findTracer } = await import('../sessions/index.js');
  const found = await findTracer(plan.tracers);
  if (found.kind !== null) return found.kind;
  for (const { tracer, reason, fixes } of found.refusals) {
    const mend = fixes.length === 0 ? '' : `; ${fixes.join(', then ')}`;
    await writeMessage(world, `${tracer} cannot record here: ${reason}${mend}`);
  }
  await writeMessage(
    world,
    'no tracer can record here; whylate doctor tells what mends it, and `tracer: {kind: none}` does without',
  );
  return undefined;
};

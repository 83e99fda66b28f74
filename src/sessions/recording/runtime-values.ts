import type { SessionJson } from '../folder/session-json.js';
import type { RunPlan, SessionPlan } from '../plan/plan.js';
import { fillRuntime } from '../script/load.js';
import { findSender } from './note-sender.js';

/** What is known only while recording, put into a text; looked up anew each time, for a sender may have been started again. */
export const makeFill = (run: RunPlan, plan: SessionPlan, session: SessionJson): ((text: string) => string) => {
  const pid = findSender(plan.script.sender)?.pid;
  const values = {
    folder: run.folder,
    run: run.name,
    started_s: session.startNs === null ? '' : String(BigInt(session.startNs) / 1_000_000_000n),
    started: session.startNs === null ? '' : new Date(Number(BigInt(session.startNs) / 1_000_000n)).toISOString(),
    sender_pid: pid === undefined ? '' : String(pid),
  };
  return (text) => fillRuntime(text, values);
};

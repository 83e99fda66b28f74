import { setTimeout as sleep } from 'node:timers/promises';
import { findSenders, type Sender } from '../find-sender.js';
import type { SessionJson } from '../folder/session-json.js';
import type { SessionScript } from '../script/schema.js';

type SenderScript = SessionScript['sender'];

/** The process that sends now, by what a script says of it; null where there is none. */
export const findSender = ({ namespace, process: name }: SenderScript): Sender | null =>
  findSenders({ netns: namespace, process: name }).senders[0] ?? null;

/** A daemon that was told to start again has its new sender within this time (ms). */
const START_PATIENCE = 5_000;
const POLL_MS = 50;

/** Note which process sends in a session.json. */
export const noteSender = (session: SessionJson, script: SenderScript): void => {
  const found = findSender(script);
  session.sender.pid = found?.pid ?? null;
  session.sender.process = script.process ?? found?.comm ?? null;
};

/**
 * The same some time later: a setting may have had the sender started again, which takes its time.
 *
 * @returns whether it is another one than noted before
 */
export const noteSenderAgain = async (
  session: SessionJson,
  script: SenderScript,
  signal: AbortSignal,
): Promise<boolean> => {
  const before = session.sender.pid;
  noteSender(session, script);
  for (let waited = 0; waited < START_PATIENCE; waited += POLL_MS) {
    if (before === null || session.sender.pid !== null || signal.aborted) break;
    await sleep(POLL_MS);
    noteSender(session, script);
  }
  return session.sender.pid !== before;
};

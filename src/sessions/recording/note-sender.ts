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

/**
 * Note which process sends in a session.json.
 *
 * @returns whether it is another one than noted before
 */
export const noteSender = (session: SessionJson, script: SenderScript): boolean => {
  const found = findSender(script);
  const isNew = (found?.pid ?? null) !== session.sender.pid;
  session.sender.pid = found?.pid ?? null;
  session.sender.process = script.process ?? found?.comm ?? null;
  return isNew;
};

/** The same once settings were made: one of them may have had the sender started again, which takes its time. */
export const noteSenderAfterSettings = async (
  session: SessionJson,
  script: SenderScript,
  signal: AbortSignal,
): Promise<void> => {
  const before = session.sender.pid;
  noteSender(session, script);
  if (before === null) return;
  for (let waited = 0; session.sender.pid === null && waited < START_PATIENCE; waited += POLL_MS) {
    if (signal.aborted) return;
    await sleep(POLL_MS);
    noteSender(session, script);
  }
};

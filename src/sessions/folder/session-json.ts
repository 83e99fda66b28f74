import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { writeWhole } from './write-file.js';

/** How a recording ended. */
export type Outcome =
  | 'recording' // it has not
  | 'finished'
  | 'until-met'
  | 'interrupted'
  | 'step-failed'
  | 'tool-ended'
  | 'disk-full'
  | 'failed'
  | 'killed';

/** Whether a folder holds all that was asked for after such an end. */
export const isComplete = (outcome: Outcome): boolean => outcome === 'finished' || outcome === 'until-met';

export interface LossRecord {
  readonly offered: number | null;
  readonly dropped: number;
}

/** `session.json` (docs/inputs.md, "Session folders"). Times are ns since 1970, decimal digits. */
export interface SessionJson {
  schemaVersion: 1;
  kind: 'session' | 'flight' | 'late';
  tool: { name: 'whylate'; version: string };
  recording: string;
  name: string;
  run: string;
  labels: Record<string, string>;
  /** Which of the recordings of a script with arms it is, from 1, and what their order was drawn from; null without arms. */
  order: { seed: number; position: number; of: number; repetition: number } | null;
  complete: boolean;
  outcome: Outcome;
  reason: string | null;
  startNs: string | null;
  endNs: string | null;
  /** Only rows within are rendered. */
  window: { sinceNs: string; untilNs: string } | null;
  sender: {
    vrid: number;
    interface: string;
    namespace: string | null;
    process: string | null;
    pid: number | null;
  };
  points: { name: string; interface: string; namespace: string | null; host: string | null }[];
  tools: {
    name: string;
    version: string | null;
    command: string[];
    end: string | null;
  }[];
  steps: {
    atNs: string;
    command: string[];
    startNs: string;
    endNs: string;
    exit: number | null;
    met: boolean;
    how: string;
  }[];
  settings: { name: string; restored: boolean }[];
  /** Late advertisements that were seen while recording. */
  lateSeen: { atNs: string; latenessNs: string; at: string }[];
  loss: { trace: LossRecord | null; captures: Record<string, LossRecord | null> };
  /** What else was noticed, for people. */
  notes: string[];
  script: unknown;
}

export const writeSessionJson = (folder: string, session: SessionJson): Promise<void> =>
  writeWhole(join(folder, 'session.json'), `${JSON.stringify(session, null, 2)}\n`);

/** @returns null where there is none that can be read */
export const readSessionJson = async (folder: string): Promise<SessionJson | null> => {
  try {
    const session: unknown = JSON.parse(await readFile(join(folder, 'session.json'), 'utf8'));
    const isSession = typeof session === 'object' && session !== null && 'recording' in session && 'tools' in session;
    return isSession ? (session as SessionJson) : null;
  } catch {
    return null;
  }
};

/** Note how a recording ended. The first outcome that is one stays: what follows from it is no news. */
export const settle = (session: SessionJson, outcome: Outcome, reason: string | null): void => {
  if (session.outcome !== 'recording') return;
  session.outcome = outcome;
  session.reason = reason;
  session.complete = isComplete(outcome);
};

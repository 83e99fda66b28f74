import type { SessionJson } from '../folder/session-json.js';
import type { RunPlan } from '../plan/plan.js';
import type { SeenLate } from '../watch/late-watch.js';
import type { RunContext } from './context.js';
import type { Ending } from './ending.js';
import { makeFill } from './runtime-values.js';
import { runSteps } from './steps.js';

/** More late advertisements than these are not listed one by one. */
const LISTED_LATE = 10_000;
/** Recorded after the last late advertisement that was waited for, besides two intervals (ms). */
const TAIL_MS = 1_500;

/**
 * From the moment everything records to the end: steps, the watch for late advertisements, the time.
 *
 * @param watch calls back for each late advertisement until the end comes
 */
export const whileRecording = async (
  run: RunPlan,
  { plan, host }: RunContext,
  session: SessionJson,
  ending: Ending,
  mark: Readonly<Record<string, string>>,
  watch: (onLate: (late: SeenLate) => void) => Promise<void>,
): Promise<void> => {
  const stopTimer = setLongTimeout(plan.durationNs / 1e6, () => {
    // Of a session that waits for late ones the time is the limit, and not what was asked for.
    ending.bring('finished', plan.until === null ? null : 'the time was over first');
  });
  let count = 0;
  const watched = watch((late) => {
    count++;
    if (session.lateSeen.length < LISTED_LATE)
      session.lateSeen.push({ atNs: String(late.atNs), latenessNs: String(late.latenessNs), at: plan.watched });
    host.sawLate?.(late);
    if (plan.until !== null && count === plan.until.late) {
      const interval = late.atNs - late.previousNs - late.latenessNs;
      setTimeout(
        () => {
          ending.bring('until-met');
        },
        2 * (Number(interval) / 1e6) + TAIL_MS,
      );
    }
  }).catch((error: unknown) => {
    session.notes.push(`the watch for late advertisements failed: ${error instanceof Error ? error.message : ''}`);
  });
  const env = { ...mark, WHYLATE_FOLDER: run.folder, WHYLATE_RUN: run.name };
  const steps = runSteps(
    run.steps,
    ending,
    () => makeFill(run, plan, session),
    env,
    (step) => {
      session.steps.push(step);
    },
  );
  await ending.come;
  stopTimer();
  await Promise.all([steps, watched]);
};

/** Timers hold 24 days at most (ms). */
const LONGEST_TIMER = 2 ** 31 - 1;

/** @returns how to stop it */
const setLongTimeout = (ms: number, then: () => void): (() => void) => {
  let timer: ReturnType<typeof setTimeout>;
  const wait = (left: number): void => {
    const step = Math.min(left, LONGEST_TIMER);
    timer = setTimeout(() => {
      if (left > step) wait(left - step);
      else then();
    }, step);
  };
  wait(ms);
  return () => {
    clearTimeout(timer);
  };
};

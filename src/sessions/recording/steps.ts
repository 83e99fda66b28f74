import { setTimeout as sleep } from 'node:timers/promises';
import type { SessionJson } from '../folder/session-json.js';
import type { StepPlan } from '../plan/plan.js';
import { runCommand } from '../processes/run-command.js';
import type { Ending } from './ending.js';
import { wallNs } from './wall-clock.js';

type StepRecord = SessionJson['steps'][number];

/**
 * Run the steps of a recording, each at its time; they may overlap. One that does not do what is expected of it ends the recording.
 *
 * @param fill puts what is known while recording into an argument
 * @param env of the steps, with the recording's mark
 * @returns when all have ended, also those the end of the recording cut off
 */
export const runSteps = async (
  steps: readonly StepPlan[],
  ending: Ending,
  fill: () => (text: string) => string,
  env: Readonly<Record<string, string>>,
  note: (step: StepRecord) => void,
): Promise<void> => {
  const begun = performance.now();
  await Promise.all(
    steps.map(async (step) => {
      const wait = Math.max(0, begun + step.atNs / 1e6 - performance.now());
      await sleep(wait, undefined, { signal: ending.signal }).catch(() => undefined);
      if (ending.signal.aborted) return;
      await runStep(step, ending, fill(), env, note);
    }),
  );
};

const runStep = async (
  step: StepPlan,
  ending: Ending,
  fill: (text: string) => string,
  env: Readonly<Record<string, string>>,
  note: (step: StepRecord) => void,
): Promise<void> => {
  const command = step.argv.map(fill);
  const startNs = wallNs().toString();
  const { exit, how, output } = await runCommand(command, {
    env,
    timeoutMs: step.timeoutMs,
    signal: ending.signal,
  });
  const cutOff = exit === null && ending.signal.aborted;
  const matches = step.output === null || step.output.test(output);
  const met = cutOff || (exit === step.exit && matches);
  const told =
    exit === null ? how : exit === step.exit && !matches ? 'printed something else' : `exit code ${String(exit)}`;
  note({ atNs: String(step.atNs), command, startNs, endNs: wallNs().toString(), exit, met, how: told });
  if (!met) ending.bring('step-failed', `the step ${command.join(' ')}: ${told}, not what is expected of it`);
};

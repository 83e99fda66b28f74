import { checkBtf, checkLockdown, checkNode, checkRights, checkTracefs } from './basis.js';
import { checkTcpdump } from './capture.js';
import { note, ok, type Check } from './check.js';
import { checkClockSource, checkSynchronisation } from './clock.js';
import type { ExaminedMachine } from './examined-machine.js';
import { checkFolder } from './folder.js';
import type { RunningSender } from './sender-log.js';
import { checkSender, findLog } from './sender-log.js';
import type { Tracer, TracerChoice, TracerTrial } from './tracers.js';
import { chooseTracer } from './tracers.js';

export type { Check } from './check.js';
export type { ExaminedMachine } from './examined-machine.js';
export { thisMachine } from './examined-machine.js';
export type { Tracer, TracerTrial } from './tracers.js';

export interface ExaminationOptions {
  /** The folder to record in. */
  readonly folder: string;
  /** The processes that send VRRP now. */
  readonly senders: readonly RunningSender[];
  /** Recordings that were cut off and not recovered yet. */
  readonly leftovers: number;
}

/** What this machine can record, and what is in the way. */
export interface Examination {
  /** Whether a tracer and tcpdump record here. */
  readonly canRecord: boolean;
  /** The tracer to record with; null where none records. */
  readonly tracer: Tracer | null;
  /** In the order to read them. */
  readonly checks: readonly Check[];
}

/** A tracer that does not record is only in the way when no other does. */
const describeTrial = (trial: TracerTrial, choice: TracerChoice): Check => ({
  name: trial.tracer,
  status: trial.usable ? 'ok' : choice.tracer === null ? 'missing' : 'note',
  text: trial.tracer === choice.tracer ? `${trial.reason}: chosen` : trial.reason,
  fixes: trial.fixes,
});

const checkLeftovers = (count: number): Check =>
  count === 0
    ? ok('recordings', 'none was cut off')
    : note(
        'recordings',
        `${String(count)} cut off and not recovered yet; settings may still be changed`,
        'whylate record --recover',
      );

/** Look at all that recording needs. Tries the tools for real: takes a second or two, 20 s where all of them hang. */
export const examine = async (machine: ExaminedMachine, options: ExaminationOptions): Promise<Examination> => {
  const [sender] = options.senders;
  const log = sender ? await findLog(machine, sender.pid) : null;
  const basis = await Promise.all([
    checkRights(machine),
    checkTracefs(machine),
    checkBtf(machine),
    checkLockdown(machine),
  ]);
  const choice = await chooseTracer(machine);
  const capture = await checkTcpdump(machine);
  const surroundings = await Promise.all([
    checkFolder(machine, options.folder, log?.folder ?? null),
    checkClockSource(machine),
    checkSynchronisation(machine),
    checkSender(machine, options.senders, log),
  ]);
  const checks = [
    checkNode(machine),
    ...basis.filter((check) => check !== null),
    ...choice.trials.map((trial) => describeTrial(trial, choice)),
    capture,
    ...surroundings,
    checkLeftovers(options.leftovers),
  ];
  return { canRecord: choice.tracer !== null && capture.status !== 'missing', tracer: choice.tracer, checks };
};

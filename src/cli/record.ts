import { basename, resolve } from 'node:path';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import type { CommandDefinition } from './command.js';
import { writeAll, writeMessage } from './output.js';
import { recordFlags, startRecordArguments, type RecordLowArguments } from './record-flags.js';
import { recoverSessions } from './recover.js';
import { runRecording } from './run-recording.js';
import { UsageError } from './usage-error.js';
import type { World } from './world.js';

/** A folder's name that tells the script and the time apart. */
const nameFolder = (script: string, now: Date): string =>
  `${script}-${now
    .toISOString()
    .replace(/[-:]|\.\d+Z/g, '')
    .replace('T', '-')}`;

const runRecord = async (low: RecordLowArguments, world: World): Promise<ExitCode> => {
  const sessions = await import('../sessions/index.js');
  if (low.schema) {
    await writeAll(world.stdout, `${JSON.stringify(sessions.scriptJsonSchema(), null, 2)}\n`);
    return EXIT.answered;
  }
  if (low.recover) return recoverSessions(low.operands, world);
  const [path, more] = low.operands;
  if (path === undefined || more !== undefined)
    throw new UsageError('give one session script; scripts/sessions/ has some to copy');
  if (low.ring !== null && low.keep === null) throw new UsageError('--ring needs --keep');
  const written = await sessions.loadScript(path, low.set);
  if (low.seed !== null && written.arms === undefined)
    throw new UsageError('--seed puts the arms of a script in order, and this one has none');
  const script = {
    ...written,
    ...(low.seed === null ? {} : { seed: low.seed }),
    ...(low.duration === null ? {} : { duration: low.duration }),
    ...(low.keep === null ? {} : { flight: { keep: low.keep, ring: low.ring ?? '2GB' }, until: undefined }),
  };
  const folder = resolve(low.out ?? nameFolder(script.name, new Date()));
  const plan = sessions.planSession(script, folder);
  if (low.plan) {
    await writeAll(world.stdout, sessions.printPlan(plan));
    return EXIT.answered;
  }
  const leftovers = await sessions.countLeftovers(world.env);
  if (leftovers > 0) {
    await writeMessage(
      world,
      `${String(leftovers)} recordings on this machine were cut off; settings may still be changed: whylate record --recover`,
    );
  }
  return runRecording(plan, basename(path), world);
};

/** `whylate record`: a scripted trace session with real tools. */
export const recordCommand: CommandDefinition<RecordLowArguments> = {
  name: 'record',
  summary: 'run a scripted trace session, and leave a folder to analyze',
  operands: { name: 'script', help: 'a session script (YAML); with --recover, session folders' },
  epilogue: `
Needs root, tcpdump, and bpftrace or sysdig (whylate doctor tells). The folder's
path is printed when the recording has ended.

Exit codes: 0 recorded as planned, 1 it ended otherwise (a step failed, a tool
or the disk gave up; what was recorded can be analysed), 2 usage, 3 the script
is unusable, 130 and 143 signals.

Examples:
  whylate record scripts/sessions/five-late.yaml --set interface=eth0 --set vrid=51
  whylate record scripts/sessions/overnight.yaml --keep 30s --ring 2GB
  whylate record session.yaml --plan
  whylate record scripts/sessions/io-scheduler.yaml --seed 7
  whylate record --recover
`,
  flags: recordFlags,
  start: startRecordArguments,
  run: runRecord,
};

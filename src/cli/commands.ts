import { analyzeCommand } from './analyze.js';
import { bundleCommand } from './bundle.js';
import { hideLowArguments, type ProgramCommand } from './command.js';
import { compareCommand } from './compare.js';
import { defineCompletionCommand } from './completion.js';
import { doctorCommand } from './doctor.js';
import { envCommand } from './env.js';
import { defineManualCommand } from './manual.js';
import { recordCommand } from './record.js';
import { schemaCommand } from './schema.js';

/** Every command, in the order of the help: the program, its completion and its man page are made from this list. */
export const commands: readonly ProgramCommand[] = [
  hideLowArguments(analyzeCommand),
  hideLowArguments(recordCommand),
  hideLowArguments(compareCommand),
  hideLowArguments(bundleCommand),
  hideLowArguments(envCommand),
  hideLowArguments(doctorCommand),
  hideLowArguments(schemaCommand),
  hideLowArguments(defineCompletionCommand(() => commands)),
  hideLowArguments(defineManualCommand(() => commands)),
];

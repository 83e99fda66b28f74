import type { ProgramCommand, Run } from '../command.js';
import { EXIT } from '../exit-codes.js';
import { updateFromFlags, type GivenFlags } from '../flags.js';
import { writeAll } from '../output.js';
import { configFlags, isConfigurable, startConfigArguments, type ConfigLowArguments } from './flags.js';
import type { World } from '../world.js';

/** Loaded where it is wanted: most runs need no parser of YAML. */
const readFlagsOfFile = async (
  command: ProgramCommand,
  commands: readonly ProgramCommand[],
  { config }: ConfigLowArguments,
  { env }: World,
): Promise<GivenFlags> => {
  const path = config ?? env['WHYLATE_CONFIG'] ?? '';
  if (path === '') return {};
  const { loadConfiguration } = await import('./load.js');
  return loadConfiguration(path, command, commands, config === null ? ' (WHYLATE_CONFIG)' : '');
};

/**
 * A run of a command with the flags of its configuration file and of the command line. What the command line gives
 * takes the place of what the file says about the same flag; for a repeatable one, of all that it says.
 *
 * @param commands all there are: a file may hold flags of others
 * @param given on the command line
 */
export const prepareConfigured = (
  command: ProgramCommand,
  commands: readonly ProgramCommand[],
  operands: readonly string[],
  given: GivenFlags,
): Run => {
  if (!isConfigurable(command)) return command.prepare(operands, given);
  const low = startConfigArguments();
  updateFromFlags(low, configFlags, given);
  return async (world) => {
    const merged = { ...(await readFlagsOfFile(command, commands, low, world)), ...given };
    const run = command.prepare(operands, merged);
    if (!low.printConfig) return run(world);
    const { printConfiguration } = await import('./print.js');
    await writeAll(world.stdout, printConfiguration(command, merged));
    return EXIT.answered;
  };
};

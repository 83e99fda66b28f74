import { Command, CommanderError } from 'commander';
import { InputError } from '../model/input-error.js';
import { PROGRAM, type ProgramCommand, type Run } from './command.js';
import { commands } from './commands.js';
import { listAllFlags } from './config/flags.js';
import { prepareConfigured } from './config/prepare.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import { describeFailure } from './failure.js';
import { declareFlags } from './flags.js';
import { writeAll, writeMessage } from './output.js';
import { UsageError } from './usage-error.js';
import { readVersion } from '../version.js';
import type { World } from './world.js';

const addCommand = (program: Command, definition: ProgramCommand, choose: (run: Run) => void): void => {
  const command = program.command(definition.name).description(definition.summary).allowExcessArguments(false);
  if (definition.operands) {
    const { name, help, isSingle } = definition.operands;
    command.argument(isSingle === true ? `[${name}]` : `[${name}...]`, help);
  }
  declareFlags(command, listAllFlags(definition));
  if (definition.epilogue !== undefined) command.addHelpText('after', definition.epilogue);
  command.action(() => {
    choose(prepareConfigured(definition, commands, command.args, command.opts()));
  });
};

/** What a command line asks for: a run, or a text (help, version) to print. */
const parseCommandLine = (args: readonly string[], columns: number | undefined): Run => {
  let printed = '';
  const chosen: Run[] = [];
  const program = new Command(PROGRAM.name)
    .description(PROGRAM.summary)
    .version(readVersion(), '-V, --version')
    .helpCommand(true)
    .configureOutput({
      writeOut: (text) => (printed += text),
      writeErr: () => undefined,
      getOutHelpWidth: () => columns ?? 80,
      getOutHasColors: () => false,
    })
    .exitOverride();
  const choose = (run: Run): void => {
    chosen.push(run);
  };
  for (const definition of commands) addCommand(program, definition, choose);
  try {
    if (args.length === 0) throw new UsageError('no command given; whylate --help lists them');
    program.parse([...args], { from: 'user' });
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    if (error.exitCode !== 0) throw toUsageError(error, args, program);
  }
  const print: Run = async (world) => {
    await writeAll(world.stdout, printed);
    return EXIT.answered;
  };
  return chosen[0] ?? print;
};

/** commander's complaint with a hint where to read on. */
const toUsageError = (error: CommanderError, args: readonly string[], program: Command): UsageError => {
  const what = error.message.replace(/^error: /, '').replace(/\s*\n\s*/g, ' ');
  const first = args[0] ?? '';
  const known = program.commands.some((command) => command.name() === first);
  return new UsageError(`${what}; whylate ${known ? `${first} ` : ''}--help tells what there is`);
};

/**
 * The whole program: from the arguments behind its name to its exit code. Answers go to stdout, messages to stderr, and
 * nothing is thrown.
 */
export const runProgram = async (args: readonly string[], world: World): Promise<ExitCode> => {
  try {
    return await parseCommandLine(args, world.stdout.columns)(world);
  } catch (error) {
    if (error instanceof UsageError) {
      await writeMessage(world, error.message);
      return EXIT.usage;
    }
    if (error instanceof InputError) {
      await writeMessage(world, error.message);
      return EXIT.unusableInput;
    }
    await writeMessage(world, describeFailure(error, world.env['WHYLATE_DEBUG'] !== undefined));
    return EXIT.failure;
  }
};

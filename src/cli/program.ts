import { Command, CommanderError } from 'commander';
import { InputError } from '../model/input-error.js';
import { analyzeCommand } from './analyze.js';
import { compareCommand } from './compare.js';
import type { CommandDefinition } from './command.js';
import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';
import { describeFailure } from './failure.js';
import { declareFlags, updateFromFlags } from './flags.js';
import { writeAll, writeMessage } from './output.js';
import { doctorCommand } from './doctor.js';
import { envCommand } from './env.js';
import { recordCommand } from './record.js';
import { schemaCommand } from './schema.js';
import { UsageError } from './usage-error.js';
import { readVersion } from '../version.js';
import type { World } from './world.js';

type Run = (world: World) => Promise<ExitCode>;

const addCommand = <Low>(program: Command, definition: CommandDefinition<Low>, choose: (run: Run) => void): void => {
  const command = program.command(definition.name).description(definition.summary).allowExcessArguments(false);
  if (definition.operands) command.argument(`[${definition.operands.name}...]`, definition.operands.help);
  declareFlags(command, definition.flags);
  if (definition.epilogue !== undefined) command.addHelpText('after', definition.epilogue);
  command.action(() => {
    const low = definition.start(command.args);
    updateFromFlags(low, definition.flags, command.opts());
    choose((world) => definition.run(low, world));
  });
};

/** What a command line asks for: a run, or a text (help, version) to print. */
const parseCommandLine = (args: readonly string[], columns: number | undefined): Run => {
  let printed = '';
  const chosen: Run[] = [];
  const program = new Command('whylate')
    .description('Why did this VRRP advertisement leave late?')
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
  addCommand(program, analyzeCommand, choose);
  addCommand(program, recordCommand, choose);
  addCommand(program, compareCommand, choose);
  addCommand(program, envCommand, choose);
  addCommand(program, doctorCommand, choose);
  addCommand(program, schemaCommand, choose);
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

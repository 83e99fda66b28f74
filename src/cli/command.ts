import type { ExitCode } from './exit-codes.js';
import type { Flag, FlagFacts, GivenFlags } from './flags.js';
import { updateFromFlags } from './flags.js';
import type { World } from './world.js';

/** What people are told about the program itself. */
export const PROGRAM = { name: 'whylate', summary: 'Why did this VRRP advertisement leave late?' } as const;

/** What the help calls the operands. */
export interface Operands {
  readonly name: string;
  readonly help: string;
  /** What they are, in the words of `FlagFacts.value`; where absent, `session` is a folder and anything else a file. */
  readonly value?: string;
  /** One at most. */
  readonly isSingle?: boolean;
}

/** What people are told about a command: help, man page and completion are made from it. */
export interface CommandFacts {
  readonly name: string;
  readonly summary: string;
  /** Absent when there are none. */
  readonly operands?: Operands;
  /** Text below the help: paragraphs, and lists of indented lines below a line that ends in a colon. */
  readonly epilogue?: string;
  readonly flags: readonly FlagFacts[];
}

/** A command of the program: from its low arguments (as typed, each checked alone) to an exit code. */
export interface CommandDefinition<Low> extends CommandFacts {
  readonly flags: readonly Flag<Low>[];
  /** Low arguments with nothing given but these operands. */
  start(operands: readonly string[]): Low;
  /** @throws UsageError, InputError */
  run(low: Low, world: World): Promise<ExitCode>;
}

/** What a command line asks for. */
export type Run = (world: World) => Promise<ExitCode>;

/** A command whose low arguments are its own business, so that all of them go into one list. */
export interface ProgramCommand extends CommandFacts {
  /** @throws UsageError when a flag refuses its value */
  prepare(operands: readonly string[], given: GivenFlags): Run;
}

/** A definition with its low arguments hidden. */
export const hideLowArguments = <Low>(definition: CommandDefinition<Low>): ProgramCommand => ({
  ...definition,
  prepare: (operands, given) => {
    const low = definition.start(operands);
    updateFromFlags(low, definition.flags, given);
    return (world) => definition.run(low, world);
  },
});

import type { ExitCode } from './exit-codes.js';
import type { Flag } from './flags.js';
import type { World } from './world.js';

/** A command of the program: from its low arguments (as typed, each checked alone) to an exit code. */
export interface CommandDefinition<Low> {
  readonly name: string;
  readonly summary: string;
  /** What the help calls the operands; absent when there are none. */
  readonly operands?: { readonly name: string; readonly help: string };
  /** Text below the help. */
  readonly epilogue?: string;
  readonly flags: readonly Flag<Low>[];
  /** Low arguments with nothing given but these operands. */
  start(operands: readonly string[]): Low;
  /** @throws UsageError, InputError */
  run(low: Low, world: World): Promise<ExitCode>;
}

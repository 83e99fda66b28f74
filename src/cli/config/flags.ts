import type { CommandFacts } from '../command.js';
import { parsePath } from '../flag-values.js';
import type { Flag, FlagFacts } from '../flags.js';

/** Where the rest of the flags is, as typed. */
export interface ConfigLowArguments {
  /** null: the file that WHYLATE_CONFIG names, if any */
  config: string | null;
  printConfig: boolean;
}

/** With nothing given. */
export const startConfigArguments = (): ConfigLowArguments => ({ config: null, printConfig: false });

/** Flags of every command that has flags of its own; no file may set them. */
export const configFlags: readonly Flag<ConfigLowArguments>[] = [
  {
    name: 'config',
    value: 'FILE',
    help: 'flags from a YAML or JSON file; those given here win, --no-NAME takes a switch back (default: what WHYLATE_CONFIG names)',
    update: (low, value) => (low.config = parsePath(value)),
  },
  {
    name: 'print-config',
    help: 'print the flags that are set, as such a file, and run nothing',
    update: (low, _, on) => (low.printConfig = on),
  },
];

/** Whether a command takes its flags from a configuration file as well. */
export const isConfigurable = (command: CommandFacts): boolean => command.flags.length > 0;

/** The flags a command has of its own, and those for its configuration. */
export const listAllFlags = (command: CommandFacts): readonly FlagFacts[] =>
  isConfigurable(command) ? [...command.flags, ...configFlags] : command.flags;

import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from './usage-error.js';

/** The one definition of a flag: the help is made from it, and whatever else lists flags. */
export interface Flag<Low> {
  /** The long name without dashes. */
  readonly name: string;
  /** What stands for the value in the help; absent for a switch. */
  readonly value?: string;
  /** A switch that also exists as `--no-NAME`. */
  readonly negatable?: boolean;
  readonly help: string;
  /**
   * Note the flag in the low arguments; called once for each time it was given, in order.
   *
   * @throws UsageError with what is wrong with the value
   */
  readonly update: (low: Low, value: string, on: boolean) => void;
}

interface Given {
  readonly value: string;
  readonly on: boolean;
}

const collect = (value: string, previous: readonly Given[] | undefined): Given[] => [
  ...(previous ?? []),
  { value, on: true },
];

/** Make a command accept the flags of a table. */
export const declareFlags = <Low>(command: Command, flags: readonly Flag<Low>[]): void => {
  for (const flag of flags) {
    const long = flag.value === undefined ? `--${flag.name}` : `--${flag.name} <${flag.value}>`;
    const option = new Option(long, flag.help);
    command.addOption(flag.value === undefined ? option : option.argParser(collect));
    if (flag.negatable === true) command.addOption(new Option(`--no-${flag.name}`, `the opposite of --${flag.name}`));
  }
};

const toCamelCase = (name: string): string => name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** Every flag that was given, noted in the low arguments. */
export const updateFromFlags = <Low>(
  low: Low,
  flags: readonly Flag<Low>[],
  options: Readonly<Record<string, unknown>>,
): void => {
  for (const flag of flags) {
    const given = options[toCamelCase(flag.name)];
    if (given === undefined) continue;
    const occurrences = Array.isArray(given) ? (given as Given[]) : [{ value: '', on: given === true }];
    for (const { value, on } of occurrences) {
      try {
        flag.update(low, value, on);
      } catch (error) {
        if (error instanceof UsageError) throw new UsageError(`--${flag.name} '${value}': ${error.message}`);
        throw error;
      }
    }
  }
};

import type { Command } from 'commander';
import { Option } from 'commander';
import { UsageError } from './usage-error.js';

/** What people are told about a flag: help, man page and completion are made from it. */
export interface FlagFacts {
  /** The long name without dashes. */
  readonly name: string;
  /**
   * What stands for the value in the help; absent for a switch. Its words mean something to completion and to
   * configuration files: `FILE`, `FOLDER`, `DURATION`, `N`, or all values with `|` between them (completion/value-kind.ts).
   */
  readonly value?: string;
  /** May be given several times; else the last one counts. */
  readonly repeatable?: boolean;
  /** A switch whose `--no-NAME` says something of its own. The others have that form as well, to take back what a file says. */
  readonly negatable?: boolean;
  readonly help: string;
}

/** The one definition of a flag. */
export interface Flag<Low> extends FlagFacts {
  /**
   * Note the flag in the low arguments; called once for each time it was given, in order.
   *
   * @throws UsageError with what is wrong with the value
   */
  readonly update: (low: Low, value: string, on: boolean) => void;
}

/** One time that a flag with a value was given. */
export interface Given {
  readonly value: string;
  readonly on: boolean;
  /** File, line and column, where it was not given on the command line. */
  readonly where?: string;
}

/** What was given, by `keyOf` the flag: a list for a flag with a value, whether it is on for a switch. */
export type GivenFlags = Readonly<Record<string, readonly Given[] | boolean>>;

/** Whether a flag may be given several times. */
export const isRepeatable = (flag: FlagFacts): boolean => flag.value !== undefined && flag.repeatable === true;

/** What the `--no-` form of a switch says in lists of flags. */
export const describeOpposite = (flag: FlagFacts): string => `the opposite of --${flag.name}`;

const collect = (value: string, previous: readonly Given[] | undefined): Given[] => [
  ...(previous ?? []),
  { value, on: true },
];

/** Make a command accept the flags of a table. */
export const declareFlags = (command: Command, flags: readonly FlagFacts[]): void => {
  for (const flag of flags) {
    const long = flag.value === undefined ? `--${flag.name}` : `--${flag.name} <${flag.value}>`;
    const option = new Option(long, flag.help);
    command.addOption(flag.value === undefined ? option : option.argParser(collect));
    if (flag.value !== undefined) continue;
    const opposite = new Option(`--no-${flag.name}`, describeOpposite(flag));
    command.addOption(flag.negatable === true ? opposite : opposite.hideHelp());
  }
};

/** The name under which commander keeps what was given for a flag. */
export const keyOf = ({ name }: FlagFacts): string =>
  name.replace(/-(.)/g, (_, letter: string) => letter.toUpperCase());

/** What was given for a flag, in order; empty when it was not, or was taken back. */
export const listOccurrences = (flag: FlagFacts, options: Readonly<Record<string, unknown>>): readonly Given[] => {
  const given = options[keyOf(flag)];
  if (Array.isArray(given)) return given as readonly Given[];
  if (given === true) return [{ value: '', on: true }];
  // To the tables a switch that cannot be negated is given or is not.
  return given === false && flag.negatable === true ? [{ value: '', on: false }] : [];
};

/**
 * Every flag that was given, noted in the low arguments.
 *
 * @param options commander's, or `GivenFlags`
 * @throws UsageError
 */
export const updateFromFlags = <Low>(
  low: Low,
  flags: readonly Flag<Low>[],
  options: Readonly<Record<string, unknown>>,
): void => {
  for (const flag of flags) {
    for (const { value, on, where } of listOccurrences(flag, options)) {
      try {
        flag.update(low, value, on);
      } catch (error) {
        if (!(error instanceof UsageError)) throw error;
        const what = where === undefined ? `--${flag.name} '${value}'` : `${where}: ${flag.name}`;
        throw new UsageError(`${what}: ${error.message}`);
      }
    }
  }
};

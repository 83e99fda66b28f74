import type { CommandFacts, Operands } from '../command.js';
import { listAllFlags } from '../config/flags.js';
import { describeOpposite, isRepeatable, type FlagFacts } from '../flags.js';
import { readOperandKind, readValueKind, type ValueKind } from './value-kind.js';

/** An option as a shell sees it. */
export interface SurfaceOption {
  /** With its dashes. */
  readonly long: string;
  readonly short?: string;
  readonly help: string;
  /** null for a switch */
  readonly value: { readonly word: string; readonly kind: ValueKind } | null;
  readonly isRepeatable: boolean;
  /** The option that says the opposite. */
  readonly opposite?: string;
}

/** A command as a shell sees it. */
export interface SurfaceCommand {
  readonly name: string;
  readonly summary: string;
  readonly options: readonly SurfaceOption[];
  /** null where it takes none */
  readonly operands: { readonly word: string; readonly kind: ValueKind; readonly isSingle: boolean } | null;
}

/** The whole command line. */
export interface Surface {
  readonly options: readonly SurfaceOption[];
  readonly commands: readonly SurfaceCommand[];
}

const HELP: SurfaceOption = { long: '--help', short: '-h', help: 'display help', value: null, isRepeatable: false };
const VERSION: SurfaceOption = {
  long: '--version',
  short: '-V',
  help: 'output the version number',
  value: null,
  isRepeatable: false,
};

const toOptions = (flag: FlagFacts): SurfaceOption[] => {
  const { name, value, help, negatable } = flag;
  const long = `--${name}`;
  if (value !== undefined) {
    return [{ long, help, value: { word: value, kind: readValueKind(value) }, isRepeatable: isRepeatable(flag) }];
  }
  const option = { long, help, value: null, isRepeatable: false };
  if (negatable !== true) return [option];
  const no = `--no-${name}`;
  return [
    { ...option, opposite: no },
    { ...option, long: no, help: describeOpposite(flag), opposite: long },
  ];
};

const toOperands = (operands: Operands): NonNullable<SurfaceCommand['operands']> => ({
  word: operands.name,
  kind: readOperandKind(operands),
  isSingle: operands.isSingle === true,
});

/** What completion offers, from the definitions of the commands. */
export const describeSurface = (commands: readonly CommandFacts[]): Surface => ({
  options: [HELP, VERSION],
  commands: [
    ...commands.map((command) => ({
      name: command.name,
      summary: command.summary,
      options: [...listAllFlags(command).flatMap(toOptions), HELP],
      operands: command.operands ? toOperands(command.operands) : null,
    })),
    {
      name: 'help',
      summary: 'display help for a command',
      options: [],
      operands: {
        word: 'command',
        kind: { kind: 'choice' as const, of: commands.map(({ name }) => name) },
        isSingle: true,
      },
    },
  ],
});

import { PROGRAM } from '../command.js';
import type { Surface, SurfaceCommand, SurfaceOption } from './surface.js';
import type { ValueKind } from './value-kind.js';

const quote = (text: string): string => `'${text.replace(/[\\']/g, '\\$&')}'`;

const argumentsOf = (value: ValueKind): string => {
  switch (value.kind) {
    case 'choice':
      return ` -a ${quote(value.of.join(' '))}`;
    case 'file':
    case 'named-file':
      return ' -F';
    case 'folder':
      return ` -a '(__fish_complete_directories)'`;
    case 'duration':
    case 'number':
    case 'text':
      return '';
  }
};

/** Without -f fish offers files for a value as well. */
const isPath = ({ kind }: ValueKind): boolean => kind === 'file' || kind === 'named-file';

const describeOption = (when: string, { long, short, help, value }: SurfaceOption): string => {
  const names = `${short === undefined ? '' : ` -s ${short.slice(1)}`} -l ${long.slice(2)}`;
  const wanted = value === null ? '' : ` ${isPath(value.kind) ? '-r' : '-x'}${argumentsOf(value.kind)}`;
  return `complete -c ${PROGRAM.name} -n ${quote(when)}${names}${wanted} -d ${quote(help)}`;
};

const describeCommand = ({ name, options, operands }: SurfaceCommand): string[] => {
  const when = `__${PROGRAM.name}_runs ${name}`;
  const lines = options.map((option) => describeOption(when, option));
  const wanted = operands === null ? '' : argumentsOf(operands.kind);
  return wanted === '' ? lines : [...lines, `complete -c ${PROGRAM.name} -n ${quote(when)}${wanted}`];
};

/** The completion script for fish 3 and newer. */
export const renderFishCompletion = ({ options, commands }: Surface): string => {
  const { name } = PROGRAM;
  const names = commands.map(
    (command) => `complete -c ${name} -n __${name}_lacks_command -a ${command.name} -d ${quote(command.summary)}`,
  );
  return `# fish completion for ${name}, printed by \`${name} completion fish\`

function __${name}_command
    set -l words (commandline -opc)
    set -e words[1]
    for word in $words
        string match -q -- '-*' $word; and continue
        echo $word
        return
    end
end

function __${name}_lacks_command
    set -l command (__${name}_command)
    test -z "$command"
end

function __${name}_runs
    set -l command (__${name}_command)
    test "$command" = $argv[1]
end

complete -c ${name} -f
${[...names, ...options.map((option) => describeOption(`__${name}_lacks_command`, option))].join('\n')}
${commands.flatMap(describeCommand).join('\n')}
`;
};

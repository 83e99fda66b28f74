import { PROGRAM } from '../command.js';
import type { Surface, SurfaceCommand, SurfaceOption } from './surface.js';
import type { ValueKind } from './value-kind.js';

const quote = (text: string): string => `'${text.replaceAll("'", "'\\''")}'`;

/** Within a specification of `_arguments` these end a part of it. */
const escape = (text: string): string => text.replace(/[\\[\]:]/g, '\\$&');

const actionOf = (value: ValueKind): string => {
  switch (value.kind) {
    case 'choice':
      return `(${value.of.join(' ')})`;
    case 'file':
      return '_files';
    case 'folder':
      return '_files -/';
    case 'named-file':
      return `_${PROGRAM.name}_named_file`;
    case 'duration':
      return '_message "duration, such as 250ms, 3.5s, 2m"';
    case 'number':
    case 'text':
      return '';
  }
};

const toSpecification = ({ long, short, help, value, isRepeatable, opposite }: SurfaceOption): string => {
  const excluded = isRepeatable ? '*' : `(${[long, short, opposite].filter((each) => each !== undefined).join(' ')})`;
  const rest = `[${escape(help)}]`;
  if (value === null) {
    return short === undefined
      ? quote(`${excluded}${long}${rest}`)
      : `${quote(excluded)}{${short},${long}}${quote(rest)}`;
  }
  return quote(`${excluded}${long}=${rest}:${escape(value.word)}:${actionOf(value.kind)}`);
};

const completeCommand = ({ name, options, operands }: SurfaceCommand): string => {
  const specifications = options.map(toSpecification);
  if (operands !== null)
    specifications.push(quote(`${operands.isSingle ? '1' : '*'}:${escape(operands.word)}:${actionOf(operands.kind)}`));
  return `        ${name})
          _arguments \\
            ${specifications.join(' \\\n            ')}
          ;;`;
};

/** The completion script for zsh: to be `_whylate` in a folder of fpath, or evaluated after compinit. */
export const renderZshCompletion = ({ options, commands }: Surface): string => {
  const { name } = PROGRAM;
  const described = commands.map(
    (command) => `    ${quote(`${command.name}:${command.summary.replaceAll('\\', '\\\\')}`)}`,
  );
  return `#compdef ${name}
# zsh completion for ${name}, printed by \`${name} completion zsh\`

_${name}_commands() {
  local -a commands=(
${described.join('\n')}
  )
  _describe command commands
}

_${name}_named_file() {
  compset -P 1 '[A-Za-z0-9._-]##='
  _files
}

_${name}() {
  local curcontext=$curcontext state state_descr line ret=1
  local -A opt_args
  _arguments -C \\
    ${options.map(toSpecification).join(' \\\n    ')} \\
    '1:command:_${name}_commands' \\
    '*:: :->rest' && ret=0
  case $state in
    rest)
      curcontext=\${curcontext%:*:*}:${name}-$words[1]:
      case $words[1] in
${commands.map(completeCommand).join('\n')}
      esac && ret=0
      ;;
  esac
  return ret
}

if [[ $funcstack[1] == _${name} ]]; then
  _${name} "$@"
else
  compdef _${name} ${name}
fi
`;
};

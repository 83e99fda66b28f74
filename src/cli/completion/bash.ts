import { PROGRAM } from '../command.js';
import type { Surface, SurfaceCommand } from './surface.js';
import type { ValueKind } from './value-kind.js';

/** What completes a value; readline itself does files and folders, which knows about quotes, blanks and `~`. */
const completeValue = (value: ValueKind): string => {
  if (value.kind === 'choice') return `_${PROGRAM.name}_words '${value.of.join(' ')}'`;
  if (value.kind === 'folder') return 'compopt -o dirnames -o nospace';
  if (value.kind === 'file' || value.kind === 'named-file') return 'compopt -o default';
  return ':';
};

const completeCommand = ({ name, options, operands }: SurfaceCommand): string => {
  const values = options.flatMap(({ long, value }) =>
    value === null ? [] : [`        ${long}) ${completeValue(value.kind)}; return ;;`],
  );
  const ofFlags = values.length === 0 ? '' : `      case $flag in\n${values.join('\n')}\n      esac\n`;
  return `    ${name})
${ofFlags}      flags='${options.map(({ long }) => long).join(' ')}'
      [[ $cur == -* && $ended == no ]] && { _${PROGRAM.name}_words "$flags"; return; }
      ${operands === null ? ':' : completeValue(operands.kind)}
      ;;`;
};

/** The completion script for bash 4 and newer; it needs no other package. */
export const renderBashCompletion = ({ options, commands }: Surface): string => {
  const { name } = PROGRAM;
  const first = [...commands.map((command) => command.name), ...options.map(({ long }) => long)];
  return `# bash completion for ${name}, printed by \`${name} completion bash\`

_${name}_words() {
  local IFS=$' \\t\\n'
  COMPREPLY=($(compgen -W "$1" -- "$cur"))
}

_${name}() {
  local cur=\${COMP_WORDS[COMP_CWORD]} at=$COMP_CWORD command='' flag='' flags ended=no word i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word=\${COMP_WORDS[i]}
    if [[ $word == -- ]]; then ended=yes
    elif [[ -z $command && $word != -* ]]; then command=$word
    fi
  done
  # bash makes words of --flag=value and of NAME=FILE at each =.
  if [[ $cur == = ]]; then cur='' at=$((at + 1)); fi
  while ((at > 2)) && [[ \${COMP_WORDS[at - 1]} == = ]]; do at=$((at - 2)); done
  if ((at < COMP_CWORD)) && [[ \${COMP_WORDS[at]} == --* ]]; then flag=\${COMP_WORDS[at]}
  elif ((at > 0)) && [[ $ended == no ]]; then flag=\${COMP_WORDS[at - 1]}
  fi
  case $command in
    '')
      _${name}_words '${first.join(' ')}'
      ;;
${commands.map(completeCommand).join('\n')}
  esac
}

complete -F _${name} ${name}
`;
};

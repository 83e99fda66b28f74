import type { CommandDefinition, CommandFacts } from './command.js';
import { EXIT } from './exit-codes.js';
import { writeAll } from './output.js';
import { UsageError } from './usage-error.js';

interface LowCompletionArguments {
  readonly shell: string | undefined;
}

const renderCompletion = async (shell: string | undefined, commands: readonly CommandFacts[]): Promise<string> => {
  const { describeSurface } = await import('./completion/surface.js');
  const surface = describeSurface(commands);
  switch (shell) {
    case 'bash':
      return (await import('./completion/bash.js')).renderBashCompletion(surface);
    case 'zsh':
      return (await import('./completion/zsh.js')).renderZshCompletion(surface);
    case 'fish':
      return (await import('./completion/fish.js')).renderFishCompletion(surface);
    default:
      throw new UsageError(
        `${shell === undefined ? 'no shell given' : 'no script for this shell'}; write bash, zsh or fish`,
      );
  }
};

/**
 * `whylate completion`: a script that teaches a shell the command line.
 *
 * @param list all commands, this one among them
 */
export const defineCompletionCommand = (
  list: () => readonly CommandFacts[],
): CommandDefinition<LowCompletionArguments> => ({
  name: 'completion',
  summary: 'print a script that completes this command line in a shell',
  operands: { name: 'shell', value: 'bash|zsh|fish', help: 'bash, zsh or fish', isSingle: true },
  epilogue: `
Examples:
  source <(whylate completion bash)
  whylate completion zsh > ~/.zfunc/_whylate
  whylate completion fish > ~/.config/fish/completions/whylate.fish
`,
  flags: [],
  start: ([shell]) => ({ shell }),
  run: async ({ shell }, world) => {
    await writeAll(world.stdout, await renderCompletion(shell, list()));
    return EXIT.answered;
  },
});

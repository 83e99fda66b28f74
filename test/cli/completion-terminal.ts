import { spawn } from 'node:child_process';

/** A shell in a terminal of its own, as people have it. */
export interface ShellTerminal {
  /** Type something at the prompt, and wait until what is shown since then matches and there is a prompt again. */
  type(text: string, expected: RegExp): Promise<string>;
  close(): Promise<void>;
}

const GIVE_UP_MS = 20_000;

/**
 * Start a shell in a terminal (script(1) makes one) and wait for its prompt.
 *
 * @param command the interactive shell, whose prompt must end in `READY> `
 */
export const openShellTerminal = async (
  command: string,
  cwd: string,
  env: Record<string, string>,
): Promise<ShellTerminal> => {
  const child = spawn('script', ['-qec', `stty cols 300 rows 100; exec ${command}`, '/dev/null'], {
    cwd,
    env: { PATH: process.env['PATH'], HOME: cwd, TERM: 'dumb', LC_ALL: 'C.UTF-8', ...env },
  });
  let shown = '';
  let notice = (): void => undefined;
  const add = (chunk: string): void => {
    shown += chunk;
    notice();
  };
  child.stdout.setEncoding('utf8').on('data', add);
  child.stderr.setEncoding('utf8').on('data', add);
  const ended = new Promise<void>((resolve) => {
    child.on('close', () => {
      resolve();
    });
  });
  const waitFor = (expected: RegExp): Promise<string> =>
    new Promise((resolve, reject) => {
      const giveUp = setTimeout(() => {
        notice = () => undefined;
        reject(new Error(`${command} never showed ${String(expected)}; it showed:\n${shown}`));
      }, GIVE_UP_MS);
      notice = () => {
        if (!expected.test(shown)) return;
        clearTimeout(giveUp);
        notice = () => undefined;
        resolve(shown);
      };
      notice();
    });
  await waitFor(/READY> /);
  return {
    type: (text, expected) => {
      shown = '';
      child.stdin.write(text);
      return waitFor(new RegExp(`${expected.source}[^]*READY> `));
    },
    close: () => {
      child.kill('SIGKILL');
      return ended;
    },
  };
};

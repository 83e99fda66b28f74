/** Running the real command and the lab's commands. */
import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';

/** The repository, which is also where session scripts are recorded from. */
export const ROOT = join(import.meta.dirname, '../../..');

const WHYLATE = join(ROOT, 'dist/cli/main.js');

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** Run a program to its end. When `signal` comes first it is asked to end, and waited for: it has things to put back. */
export const run = (program: string, args: readonly string[], signal?: AbortSignal): Promise<Ended> =>
  new Promise((resolve, reject) => {
    const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    const interrupt = (): void => void child.kill('SIGTERM');
    signal?.addEventListener('abort', interrupt);
    child.on('error', reject);
    child.on('close', (exit) => {
      signal?.removeEventListener('abort', interrupt);
      resolve({ exit, stdout, stderr });
    });
  });

/** Run `whylate`; when the test is over before it, it is ended, and the next test waits for that. */
export const whylate = async (...args: string[]): Promise<Ended> => {
  const abort = new AbortController();
  const ended = run(process.execPath, [WHYLATE, ...args], abort.signal);
  onTestFinished(async () => {
    abort.abort();
    await ended;
  });
  return ended;
};

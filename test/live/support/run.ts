/** Running the real command and the lab's commands. */
import { spawn, type ChildProcess } from 'node:child_process';
import { join } from 'node:path';

/** The repository, which is also where session scripts are recorded from. */
export const ROOT = join(import.meta.dirname, '../../..');

const WHYLATE = join(ROOT, 'dist/cli/main.js');

export interface Ended {
  readonly exit: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const running = new Map<ChildProcess, Promise<Ended>>();

/** Run a program to its end. */
export const run = (program: string, args: readonly string[]): Promise<Ended> => {
  const child = spawn(program, args, { cwd: ROOT, stdio: ['ignore', 'pipe', 'pipe'] });
  const ended = new Promise<Ended>((resolve, reject) => {
    let stdout = '';
    let stderr = '';
    child.stdout.setEncoding('utf8').on('data', (text: string) => (stdout += text));
    child.stderr.setEncoding('utf8').on('data', (text: string) => (stderr += text));
    child.on('error', reject);
    child.on('close', (exit) => {
      running.delete(child);
      resolve({ exit, stdout, stderr });
    });
  });
  running.set(child, ended);
  return ended;
};

/** Run `whylate` to its end. */
export const whylate = (...args: string[]): Promise<Ended> => run(process.execPath, [WHYLATE, ...args]);

/** End what still runs, for its test is over; wait until it has put back what it had changed. */
export const endRunning = async (): Promise<void> => {
  for (const [child, ended] of running) {
    child.kill('SIGTERM');
    await ended;
  }
};

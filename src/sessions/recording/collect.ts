import { spawn } from 'node:child_process';
import { copyFile, open, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { send } from '../processes/send.js';
import type { CollectPlan } from '../plan/plan.js';

const TIMEOUT_MS = 60_000;

/**
 * Put what else was asked for into the folder. What a command says on stderr is left out.
 *
 * @returns what could not be had, for people
 */
export const collectAll = async (
  plans: readonly CollectPlan[],
  folder: string,
  fill: (text: string) => string,
  mark: Readonly<Record<string, string>>,
): Promise<string[]> => {
  const failures: string[] = [];
  for (const { from, as } of plans) {
    const target = join(folder, as);
    try {
      if ('file' in from) await copyFile(fill(from.file), target);
      else await keepOutput(from.argv.map(fill), target, mark);
    } catch (error) {
      const why = error instanceof Error && 'code' in error ? String(error.code) : String(error);
      failures.push(`${as} could not be collected (${why})`);
    }
  }
  return failures;
};

const keepOutput = async (
  argv: readonly string[],
  target: string,
  mark: Readonly<Record<string, string>>,
): Promise<void> => {
  const [program = '', ...args] = argv;
  const file = await open(target, 'w', 0o600);
  try {
    const how = await new Promise<string | null>((resolve) => {
      const child = spawn(program, args, {
        stdio: ['ignore', file.fd, 'ignore'],
        env: { ...process.env, ...mark },
        detached: true,
      });
      const timer = setTimeout(() => {
        if (child.pid !== undefined) send(-child.pid, 'SIGKILL');
      }, TIMEOUT_MS);
      const settle = (text: string | null): void => {
        clearTimeout(timer);
        resolve(text);
      };
      child.on('error', (error: NodeJS.ErrnoException) => {
        settle(error.code ?? error.message);
      });
      child.on('exit', (code, signal) => {
        settle(code === 0 ? null : signal === null ? `exit code ${String(code)}` : signal);
      });
    });
    if (how !== null) throw Object.assign(new Error('the command failed'), { code: how });
    if ((await file.stat()).size === 0) await rm(target, { force: true });
  } finally {
    await file.close();
  }
};

import { spawn } from 'node:child_process';
import { send } from './send.js';

/** How a program ended, and what it printed. */
export interface CommandResult {
  /** Its exit code; null when a signal ended it, it took too long, or it could not be started. */
  readonly exit: number | null;
  /** `ok`, or in a few words why there is no exit code. */
  readonly how: string;
  /** stdout and stderr as they came, the first and last of it where it was much. */
  readonly output: string;
}

const KEPT = 65_536;

export interface CommandOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  /** Ends it. */
  readonly signal?: AbortSignal;
  readonly cwd?: string;
}

/** Run a program to its end in a process group of its own. Never rejects. */
export const runCommand = (argv: readonly string[], options: CommandOptions): Promise<CommandResult> =>
  new Promise((resolve) => {
    const [program = '', ...args] = argv;
    const child = spawn(program, args, {
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { ...process.env, ...options.env },
      detached: true,
      ...(options.cwd === undefined ? {} : { cwd: options.cwd }),
    });
    let output = '';
    let ended: string | null = null;
    const keep = (text: string): void => {
      output += text;
      if (output.length > 2 * KEPT) output = `${output.slice(0, KEPT)}\n...\n${output.slice(-KEPT)}`;
    };
    child.stdout.setEncoding('utf8').on('data', keep);
    child.stderr.setEncoding('utf8').on('data', keep);
    const stop = (why: string): void => {
      ended ??= why;
      if (child.pid === undefined) return;
      send(-child.pid, 'SIGTERM');
      setTimeout(() => {
        if (child.pid !== undefined && child.exitCode === null && child.signalCode === null)
          send(-child.pid, 'SIGKILL');
      }, 1_000).unref();
    };
    const timer = setTimeout(() => {
      stop(`took longer than ${String(options.timeoutMs / 1000)} s`);
    }, options.timeoutMs);
    const abort = (): void => {
      stop('was interrupted');
    };
    options.signal?.addEventListener('abort', abort);
    let settled = false;
    const settle = (exit: number | null, how: string): void => {
      if (settled) return;
      settled = true;
      clearTimeout(timer);
      options.signal?.removeEventListener('abort', abort);
      resolve({ exit, how, output });
    };
    child.on('error', (error: NodeJS.ErrnoException) => {
      settle(null, `cannot be started (${error.code ?? error.message})`);
    });
    // A background process may hold the pipes open for longer than the program itself runs.
    child.on('exit', (code, signal) => {
      const done = (): void => {
        child.stdout.destroy();
        child.stderr.destroy();
        if (ended !== null) settle(null, ended);
        else if (code === null) settle(null, `was ended by ${String(signal)}`);
        else settle(code, 'ok');
      };
      child.on('close', done);
      setTimeout(done, 200).unref();
    });
  });

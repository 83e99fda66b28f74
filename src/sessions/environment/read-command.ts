import { spawn } from 'node:child_process';

/** How a command went. */
export type CommandOutcome =
  | { readonly kind: 'ended'; readonly code: number | null; readonly stdout: string; readonly stderr: string }
  /** It ran into its time limit and was ended, its children too. */
  | { readonly kind: 'timeout'; readonly stdout: string; readonly stderr: string }
  /** There is no such command. */
  | { readonly kind: 'missing' }
  /** It could not be started. */
  | { readonly kind: 'refused'; readonly why: string };

export interface RunOptions {
  /** Time limit in ms; 2,000 unless told. */
  readonly timeoutMs?: number;
}

const DEFAULT_LIMIT_MS = 2000;
/** From the polite signal to the one that cannot be refused. */
const GRACE_MS = 300;
const MAX_OUTPUT = 1024 * 1024;

const commandPath = (): string => `${process.env['PATH'] ?? '/usr/bin:/bin'}:/usr/local/sbin:/usr/sbin:/sbin`;

/** Text that arrives in pieces, kept up to 1 MiB. */
const collect = (stream: NodeJS.ReadableStream): (() => string) => {
  const pieces: Buffer[] = [];
  let length = 0;
  stream.on('data', (piece: Buffer) => {
    if (length < MAX_OUTPUT) pieces.push(piece);
    length += piece.length;
  });
  stream.on('error', () => undefined);
  return () => Buffer.concat(pieces).subarray(0, MAX_OUTPUT).toString('utf8');
};

/**
 * Run a command without a shell, without input, in the C locale. It is a process group of its own, so that at the time
 * limit its children end with it.
 */
export const readCommand = (
  command: string,
  args: readonly string[],
  { timeoutMs = DEFAULT_LIMIT_MS }: RunOptions = {},
): Promise<CommandOutcome> =>
  new Promise((resolve) => {
    const child = spawn(command, [...args], {
      detached: true,
      stdio: ['ignore', 'pipe', 'pipe'],
      env: { PATH: commandPath(), LC_ALL: 'C', HOME: process.env['HOME'] ?? '/' },
    });
    const stdout = collect(child.stdout);
    const stderr = collect(child.stderr);
    let late = false;
    const signal = (name: NodeJS.Signals): void => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, name);
      } catch {
        // The group has ended already.
      }
    };
    const timers = [
      setTimeout(() => {
        late = true;
        signal('SIGTERM');
      }, timeoutMs),
      setTimeout(() => {
        signal('SIGKILL');
        // A grandchild that left the group may hold the pipes open for ever.
        child.stdout.destroy();
        child.stderr.destroy();
      }, timeoutMs + GRACE_MS),
    ];
    const settle = (outcome: CommandOutcome): void => {
      for (const timer of timers) clearTimeout(timer);
      resolve(outcome);
    };
    child.on('error', (error) => {
      const code = 'code' in error ? String(error.code) : error.name;
      settle(code === 'ENOENT' ? { kind: 'missing' } : { kind: 'refused', why: code });
    });
    child.on('close', (code) => {
      const output = { stdout: stdout(), stderr: stderr() };
      settle(late ? { kind: 'timeout', ...output } : { kind: 'ended', code, ...output });
    });
  });

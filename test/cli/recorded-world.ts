import type { ExitCode } from '../../src/cli/exit-codes.js';
import type { OutputStream, World } from '../../src/cli/world.js';

/** A world that keeps what is written to it, and whose signals the test sends. */
export interface RecordedWorld extends World {
  readonly written: { stdout: string; stderr: string };
  send(code: ExitCode): void;
}

interface Terminal {
  readonly isTTY?: boolean;
  readonly columns?: number;
  /** Error of every write. */
  readonly fails?: Error;
}

export const recordWorld = (
  more: { stdout?: Terminal; stderr?: Terminal; env?: Record<string, string> } = {},
): RecordedWorld => {
  const written = { stdout: '', stderr: '' };
  const listeners = new Set<(code: ExitCode) => void>();
  const stream = (name: 'stdout' | 'stderr', { fails, ...terminal }: Terminal = {}): OutputStream => ({
    ...terminal,
    on: () => undefined,
    write: (text, done) => {
      if (fails === undefined) written[name] += text;
      done(fails ?? null);
      return true;
    },
  });
  return {
    written,
    stdout: stream('stdout', more.stdout),
    stderr: stream('stderr', more.stderr),
    env: more.env ?? {},
    onSignal: (callback) => {
      listeners.add(callback);
      return () => listeners.delete(callback);
    },
    send: (code) => {
      for (const listener of listeners) listener(code);
    },
  };
};

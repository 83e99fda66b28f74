import type { ExitCode } from './exit-codes.js';
import { EXIT } from './exit-codes.js';

/** A stream people or scripts read. */
export interface OutputStream {
  write(text: string, done: (error?: Error | null) => void): boolean;
  on(event: 'error', listener: (error: Error) => void): unknown;
  readonly isTTY?: boolean | undefined;
  readonly columns?: number | undefined;
}

/** All that a command touches outside its inputs. */
export interface World {
  readonly stdout: OutputStream;
  readonly stderr: OutputStream;
  readonly env: Readonly<Record<string, string | undefined>>;
  /** Calls back with the exit code of a signal that asks to end; returns how to stop listening. */
  onSignal(callback: (code: ExitCode) => void): () => void;
}

/** The world of this process. */
export const processWorld = (): World => ({
  stdout: process.stdout,
  stderr: process.stderr,
  env: process.env,
  onSignal: (callback) => {
    const interrupt = (): void => {
      callback(EXIT.interrupted);
    };
    const terminate = (): void => {
      callback(EXIT.terminated);
    };
    process.on('SIGINT', interrupt);
    process.on('SIGTERM', terminate);
    process.on('SIGHUP', terminate);
    return () => {
      process.off('SIGINT', interrupt);
      process.off('SIGTERM', terminate);
      process.off('SIGHUP', terminate);
    };
  },
});

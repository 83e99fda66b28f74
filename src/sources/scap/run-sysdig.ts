import { spawn, type ChildProcessByStdio } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { sysdigEnvironment } from './sysdig.js';

/** How a run of sysdig ended. */
export interface Ending {
  /** Its exit code; null when a signal ended it. */
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The beginning of what it said on stderr. */
  readonly messages: string;
}

/** Of stderr so much is kept; the rest is read and left out. */
const MESSAGES_KEPT = 4096;

/**
 * Run sysdig and hand over what it prints, no faster than it is taken. It is killed when the consumer stops, at
 * an abort, and with this process.
 *
 * @param onEnd is told how it ended, when all it printed was taken
 * @throws the system's error when it cannot be started, and the signal's reason at an abort
 */
export async function* runSysdig(
  program: string,
  args: readonly string[],
  signal: AbortSignal | undefined,
  onEnd: (ending: Ending) => void,
): AsyncGenerator<Uint8Array, void, undefined> {
  signal?.throwIfAborted();
  const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: sysdigEnvironment() });
  const kill = (): void => {
    child.kill('SIGKILL');
  };
  const ended = waitForEnd(child);
  process.once('exit', kill);
  signal?.addEventListener('abort', kill);
  try {
    await once(child, 'spawn');
    for await (const chunk of child.stdout) yield chunk as Uint8Array;
    const ending = await ended;
    signal?.throwIfAborted();
    onEnd(ending);
  } finally {
    kill();
    child.stdout.destroy();
    signal?.removeEventListener('abort', kill);
    process.removeListener('exit', kill);
    await ended;
  }
}

/** Also where it was never started. */
const waitForEnd = (child: ChildProcessByStdio<null, Readable, Readable>): Promise<Ending> => {
  let messages = '';
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    if (messages.length < MESSAGES_KEPT) messages = (messages + text).slice(0, MESSAGES_KEPT);
  });
  return new Promise((resolve) => {
    child.once('error', () => {
      resolve({ code: null, signal: null, messages });
    });
    child.once('close', (code, signal) => {
      resolve({ code, signal, messages });
    });
  });
};

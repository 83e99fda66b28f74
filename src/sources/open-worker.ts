/** A thread that decompresses a file and hands over what comes out, no faster than it is taken. */
import { parentPort, workerData } from 'node:worker_threads';
import { CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import { openBytes } from './open.js';
import type { OpenedMessage, OpenStart } from './open-elsewhere.js';

/** Pieces are put together up to this size: each message costs its receiver some 20 us. */
const PIECE = 256 * 1024;

const { path, ahead } = workerData as OpenStart;
const counters = new CounterTable();
let credit = ahead;
let wake: () => void = () => undefined;

const post = (message: OpenedMessage, transfer: readonly ArrayBuffer[] = []): void => {
  parentPort?.postMessage(message, transfer);
};

parentPort?.on('message', () => {
  credit++;
  wake();
});

try {
  let piece = new Uint8Array(PIECE);
  let filled = 0;
  const handOver = async (): Promise<void> => {
    while (credit === 0) await new Promise<void>((resolve) => (wake = resolve));
    credit--;
    post({ bytes: piece.subarray(0, filled) }, [piece.buffer]);
    piece = new Uint8Array(PIECE);
    filled = 0;
  };
  for await (const chunk of openBytes(path, counters)) {
    for (let at = 0; at < chunk.length;) {
      const part = chunk.subarray(at, at + PIECE - filled);
      piece.set(part, filled);
      filled += part.length;
      at += part.length;
      if (filled === PIECE) await handOver();
    }
  }
  if (filled > 0) await handOver();
  post({ counters: counters.list() });
} catch (error) {
  if (!(error instanceof InputError)) throw error;
  const { what, where, todo } = error;
  post({ refused: { what, where, todo } });
}
parentPort?.close();

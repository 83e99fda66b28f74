import { statSync } from 'node:fs';
import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { Counter, CounterTable } from '../model/counters.js';
import { InputError } from '../model/input-error.js';
import { openBytes } from './open.js';

/** What the thread is started with: a file, and how many pieces it may hand over before one is taken. */
export interface OpenStart {
  readonly path: string;
  readonly ahead: number;
}

/** What the thread says: some bytes; the end, with what it counted; why the file cannot be used. */
export type OpenedMessage =
  | { readonly bytes: Uint8Array }
  | { readonly counters: readonly Counter[] }
  | { readonly refused: { readonly what: string; readonly where: string; readonly todo: string } };

/** Pieces of 256 KiB. */
const AHEAD = 8;
/** A file of this size (bytes) is decoded in the time in which a thread starts. */
const LEAST_BYTES = 2 ** 20;

/**
 * The content of a file that is not plain, decoded by another thread where there is one and the file is worth it.
 *
 * @param threads how many threads there may be in all
 * @throws InputError as {@link openBytes}
 */
export async function* openElsewhere(
  path: string,
  counters: CounterTable,
  threads = availableParallelism(),
): AsyncGenerator<Uint8Array, void, undefined> {
  const isWorthIt = threads > 1 && (statSync(path, { throwIfNoEntry: false })?.size ?? 0) >= LEAST_BYTES;
  if (!isWorthIt) {
    yield* openBytes(path, counters);
    return;
  }
  const start: OpenStart = { path, ahead: AHEAD };
  const worker = new Worker(new URL('./open-worker.js', import.meta.url), { workerData: start, execArgv: [] });
  try {
    const messages = new Messages(worker);
    // A thread that cannot even start is done without.
    if (await messages.begin()) yield* receive(worker, messages, counters);
    else yield* openBytes(path, counters);
  } finally {
    await worker.terminate();
  }
}

/** What a thread says, in order. */
class Messages {
  readonly #queue: OpenedMessage[] = [];
  #failure: Error | null = null;
  #wake: () => void = () => undefined;

  constructor(worker: Worker) {
    worker.on('message', (message: OpenedMessage) => {
      this.#queue.push(message);
      this.#wake();
    });
    worker.on('error', (error) => {
      this.#failure ??= error;
      this.#wake();
    });
    worker.on('exit', () => {
      this.#failure ??= new Error('the thread that decodes ended early');
      this.#wake();
    });
  }

  /** Wait for the first; false where none will come. */
  async begin(): Promise<boolean> {
    await this.#wait();
    return this.#queue.length > 0;
  }

  async next(): Promise<OpenedMessage> {
    await this.#wait();
    const message = this.#queue.shift();
    if (message) return message;
    throw this.#failure ?? new Error('the thread that decodes said nothing');
  }

  async #wait(): Promise<void> {
    if (this.#queue.length > 0 || this.#failure !== null) return;
    await new Promise<void>((resolve) => (this.#wake = resolve));
  }
}

async function* receive(
  worker: Worker,
  messages: Messages,
  counters: CounterTable,
): AsyncGenerator<Uint8Array, void, undefined> {
  for (;;) {
    const message = await messages.next();
    if ('bytes' in message) {
      worker.postMessage('taken');
      yield message.bytes;
    } else if ('counters' in message) {
      for (const { count, ...definition } of message.counters) counters.add(definition, count);
      return;
    } else {
      const { what, where, todo } = message.refused;
      throw new InputError(what, where, todo);
    }
  }
}

import type { Transform } from 'node:stream';
import type { Failure } from './gzip-members.js';

const NOTHING = new Uint8Array(0);

/** A zlib stream driven step by step; it stops for good when it has ended or failed. */
export class Pump {
  readonly #stream: Transform & { readonly bytesWritten?: number };
  #ready: Uint8Array[] = [];
  #error: NodeJS.ErrnoException | null = null;
  #ended = false;
  #fed = 0;
  #wake: () => void = () => undefined;

  constructor(stream: Transform & { readonly bytesWritten?: number }) {
    this.#stream = stream;
    stream.on('data', (chunk: Uint8Array) => this.#ready.push(chunk));
    stream.on('error', (error) => {
      this.#error = error;
    });
    stream.on('end', () => {
      this.#ended = true;
      this.#wake();
    });
    stream.on('close', () => {
      this.#wake();
    });
  }

  get ended(): boolean {
    return this.#ended;
  }

  get failed(): Failure | null {
    if (this.#error === null) return null;
    return this.#error.code === 'Z_BUF_ERROR' ? 'cut' : 'damaged';
  }

  /** Whether it failed because data of zstd wants more memory than it may have. */
  get needsLargerWindow(): boolean {
    return this.#error?.code?.includes('windowTooLarge') === true;
  }

  /** What came out since the last call. */
  take(): Uint8Array[] {
    const taken = this.#ready;
    this.#ready = [];
    return taken;
  }

  /** Returns what lies behind the end of the compressed data: zeros there are padding, as gzip(1) has it. */
  async write(slice: Uint8Array): Promise<Uint8Array> {
    this.#fed += slice.length;
    await this.#settle((done) => {
      this.#stream.write(slice, done);
    });
    return this.#ended
      ? slice.subarray(slice.length - (this.#fed - (this.#stream.bytesWritten ?? this.#fed)))
      : NOTHING;
  }

  async end(): Promise<void> {
    if (this.#ended || this.#error !== null) return;
    await this.#settle(() => {
      this.#stream.end();
    });
  }

  /** Wait until the callback, the end of the stream or its failure, whichever comes: after an end no callback comes. */
  #settle(start: (done: () => void) => void): Promise<void> {
    return new Promise((resolve) => {
      this.#wake = resolve;
      start(resolve);
    });
  }
}

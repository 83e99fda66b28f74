import { closeSync, fstatSync, openSync, readSync, write } from 'node:fs';

/** Lines that wait for a slow disk; more are dropped. */
const MOST_WAITING = 10_000;

/**
 * Appends lines to a file, each with one write of its own and as soon as the one before is through: a kill leaves at most
 * one cut line. A disk that is slow keeps nobody waiting, which a sampler of slow disks must not: lines queue meanwhile.
 */
export class LineWriter {
  readonly #fd: number;
  readonly #queue: Buffer[] = [];
  #isWriting = false;
  #dropped = 0;
  #onIdle: () => void = () => undefined;
  readonly #onError: (error: Error) => void;

  /**
   * @param path of the file, or `-` for stdout
   * @param onError called once, when a write fails: then nothing more is written
   * @throws when the file cannot be opened
   */
  constructor(path: string, onError: (error: Error) => void) {
    // By its number: /dev/stdout cannot be opened where stdout is a socket, which is what Node makes of a pipe.
    this.#fd = path === '-' ? process.stdout.fd : openSync(path, 'a+');
    this.#onError = onError;
    if (endsInsideLine(this.#fd)) this.#queue.push(Buffer.from('\n'));
  }

  /** Lines that were left out because too many waited. */
  get dropped(): number {
    return this.#dropped;
  }

  /** @param line without its end */
  add(line: string): void {
    if (this.#queue.length >= MOST_WAITING) {
      this.#dropped++;
      return;
    }
    this.#queue.push(Buffer.from(`${line}\n`));
    if (!this.#isWriting) this.#writeNext();
  }

  /** Wait until all is written and close, for this long (ms) at most. */
  async end(patience: number): Promise<void> {
    if (this.#isWriting) {
      await new Promise<void>((resolve) => {
        this.#onIdle = resolve;
        setTimeout(resolve, patience);
      });
    }
    if (!this.#isWriting) closeSync(this.#fd);
  }

  #writeNext(): void {
    const [first] = this.#queue;
    this.#isWriting = first !== undefined;
    if (!first) {
      this.#onIdle();
      return;
    }
    write(this.#fd, first, (error, bytes) => {
      if (error) {
        this.#onError(error);
        return;
      }
      if (bytes < first.length) this.#queue[0] = first.subarray(bytes);
      else this.#queue.shift();
      this.#writeNext();
    });
  }
}

/** A file that a killed process left may end without a line's end. */
const endsInsideLine = (fd: number): boolean => {
  const stat = fstatSync(fd);
  if (!stat.isFile() || stat.size === 0) return false;
  const last = Buffer.alloc(1);
  return readSync(fd, last, 0, 1, stat.size - 1) === 1 && last[0] !== 0x0a;
};

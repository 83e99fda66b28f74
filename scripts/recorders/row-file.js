// @ts-check
/** A gzip-compressed file of rows that appears when it is whole. */
import { createWriteStream, renameSync, rmSync } from 'node:fs';
import { once } from 'node:events';
import { finished } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** So many characters are compressed at a time. */
const PIECE = 1 << 17;

export class RowFile {
  #path;
  #temporary;
  #piece = '';
  #rows = 0;
  /** @type {import('node:zlib').Gzip | null} */
  #gzip = null;
  /** @type {Promise<void> | null} */
  #written = null;

  /** @param {string} path where it is to be; made with the first row */
  constructor(path) {
    this.#path = path;
    this.#temporary = `${path}.${process.pid}.tmp`;
  }

  /**
   * @param {string} row without line feed
   * @returns {boolean} whether to wait for {@link flush} before the next one
   */
  add(row) {
    this.#piece += `${row}\n`;
    this.#rows += 1;
    return this.#piece.length >= PIECE;
  }

  /** Hand on what was added. */
  async flush() {
    if (this.#piece === '') return;
    this.#gzip ??= this.#open();
    const room = this.#gzip.write(this.#piece);
    this.#piece = '';
    // What goes wrong with the file ends the waiting, too.
    if (!room) await Promise.race([once(this.#gzip, 'drain'), this.#written]);
  }

  /** @returns {Promise<number>} rows in the file; without any there is none */
  async end() {
    await this.flush();
    if (this.#gzip !== null) {
      this.#gzip.end();
      await this.#written;
      renameSync(this.#temporary, this.#path);
    }
    return this.#rows;
  }

  /** Leave nothing of it behind. */
  abandon() {
    this.#gzip?.destroy();
    rmSync(this.#temporary, { force: true });
  }

  #open() {
    // Rows are much alike: more effort makes them hardly smaller.
    const gzip = createGzip({ level: 4 });
    const file = createWriteStream(this.#temporary);
    this.#written = finished(gzip.pipe(file));
    // Whoever waits for it is told; until somebody does nothing is thrown.
    this.#written.catch(() => gzip.destroy());
    return gzip;
  }
}

import { createReadStream } from 'node:fs';
import type { CounterTable } from '../model/counters.js';
import { displayText } from '../model/display.js';
import { InputError } from '../model/input-error.js';
import { gunzip, unzstd } from './decompress.js';
import { isGzip } from './gzip-members.js';
import { peek } from './peek.js';
import { utf16Of, UTF16_MARK_LENGTH, utf8FromUtf16 } from './utf16.js';
import { isZstd } from './zstd-frames.js';

/** The path that stands for standard input. */
export const STDIN = '-';

const READ_SIZE = 256 * 1024;
const MAGIC_LENGTH = 4;

/** A path as it is named in messages. */
export const nameOfPath = (path: string): string => (path === STDIN ? 'stdin' : displayText(path));

/**
 * The content of a file, or of standard input for `-`, decompressed where its first bytes say gzip or zstd whatever its
 * name, and as UTF-8 where its content begins with a byte-order mark of UTF-16. Opened at the first pull, read no
 * faster than pulled, closed when the consumer stops.
 *
 * Compressed data that is cut or damaged is delivered up to there and counted (`compressed_input_cut`,
 * `compressed_input_damaged`).
 *
 * @throws InputError when it is missing, unreadable or a directory, when zstd is needed and absent, or when compressed
 *   data gives nothing at all
 */
export async function* openBytes(path: string, counters: CounterTable): AsyncGenerator<Uint8Array, void, undefined> {
  const { head, bytes } = await peek(decompress(path, counters), UTF16_MARK_LENGTH);
  const utf16 = utf16Of(head);
  yield* utf16 === null ? bytes : utf8FromUtf16(bytes, utf16, counters);
}

async function* decompress(path: string, counters: CounterTable): AsyncGenerator<Uint8Array, void, undefined> {
  const where = nameOfPath(path);
  const { head, bytes } = await peek(readRaw(path), MAGIC_LENGTH);
  if (isGzip(head)) yield* gunzip(bytes, where, counters);
  else if (isZstd(head)) yield* unzstd(bytes, where, counters);
  else yield* bytes;
}

/** How an input lies there: as it is in a file, compressed or in UTF-16 in a file, or to be read only once. */
export type Storage = 'plain' | 'encoded' | 'once';

/** How a regular file holds its content. */
export const storageOf = async (path: string): Promise<Storage> => {
  const { head, bytes } = await peek(readRaw(path), MAGIC_LENGTH);
  await bytes[Symbol.asyncIterator]().return?.();
  return isGzip(head) || isZstd(head) || utf16Of(head) !== null ? 'encoded' : 'plain';
};

async function* readRaw(path: string): AsyncGenerator<Uint8Array, void, undefined> {
  const stream: AsyncIterable<Uint8Array> =
    path === STDIN ? process.stdin : createReadStream(path, { highWaterMark: READ_SIZE });
  try {
    yield* stream;
  } catch (error) {
    throw inputErrorOf(error, path);
  }
}

/** The error a user gets for what the file system said; anything else is handed back as it is. */
export const inputErrorOf = (error: unknown, path: string): unknown => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) return error;
  const where = nameOfPath(path);
  switch (code) {
    case 'ENOENT':
    case 'ENOTDIR':
      return new InputError('does not exist', where, 'check the path');
    case 'EACCES':
    case 'EPERM':
      return new InputError('cannot be read, permission denied', where, 'give read access or copy it');
    case 'EISDIR':
      return new InputError('is a directory', where, 'name a file in it, or give a session folder as an argument');
    default:
      return /^E[A-Z0-9]+$/.test(code)
        ? new InputError(`cannot be read (${code})`, where, 'check the file and the disk it is on')
        : error;
  }
};

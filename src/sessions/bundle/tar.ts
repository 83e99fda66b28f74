import { createReadStream, createWriteStream } from 'node:fs';
import { open, stat } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** A file for an archive. */
export interface TarEntry {
  /** Path in the archive, at most 100 bytes. */
  readonly name: string;
  readonly path: string;
}

const BLOCK = 512;
/** Largest number that fits an octal field: 8 GiB less one, or the year 2242. */
const LARGEST_OCTAL = 0o77777777777;

/** A size in 12 bytes: octal, or where it is larger in base 256 with its first bit set (GNU tar's way, which all read). */
const writeSize = (header: Buffer, size: number): void => {
  if (size <= LARGEST_OCTAL) {
    header.write(size.toString(8).padStart(11, '0'), 124, 'latin1');
    return;
  }
  header.fill(0, 124, 136);
  header[124] = 0x80;
  header.writeBigUInt64BE(BigInt(size), 128);
};

/** The header of a regular file (POSIX.1-1988, ustar). */
const makeHeader = (name: string, size: number, mtime: number): Buffer => {
  const header = Buffer.alloc(BLOCK);
  if (Buffer.byteLength(name) > 100) throw new RangeError('the name of an archive entry is too long');
  header.write(name, 0, 'utf8');
  header.write('0000644\0' + '0000000\0' + '0000000\0', 100, 'latin1');
  writeSize(header, size);
  header.write(Math.min(mtime, LARGEST_OCTAL).toString(8).padStart(11, '0'), 136, 'latin1');
  header.write('        0', 148, 'latin1');
  header.write('ustar\x0000', 257, 'latin1');
  const sum = header.reduce((total, byte) => total + byte, 0);
  header.write(`${sum.toString(8).padStart(6, '0')}\0 `, 148, 'latin1');
  return header;
};

async function* archive(entries: readonly TarEntry[], mtime: number): AsyncGenerator<Uint8Array, void, undefined> {
  for (const { name, path } of entries) {
    const { size } = await stat(path);
    yield makeHeader(name, size, mtime);
    for await (const chunk of createReadStream(path)) yield chunk as Buffer;
    yield Buffer.alloc((BLOCK - (size % BLOCK)) % BLOCK);
  }
  yield Buffer.alloc(2 * BLOCK);
}

/**
 * Write a compressed archive (tar.gz) whose bytes depend on nothing but the entries and the time: sorted by name, of user and group 0.
 *
 * @param mtime of every entry, s since 1970
 */
export const writeArchive = async (to: string, entries: readonly TarEntry[], mtime: number): Promise<void> => {
  const sorted = [...entries].sort((a, b) => (a.name < b.name ? -1 : 1));
  await pipeline(archive(sorted, mtime), createGzip(), createWriteStream(to, { mode: 0o600 }));
  const file = await open(to, 'r+');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
};

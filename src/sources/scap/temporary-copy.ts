import { rmSync } from 'node:fs';
import { mkdtemp, open, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { InputError } from '../../model/input-error.js';

/** A file that goes away. */
export interface TemporaryCopy {
  readonly path: string;
  remove(): Promise<void>;
}

/**
 * Write bytes into a temporary file that nobody else can read. It is removed on request, when writing fails, and with
 * this process.
 *
 * @param where the bytes' name in messages
 * @throws InputError when there is no room for it, and what the bytes throw
 */
export const copyToTemporary = async (bytes: AsyncIterable<Uint8Array>, where: string): Promise<TemporaryCopy> => {
  const folder = await mkdtemp(join(tmpdir(), 'whylate-scap-')).catch((error: unknown) => {
    throw refusalOf(error, where);
  });
  const removeAtExit = (): void => {
    rmSync(folder, { recursive: true, force: true });
  };
  process.once('exit', removeAtExit);
  const remove = async (): Promise<void> => {
    await rm(folder, { recursive: true, force: true });
    process.removeListener('exit', removeAtExit);
  };
  const path = join(folder, 'trace.scap');
  try {
    await write(path, bytes, where);
  } catch (error) {
    await remove();
    throw error;
  }
  return { path, remove };
};

const write = async (path: string, bytes: AsyncIterable<Uint8Array>, where: string): Promise<void> => {
  const refuse = (error: unknown): never => {
    throw refusalOf(error, where);
  };
  const file = await open(path, 'wx', 0o600).catch(refuse);
  try {
    for await (const chunk of bytes) await file.writeFile(chunk).catch(refuse);
  } finally {
    await file.close();
  }
};

const refusalOf = (error: unknown, where: string): unknown => {
  const code = error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : null;
  if (code === null) return error;
  return new InputError(
    `cannot be copied to a temporary file for sysdig (${code})`,
    where,
    'make room in the temporary folder, name another one in TMPDIR, or give the file itself, plain or as .gz',
  );
};

import { readFile, stat } from 'node:fs/promises';
import { codeOf } from '../folder/files.js';

/** A file that holds a JSON object, or what became of it. */
export type JsonFile =
  | { readonly kind: 'object'; readonly value: Readonly<Record<string, unknown>> }
  | { readonly kind: 'absent' }
  /** It cannot be read, is no regular file, is too large, or holds something else. */
  | { readonly kind: 'unusable' };

/**
 * Read a file that should hold a JSON object. Never rejects.
 *
 * @param limit more bytes than this are not read
 */
export const readJson = async (path: string, limit: number): Promise<JsonFile> => {
  try {
    const found = await stat(path);
    if (!found.isFile() || found.size > limit) return { kind: 'unusable' };
    const value: unknown = JSON.parse(await readFile(path, 'utf8'));
    return isObject(value) ? { kind: 'object', value } : { kind: 'unusable' };
  } catch (error) {
    return { kind: codeOf(error) === 'ENOENT' ? 'absent' : 'unusable' };
  }
};

const isObject = (value: unknown): value is Readonly<Record<string, unknown>> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

import { constants } from 'node:fs';
import { access, realpath, stat, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import { codeOf } from '../sessions/folder/files.js';
import { writeWhole } from '../sessions/folder/write-file.js';
import { UsageError } from './usage-error.js';

/** A file that was asked for, by the flag that named it. */
export interface ReportFile {
  readonly flag: string;
  readonly path: string;
}

/**
 * Find out before the work whether reports can be written.
 *
 * @throws UsageError when two of them are one file, or one cannot be written
 */
export const checkReportFiles = async (files: readonly ReportFile[]): Promise<void> => {
  const places = new Map<string, string>();
  for (const { flag, path } of files) {
    const place = await placeOf(path);
    const other = places.get(place);
    if (other !== undefined) throw new UsageError(`--${other} and --${flag} name the same file; give each its own`);
    places.set(place, flag);
    const found = await stat(place).catch(() => null);
    if (found?.isDirectory() === true) throw new UsageError(`--${flag} '${path}': is a folder; name a file in it`);
    try {
      await access(found?.isFile() === false ? place : dirname(place), constants.W_OK);
    } catch (error) {
      throw new UsageError(`--${flag} '${path}': cannot be written there (${codeOf(error)}); name another place`);
    }
  }
};

/**
 * Write a report whole or not at all; into a pipe or a device as it comes.
 *
 * @throws what the file system says
 */
export const writeReportFile = async (path: string, content: string | Uint8Array): Promise<void> => {
  const place = await placeOf(path);
  const found = await stat(place).catch(() => null);
  if (found !== null && !found.isFile()) await writeFile(place, content);
  else await writeWhole(place, content);
};

/** Where a path leads: a report that takes the place of a link's target leaves the link. */
const placeOf = (path: string): Promise<string> => realpath(path).catch(() => path);

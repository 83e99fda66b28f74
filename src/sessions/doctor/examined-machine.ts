import { constants } from 'node:fs';
import { access, realpath, statfs } from 'node:fs/promises';
import { release } from 'node:os';
import type { Machine } from '../environment/machine.js';
import { openMachine } from '../environment/machine.js';

/** A folder to record in. */
export interface FolderFacts {
  /** Without symbolic links. */
  readonly path: string;
  readonly writable: boolean;
  readonly freeBytes: number;
}

/** All that the checks look at. */
export interface ExaminedMachine extends Machine {
  /** `20.19.0`. */
  readonly nodeVersion: string;
  /** As `uname -r` has it. */
  readonly kernelRelease: string;
  /** Facts about a folder; null where there is none. */
  folder(path: string): Promise<FolderFacts | null>;
}

/** This machine. */
export const thisMachine = (): ExaminedMachine => ({
  ...openMachine(),
  nodeVersion: process.versions.node,
  kernelRelease: release(),
  folder: async (path) => {
    try {
      const whole = await realpath(path);
      const { bavail, bsize } = await statfs(whole);
      const writable = await access(whole, constants.W_OK | constants.X_OK).then(
        () => true,
        () => false,
      );
      return { path: whole, writable, freeBytes: bavail * bsize };
    } catch {
      return null;
    }
  },
});

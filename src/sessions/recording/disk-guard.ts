import { statfs } from 'node:fs/promises';
import type { Ending } from './ending.js';

const EVERY_MS = 1_000;

/** Bytes that are free for this user where a folder lies. */
export const freeBytes = async (folder: string): Promise<number> => {
  const { bavail, bsize } = await statfs(folder);
  return bavail * bsize;
};

/** End a recording while the disk still has room for what must be written to end it. */
export const guardDisk = (folder: string, reserveBytes: number, ending: Ending): void => {
  const timer = setInterval(() => {
    void freeBytes(folder).then(
      (free) => {
        if (free >= reserveBytes) return;
        ending.bring(
          'disk-full',
          `${String(Math.round(free / 1e6))} MB are left on the disk, less than the reserve of ${String(Math.round(reserveBytes / 1e6))} MB`,
        );
      },
      () => undefined,
    );
  }, EVERY_MS);
  ending.signal.addEventListener('abort', () => {
    clearInterval(timer);
  });
};

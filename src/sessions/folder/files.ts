import { stat } from 'node:fs/promises';

/** What the system calls an error, `ENOSPC`; its message could quote what was read. */
export const codeOf = (error: unknown): string =>
  error instanceof Error && 'code' in error ? String(error.code) : 'an error';

/** Whether there is something of this name. */
export const exists = (path: string): Promise<boolean> =>
  stat(path).then(
    () => true,
    () => false,
  );

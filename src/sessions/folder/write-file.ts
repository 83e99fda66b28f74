import { open, rename, rm } from 'node:fs/promises';

/** Write a file whole or not at all, and to the disk before it takes its name. */
export const writeWhole = async (path: string, content: string | Uint8Array, mode = 0o644): Promise<void> => {
  const temporary = `${path}.${String(process.pid)}.tmp`;
  try {
    const file = await open(temporary, 'w', mode);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
};

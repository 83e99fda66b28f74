import { isAbsolute } from 'node:path';

/** Whether a path may be meant as a pattern. */
export const isPattern = (path: string): boolean => /[*?[{]/.test(path);

/** Folders that fit a glob pattern (`*`, `?`, `**`, `[...]`, braces), sorted; hidden ones only where the pattern writes the dot. */
export const expandPattern = async (pattern: string): Promise<string[]> => {
  const { glob } = await import('tinyglobby');
  const found = await glob([pattern], {
    onlyDirectories: true,
    expandDirectories: false,
    absolute: isAbsolute(pattern),
    ignore: ['**/node_modules/**'],
  });
  return found.map((path) => path.replace(/(?<=.)\/$/, '')).sort();
};

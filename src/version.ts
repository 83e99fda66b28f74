import { readFileSync } from 'node:fs';

/** The version in package.json. */
export const readVersion = (): string => {
  const parsed = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as {
    version: string;
  };
  return parsed.version;
};

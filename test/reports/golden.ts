import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { expect } from 'vitest';

const folder = new URL('goldens/', import.meta.url);

/** Compare with a golden text; `WHYLATE_BLESS=1` rewrites it instead. */
export const expectGolden = (name: string, text: string): void => {
  const file = new URL(name, folder);
  if (process.env['WHYLATE_BLESS'] === '1') {
    mkdirSync(folder, { recursive: true });
    writeFileSync(file, text);
  }
  expect(text).toBe(readFileSync(file, 'utf8'));
};

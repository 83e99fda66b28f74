import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { readEnvironment } from '../../../src/sessions/environment/index.js';

/** The names in the first column of the tables, and in the text above them, as patterns: `<...>` is any one part. */
const documented = (): RegExp[] => {
  const text = readFileSync(new URL('../../../docs/environment.md', import.meta.url), 'utf8');
  const cells = text.split('\n').flatMap((line) => (line.startsWith('| `') ? (line.split(' | ')[0] ?? '') : []));
  const names = [...cells, '`environment.unread`', '`environment.unread_count`'].flatMap((cell) =>
    [...cell.matchAll(/`([^`]+)`/g)].map(([, name = '']) => name),
  );
  return names.map((name) => {
    const parts = name.split(/<[^>]+>/).map((part) => part.replaceAll('.', '\\.'));
    return new RegExp(`^${parts.join('[\\w.-]+')}$`);
  });
};

describe('docs/environment.md', () => {
  it('has every name of this machine’s snapshot', async () => {
    const patterns = documented();
    expect(patterns.length).toBeGreaterThan(80);
    const environment = await readEnvironment({ sender: { pid: process.pid } });
    expect(Object.keys(environment).filter((name) => !patterns.some((pattern) => pattern.test(name)))).toEqual([]);
  });
});

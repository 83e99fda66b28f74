/** What scripts/fuzz found once, tried again: no error but those for users, the same answer in any chunks, no secrets. */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { describe, expect, it } from 'vitest';
import { targets } from '../../scripts/fuzz/targets.js';
import { tryInput } from '../../scripts/fuzz/try-input.js';
import { makeRandom } from '../../src/model/random.js';

const FOUND = fileURLToPath(new URL('../fixtures/fuzz/', import.meta.url));
const CUTS = 20;

const found = readdirSync(FOUND).flatMap((name) =>
  readdirSync(join(FOUND, name)).map((file) => [name, join(FOUND, name, file)] as const),
);

describe('an input that once was trouble', () => {
  it.each(found)('%s: %s', async (name, path) => {
    const target = targets.find((one) => one.name === name);
    if (!target) throw new Error(`there is no target ${name}`);
    for (let seed = 0; seed < CUTS; seed++) {
      const { problem } = await tryInput(target, readFileSync(path), makeRandom(seed));
      expect(problem).toBeNull();
    }
  });
});

it('every target has good inputs, and reads them', async () => {
  for (const target of targets) {
    const corpus = target.corpus();
    expect(corpus.length, target.name).toBeGreaterThan(0);
    const { refused, problem } = await tryInput(target, corpus[0]!, makeRandom(1));
    expect({ name: target.name, refused, problem }).toEqual({ name: target.name, refused: false, problem: null });
  }
});

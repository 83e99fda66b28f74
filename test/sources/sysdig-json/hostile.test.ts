import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, it } from 'vitest';
import { hostileFiles } from '../../../scripts/hostile/ndjson.js';
import { differenceOf } from '../../../scripts/lanes/compare-batches.js';
import { CounterTable } from '../../../src/model/counters.js';
import type { EventBatch } from '../../../src/model/event-batch.js';
import { InputError } from '../../../src/model/input-error.js';
import type { TraceParser } from '../../../src/model/request.js';
import { openBytes } from '../../../src/sources/open.js';
import { openTrace } from '../../../src/sources/sysdig-json/index.js';
import { chunked, countsOf, PARSERS } from '../reading-traces.js';

const files = hostileFiles();

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-hostile-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

interface Read {
  readonly refusal: string | null;
  readonly baseNs: bigint | null;
  readonly batches: EventBatch[];
  readonly counters: Record<string, number>;
}

const isGzip = (bytes: Buffer): boolean => bytes[0] === 0x1f && bytes[1] === 0x8b;

const read = async (bytes: Buffer, parser: TraceParser): Promise<Read> => {
  const counters = new CounterTable();
  const path = join(folder, 'file');
  if (isGzip(bytes)) writeFileSync(path, bytes);
  const batches: EventBatch[] = [];
  try {
    const source = isGzip(bytes) ? openBytes(path, counters) : chunked(bytes);
    const { header, batches: all } = await openTrace(source, { where: 'file', counters, parser });
    for await (const batch of all) batches.push(batch);
    return { refusal: null, baseNs: header.baseNs, batches, counters: countsOf(counters) };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { refusal: error.what, baseNs: null, batches: [], counters: countsOf(counters) };
  }
};

it('are many, and each has a name of its own', () => {
  expect(files.length).toBeGreaterThanOrEqual(300);
  expect(new Set(files.map(({ name }) => name)).size).toBe(files.length);
});

it('all give what they must, to the event and to the counter, and the same by every way', async () => {
  const wrong: string[] = [];
  for (const { name, bytes, expect: expected } of files) {
    const [first, ...others] = await Promise.all(PARSERS.map((parser) => read(bytes, parser)));
    if (!first) continue;
    const events = first.batches.reduce((sum, { length }) => sum + length, 0);
    const found = JSON.stringify(
      'refusal' in expected ? { refusal: first.refusal } : { events, counters: sorted(first.counters) },
    );
    const wanted = JSON.stringify(
      'refusal' in expected ? expected : { events: expected.events, counters: sorted(expected.counters) },
    );
    if (found !== wanted && !('refusal' in expected && first.refusal?.includes(expected.refusal) === true))
      wrong.push(`${name}: ${found}, not ${wanted}`);
    for (const [i, other] of others.entries()) {
      const difference = differenceBetween(first, other);
      if (difference !== null) wrong.push(`${name}, ${PARSERS[i + 1] ?? ''}: ${difference}`);
    }
  }
  expect(wrong).toEqual([]);
});

const sorted = (counts: Readonly<Record<string, number>>): Record<string, number> =>
  Object.fromEntries(Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1)));

const differenceBetween = (a: Read, b: Read): string | null => {
  if (a.refusal !== b.refusal) return `${String(b.refusal)}, not ${String(a.refusal)}`;
  if (a.baseNs !== b.baseNs) return 'another base';
  if (JSON.stringify(a.counters) !== JSON.stringify(b.counters)) return JSON.stringify(b.counters);
  if (a.batches.length !== b.batches.length) return 'another number of batches';
  for (const [i, batch] of a.batches.entries()) {
    const other = b.batches[i];
    const difference = other ? differenceOf(batch, other) : 'no batch';
    if (difference !== null) return difference;
  }
  return null;
};

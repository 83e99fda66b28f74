import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import { InputError } from '../../src/model/input-error.js';
import type { openElsewhere } from '../../src/sources/open-elsewhere.js';
import { collectBytes, countsOf, rowsOf } from './reading-traces.js';

// The built package: threads are started from files.
const built = fileURLToPath(new URL('../../dist/sources/open-elsewhere.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'whylate-elsewhere-'));
const rows = Buffer.from(rowsOf(120_000).join('\n'));
let open: typeof openElsewhere;

beforeAll(async () => {
  ({ openElsewhere: open } = (await import(/* @vite-ignore */ built)) as { openElsewhere: typeof openElsewhere });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

const fileOf = (name: string, bytes: Buffer): string => {
  const path = join(folder, name);
  writeFileSync(path, bytes);
  return path;
};

/** Stored rather than squeezed, so that the file is one worth a thread. */
const large = gzipSync(rows, { level: 0 });

const read = async (path: string, threads: number) => {
  const counters = new CounterTable();
  const bytes = await collectBytes(open(path, counters, threads));
  return { same: bytes.equals(rows), length: bytes.length, counts: countsOf(counters) };
};

describe('a compressed file', () => {
  it.each([1, 2])('is the same by %i threads', async (threads) => {
    expect(await read(fileOf('whole.gz', large), threads)).toEqual({ same: true, length: rows.length, counts: {} });
  });

  it('in zstd is the same, too', async () => {
    const path = fileOf('plain.jsonl', rows);
    const args = ['-q', '-f', '--no-check', '-1', path, '-o', `${path}.zst`];
    expect(spawnSync('zstd', args).status).toBe(0);
    expect(await read(`${path}.zst`, 2)).toMatchObject({ same: true, counts: {} });
  });

  it('that is cut or damaged is read up to there, and that is counted here', async () => {
    const cut = await read(fileOf('cut.gz', large.subarray(0, large.length / 2)), 2);
    expect(cut.counts).toEqual({ compressed_input_cut: 1 });
    expect(cut.length).toBeGreaterThan(rows.length / 3);
    const damaged = Buffer.from(large);
    damaged.fill(0xff, large.length / 2, large.length / 2 + 400_000);
    const { counts, length } = await read(fileOf('damaged.gz', damaged), 2);
    expect(counts).toEqual({ compressed_input_damaged: 1 });
    expect(length).toBeGreaterThan(rows.length / 3);
  });

  it('that gives nothing at all has the same clear error', async () => {
    const nothing = Buffer.concat([large.subarray(0, 10), Buffer.alloc(2 ** 20, 0xff)]);
    const path = fileOf('nothing.gz', nothing);
    const messages: string[] = [];
    for (const threads of [1, 2]) {
      const reading = read(path, threads);
      // Of the built package: another class of the same name.
      await reading.catch((error: unknown) => messages.push(`${(error as Error).name} ${(error as Error).message}`));
    }
    expect(messages).toHaveLength(2);
    expect(messages[1]).toBe(messages[0]);
    expect(messages[0]).toMatch(new RegExp(`^${new InputError('', '', '').name} .*nothing\\.gz: is compressed data`));
  });

  it('is read no further than it is taken, and its thread ends with its reader', () => {
    const path = fileOf('left.gz', large);
    const script = `
      import { openElsewhere } from ${JSON.stringify(built)};
      import { CounterTable } from ${JSON.stringify(built.replace('sources/open-elsewhere.js', 'model/counters.js'))};
      let pieces = 0;
      for await (const piece of openElsewhere(${JSON.stringify(path)}, new CounterTable(), 2)) { pieces++; break; }
      console.log(pieces);`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ stdout, status }).toEqual({ stdout: '1\n', status: 0 });
  });
});

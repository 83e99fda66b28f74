/**
 * Every way of reading a trace against the reference. `WHYLATE_FULL=1` cuts the long parts into the smallest chunks from end to end instead of
 * where blocks meet, cuts at random 200 times, and cuts more of each recording in more ways.
 */
import { createReadStream, existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { spawnSync } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { gunzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { countsOf, differenceOf } from '../../../scripts/lanes/compare-batches.js';
import { hostileRows, seededRandom } from '../../../scripts/lanes/hostile-rows.js';
import { CounterTable } from '../../../src/model/counters.js';
import type { EventBatch } from '../../../src/model/event-batch.js';
import type { TraceParser } from '../../../src/model/request.js';
import { openTrace, openTraceFile } from '../../../src/sources/sysdig-json/index.js';
import { createNameTable } from '../../../src/sources/trace/name-table.js';
import type { ScanPool } from '../../../src/sources/sysdig-json/scan-pool.js';
import { BLOCK_BYTES, type SlabPool } from '../../../src/sources/sysdig-json/slab.js';
import { recording } from '../reading-traces.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));
const traceOf = (folder: string): string => recording(`${folder}/trace.jsonl.gz`);
const FOLDERS = readdirSync(recording('')).filter((name) => existsSync(recording(`${name}/trace.jsonl.gz`)));

interface Read {
  readonly baseNs: bigint;
  readonly batches: EventBatch[];
  readonly counts: string;
}

/** All batches of a trace, kept: none is released. */
const read = async (chunks: Iterable<Uint8Array>, parser: TraceParser): Promise<Read> => {
  const counters = new CounterTable();
  const bytes = (async function* () {
    await Promise.resolve();
    for (const chunk of chunks) {
      // The producer's to use again, as the stream of a file may.
      const lent = Buffer.from(chunk);
      yield lent;
      lent.fill(0x22);
    }
  })();
  const { header, batches } = await openTrace(bytes, { where: 'test', counters, parser });
  const all: EventBatch[] = [];
  for await (const batch of batches) all.push(batch);
  return { baseNs: header.baseNs, batches: all, counts: countsOf(counters) };
};

const expectSame = (own: Read, reference: Read): void => {
  expect(own.baseNs).toBe(reference.baseNs);
  expect(own.counts).toBe(reference.counts);
  expect(own.batches.length).toBe(reference.batches.length);
  own.batches.forEach((batch, i) => {
    const difference = differenceOf(batch, reference.batches[i]!);
    if (difference !== null) expect(`batch ${i}: ${difference}`).toBe('no difference');
  });
};

function* inChunks(bytes: Buffer, size: number): Generator<Uint8Array> {
  for (let at = 0; at < bytes.length; at += size) yield bytes.subarray(at, at + size);
}

/** In chunks of a size where a block begins or ends and at both ends of all; large ones lie between. */
function* inChunksAtCuts(bytes: Buffer, size: number): Generator<Uint8Array> {
  const isClose = (at: number): boolean =>
    Math.min(at % BLOCK_BYTES, BLOCK_BYTES - (at % BLOCK_BYTES), bytes.length - at) <= 8192;
  for (let at = 0; at < bytes.length;) {
    const step = isClose(at) ? size : Math.max(size, 4096);
    yield bytes.subarray(at, at + step);
    at += step;
  }
}

/** At places that are anywhere, most of them close to others. */
function* atRandom(bytes: Buffer, seed: number): Generator<Uint8Array> {
  const random = seededRandom(seed);
  for (let at = 0; at < bytes.length;) {
    const size = 1 + Math.floor(random.next() ** 4 * (random.chance(0.5) ? 700_000 : 300));
    yield bytes.subarray(at, at + size);
    at += size;
  }
}

const SCANNERS = ['bytes', 'typescript'] as const;

const isFull = process.env['WHYLATE_FULL'] === '1';
const RANDOM_CUTS = isFull ? 200 : 40;

describe.each(FOLDERS)('%s', (folder) => {
  let whole: Buffer;
  let reference: Read;
  beforeAll(async () => {
    whole = gunzipSync(readFileSync(traceOf(folder)));
    reference = await read([whole], 'ndjson');
  });

  it.each(SCANNERS)('is read by %s as by the reference, batch for batch', async (parser) => {
    expectSame(await read(inChunks(whole, 65_536), parser), reference);
    expect(reference.counts).toBe('');
  });

  it('is the same in chunks of any size', async () => {
    const part = whole.subarray(0, isFull ? 40_000 : 6_000);
    const once = await read([part], 'ndjson');
    const chunkings = (isFull ? [1, 2, 3, 7, 100] : [1, 7]).map((size) => () => inChunks(part, size));
    for (let seed = 0; seed < (isFull ? 8 : 3); seed++) chunkings.push(() => atRandom(part, seed));
    for (const chunks of chunkings) for (const parser of SCANNERS) expectSame(await read(chunks(), parser), once);
  });
});

const HOSTILE = 'hostile rows';

describe('chunks of any size', () => {
  // Two blocks and the beginning of a third, cut in the middle of a row; one recorder each.
  const parts = new Map<string, Buffer>();
  const references = new Map<string, Read>();
  beforeAll(async () => {
    for (const folder of ['busy', 'vm-paused', 'vm-paused-timesync']) {
      const part = gunzipSync(readFileSync(traceOf(folder))).subarray(0, 1_100_000);
      parts.set(folder, part);
      references.set(folder, await read([part], 'ndjson'));
    }
    const hostile = Buffer.concat([...hostileRows(7, 5000)]);
    parts.set(HOSTILE, hostile);
    references.set(HOSTILE, await read([hostile], 'ndjson'));
  });

  it.each([1, 2, 3, 7, 100, 65_536])('are %i bytes', async (size) => {
    for (const [name, part] of parts) {
      const cut = isFull || name === HOSTILE ? inChunks : inChunksAtCuts;
      for (const parser of SCANNERS) expectSame(await read(cut(part, size), parser), references.get(name)!);
    }
    const cut = isFull ? inChunks : inChunksAtCuts;
    expectSame(await read(cut(parts.get('busy')!, Math.max(7, size)), 'ndjson'), references.get('busy')!);
  });

  it(`are cut at random, ${RANDOM_CUTS} times`, async () => {
    for (let seed = 0; seed < RANDOM_CUTS; seed++) {
      const [name, part] = [...parts][seed % parts.size]!;
      expectSame(await read(atRandom(part, seed), SCANNERS[seed % 2]!), references.get(name)!);
    }
  });
});

describe('hostile rows', () => {
  it('give the same by every way, threads among them', () => {
    const script = join(root, 'scripts/lanes/compare.js');
    const { stdout, stderr, status } = spawnSync(process.execPath, [script, '--lines', '60000', '--seed', '3'], {
      encoding: 'utf8',
    });
    expect({ stdout, stderr, status }).toEqual({
      stdout: expect.stringMatching(/^\d{5} events: no difference\n$/) as string,
      stderr: '',
      status: 0,
    });
  });

  it('hold what they promise: most kinds of trouble there are', async () => {
    const { counts } = await read(hostileRows(1, 30_000), 'bytes');
    const kinds = counts.split(', ').map((count) => count.replace(/^sysdig_json_| \d+$/g, ''));
    expect(kinds).toEqual(
      expect.arrayContaining(
        'array_line bad_row blank_line byte_order_mark crlf_line far_time no_cpu no_direction no_thread no_time not_event not_object null_row'.split(
          ' ',
        ),
      ),
    );
  });
});

describe('rows that are read the slow way', () => {
  const countSlow = async (rows: readonly string[], parser: TraceParser): Promise<number> => {
    const counters = new CounterTable();
    const text = Buffer.from(`${rows.join('\n')}\n`);
    const { batches } = await openTrace(
      (async function* () {
        await Promise.resolve();
        yield text;
      })(),
      { where: 'test', counters, parser },
    );
    for await (const batch of batches) expect(batch.length).toBe(rows.length);
    return counters.get('sysdig_json_slow_row');
  };
  const row = (i: number, tid = '17'): string =>
    `{"evt.cpu":0,"evt.dir":"<","evt.info":"res=${i} ","evt.num":${i},"evt.outputtime":${1_795_344_191_000_000_000n + BigInt(i)},"evt.type":"read","proc.name":"x","thread.tid":${tid}}`;

  it.each(SCANNERS)('are counted by %s, whatever is known of other rows', async (parser) => {
    const rows = Array.from({ length: 100 }, (_, i) => row(i, i % 10 === 3 ? '"17"' : '17'));
    expect(await countSlow(rows, parser)).toBe(10);
    expect(await countSlow([...rows].reverse(), parser)).toBe(10);
  });

  it.each(SCANNERS)('are none for %s where rows are only written otherwise', async (parser) => {
    const spaced = (text: string): string => text.replaceAll('":', '" : ').replaceAll(',"', ' , "');
    const turned = (text: string): string => `{"x":1.5e3,${text.slice(1, -1)}},`;
    const rows = Array.from({ length: 99 }, (_, i) => [row, (n: number) => spaced(row(n))][i % 2]!(i));
    expect(await countSlow(rows, parser)).toBe(0);
    // An exponent is for a second look.
    expect(await countSlow([row(1), turned(row(2)), row(3)], parser)).toBe(1);
  });
});

describe('other threads', () => {
  const folder = mkdtempSync(join(tmpdir(), 'whylate-threads-'));
  afterAll(() => {
    rmSync(folder, { recursive: true });
  });

  it('read what they are given, and their names mean the same here', async () => {
    // The built package: threads are started from files.
    const load = (file: string): Promise<unknown> =>
      import(/* @vite-ignore */ join(root, 'dist/sources/sysdig-json', file));
    const { ScanPool: Pool } = (await load('scan-pool.js')) as { ScanPool: typeof ScanPool };
    const { SlabPool: Slabs } = (await load('slab.js')) as { SlabPool: typeof SlabPool };
    const path = join(folder, 'trace.jsonl');
    writeFileSync(path, gunzipSync(readFileSync(traceOf('clean'))));
    const names = createNameTable();
    names.idOf('not the first name of the trace');
    const pool = new Pool([{ path, scanner: null }], names, new CounterTable());
    const slabs = new Slabs(null, true);
    while (!pool.hasRoom) await new Promise((resolve) => setTimeout(resolve, 5));
    pool.give(3, slabs.take(), 1_795_344_000);
    await pool.wait();
    const [done] = pool.take();
    await pool.close();
    expect(done?.index).toBe(3);
    const { part, slab } = done!;
    expect(part?.events).toBeGreaterThan(1000);
    const line = slab.text.toString('utf8', part!.block!.from, slab.text.indexOf(10, part!.block!.from));
    const first = JSON.parse(line) as Record<string, unknown>;
    expect(names.nameOf(slab.columns.type[0]!)).toBe(first['evt.type']);
    expect(names.nameOf(slab.columns.comm[0]!)).toBe(first['proc.name'] ?? '');
    expect(slab.columns.tid[0]).toBe(first['thread.tid']);
  });

  it('are done without where they cannot be started', async () => {
    const path = join(folder, 'large.jsonl');
    const rows = gunzipSync(readFileSync(traceOf('clean')));
    writeFileSync(path, Buffer.concat([rows, rows]));
    // From the sources there is no file to start a thread from.
    const counters = new CounterTable();
    const { batches } = await openTraceFile(path, { where: path, counters, threads: 3 });
    let events = 0;
    for await (const batch of batches) {
      events += batch.length;
      batch.release?.();
    }
    expect(events).toBe(rows.filter((byte) => byte === 10).length * 2);
  });

  it('of a file that is gone leave a clear error', async () => {
    const opening = openTraceFile(join(folder, 'none.jsonl'), { where: 'none', counters: new CounterTable() });
    await expect(opening).rejects.toThrow(/none\.jsonl: does not exist; check the path/);
  });

  it('leave the process alone when it has all it wants', () => {
    const path = join(folder, 'large.jsonl');
    const script = `
      import { openTraceFile } from ${JSON.stringify(join(root, 'dist/sources/sysdig-json/index.js'))};
      import { CounterTable } from ${JSON.stringify(join(root, 'dist/model/counters.js'))};
      const { batches } = await openTraceFile(${JSON.stringify(path)}, { where: 'x', counters: new CounterTable(), threads: 2 });
      for await (const batch of batches) { console.log(batch.length > 0); break; }`;
    const { stdout, status } = spawnSync(process.execPath, ['--input-type=module', '-e', script], {
      encoding: 'utf8',
      timeout: 20_000,
    });
    expect({ stdout, status }).toEqual({ stdout: 'true\n', status: 0 });
  });
});

describe('a plain file', () => {
  it('is cut into the same blocks as a stream of its bytes, long lines and all', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'whylate-blocks-'));
    try {
      const random = seededRandom(11);
      for (let run = 0; run < 12; run++) {
        const row = (i: number, text: string): string =>
          `{"evt.type":"read","evt.rawtime":${1_795_344_191_000_000_000n + BigInt(i)},"evt.info":"${text}"}\n`;
        const texts: string[] = [];
        for (let i = 0; i < 120; i++) {
          const length = random.pick([10, 3000, 70_000, 524_288 - 64, 600_000, 4_194_000, 4_194_304, 4_300_000]);
          texts.push(row(i, 'z'.repeat(Math.floor(length * (random.chance(0.9) ? 0.01 : 1)))));
        }
        const path = join(folder, 'trace.jsonl');
        const bytes = Buffer.from(texts.join('')).subarray(0, run % 3 === 0 ? -5 : undefined);
        writeFileSync(path, bytes);
        const reference = await read([bytes], 'ndjson');
        const counters = new CounterTable();
        const { header, batches } = await openTraceFile(path, { where: path, counters, threads: 1 });
        const own: EventBatch[] = [];
        for await (const batch of batches) own.push(batch);
        expectSame({ baseNs: header.baseNs, batches: own, counts: countsOf(counters) }, reference);
        const streamed = await openTrace(createReadStream(path), { where: path, counters: new CounterTable() });
        for await (const batch of streamed.batches) expect(batch.length).toBeGreaterThan(0);
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

import { execFileSync, spawn } from 'node:child_process';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gunzipSync, gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import { InputError } from '../../src/model/input-error.js';
import { gunzip, unzstd } from '../../src/sources/decompress.js';
import { openBytes } from '../../src/sources/open.js';
import { peek } from '../../src/sources/peek.js';
import { chunked, collectBytes, countsOf, readTrace, recording } from './reading-traces.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-open-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const fileOf = (name: string, content: Uint8Array | string): string => {
  const path = join(folder, name);
  writeFileSync(path, content);
  return path;
};

const readAll = async (path: string): Promise<{ bytes: Buffer; counts: Record<string, number> }> => {
  const counters = new CounterTable();
  return { bytes: await collectBytes(openBytes(path, counters)), counts: countsOf(counters) };
};

const zstd = (content: Uint8Array): Buffer =>
  execFileSync('zstd', ['-q', '-c'], { input: content, maxBuffer: 2 ** 28, stdio: ['pipe', 'pipe', 'pipe'] });

// 2 MB that do not compress away, so that there are many blocks.
const content = gunzipSync(readFileSync(recording('clean/trace.jsonl.gz'))).subarray(0, 2_000_000);
const tail = Buffer.from('the end\n');

describe('openBytes', () => {
  it('delivers plain, gzip and zstd alike, whatever the name', async () => {
    const forms = { 'plain.gz': content, 'gzip.txt': gzipSync(content), 'zstd.pcap': zstd(content) };
    for (const [name, bytes] of Object.entries(forms)) {
      const read = await readAll(fileOf(name, bytes));
      expect(read.bytes.equals(content), name).toBe(true);
      expect(read.counts).toEqual({});
    }
  });

  it('delivers all members and frames', async () => {
    const both = Buffer.concat([content, tail]);
    const members = fileOf('members', Buffer.concat([gzipSync(content), gzipSync(tail)]));
    const frames = fileOf('frames', Buffer.concat([zstd(content), zstd(tail)]));
    expect((await readAll(members)).bytes.equals(both)).toBe(true);
    expect((await readAll(frames)).bytes.equals(both)).toBe(true);
  });

  it('delivers what a cut file still holds, and counts the cut', async () => {
    for (const [name, whole] of Object.entries({ gzip: gzipSync(content), zstd: zstd(content) })) {
      const half = await readAll(fileOf(`cut-${name}`, whole.subarray(0, whole.length >> 1)));
      expect(half.counts).toEqual({ compressed_input_cut: 1 });
      expect(half.bytes.length).toBeGreaterThan(content.length / 4);
      expect(half.bytes.equals(content.subarray(0, half.bytes.length))).toBe(true);
      const nearly = await readAll(fileOf(`cut-${name}`, whole.subarray(0, -1)));
      expect(nearly.counts).toEqual({ compressed_input_cut: 1 });
      expect(nearly.bytes.length).toBeGreaterThan(content.length * 0.9);
    }
  });

  it('delivers what comes before damage, and counts it', async () => {
    const whole = gzipSync(content);
    whole.fill(0xff, whole.length >> 1, (whole.length >> 1) + 64);
    const { bytes, counts } = await readAll(fileOf('damaged', whole));
    expect(counts).toEqual({ compressed_input_damaged: 1 });
    expect(bytes.length).toBeGreaterThan(content.length / 4);

    const followed = Buffer.concat([zstd(content), Buffer.from('not compressed')]);
    const behind = await readAll(fileOf('followed', followed));
    expect(behind.bytes.equals(content)).toBe(true);
    expect(behind.counts).toEqual({ compressed_input_damaged: 1 });
  });

  it('takes zeros behind gzip data for padding, and counts anything else there', async () => {
    const padded = Buffer.concat([gzipSync(tail), Buffer.alloc(100_000)]);
    expect(await readAll(fileOf('padded', padded))).toEqual({ bytes: tail, counts: {} });
    const more = Buffer.concat([padded, gzipSync(tail)]);
    expect(await readAll(fileOf('more', more))).toEqual({ bytes: Buffer.concat([tail, tail]), counts: {} });
    const rubbish = Buffer.concat([gzipSync(tail), Buffer.from('rubbish'.repeat(5000))]);
    const damaged = { compressed_input_damaged: 1 };
    expect(await readAll(fileOf('rubbish', rubbish))).toEqual({ bytes: tail, counts: damaged });
    const behind = Buffer.concat([rubbish, gzipSync(tail)]);
    expect(await readAll(fileOf('behind', behind))).toEqual({
      bytes: Buffer.concat([tail, Buffer.from('\n'), tail]),
      counts: damaged,
    });
  });

  describe('gzip members behind a damaged one', () => {
    const lines = (from: number): Buffer =>
      Buffer.from(
        Array.from({ length: 4000 }, (_, i) => `line ${from + i} ${((from + i) * 2654435761) % 1e9}\n`).join(''),
      );
    const members = [0, 4000, 8000].map((from) => gzipSync(lines(from)));
    const damage = (member: Buffer, at: number): Buffer => {
      const copy = Buffer.from(member);
      copy.fill(0xff, at, at + 40);
      return copy;
    };
    const read = async (parts: readonly Buffer[]): Promise<{ text: string; counts: Record<string, number> }> => {
      const { bytes, counts } = await readAll(fileOf('members', Buffer.concat(parts)));
      return { text: bytes.toString('latin1'), counts };
    };
    const [first, second, third] = members as [Buffer, Buffer, Buffer];

    it('are read, on a line of their own, and each damage is counted', async () => {
      for (const at of [12, 2000, second.length >> 1, second.length - 60]) {
        const { text, counts } = await read([first, damage(second, at), third]);
        expect(counts).toEqual({ compressed_input_damaged: 1 });
        expect(text.startsWith(lines(0).toString())).toBe(true);
        expect(text.endsWith(`\n${lines(8000).toString()}`)).toBe(true);
        const between = text.slice(lines(0).length, -lines(8000).length).trimEnd();
        expect(between.length).toBeLessThan(lines(4000).length + 200_000);
      }
      const both = await read([damage(first, 3000), damage(second, 3000), third]);
      expect(both.counts).toEqual({ compressed_input_damaged: 2 });
      expect(both.text.endsWith(lines(8000).toString())).toBe(true);
    });

    it('are read where a checksum is wrong, a header is, or the member before is cut', async () => {
      const wrong = Buffer.from(second);
      wrong[wrong.length - 6] = (wrong[wrong.length - 6] ?? 0) ^ 1;
      const all = [lines(0), lines(4000), lines(8000)].map(String);
      const checked = await read([first, wrong, third]);
      expect(checked).toEqual({ text: `${all[0]!}${all[1]!}\n${all[2]!}`, counts: { compressed_input_damaged: 1 } });
      const headless = await read([first, damage(second, 0), third]);
      expect(headless.text).toBe(`${all[0]!}\n${all[2]!}`);
      const cut = await read([first, second.subarray(0, second.length >> 1), third]);
      expect(cut.counts).toEqual({ compressed_input_damaged: 1 });
      expect(cut.text.endsWith(all[2]!)).toBe(true);
    });

    it('may be empty, have names, comments and extra fields, and be cut anywhere', async () => {
      const named = Buffer.concat([
        Buffer.from([0x1f, 0x8b, 8, 0b11110, 0, 0, 0, 0, 0, 3, 3, 0, 1, 2, 3]),
        Buffer.from('name\0comment\0\0\0'),
        gzipSync(tail).subarray(10),
      ]);
      const parts = [gzipSync(''), named, gzipSync(''), gzipSync(tail)];
      expect(await read(parts)).toEqual({ text: `${tail.toString()}${tail.toString()}`, counts: {} });
      const whole = Buffer.concat([first, named]);
      for (let length = first.length + 1; length < whole.length; length++) {
        const { counts, text } = await read([whole.subarray(0, length)]);
        expect(counts).toEqual({ compressed_input_cut: 1 });
        expect(text.startsWith(lines(0).toString())).toBe(true);
      }
    });

    it('are not read of binary data, in which nothing can be found behind a hole', async () => {
      const capture = readFileSync(recording('clean/capture.sender.pcap'));
      const whole = gzipSync(capture);
      const { bytes, counts } = await readAll(
        fileOf('capture.gz', Buffer.concat([whole, Buffer.from('x'.repeat(50)), whole])),
      );
      expect(bytes.equals(capture)).toBe(true);
      expect(counts).toEqual({ compressed_input_damaged: 1 });
    });
  });

  it('refuses zstd data that needs more memory than there should be', async () => {
    const path = join(folder, 'window.zst');
    writeFileSync(path, Buffer.from([0x28, 0xb5, 0x2f, 0xfd, 0x00, 0xa8, 0x01, 0x00, 0x00]));
    await expect(readAll(path)).rejects.toThrow(/a window of more than 128 MiB.*zstd -d --long=31/);
  });

  it('has an error for compressed data of which nothing is left', async () => {
    for (const bytes of [gzipSync(content).subarray(0, 9), zstd(content).subarray(0, 9)]) {
      await expect(readAll(fileOf('stump', bytes))).rejects.toThrow(/stump: is compressed data, cut before anything/);
    }
  });

  it('delivers nothing for an empty file', async () => {
    expect(await readAll(fileOf('nothing', ''))).toEqual({ bytes: Buffer.alloc(0), counts: {} });
    expect(await readAll(fileOf('nothing.gz', gzipSync('')))).toEqual({ bytes: Buffer.alloc(0), counts: {} });
  });

  it('has errors for what is missing or a directory', async () => {
    mkdirSync(join(folder, 'sub\u001b'), { recursive: true });
    const missing = readAll(join(folder, 'missing'));
    await expect(missing).rejects.toThrow(InputError);
    await expect(missing).rejects.toThrow(/missing: does not exist; check the path$/);
    await expect(readAll(join(folder, 'nothing', 'below'))).rejects.toThrow(/does not exist/);
    await expect(readAll(join(folder, 'sub\u001b'))).rejects.toThrow(/sub\\x1b: is a directory; /);
  });

  it('ends its child when the consumer stops early', async () => {
    const path = fileOf('early.zst', zstd(content));
    const children = (): string[] => process.getActiveResourcesInfo().filter((name) => name === 'ProcessWrap');
    const before = children();
    const reading = openBytes(path, new CounterTable());
    await reading.next();
    await reading.return();
    // The handle of a child that has exited closes a turn later.
    await expect.poll(children, { timeout: 2000 }).toEqual(before);
  });

  it('says what to do where zstd is not installed', async () => {
    const path = fileOf('no-command.zst', zstd(content));
    const before = process.env['PATH'];
    process.env['PATH'] = folder;
    try {
      const reading = readAll(path);
      if ('createZstdDecompress' in (await import('node:zlib'))) await reading;
      else await expect(reading).rejects.toThrow(/no-command\.zst: .*zstd is not installed; install it/);
    } finally {
      process.env['PATH'] = before;
    }
  });
});

describe('stdin', () => {
  // The built files, as a child that has a stdin of its own.
  const open = new URL('../../dist/sources/open.js', import.meta.url);
  const counters = new URL('../../dist/model/counters.js', import.meta.url);
  const script = `
    import { openBytes } from ${JSON.stringify(open.href)};
    import { CounterTable } from ${JSON.stringify(counters.href)};
    try {
      for await (const chunk of openBytes('-', new CounterTable())) {
        process.stdout.write(chunk);
        if (process.argv[1] === 'one') break;
      }
    } catch (error) {
      process.stdout.write(error.message);
    }`;
  const run = (input: Uint8Array): Buffer =>
    execFileSync(process.execPath, ['--input-type=module', '-e', script], { input, maxBuffer: 2 ** 28 });

  it('is read like a file', () => {
    expect(run(content).equals(content)).toBe(true);
    expect(run(gzipSync(content)).equals(content)).toBe(true);
    expect(run(zstd(content)).equals(content)).toBe(true);
    expect(run(Buffer.alloc(0))).toHaveLength(0);
  });

  it('does not keep the process alive when the consumer stops', async () => {
    const child = spawn(process.execPath, ['--input-type=module', '-e', script, 'one']);
    child.stdin.on('error', () => undefined);
    child.stdout.resume();
    child.stdin.write(content.subarray(0, 1000));
    const code = await new Promise((resolve) => child.once('exit', resolve));
    child.stdin.destroy();
    expect(code).toBe(0);
  });
});

describe('decompression in chunks of any size', () => {
  const small = content.subarray(0, 60_000);
  it.each([1, 2, 3, 7, 100, 65_536])('%i', async (size) => {
    const both = Buffer.concat([small, tail]);
    const counters = new CounterTable();
    const members = Buffer.concat([gzipSync(small), gzipSync(tail)]);
    const frames = Buffer.concat([zstd(small), zstd(tail)]);
    expect((await collectBytes(gunzip(chunked(members, size), 'x', counters))).equals(both)).toBe(true);
    expect((await collectBytes(unzstd(chunked(frames, size), 'x', counters))).equals(both)).toBe(true);
    expect(countsOf(counters)).toEqual({});
    const cut = members.subarray(0, members.length - 5);
    expect((await collectBytes(gunzip(chunked(cut, size), 'x', counters))).equals(both)).toBe(true);
    expect(countsOf(counters)).toEqual({ compressed_input_cut: 1 });
  });

  it('hands on what the source throws', async () => {
    for (const [decompress, bytes] of [
      [gunzip, gzipSync(content)],
      [unzstd, zstd(content)],
    ] as const) {
      const failing = (async function* () {
        yield bytes.subarray(0, 10_000);
        await Promise.resolve();
        throw new InputError('cannot be read (EIO)', 'x', 'check the disk');
      })();
      await expect(collectBytes(decompress(failing, 'x', new CounterTable()))).rejects.toThrow('EIO');
    }
  });

  it('reads no more ahead of its consumer than the 16 KiB that are decompressed at once, and a chunk', async () => {
    let pulled = 0;
    const source = (async function* () {
      for await (const chunk of chunked(gzipSync(content), 4096)) {
        pulled += chunk.length;
        yield chunk;
      }
    })();
    const reading = gunzip(source, 'x', new CounterTable());
    await reading.next();
    expect(pulled).toBeLessThanOrEqual(16_384 + 4096);
    await reading.return();
  });
});

describe('peek', () => {
  it('shows the head and replays everything', async () => {
    const { head, bytes } = await peek(chunked('hello world', 3), 5);
    expect(Buffer.from(head).toString()).toBe('hello ');
    expect((await collectBytes(bytes)).toString()).toBe('hello world');
  });

  it('shows all of what is shorter', async () => {
    const { head, bytes } = await peek(chunked('hi', 1), 5);
    expect(Buffer.from(head).toString()).toBe('hi');
    expect((await collectBytes(bytes)).toString()).toBe('hi');
  });

  it('closes the source when it is returned, read or not', async () => {
    for (const read of [false, true]) {
      let closed = false;
      const source = (async function* () {
        try {
          yield* chunked('hello world', 3);
        } finally {
          closed = true;
        }
      })();
      const iterator = (await peek(source, 4)).bytes[Symbol.asyncIterator]();
      if (read) await iterator.next();
      await iterator.return?.();
      expect(closed).toBe(true);
      expect((await iterator.next()).done).toBe(true);
    }
  });
});

it('gives the same events from plain, gzip and zstd files', async () => {
  const read = async (path: string): Promise<unknown> => readTrace(openBytes(path, new CounterTable()));
  const plain = await read(fileOf('same', content));
  expect(await read(fileOf('same.gz', gzipSync(content)))).toEqual(plain);
  expect(await read(fileOf('same.zst', zstd(content)))).toEqual(plain);
});

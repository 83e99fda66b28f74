import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { gunzipSync } from 'node:zlib';
import { describe, expect, it } from 'vitest';
import { keepSpan } from '../../../src/sessions/flight/keep-span.js';
import { listRing } from '../../../src/sessions/flight/ring-parts.js';
import { Ring } from '../../../src/sessions/flight/ring.js';
import type { SessionJson } from '../../../src/sessions/folder/session-json.js';

const makeFolder = (): string => {
  const folder = mkdtempSync(join(tmpdir(), 'ring-'));
  mkdirSync(join(folder, 'ring'));
  return folder;
};

const makeRing = (folder: string, limitBytes: number, partMs: number, parts: string[] = []): Ring =>
  new Ring({
    folder,
    limitBytes,
    partMs,
    isRaw: true,
    onTracePart: (path) => parts.push(path),
    listen: () => undefined,
    onFailure: (message) => {
      throw new Error(message);
    },
  });

async function* slowly(chunks: readonly Uint8Array[], ms: number): AsyncGenerator<Uint8Array> {
  for (const chunk of chunks) {
    yield chunk;
    await sleep(ms);
  }
}

const HEADER = Buffer.from('4d3cb2a10200040000000000000000000000040001000000', 'hex');

/** A pcap record of these seconds with a payload of this length. */
const record = (seconds: number, length = 60): Buffer => {
  const bytes = Buffer.alloc(16 + length, seconds & 255);
  bytes.writeUInt32LE(seconds, 0);
  bytes.writeUInt32LE(0, 4);
  bytes.writeUInt32LE(length, 8);
  bytes.writeUInt32LE(length, 12);
  return bytes;
};

describe('the ring', () => {
  it('cuts a trace at the ends of lines, and loses nothing of it', async () => {
    const folder = makeFolder();
    const opened: string[] = [];
    const ring = makeRing(folder, 1e9, 50, opened);
    const text = Array.from({ length: 400 }, (_, i) => `line ${String(i)} ${'x'.repeat(i % 70)}\n`).join('');
    const bytes = Buffer.from(text);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 333) }, (_, i) =>
      bytes.subarray(333 * i, 333 * (i + 1)),
    );
    ring.take('trace', slowly(chunks, 5));
    await ring.drained();
    const parts = await listRing(folder);
    expect(parts.length).toBeGreaterThan(2);
    expect(parts.map(({ path }) => path)).toEqual(opened);
    const texts = parts.map(({ path }) => readFileSync(path, 'utf8'));
    expect(texts.every((part) => part.endsWith('\n'))).toBe(true);
    expect(texts.join('')).toBe(text);
    expect(ring.bytesOf('trace')).toBe(bytes.length);
  });

  it('cuts a capture between packets, each part with its header', async () => {
    const folder = makeFolder();
    const ring = makeRing(folder, 1e9, 50);
    const bytes = Buffer.concat([HEADER, ...Array.from({ length: 60 }, (_, i) => record(i))]);
    const chunks = Array.from({ length: Math.ceil(bytes.length / 101) }, (_, i) =>
      bytes.subarray(101 * i, 101 * (i + 1)),
    );
    ring.take('capture.sender', slowly(chunks, 5));
    await ring.drained();
    const texts = (await listRing(folder)).map(({ path }) => readFileSync(path));
    expect(texts.length).toBeGreaterThan(2);
    expect(texts.every((part) => part.subarray(0, 24).equals(HEADER) && (part.length - 24) % 76 === 0)).toBe(true);
    expect(Buffer.concat([HEADER, ...texts.map((part) => part.subarray(24))])).toEqual(bytes);
  });

  it('stays within its size at the expense of the largest stream', { timeout: 20_000 }, async () => {
    const folder = makeFolder();
    const ring = makeRing(folder, 100_000, 30);
    const lines = Buffer.from(`${'y'.repeat(999)}\n`.repeat(10));
    ring.take(
      'trace',
      slowly(
        Array.from({ length: 100 }, () => lines),
        10,
      ),
    );
    ring.take(
      'vitals',
      slowly(
        Array.from({ length: 100 }, () => Buffer.from('v\n')),
        10,
      ),
    );
    await ring.drained();
    const parts = await listRing(folder);
    const total = parts.reduce((sum, { bytes }) => sum + bytes, 0);
    // The part that is being written, and the one that was begun meanwhile, come on top.
    expect(total).toBeLessThan(180_000);
    expect(total).toBeGreaterThan(50_000);
    const vitals = parts.filter(({ stream }) => stream === 'vitals').map(({ path }) => readFileSync(path, 'utf8'));
    expect(vitals.join('')).toBe('v\n'.repeat(100));
  });
});

const session = { notes: [], lateSeen: [] } as unknown as SessionJson;

describe('a span of the ring', () => {
  const flight = makeFolder();
  const put = (name: string, bytes: string | Uint8Array): void => {
    writeFileSync(join(flight, 'ring', name), bytes);
  };
  put('capture.sender.0000000010000.pcap', Buffer.concat([HEADER, record(11), record(19)]));
  put('capture.sender.0000000020000.pcap', Buffer.concat([HEADER, record(21), record(29)]));
  put('vitals.0000000010000.ndjson', '{"ns":"11000000000","a":1}\n{"ns":"25000000000","a":2}\n{"ns":"2');
  put('trace.0000000010000.raw', 'one\n');
  put('trace.0000000010000.start.json', '{}');
  put('trace.0000000020000.raw', 'two\n');
  writeFileSync(join(flight, 'environment.json'), '{}');

  it('becomes a session folder of its own', async () => {
    const folder = join(flight, 'late-0001');
    await keepSpan(flight, folder, session, { fromMs: 18_000, toMs: 27_000 }, ['Lost 3 events']);
    expect(readFileSync(join(folder, 'capture.sender.pcap'))).toEqual(Buffer.concat([HEADER, record(19), record(21)]));
    expect(readFileSync(join(folder, 'vitals.ndjson'), 'utf8')).toBe('{"ns":"25000000000","a":2}\n');
    expect(readdirSync(join(folder, 'parts'))).toEqual(['0001.raw', '0001.start.json', '0002.raw']);
    expect(readFileSync(join(folder, 'parts/0002.raw'), 'utf8')).toBe('two\n');
    expect(readFileSync(join(folder, 'tracer.messages.txt'), 'utf8')).toBe('Lost 3 events\n');
    expect(existsSync(join(folder, 'environment.json'))).toBe(true);
    const written = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as SessionJson;
    expect(written.window).toEqual({ sinceNs: '18000000000', untilNs: '27000000000' });
    expect(written.notes).toEqual([]);
  });

  it('says when the ring does not reach back so far', async () => {
    const folder = join(flight, 'late-0002');
    await keepSpan(flight, folder, session, { fromMs: 5_000, toMs: 12_000 }, []);
    const { notes } = JSON.parse(readFileSync(join(folder, 'session.json'), 'utf8')) as SessionJson;
    expect(notes).toEqual(['the ring reached back only 2.0 s of the trace; make it larger']);
  });

  it('of rows holds those within', async () => {
    const other = makeFolder();
    const row = (ns: number): string => `{"evt.num":1,"evt.outputtime":${String(ns)},"evt.type":"switch"}\n`;
    writeFileSync(join(other, 'ring/trace.0000000010000.jsonl'), row(11e9) + row(12e9) + row(13e9));
    const folder = join(other, 'late-0001');
    await keepSpan(other, folder, session, { fromMs: 11_500, toMs: 12_500 }, []);
    expect(gunzipSync(readFileSync(join(folder, 'trace.jsonl.gz'))).toString()).toBe(row(12e9));
  });
});

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gzipSync } from 'node:zlib';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { CounterTable } from '../../src/model/counters.js';
import { openBytes, storageOf } from '../../src/sources/open.js';
import { countsOf } from './reading-traces.js';

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'whylate-utf16-'));
});
afterAll(() => {
  rmSync(folder, { recursive: true, force: true });
});

const TEXT = 'eins\r\nzwölf\r\n\u{1f600} drei\r\n';
const little = Buffer.from(`\ufeff${TEXT}`, 'utf16le');
const big = Buffer.from(little).swap16();

const read = async (content: Buffer): Promise<{ text: string; counts: Record<string, number> }> => {
  const path = join(folder, 'file');
  writeFileSync(path, content);
  const counters = new CounterTable();
  const parts: Uint8Array[] = [];
  for await (const part of openBytes(path, counters)) parts.push(part);
  return { text: Buffer.concat(parts).toString('utf8'), counts: countsOf(counters) };
};

describe('text in UTF-16', () => {
  it.each([
    ['of either byte order', little],
    ['of either byte order', big],
    ['that is compressed', gzipSync(little)],
  ])('%s is read as UTF-8, and that is counted', async (_, content) => {
    expect(await read(content)).toEqual({ text: TEXT, counts: { input_utf16: 1 } });
    expect(await storageOf(join(folder, 'file'))).toBe('encoded');
  });

  it('that is cut or broken has the character for that there', async () => {
    expect((await read(little.subarray(0, -3))).text).toBe(`${TEXT.slice(0, -2)}\ufffd`);
    expect((await read(Buffer.concat([little, Buffer.from([0x3d, 0xd8])]))).text).toBe(`${TEXT}\ufffd`);
  });

  it('is not what has no mark, or is shorter than one', async () => {
    for (const content of [little.subarray(2), little.subarray(0, 1), Buffer.from(TEXT), Buffer.alloc(0)]) {
      const { counts } = await read(content);
      expect(counts).toEqual({});
    }
  });

  it('may hold nothing', async () => {
    expect(await read(little.subarray(0, 2))).toEqual({ text: '', counts: { input_utf16: 1 } });
  });
});

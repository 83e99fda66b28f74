import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { isZstd, splitAtFrames, ZstdFrames } from '../../src/sources/zstd-frames.js';
import { chunked, recording } from './reading-traces.js';

const zstd = (content: Uint8Array, ...options: string[]): Buffer =>
  execFileSync('zstd', ['-q', '-c', ...options], { input: content, stdio: ['pipe', 'pipe', 'pipe'] });

const skippable = (length: number): Buffer => {
  const frame = Buffer.alloc(8 + length, 0x28);
  frame.writeUInt32LE(0x184d2a53, 0);
  frame.writeUInt32LE(length, 4);
  return frame;
};

// Already compressed, so that some blocks are raw; runs, so that some are RLE.
const mixed = Buffer.concat([
  readFileSync(recording('clean/trace.jsonl.gz')).subarray(0, 60_000),
  Buffer.alloc(200_000, 'a'),
]);
const frames = [
  zstd(mixed),
  zstd(mixed, '--no-check', '-1'),
  skippable(1000),
  zstd(Buffer.alloc(0)),
  skippable(0),
  zstd(Buffer.from('short'), '--stream-size=5'),
  zstd(mixed, `--stream-size=${mixed.length}`, '-19'),
  zstd(Buffer.alloc(300_000), '--no-check'),
];
const ends = frames.map((_, i) => Buffer.concat(frames.slice(0, i + 1)).length);
const whole = Buffer.concat(frames);

describe('frames of zstd', () => {
  it.each([1, 2, 3, 7, 100, 65_536, whole.length])('are found in chunks of %i', async (size) => {
    const walker = new ZstdFrames();
    const found: number[] = [];
    let at = 0;
    for await (const part of splitAtFrames(chunked(whole, size), walker)) {
      expect(part.length).toBeGreaterThan(0);
      at += part.length;
      if (walker.atBoundary) found.push(at);
    }
    expect(at).toBe(whole.length);
    expect(found).toEqual(ends);
  });

  it('are not whole when cut anywhere', () => {
    for (const frame of frames) {
      for (const length of [1, 3, 5, 8, 12, frame.length >> 1, frame.length - 1].filter((cut) => cut < frame.length)) {
        const walker = new ZstdFrames();
        expect(walker.follow(frame.subarray(0, length))).toBe(length);
        expect(walker.atBoundary).toBe(false);
      }
    }
  });

  it('end where something else begins, which is never whole', () => {
    const walker = new ZstdFrames();
    expect(walker.follow(Buffer.from('not compressed'))).toBe(14);
    expect(walker.atBoundary).toBe(false);
  });

  it('are recognised, skippable ones too', () => {
    expect(frames.every(isZstd)).toBe(true);
    expect([isZstd(Buffer.from('(\xb5/', 'latin1')), isZstd(Buffer.from('{"evt.cpu"'))]).toEqual([false, false]);
  });
});

import { createHash } from 'node:crypto';
import { expect, it, describe } from 'vitest';
import { hostileCaptures } from '../../../scripts/hostile/captures.js';
import { CounterTable } from '../../../src/model/counters.js';
import { InputError } from '../../../src/model/input-error.js';
import { readCapture, recogniseCapture } from '../../../src/sources/capture/index.js';

const captures = hostileCaptures();

/** Gives bytes in chunks, once, and knows how many it gave. */
class Meter implements AsyncIterable<Uint8Array> {
  given = 0;
  readings = 0;
  readonly #bytes: Uint8Array;
  readonly #size: number;

  constructor(bytes: Uint8Array, size: number) {
    this.#bytes = bytes;
    this.#size = size;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Uint8Array> {
    this.readings++;
    await Promise.resolve();
    for (let at = 0; at < this.#bytes.length; at += this.#size) {
      const chunk = this.#bytes.slice(at, at + this.#size);
      this.given += chunk.length;
      yield chunk;
    }
  }
}

const readHostile = async (bytes: Uint8Array, size: number) => {
  const kind = recogniseCapture(bytes.subarray(0, 65_536));
  if (kind === null) return { refusal: 'not recognised' };
  const counters = new CounterTable();
  const meter = new Meter(bytes, size);
  try {
    const capture = await readCapture(kind, meter, { where: 'input', counters });
    const counts = Object.fromEntries(counters.list().map(({ name, count }) => [name, count]));
    return {
      counters: counts,
      advertisements: capture.advertisements.length,
      shown: JSON.stringify(capture.advertisements),
    };
  } catch (error) {
    // Anything else is a fault of the reader.
    if (!(error instanceof InputError)) throw error;
    return { refusal: error.message };
  } finally {
    expect(meter.readings).toBe(1);
    expect(meter.given).toBeLessThanOrEqual(bytes.length);
  }
};

it('there are many, each with a name of its own, the same each time', () => {
  expect(captures.length).toBeGreaterThan(150);
  expect(new Set(captures.map(({ name }) => name)).size).toBe(captures.length);
  const digest = (list: typeof captures): string[] =>
    list.map(({ name, bytes }) => `${name} ${createHash('sha1').update(bytes).digest('hex')}`);
  expect(digest(hostileCaptures())).toEqual(digest(captures));
});

describe('a hostile capture is refused, or read and what is wrong with it counted', () => {
  it.each(captures.map(({ name, ...one }) => [name, one] as const))(
    '%s',
    async (_name, { bytes, expect: expected }) => {
      const read = await readHostile(bytes, 65_536);
      if ('refusal' in expected) {
        expect(read.refusal?.slice(0, expected.refusal.length)).toBe(expected.refusal);
      } else {
        const { shown, ...rest } = read;
        expect(rest).toEqual(expected);
        expect(shown).not.toContain('hush-pw');
      }
      if (bytes.length < 20_000) expect(await readHostile(bytes, 97)).toEqual(read);
    },
  );
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseDuration } from '../../src/cli/durations.js';
import { UsageError } from '../../src/cli/usage-error.js';

describe('parseDuration', () => {
  it.each([
    ['250ms', 250_000_000],
    ['3.5s', 3_500_000_000],
    ['2m', 120_000_000_000],
    ['1h', 3_600_000_000_000],
    ['7ns', 7],
    ['1.5us', 1_500],
    ['1.5µs', 1_500],
    ['0ms', 0],
    ['1.1s', 1_100_000_000],
    ['0.000000001s', 1],
    ['0.1000000000000s', 100_000_000],
    ['9007199254740991ns', Number.MAX_SAFE_INTEGER],
  ])('%s is %d ns', (text, ns) => {
    expect(parseDuration(text)).toBe(ns);
  });

  it.each([
    '',
    '5',
    's',
    '-1s',
    '+1s',
    '1 s',
    '1.s',
    '.5s',
    '1,5s',
    '1e3ms',
    '1d',
    '1S',
    '1s2ms',
    '0x1s',
    '١s',
    '1s\n',
  ])('refuses %j', (text) => {
    expect(() => parseDuration(text)).toThrow(UsageError);
  });

  it.each(['0.5ns', '1.0000000001s', '9007199254740992ns', '3000h'])(
    'refuses %s: it cannot be kept exactly',
    (text) => {
      expect(() => parseDuration(text)).toThrow(UsageError);
    },
  );

  it('is exact for every fraction of a second', () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 9_000_000 }), fc.integer({ min: 0, max: 999_999_999 }), (seconds, ns) => {
        expect(parseDuration(`${seconds}.${String(ns).padStart(9, '0')}s`)).toBe(seconds * 1_000_000_000 + ns);
      }),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parseInstant } from '../../src/cli/instants.js';
import { UsageError } from '../../src/cli/usage-error.js';

describe('parseInstant', () => {
  it.each([
    ['2014-09-10T17:01:21.339942868Z', 1_410_368_481_339_942_868n],
    ['2014-09-10T19:01:21.339942868+02:00', 1_410_368_481_339_942_868n],
    ['2014-09-10T13:31:21.339942868-03:30', 1_410_368_481_339_942_868n],
    ['2014-09-10 17:01:21.339942868z', 1_410_368_481_339_942_868n],
    ['1410368481.339942868', 1_410_368_481_339_942_868n],
    ['1410368481', 1_410_368_481_000_000_000n],
    ['1410368481.5', 1_410_368_481_500_000_000n],
    ['2024-02-29T00:00:00Z', 1_709_164_800_000_000_000n],
    ['0', 0n],
  ])('%s', (text, ns) => {
    expect(parseInstant(text)).toBe(ns);
  });

  it.each([
    ['17:01:21', /without a date/],
    ['17:01:21.5', /without a date/],
    ['2014-09-10T17:01:21', /without an offset/],
    ['2014-09-10 17:01', /without an offset/],
    ['2014-02-29T00:00:00Z', /no such date/],
    ['2014-13-01T00:00:00Z', /no such date/],
    ['2014-01-01T24:00:00Z', /no such date/],
    ['2014-01-01T00:00:00+24:00', /no such date/],
    ['2016-12-31T23:59:60Z', /leap second/],
    ['1410368481.3399428681', /finer/],
    ['', /not a time/],
    ['yesterday', /not a time/],
    ['-5', /not a time/],
    ['1e9', /not a time/],
  ])('refuses %j', (text, reason) => {
    expect(() => parseInstant(text)).toThrow(reason);
    expect(() => parseInstant(text)).toThrow(UsageError);
  });

  it('reads what Date prints', () => {
    fc.assert(
      fc.property(
        fc.date({ min: new Date(0), max: new Date('2500-01-01T00:00:00Z'), noInvalidDate: true }),
        fc.integer({ min: 0, max: 999_999 }),
        (date, below) => {
          const text = date.toISOString().replace('Z', `${String(below).padStart(6, '0')}Z`);
          expect(parseInstant(text)).toBe(BigInt(date.getTime()) * 1_000_000n + BigInt(below));
        },
      ),
    );
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { absoluteFrom, ns, relativeTo } from '../../src/time/ns.js';

const DAYS_104 = 2n ** 53n;

describe('ns', () => {
  it('gives every wall-clock nanosecond within 104 days of the base back', () => {
    const base = fc.bigInt({ min: 0n, max: 4_000_000_000_000_000_000n });
    const distance = fc.bigInt({ min: -DAYS_104, max: DAYS_104 });
    fc.assert(
      fc.property(base, distance, (at, by) => {
        const relative = relativeTo(at, at + by);
        expect(BigInt(relative)).toBe(by);
        expect(absoluteFrom(at, relative)).toBe(at + by);
      }),
    );
  });

  it('keeps neighbouring nanoseconds of today apart', () => {
    const base = 1_795_344_191_000_000_000n;
    expect(relativeTo(base, base + 864_599_876n) - relativeTo(base, base + 864_599_875n)).toBe(1);
  });

  it('rounds times that were computed', () => {
    expect(absoluteFrom(10n, ns(0.4))).toBe(10n);
    expect(absoluteFrom(10n, ns(-2.6))).toBe(7n);
  });
});

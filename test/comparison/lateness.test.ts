import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { packLateness, unpackLateness } from '../../src/comparison/lateness.js';

const LARGEST = 2 ** 52;

describe('packed lateness', () => {
  it('comes back sorted, to the nanosecond', () => {
    fc.assert(
      fc.property(fc.array(fc.integer({ min: -LARGEST, max: LARGEST })), (values) => {
        const back = unpackLateness(packLateness(Float64Array.from(values)));
        expect([...(back ?? [])]).toEqual([...Float64Array.from(values).sort()]);
      }),
    );
  });

  it('rounds what lies between two nanoseconds', () => {
    expect([...(unpackLateness(packLateness(Float64Array.of(1.5, -0.6, 2.2))) ?? [])]).toEqual([-1, 2, 2]);
  });

  it('takes some three bytes a gap', () => {
    const day = Float64Array.from({ length: 86_400 }, (_, i) => 100_000 + ((i * 7_919) % 86_400) * 11);
    expect(packLateness(day).length).toBeLessThan(3 * 86_400);
  });

  it('is told from a text that was cut within a value', () => {
    const whole = packLateness(Float64Array.of(1, 1_000_000));
    const cut = Buffer.from(whole, 'base64').subarray(0, -1).toString('base64');
    expect(unpackLateness(cut)).toBeNull();
    expect(unpackLateness(whole)).not.toBeNull();
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createLatenessScale } from '../../../src/reports/comparison-html/lateness-scale.js';
import { createLinearScale, createLogScale, type Scale } from '../../../src/reports/comparison-html/scales.js';
import { formatNumber, formatRate } from '../../../src/reports/format.js';
import { clearComparison } from '../comparison/scenes.js';

const expectInside = (scale: Scale, values: readonly number[]): void => {
  for (const at of [...values.map(scale.place), ...scale.ticks.map((tick) => tick.at)]) {
    expect(at).toBeGreaterThanOrEqual(0);
    expect(at).toBeLessThanOrEqual(100);
  }
  const places = scale.ticks.map(({ at }) => at);
  expect(places).toEqual([...places].sort((a, b) => a - b));
};

describe('scales', () => {
  it('place all values and ticks inside, and larger ones never to the left', () => {
    fc.assert(
      fc.property(fc.array(fc.double({ noNaN: true, min: -1e15, max: 1e15 }), { maxLength: 20 }), (values) => {
        const sorted = [...values].sort((a, b) => a - b);
        for (const scale of [
          createLinearScale(values, formatNumber),
          createLogScale(values, { zero: 'none', format: formatNumber }),
        ]) {
          expectInside(scale, values);
          const places = sorted.map(scale.place);
          expect(places.every((at, index) => index === 0 || at >= (places[index - 1] ?? 0) - 1e-9)).toBe(true);
          expect(scale.ticks.length).toBeLessThanOrEqual(9);
        }
      }),
    );
  });

  it('name powers of ten, and zero in a column of its own', () => {
    const scale = createLogScale([0, 0.00002, 0.012], { zero: 'none', format: formatRate });
    expect(scale.ticks.map(({ label }) => label)).toEqual(['none', '0.001 %', '0.01 %', '0.1 %', '1 %', '10 %']);
    expect(scale.place(0)).toBeLessThan(scale.columnEnds);
    expect(scale.place(0.00001)).toBeGreaterThan(scale.columnEnds);
    expect(scale.place(0.001) - scale.place(0.0001)).toBeCloseTo(scale.place(0.1) - scale.place(0.01), 6);
  });

  it('are even where they are not logarithmic, and hold zero', () => {
    const scale = createLinearScale([-2, 6], formatNumber);
    expect(scale.ticks.map(({ label }) => label)).toEqual(['-2', '0', '2', '4', '6']);
    expect(scale.place(2) - scale.place(0)).toBeCloseTo(scale.place(6) - scale.place(4), 6);
  });

  it('of lateness have early gaps, punctual ones and a logarithm one after the other', () => {
    const scale = createLatenessScale(clearComparison().groups);
    expect(scale.ticks.map(({ label }) => label)).toEqual(['early', '<1 µs', '10 µs', '1 ms', '100 ms', '10 s']);
    const stretches = [
      scale.stretch(null, '0'),
      scale.stretch('0', '1000'),
      scale.stretch('1000', '1585'),
      scale.stretch('1585', '2512'),
    ];
    stretches.forEach(({ from, to }, index) => {
      expect(from).toBeLessThan(to);
      expect(from).toBeGreaterThanOrEqual(stretches[index - 1]?.to ?? 0);
    });
    expect(scale.place(-27_110)).toBeLessThan(stretches[0]!.to);
    expect(scale.place(500)).toBeGreaterThan(stretches[1]!.from);
  });
});

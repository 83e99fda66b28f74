import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { runsTest } from '../../../src/comparison/statistics/runs-test.js';
import { expectClose } from './close.js';

const test = (labels: string) => runsTest(Array.from(labels), 1);

/** All orders of the labels, and how many have so few runs. */
const enumerate = (labels: readonly string[], most: number): readonly [number, number] => {
  const left = new Map<string, number>();
  for (const label of labels) left.set(label, (left.get(label) ?? 0) + 1);
  let few = 0;
  let all = 0;
  const go = (placed: number, last: string, runs: number): void => {
    if (placed === labels.length) {
      all++;
      if (runs <= most) few++;
      return;
    }
    for (const [label, room] of left) {
      if (room === 0) continue;
      left.set(label, room - 1);
      go(placed + 1, label, runs + (label === last ? 0 : 1));
      left.set(label, room);
    }
  };
  go(0, '', 0);
  return [few, all];
};

describe('runs in time', () => {
  it('Koopman 2005 (MathGroup, "Wald-Wolfowitz runs test"): 14 and 11 labels in 13 runs, of 4,457,400 orders', () => {
    const { runs, p, method } = test('aaababbaabbaabbaaababbbaa');
    expect([runs, method]).toEqual([13, 'exact']);
    const frequencies = [2, 23, 260, 1365, 7020, 22230, 68640, 145860, 300300, 450450, 648648, 702702];
    expectClose(p, frequencies.reduce((sum, count) => sum + count, 0) / 4_457_400);
  });

  it('the four probabilities of 2 and 3 labels: 0.2, 0.5, 0.9 and 1 (University of Iowa, runs test applet)', () => {
    const ps = ['aabbb', 'abbba', 'babab', 'abbab'].map((labels) => test(labels).p);
    expectClose(ps[0] ?? null, 0.2);
    expectClose(ps[1] ?? null, 0.5);
    expectClose(ps[3] ?? null, 0.9);
    expectClose(ps[2] ?? null, 1);
  });

  it('blocks of five and five, and of twenty and twenty: 2 / C(10, 5), 2 / C(40, 20)', () => {
    expectClose(test('aaaaabbbbb').p, 2 / 252);
    expectClose(test('a'.repeat(20) + 'b'.repeat(20)).p, 2 / 137_846_528_820);
  });

  it('three groups: all 1,680 orders of 3, 3, 3 and all 560 of 3, 3, 2 (sympy multiset_permutations)', () => {
    expect(test('aabbbcacc').runs).toBe(5);
    expectClose(test('aabbbcacc').p, 192 / 1680);
    expectClose(test('aaabbbcc').p, 6 / 560);
  });

  it('more than 100 labels of three groups: random orders, the same for the same seed', () => {
    const mixed = Array.from({ length: 120 }, (_, k) => 'abc'[(k * k + (k >> 2)) % 3] ?? 'a');
    const { p, method } = runsTest(mixed, 4);
    expect(method).toBe('permutation');
    expect(runsTest(mixed, 4).p).toBe(p);
    expect(runsTest([...mixed].sort(), 4).p).toBe(1 / 10_000);
  });

  it('is no news with one group, or none', () => {
    expect([test(''), test('a'), test('aaa')].map(({ runs, p }) => [runs, p])).toEqual([[0, 1], [1, 1], [1, 1]]); // prettier-ignore
  });

  it('is what going through all orders gives', () => {
    fc.assert(
      fc.property(fc.array(fc.constantFrom('a', 'b', 'c', 'd'), { minLength: 1, maxLength: 8 }), (labels) => {
        const { runs, p } = runsTest(labels, 1);
        const [few, all] = enumerate(labels, runs);
        expectClose(p, few / all);
      }),
      { numRuns: 60 },
    );
  });
});

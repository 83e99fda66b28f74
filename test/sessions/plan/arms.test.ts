import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { planSession, type SessionPlan } from '../../../src/sessions/plan/plan.js';
import { printPlan } from '../../../src/sessions/plan/print.js';
import { parseScript } from '../../../src/sessions/script/load.js';

const planOf = (text: string): SessionPlan => planSession(parseScript(text, 's.yaml', new Map()), '/out');

const BASE = `name: try
sender: {vrid: 51, interface: eth0}
captures: [{name: sender, interface: eth0}]
duration: 10s
`;

const ARMS = `${BASE}labels: {site: a}
settings: [{sysctl: vm.swappiness, value: 10}]
arms:
  - {name: none, settings: [{file: /sys/block/vda/queue/scheduler, value: none}]}
  - {name: bfq, labels: {scheduler: bfq}}
`;

const namesOf = (plan: SessionPlan): string[] => plan.runs.map(({ name }) => name);

/** The arms of a plan, one line for each repetition. */
const inBlocks = (plan: SessionPlan, size: number): string[][] => {
  const arms = namesOf(plan).map((name) => name.slice(0, name.lastIndexOf('-')));
  return Array.from({ length: arms.length / size }, (_, i) => arms.slice(i * size, (i + 1) * size));
};

describe('the arms of a script', () => {
  it('are recorded once in each repetition, in an order that the seed gives', () => {
    const plan = planOf(`${ARMS}repetitions: 3\nseed: 7\n`);
    expect(plan.seed).toBe(7);
    expect(namesOf(plan)).toMatchInlineSnapshot(`
      [
        "bfq-1",
        "none-1",
        "bfq-2",
        "none-2",
        "bfq-3",
        "none-3",
      ]
    `);
    expect(plan.runs.map(({ folder }) => folder)).toEqual(namesOf(plan).map((name) => `/out/${name}`));
    expect(plan.runs.map(({ order }) => order)).toEqual(
      [1, 1, 2, 2, 3, 3].map((repetition, i) => ({ seed: 7, position: i + 1, of: 6, repetition })),
    );
  });

  it('have labels and settings of their own, besides those of the script', () => {
    const { runs } = planOf(ARMS);
    const [none, bfq] = ['none-1', 'bfq-1'].map((name) => runs.find((run) => run.name === name));
    expect(bfq?.labels).toEqual({ site: 'a', arm: 'bfq', scheduler: 'bfq' });
    expect(none?.labels).toEqual({ site: 'a', arm: 'none' });
    expect(none?.changes.map(({ name }) => name)).toEqual(['vm.swappiness', '/sys/block/vda/queue/scheduler']);
    expect(bfq?.changes.map(({ name }) => name)).toEqual(['vm.swappiness']);
  });

  it('are all in every repetition, whatever the seed, and in the same order with the same one', () => {
    const names = ['a', 'b', 'c', 'd', 'e'];
    const shape = fc.record({
      size: fc.integer({ min: 1, max: 5 }),
      repetitions: fc.integer({ min: 1, max: 20 }),
      seed: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
    });
    fc.assert(
      fc.property(shape, ({ size, repetitions, seed }) => {
        const arms = names.slice(0, size).map((name) => `{name: ${name}}`);
        const text = `${BASE}arms: [${arms.join(', ')}]\nrepetitions: ${repetitions}\nseed: ${seed}\n`;
        const plan = planOf(text);
        for (const block of inBlocks(plan, size)) expect([...block].sort()).toEqual(names.slice(0, size));
        expect(namesOf(planOf(text))).toEqual(namesOf(plan));
      }),
      { numRuns: 200 },
    );
  });

  it('come first and last equally often', () => {
    const plan = planOf(`${BASE}arms: [{name: a}, {name: b}, {name: c}]\nrepetitions: 900\nseed: 1\n`);
    const blocks = inBlocks(plan, 3);
    for (const place of [0, 1, 2])
      for (const arm of ['a', 'b', 'c']) {
        const count = blocks.filter((block) => block[place] === arm).length;
        // Four standard deviations of a binomial of 900 and 1/3.
        expect(Math.abs(count - 300)).toBeLessThan(57);
      }
  });

  it('are in an order of their own each time, unless a seed is given; the plan tells which', () => {
    const text = `${BASE}arms: [{name: a}, {name: b}, {name: c}]\nrepetitions: 20\n`;
    const plan = planOf(text);
    expect(namesOf(planOf(text))).not.toEqual(namesOf(plan));
    const [, order = '', seed = ''] =
      /^# order: (.*) \(the same again with --seed (\d+)\)$/m.exec(printPlan(plan)) ?? [];
    expect(order.split(' ')).toEqual(namesOf(plan));
    const again = planSession({ ...plan.script, seed: Number(seed) }, '/out');
    expect(namesOf(again)).toEqual(namesOf(plan));
    expect(printPlan(again)).toBe(printPlan(plan));
  });
});

describe('a script without arms', () => {
  it('has neither seed nor order', () => {
    const plan = planOf(`${BASE}repetitions: 2\n`);
    expect(plan.seed).toBeNull();
    expect(plan.runs.map(({ name, order, labels }) => ({ name, order, labels }))).toEqual([
      { name: '1', order: null, labels: {} },
      { name: '2', order: null, labels: {} },
    ]);
    expect(printPlan(plan)).not.toContain('seed');
  });
});

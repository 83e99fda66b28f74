import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { CounterTable, type CounterDefinition } from '../../src/model/counters.js';

const definition = (name: string): CounterDefinition => ({
  name,
  severity: 'notice',
  source: 'trace',
  help: `About ${name}.`,
});

describe('CounterTable', () => {
  it('is empty at first', () => {
    const table = new CounterTable();
    expect(table.list()).toEqual([]);
    expect(table.get('nothing')).toBe(0);
  });

  it('adds up whatever is added, in any order, listed by name', () => {
    const additions = fc.array(fc.tuple(fc.constantFrom('a', 'b', 'c_d', 'B', '__proto__'), fc.nat({ max: 1e6 })));
    fc.assert(
      fc.property(additions, (all) => {
        const table = new CounterTable();
        const sums = new Map<string, number>();
        for (const [name, by] of all) {
          table.add(definition(name), by);
          sums.set(name, (sums.get(name) ?? 0) + by);
        }
        for (const [name, count] of sums) expect(table.get(name)).toBe(count);
        const listed = table.list();
        expect(listed.map(({ name }) => name)).toEqual(
          [...sums]
            .filter(([, n]) => n > 0)
            .map(([name]) => name)
            .sort(),
        );
        for (const { name, count } of listed) expect(count).toBe(sums.get(name));
      }),
    );
  });

  it('counts one where nothing else is said, and tells what it means', () => {
    const table = new CounterTable();
    table.add(definition('a'));
    table.add(definition('a'));
    expect(table.list()).toEqual([{ name: 'a', severity: 'notice', source: 'trace', count: 2, help: 'About a.' }]);
  });

  it('hands out a list of its own', () => {
    const table = new CounterTable();
    table.add(definition('a'));
    const before = table.list();
    table.add(definition('a'));
    expect(before[0]?.count).toBe(1);
  });
});

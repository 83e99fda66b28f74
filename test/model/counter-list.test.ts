import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { listCounters, printCounters } from '../../scripts/list-counters.js';

const counters = listCounters();

it('every counter has a name of its own, and a help that tells what it means in whole sentences', () => {
  expect(counters.length).toBeGreaterThan(100);
  expect(new Set(counters.map(({ name }) => name)).size).toBe(counters.length);
  for (const { name, severity, source, help } of counters) {
    expect(name).toMatch(/^[a-z][a-z0-9]*(?:_[a-z0-9]+)+$/);
    expect(['info', 'notice', 'error', 'data-loss'], name).toContain(severity);
    expect(['input', 'trace', 'capture', 'log', 'vitals', 'session', 'analysis', 'comparison'], name).toContain(source);
    expect(help, name).toMatch(/^[A-Za-z`"].{30,}[.)`\w>]$/s);
  }
});

it('every definition in the sources is listed', () => {
  const definitions = new Set(counters.map(({ file }) => file));
  for (const file of ['src/analysis.ts', 'src/read-inputs.ts', 'src/sources/capture/problems.ts']) {
    expect(definitions).toContain(file);
    const text = readFileSync(new URL(`../../${file}`, import.meta.url), 'utf8');
    const declared = [...text.matchAll(/: CounterDefinition = \{/g)].length;
    expect(counters.filter((one) => one.file === file).length, file).toBeGreaterThanOrEqual(declared);
  }
});

it('docs/counters.md is that list', () => {
  expect(readFileSync(new URL('../../docs/counters.md', import.meta.url), 'utf8')).toBe(printCounters());
});

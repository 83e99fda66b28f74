import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { comparisonSchema } from '../../../src/reports/comparison/json-schema.js';
import { renderJson } from '../../../src/reports/json.js';
import { anyComparison } from './arbitrary.js';
import * as scenes from './scenes.js';

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(
  comparisonSchema,
);

const errorsOf = (value: unknown): string[] =>
  validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);

type Keys = Record<string, unknown>;

/** A comparison with the value at a path of keys replaced, or removed where it is undefined. */
const change = (original: unknown, path: string, value: unknown): unknown => {
  const copy = structuredClone(original);
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, key) => (at as Keys)[key], copy) as Keys;
  expect(Object.keys(parent), path).toContain(last);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
};

/** Paths of all properties of a value; of a list those of its first. Names of settings are data, not fields. */
const listPaths = (value: unknown, at = ''): string[] => {
  if (typeof value !== 'object' || value === null) return [];
  const entries = Array.isArray(value) ? Object.entries(value).slice(0, 1) : Object.entries(value);
  return entries.flatMap(([key, inner]) => {
    const path = at === '' ? key : `${at}.${key}`;
    const below = /^groups\.0\.values$/.test(path) ? [] : listPaths(inner, path);
    return Array.isArray(value) ? below : [path, ...below];
  });
};

describe('a comparison as JSON', () => {
  it.each(Object.entries(scenes.everyComparison()))('keeps every value and follows the schema: %s', (_, comparison) => {
    const parsed: unknown = JSON.parse(renderJson(comparison));
    expect(parsed).toEqual(comparison);
    expect(errorsOf(parsed)).toEqual([]);
  });

  it('follows the schema, whatever the comparison', () => {
    fc.assert(
      fc.property(anyComparison, (comparison) => {
        expect(errorsOf(JSON.parse(renderJson(comparison)))).toEqual([]);
      }),
    );
  });

  it('lets no character through that a terminal acts on', () => {
    expect(renderJson(scenes.hostileComparison())).not.toMatch(
      // eslint-disable-next-line no-control-regex -- these are what must not be there
      /[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u202e\u2066-\u2069]/,
    );
  });
});

describe('the schema of a comparison', () => {
  it('refuses a comparison without any one of its fields', () => {
    const whole = { ...scenes.clearComparison(), settings: scenes.settingsComparison().settings };
    expect(errorsOf(whole)).toEqual([]);
    const paths = listPaths(whole);
    expect(paths).toContain('pairs.0.tests.0.cliffsDelta.method');
    expect(paths).toContain('settings.0.values.0.sessionsWithLate');
    for (const path of paths) expect(errorsOf(change(whole, path, undefined)), path).not.toEqual([]);
  });

  it.each([
    ['schemaVersion', 2],
    ['tool.name', 'other'],
    ['statistics.confidence', 1.5],
    ['groups.0.recordedNs', '-1'],
    ['groups.0.rates.late_rate.method', 'guess'],
    ['groups.0.causes.0.cause', 'gremlins'],
    ['groups.0.values', { name: {} }],
    ['pairs.0.verdict', 'maybe'],
    ['pairs.0.tests.0.p', 1.01],
    ['pairs.0.power.sessionsNeeded', 1.5],
    ['order.kind', 'random'],
    ['sessions.0.from', 'nowhere'],
    ['counters.0.severity', 'fatal'],
  ])('refuses %s = %j', (path, value) => {
    expect(errorsOf(change(scenes.clearComparison(), path, value))).not.toEqual([]);
  });

  it('allows additions', () => {
    expect(errorsOf({ ...scenes.clearComparison(), more: 1 })).toEqual([]);
  });
});

import { Ajv2020 } from 'ajv/dist/2020.js';
import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { answerSchema } from '../../src/reports/json-schema.js';
import { renderJson } from '../../src/reports/json.js';
import * as answers from './answers.js';

const validate = new Ajv2020({ strict: true, strictRequired: false, allowUnionTypes: true, allErrors: true }).compile(
  answerSchema,
);

const errorsOf = (value: unknown): string[] =>
  validate(value) ? [] : (validate.errors ?? []).map(({ instancePath, message }) => `${instancePath} ${message ?? ''}`);

const everyAnswer: [string, Answer][] = [
  ['everything', answers.everythingAnswer()],
  ['one late', answers.oneLateAnswer()],
  ['nothing late', answers.nothingLateAnswer()],
  ['no instance', answers.noInstanceAnswer()],
  ['hostile names', answers.hostileAnswer()],
  ['a thousand late', answers.manyLateAnswer(1000)],
];

describe('renderJson', () => {
  it.each(everyAnswer)('keeps every value and follows the schema: %s', (_, answer) => {
    const parsed: unknown = JSON.parse(renderJson(answer));
    expect(parsed).toEqual(answer);
    expect(errorsOf(parsed)).toEqual([]);
  });

  it('lets no character through that a terminal acts on', () => {
    // eslint-disable-next-line no-control-regex -- these are what must not be there
    expect(renderJson(answers.hostileAnswer())).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u202e]/);
  });
});

/** The everything answer with the value at a path of keys replaced, or removed where it is undefined. */
const change = (path: string, value: unknown): unknown => {
  const copy = structuredClone<unknown>(answers.everythingAnswer());
  const keys = path.split('.');
  const last = keys.pop() ?? '';
  const parent = keys.reduce<unknown>((at, key) => (at as Record<string, unknown>)[key], copy) as Record<
    string,
    unknown
  >;
  expect(parent, path).toHaveProperty(last);
  if (value === undefined) Reflect.deleteProperty(parent, last);
  else parent[last] = value;
  return copy;
};

describe('the schema', () => {
  it.each([
    ['schemaVersion', 2],
    ['tool.name', 'other'],
    ['inputs.0.records', -1],
    ['inputs.0.firstNs', 1_410_368_481],
    ['inputs.0.loss', undefined],
    ['counters.0.severity', 'fatal'],
    ['counters.0.count', 0],
    ['clocks.0.segments.0.uncertaintyNs', '-1'],
    ['instances.0.family', 'ipx'],
    ['instances.0.version', 1],
    ['instances.0.vrid', 256],
    ['instances.0.intervalNs', '1e9'],
    ['instances.0.late.0.latenessNs', '01'],
    ['instances.0.late.0.latenessNs', '-0'],
    ['instances.0.late.0.confidence', 1.01],
    ['instances.0.late.0.where', 'host'],
    ['instances.0.late.0.cause', 'gremlins'],
    ['instances.0.late.0.culprit.cgroup', undefined],
    ['instances.0.late.0.marginToTakeoverNs', '-5'],
    ['instances.0.late.4.marginToTakeoverNs', '5'],
    ['instances.0.late.0.ledger.0.state', 'asleep'],
    ['instances.0.late.0.ledger.0.ns', '-5'],
    ['instances.0.late.0.ledger.0.bound', 'about'],
    ['instances.0.late.0.evidence.0.line', 0],
    ['instances.0.late.0.summary', ''],
    ['instances.0.takeovers.0.after', 'magic'],
    ['instances.0.points.0.gapsNs.p99', undefined],
  ])('refuses %s = %j', (path, value) => {
    expect(errorsOf(change(path, value))).not.toEqual([]);
  });

  it.each([
    ['instances.0.vrid', null],
    ['instances.0.late.0.ledger.3.ns', '-12'],
    ['instances.0.late.4.marginToTakeoverNs', '0'],
    ['instances.0.points.0.gapsNs', null],
  ])('accepts %s = %j', (path, value) => {
    expect(errorsOf(change(path, value))).toEqual([]);
  });

  it('allows additions', () => {
    const answer = answers.oneLateAnswer();
    expect(errorsOf({ ...answer, more: { anything: 1 } })).toEqual([]);
    const [instance] = answer.instances;
    expect(errorsOf({ ...answer, instances: [{ ...instance, more: true }] })).toEqual([]);
  });
});

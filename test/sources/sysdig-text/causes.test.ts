import { describe, expect, it } from 'vitest';
import type { Answer, AnswerInstance } from '../../../src/model/answer.js';
import { asSysdigText } from '../../../scripts/encodings/sysdig-text.js';
import { analyzeVariant } from '../../support/recordings.js';

/** Instances without the names of their inputs. */
const withoutInputs = ({ instances }: Answer): AnswerInstance[] =>
  instances.map((instance) => ({
    ...instance,
    late: instance.late.map((late) => ({
      ...late,
      evidence: late.evidence.map((evidence) => ({ ...evidence, input: '' })),
    })),
  }));

describe('the answer from the text of sysdig is that from its JSON', () => {
  it.each(['vm-paused', 'vm-guest-hog', 'sendfail'])('%s', async (name) => {
    const json = await analyzeVariant(name);
    const text = await analyzeVariant(name, { print: asSysdigText({ time: 'a' }) });
    expect(text.inputs[0]).toMatchObject({ kind: 'sysdig-text', role: 'trace', records: json.inputs[0]?.records });
    expect(withoutInputs(text)).toEqual(withoutInputs(json));
    expect(text.artefacts).toEqual(json.artefacts);
    expect(text.counters.filter((counter) => !json.counters.some(({ name }) => name === counter.name))).toEqual([]);
  });

  it('without a date, of the trace alone', async () => {
    const alone = { withCaptures: false };
    const told = ({ instances }: Answer): unknown[] =>
      instances.flatMap(({ late }) => late.map(({ id, latenessNs, cause, where }) => [id, latenessNs, cause, where]));
    const json = told(await analyzeVariant('vm-guest-hog', alone));
    expect(json).not.toEqual([]);
    for (const time of ['h', 'r', 'D'] as const)
      expect(told(await analyzeVariant('vm-guest-hog', { ...alone, print: asSysdigText({ time }) })), time).toEqual(
        json,
      );
  });
});

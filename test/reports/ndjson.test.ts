import { describe, expect, it } from 'vitest';
import type { Answer } from '../../src/model/answer.js';
import { renderNdjson } from '../../src/reports/ndjson.js';
import { reportOf } from '../support/reports.js';
import { answerOf, everythingAnswer, hostileAnswer, instanceOf, late, nothingLateAnswer } from './answers.js';
import { MS } from './builders.js';

const parse = (answer: Answer): Record<string, unknown>[] =>
  renderNdjson(answer)
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as Record<string, unknown>);

describe('late advertisements as ndjson', () => {
  it('has one a line, with whose it is and all its fields as they are in the answer', () => {
    const answer = everythingAnswer();
    const rows = parse(answer);
    expect(rows).toHaveLength(answer.instances[0]?.late.length ?? -1);
    expect(rows[0]).toEqual({
      vrid: 205,
      family: 'ipv4',
      version: 2,
      source: '192.168.205.8',
      destination: '224.0.0.18',
      priority: 101,
      intervalNs: '1000000000',
      masterDownNs: '3609375000',
      ...answer.instances[0]?.late[0],
    });
  });

  it('is in order of time over all instances', () => {
    const make = (index: number) => late({ index, cause: 'paging', parts: [['paging', 10n * MS]], summary: 's' });
    const rows = parse(answerOf([instanceOf([make(1), make(3)]), instanceOf([make(0), make(2)], { vrid: 7 })]));
    expect(rows.map(({ vrid }) => vrid)).toEqual([7, 205, 7, 205]);
  });

  it('is empty where none was late', () => {
    expect(renderNdjson(nothingLateAnswer())).toBe('');
  });

  it('shows no control, bidirectional or invisible character, and loses none', () => {
    const answer = hostileAnswer();
    const text = renderNdjson(answer);
    expect(text.trimEnd()).not.toMatch(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}]/u);
    expect(parse(answer)[0]?.['summary']).toBe(answer.instances[0]?.late[0]?.summary);
    const tags = answerOf([instanceOf([late({ index: 0, cause: 'paging', parts: [], summary: 'a\u{e0041}b' })])]);
    expect(renderNdjson(tags)).toContain('a\\udb40\\udc41b');
    expect(parse(tags)[0]?.['summary']).toBe('a\u{e0041}b');
  });

  it('says of a recording what the answer says', async () => {
    const { answer } = await reportOf('sigstop');
    expect(parse(answer).map(({ id, cause }) => [id, cause])).toEqual(
      answer.instances.flatMap(({ late: lates }) => lates.map(({ id, cause }) => [id, cause])),
    );
  });
});

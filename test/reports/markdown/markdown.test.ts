import { describe, expect, it } from 'vitest';
import type { Answer } from '../../../src/model/answer.js';
import type { AnswerReport } from '../../../src/model/report.js';
import { renderMarkdown } from '../../../src/reports/markdown/index.js';
import { reportOf } from '../../support/reports.js';
import {
  answerOf,
  everythingAnswer,
  hostileAnswer,
  instanceOf,
  late,
  manyLateAnswer,
  noInstanceAnswer,
  nothingLateAnswer,
  oneLateAnswer,
} from '../answers.js';
import { MS, row, START_NS } from '../builders.js';
import { expectGolden } from '../golden.js';

const toReport = (answer: Answer): AnswerReport => ({ answer, gaps: [], pictures: [] });
const show = (answer: Answer): string => renderMarkdown(toReport(answer), { zone: 'utc' });

/** Blocks of code and inline code are words: nothing in them is markup. */
const maskCode = (text: string): string =>
  text.replace(/^(`{3,})text\n[^]*?\n\1$/gm, 'code').replace(/`[^`\n]*`|&#(?:124|96);/g, 'x');

const expectInert = (text: string): void => {
  const masked = maskCode(text).replace(/[<>]\d+ %/g, '');
  expect(masked).not.toMatch(/[<>`\\[\]_~@$&{}]|:\/\/|www\./);
  // eslint-disable-next-line no-control-regex -- these are what must not be there
  expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
};

/** Each row of a table has as many cells. */
const expectTables = (text: string): void => {
  for (const block of text.split('\n\n').filter((part) => part.startsWith('|'))) {
    const cells = new Set(
      block
        .trimEnd()
        .split('\n')
        .map((line) => line.split('|').length),
    );
    expect(cells.size, block).toBe(1);
  }
};

describe('a ticket', () => {
  it.each([
    ['everything', everythingAnswer()],
    ['one-late', oneLateAnswer()],
    ['nothing-late', nothingLateAnswer()],
    ['no-instance', noInstanceAnswer()],
    ['hostile', hostileAnswer()],
  ])('is the golden one: %s', (name, answer) => {
    expectGolden(`../markdown/goldens/${name}.md`, show(answer));
  });

  it('says the answer first, in two sentences', () => {
    const [lead] = show(oneLateAnswer()).split('\n\n');
    expect(lead).toBe(
      '**1 of 64 advertisements late, by 1.07 s at worst.** The cause is `stopped`, inside the sending VM, by `bash kill`.',
    );
    expect(show(nothingLateAnswer())).toMatch(/^\*\*No advertisement was late\*\*, of 64 /);
    expect(show(noInstanceAnswer())).toMatch(/^\*\*No VRRP advertisement was found/);
  });

  it('tells the worst 20 of many, the worst 5 in detail, and how many are left', () => {
    const text = show(manyLateAnswer(10_000));
    expect(text).toContain('...and 9,980 more; these are the worst');
    expect(text.match(/^#### No\. /gm)).toHaveLength(5);
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expectTables(text);
  });

  it('stays under the limit whatever the names', () => {
    const long = '|`\u202e<'.repeat(1_000);
    const made = Array.from({ length: 100 }, (_, index) =>
      late({
        index,
        cause: 'blocked-syscall',
        parts: Array.from({ length: 30 }, () => ['blocked', 100n * MS, { process: long, target: long }] as const),
        culprit: { process: long, target: long },
        summary: long,
        more: { advice: Array.from({ length: 50 }, () => long), evidence: Array.from({ length: 50 }, (_, i) => row(i + 1, START_NS, long, { input: long })) }, // prettier-ignore
      }),
    );
    const takeovers = made.map(({ id }) => ({ atNs: String(START_NS), by: long, after: 'late' as const, late: id }));
    const instances = Array.from({ length: 50 }, () => instanceOf(made, { source: long, takeovers }));
    const text = show(answerOf(instances, { assumptions: Array.from({ length: 50 }, () => ({ what: long, why: long })) })); // prettier-ignore
    expect(Buffer.byteLength(text)).toBeLessThan(60_000);
    expect(text).toContain('The rest did not fit');
    expectInert(text);
    expectTables(text);
  });

  it('takes nothing in a trace for markup', () => {
    const text = show(hostileAnswer());
    expectInert(text);
    expectTables(text);
    const fenced = late({
      index: 0,
      cause: 'stopped',
      parts: [['stopped', MS]],
      summary: '# @torvalds #1 [x](http://evil) <img src=x onerror=alert(1)> www.evil.org',
      more: { evidence: [row(1, START_NS, '````\n# out')] },
    });
    expectInert(show(answerOf([instanceOf([fenced])])));
  });

  it('is whole and the same each time for a recording', async () => {
    const report = await reportOf('sigstop');
    const text = renderMarkdown(report, { zone: 'utc' });
    expect(text).toBe(renderMarkdown(await reportOf('sigstop'), { zone: 'utc' }));
    expect(text).toContain('`stopped`, inside the sending VM, by `bash kill`');
    expect(text).toContain('### Takeovers');
    expectGolden('../markdown/goldens/sigstop.md', text);
    expectInert(text);
    expectTables(text);
  });
});

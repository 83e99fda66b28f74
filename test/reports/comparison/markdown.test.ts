import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import type { Comparison } from '../../../src/model/comparison.js';
import { renderComparisonMarkdown } from '../../../src/reports/comparison/markdown.js';
import { writeCode, writeSentence } from '../../../src/reports/comparison/markdown-text.js';
import { expectGolden } from '../golden.js';
import { anyComparison } from './arbitrary.js';
import * as scenes from './scenes.js';

const show = (comparison: Comparison): string => renderComparisonMarkdown(comparison, { zone: 'utc' });

/** Cells of each row of each table. No bar is written but between cells. */
const countCells = (text: string): number[][] =>
  text
    .split('\n\n')
    .filter((block) => block.startsWith('|'))
    .map((block) =>
      block
        .trimEnd()
        .split('\n')
        .map((row) => row.split('|').length - 2),
    );

const expectTables = (text: string): void => {
  for (const cells of countCells(text)) expect(new Set(cells).size, text).toBe(1);
};

/** What is left once code and references to characters are words; nothing in it may be markup. */
const maskCode = (text: string): string => text.replace(/`[^`\n]*`|&#(?:124|96);/g, 'x');

const MARKUP = /[<>`\\[\]*_~#@$&!{}]|:\/\/|www\.|^(?:\s|[-+=]+(?: |$)|\d+[.)](?: |$))/;

const expectInert = (text: string): void => {
  const isMarkup = (line: string): boolean =>
    MARKUP.test(maskCode(line.replace(/^- |^### /, '').replace(/^\*\*(.*)\*\*$/, '$1')));
  expect(text.split('\n').filter(isMarkup)).toEqual([]);
};

describe('a comparison as markdown', () => {
  for (const [name, comparison] of Object.entries(scenes.everyComparison())) {
    it(`is the golden one: ${name}`, () => {
      expectGolden(`../comparison/goldens/${name}.md`, show(comparison));
    });
  }

  it('has as many cells in each row, and no markup but its own, whatever the comparison', () => {
    fc.assert(
      fc.property(anyComparison, (comparison) => {
        const text = show(comparison);
        expectTables(text);
        expectInert(text);
        // eslint-disable-next-line no-control-regex -- these are what must not be there
        expect(text).not.toMatch(/[\u0000-\u0009\u000b-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/);
      }),
      { numRuns: 200 },
    );
  });

  it('says the answer first and how it was made last', () => {
    const text = show(scenes.clearComparison());
    expect(text.startsWith('**label.arm rt is late less often than label.arm normal:')).toBe(true);
    const made = text.split('### How this was made')[1];
    expect(made).toContain('2,000 resamples of sessions, seed 1.');
    expect(made).toContain('whylate 0.1.0');
    expect(text).toContain('Sessions grouped by `label.arm`');
    expect(text).not.toContain('--all');
  });
});

describe('writeCode', () => {
  it.each([
    ['stress-ng', '`stress-ng`'],
    ['a|b', '`a`&#124;`b`'],
    ['a\\|b\\', '`a\\`&#124;`b\\`'],
    ['`x`', '&#96;`x`&#96;'],
    ['<b>', '`<b>`'],
    ['a\nb', '`a\\x0ab`'],
    ['\u001b[31m', '`\\x1b[31m`'],
    ['', '(empty)'],
    ['  ', '(empty)'],
  ])('%j is %s', (name, text) => {
    expect(writeCode(name)).toBe(text);
  });
});

describe('writeSentence', () => {
  it('lets a number or dash stand that begins nothing', () => {
    expect(writeSentence('1. one', false)).toBe('1. one');
  });

  it.each([
    ['It is late: 1.2 % (0.80 to 1.9), p99.9 of 5,000.', 'It is late: 1.2 % (0.80 to 1.9), p99.9 of 5,000.'],
    ['with vrrp_rt_priority 50.', 'with `vrrp_rt_priority` 50.'],
    ['ask @someone, see #12: now', 'ask `@someone`, see `#12`: now'],
    ['see https://example.org or www.example.org', 'see `https://example.org` or `www.example.org`'],
    ['1. one', '`1`. one'],
    [' - one', ' `-` one'],
    ['GH-12 and 0a1b2c3d4e', '`GH-12` and `0a1b2c3d4e`'],
    ['at 08:00:00 :smile: ...', 'at 08:00:00 `:smile`: ...'],
    ['a | b', 'a &#124; b'],
    ['[x](y)', '`[x](y)`'],
  ])('%j is %s', (sentence, text) => {
    expect(writeSentence(sentence)).toBe(text);
  });
});

import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { paintLine, span, wrapSpans } from '../../src/reports/terminal/spans.js';
import { measureText } from '../../src/reports/terminal/width.js';

const wrap = (text: string, width: number, hang = 0): string[] =>
  wrapSpans([span(text)], width, hang).map((line) => paintLine(line, false));

describe('wrapSpans', () => {
  it('breaks at spaces and indents what follows', () => {
    expect(wrap('one two three four', 12, 2)).toEqual(['one two', '  three four']);
  });

  it('breaks a word only when it is longer than a line', () => {
    expect(wrap('an abcdefghijklmnop end', 10)).toEqual(['an abcdefg', 'hijklmnop', 'end']);
  });

  it('keeps a number and its unit together', () => {
    expect(wrap('it was 1.07 s late', 12)).toEqual(['it was', '1.07 s late']);
    expect(wrap('97 % sure', 4)).toEqual(['97 %', 'sure']);
  });

  it('keeps spaces within a line, as tables need them', () => {
    expect(wrap('  a   b', 10)).toEqual(['  a   b']);
  });

  it('counts wide and combining characters', () => {
    expect(measureText('进程 e\u0301 🦀')).toBe(9);
    expect(wrap('进程进程进程', 5)).toEqual(['进程', '进程', '进程']);
  });

  it('stays within the width and loses nothing but space', () => {
    const word = fc.string({ unit: fc.constantFrom('a', 'b', '7', '进', '🦀', 's', '%', '(', '/') });
    fc.assert(
      fc.property(
        fc.array(fc.record({ text: fc.array(word).map((words) => words.join(' ')), bold: fc.boolean() })),
        fc.integer({ min: 2, max: 60 }),
        fc.integer({ min: 0, max: 8 }),
        (texts, width, hang) => {
          const spans = texts.map(({ text, bold }) => span(text, bold ? 'strong' : 'plain'));
          const lines = wrapSpans(spans, width, hang).map((line) => paintLine(line, false));
          for (const line of lines) expect(measureText(line)).toBeLessThanOrEqual(width);
          const squeeze = (text: string): string => text.replace(/ /g, '');
          expect(squeeze(lines.join(''))).toBe(squeeze(texts.map(({ text }) => text).join('')));
        },
      ),
      { numRuns: 2000 },
    );
  });
});

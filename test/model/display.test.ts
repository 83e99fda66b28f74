import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { displayText } from '../../src/model/display.js';

describe('displayText', () => {
  it.each([
    ['keepalived', 'keepalived'],
    ['', ''],
    ['kworker/0:1-events (x)', 'kworker/0:1-events (x)'],
    ['Zürich 東京 😀 \ufffd', 'Zürich 東京 😀 \ufffd'],
    ['\u001b[31mred\u0007', '\\x1b[31mred\\x07'],
    ['a\nb\r\tc\u0000', 'a\\x0ab\\x0d\\x09c\\x00'],
    ['\u009b31m\u007f', '\\x9b31m\\x7f'],
    ['evil\u202egnp.exe', 'evil\\u{202e}gnp.exe'],
    ['zero\u200bwidth\ufeff', 'zero\\u{200b}width\\u{feff}'],
    ['\u2066x\u2069', '\\u{2066}x\\u{2069}'],
    ['line\u2028para\u2029', 'line\\u{2028}para\\u{2029}'],
  ])('of %j', (text, shown) => {
    expect(displayText(text)).toBe(shown);
  });

  it('lets no control, bidirectional or line-breaking character pass', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        expect(displayText(text)).not.toMatch(/[\p{Cc}\p{Bidi_Control}\p{Zl}\p{Zp}]/u);
      }),
      { numRuns: 300 },
    );
  });

  it('lets no control, bidirectional or invisible format character of Unicode pass', () => {
    const passed: string[] = [];
    for (let code = 0; code < 0x110000; code++) {
      if (code >= 0xd800 && code < 0xe000) continue;
      const char = String.fromCodePoint(code);
      const hidden = /\p{Cc}|\p{Bidi_Control}|\p{Zl}|\p{Zp}/u.test(char);
      const invisible = /\p{Cf}/u.test(char) && /\p{Default_Ignorable_Code_Point}/u.test(char);
      if ((hidden || invisible) && displayText(char) === char) passed.push(code.toString(16));
    }
    expect(passed.slice(0, 8)).toEqual([]);
  });

  it('changes nothing else, and nothing twice', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const shown = displayText(text);
        expect(displayText(shown)).toBe(shown);
      }),
    );
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme-ascii' }), (text) => {
        expect(displayText(text)).toBe(text);
      }),
    );
  });
});

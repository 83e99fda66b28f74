import { expect, test } from 'vitest';
import { escapeHtml, html, SafeHtml } from '../../../src/reports/html/safe-html.js';

test('text in elements and attributes is inert', () => {
  const text = `<img src=x onerror=alert(1)>"'&`;
  expect(html`<p title="${text}">${text}</p>`.text).toBe(
    '<p title="&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;">&lt;img src=x onerror=alert(1)&gt;&quot;&#39;&amp;</p>',
  );
});

test('what a terminal or the direction of writing would act on is made visible', () => {
  expect(escapeHtml('a\u001b[31mb\u202ec\u0000')).toBe('a\\x1b[31mb\\u{202e}c\\x00');
});

test('lists are joined, null and false are nothing, markup stays', () => {
  expect(html`${[new SafeHtml('<b>1</b>'), 2, null, false, '<']}`.text).toBe('<b>1</b>2&lt;');
});

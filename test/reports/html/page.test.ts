import { createHash } from 'node:crypto';
import { expect, test } from 'vitest';
import { renderHtml } from '../../../src/reports/html/index.js';
import { renderPage } from '../../../src/reports/html/page.js';
import { html } from '../../../src/reports/html/safe-html.js';
import { everythingAnswer, noInstanceAnswer } from '../answers.js';

test('the policy allows the page’s own script and nothing else', () => {
  const page = renderPage({ title: 'A & B', version: '1.2.3', body: html`<p>body</p>`, script: 'let a = 1 < 2;' });
  const [, script = ''] = /<script>([\s\S]*?)<\/script>/.exec(page) ?? [];
  expect(script).toBe('let a = 1 < 2;');
  const hash = createHash('sha256').update(script).digest('base64');
  expect(page).toContain(`default-src 'none'; style-src 'unsafe-inline'; script-src 'sha256-${hash}'`);
  expect(page).toContain('<title>A &amp; B</title>');
});

test('a page without a script allows none', () => {
  expect(renderPage({ title: 't', version: '1', body: html`` })).toContain("script-src 'none'");
});

test('the time it was made is printed only where it is given', () => {
  const report = { answer: noInstanceAnswer(), gaps: [], pictures: [] };
  expect(renderHtml(report, { zone: 'utc', generatedAt: '2026-01-02T03:04:05Z' })).toContain('2026-01-02T03:04:05Z');
  expect(renderHtml(report, { zone: 'utc', generatedAt: null })).not.toContain('<time');
});

test('every cause is told, without gaps and pictures as well', () => {
  const answer = everythingAnswer();
  const page = renderHtml({ answer, gaps: [], pictures: [] }, { zone: 'utc', generatedAt: null });
  for (const { late } of answer.instances)
    for (const { cause } of late) expect(page).toContain(`<strong>${cause}</strong>`);
  expect(page).toBe(renderHtml({ answer, gaps: [], pictures: [] }, { zone: 'utc', generatedAt: null }));
});

import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderHtml } from '../../src/reports/html/index.js';
import { listProblems, measureOverflow } from './accessibility.js';
import { everyStateReport, hostileReport, manyLateReport } from './made-up.js';
import { openBrowser, type TestBrowser } from './open-page.js';

let browser: TestBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
});

const MANY = 10_000;

test('10,000 late: under 5 MB, interactive in under 3 s, every one has its place', async () => {
  const html = renderHtml(manyLateReport(MANY), { zone: 'utc', generatedAt: null });
  expect(Buffer.byteLength(html)).toBeLessThan(5_000_000);
  await browser.open('<!doctype html><title>warm</title>');
  const start = performance.now();
  const { page, problems } = await browser.open(html, { width: 1200 });
  await page.locator('.zoom button').first().click();
  await page.waitForFunction(`document.querySelector('.zoom [role=status]').textContent !== ''`);
  const took = performance.now() - start;
  expect(took).toBeLessThan(3000);
  await page.locator('.zoom button', { hasText: 'All' }).first().click();
  await browser.screenshot(page, 'many-late');
  expect(await page.locator('section.late').count()).toBe(100);
  const places = await page.evaluate<number>(
    `[...document.querySelectorAll('[id^="late-"]')].filter(({ id }) => /^late-\\d+$/.test(id)).length`,
  );
  expect(places).toBe(MANY);
  expect(await listProblems(page)).toEqual([]);
  expect(problems).toEqual([]);
});

test('a page of hostile names is inert', async () => {
  const html = renderHtml(hostileReport(), { zone: 'utc', generatedAt: null });
  const { page, problems } = await browser.open(html);
  expect(await page.locator('img, iframe, object, embed, form').count()).toBe(0);
  expect(await page.locator('script').count()).toBe(1);
  expect(await page.locator('[onerror], [onload], [onclick]').count()).toBe(0);
  const raw = await page.evaluate<string>(`document.documentElement.textContent`);
  expect(raw).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(raw).toContain('\\x1b[31m');
  await page.locator('svg.picture rect').first().hover();
  expect(await listProblems(page)).toEqual([]);
  await page.setViewportSize({ width: 400, height: 900 });
  expect(await measureOverflow(page)).toBe(0);
  await browser.screenshot(page, 'hostile', { fullPage: true });
  expect(problems).toEqual([]);
});

test('every state of the ledger has a look of its own', async () => {
  const { page, problems } = await browser.open(renderHtml(everyStateReport(), { zone: 'utc', generatedAt: null }));
  const looks = await page.evaluate<string[]>(
    `[...document.querySelector('figcaption .legend').parentElement ? document.querySelectorAll('section.late figure figcaption .legend svg') : []].filter((svg) => svg.querySelector('text.on')).map((svg) => [...svg.querySelectorAll('rect')].map((rect) => getComputedStyle(rect).fill).join() + svg.textContent)`,
  );
  expect(new Set(looks).size).toBe(looks.length);
  await browser.screenshot(page, 'every-state', { fullPage: true });
  expect(problems).toEqual([]);
});

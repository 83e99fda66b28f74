import { afterAll, beforeAll, expect, test } from 'vitest';
import { renderHtml } from '../../src/reports/html/index.js';
import { reportOf } from '../support/reports.js';
import { listProblems } from './accessibility.js';
import { openBrowser, type OpenPage, type TestBrowser } from './open-page.js';

let browser: TestBrowser;
let opened: OpenPage;

beforeAll(async () => {
  browser = await openBrowser();
  opened = await browser.open(renderHtml(await reportOf('sigstop'), { zone: 'utc', generatedAt: null }));
});

afterAll(async () => {
  await browser.close();
});

const BOX = '.scroll:has(> svg.picture.zoomable)';

/** Width of the longest stretch of the first picture (CSS pixels). */
const measure = (): Promise<number> =>
  opened.page.evaluate<number>(
    `Math.max(...[...document.querySelector('svg.picture.zoomable .sender').querySelectorAll('rect')].map((rect) => rect.getBoundingClientRect().width))`,
  );

test('buttons zoom, and put it back', async () => {
  const { page } = opened;
  const before = await measure();
  const bar = page.getByRole('group', { name: 'Zoom: The time before #1' });
  await bar.getByRole('button', { name: 'Closer' }).click();
  await bar.getByRole('button', { name: 'Closer' }).click();
  expect((await measure()) / before).toBeCloseTo(4, 2);
  expect(await bar.getByRole('status').textContent()).toContain('4 times closer');
  await bar.getByRole('button', { name: 'Later' }).click();
  await browser.screenshot(page, 'sigstop-zoomed', { fullPage: true });
  expect(await listProblems(page)).toEqual([]);
  await bar.getByRole('button', { name: 'All' }).click();
  expect((await measure()) / before).toBeCloseTo(1, 4);
});

test('keys and the wheel zoom where the picture has the focus', async () => {
  const { page } = opened;
  const before = await measure();
  const box = page.locator(BOX).first();
  await box.focus();
  await page.keyboard.press('+');
  expect((await measure()) / before).toBeCloseTo(2, 2);
  await page.keyboard.press('ArrowRight');
  await box.hover();
  await page.mouse.wheel(0, -100);
  await expect.poll(measure).toBeGreaterThan(before * 2.2);
  await page.keyboard.press('0');
  expect((await measure()) / before).toBeCloseTo(1, 4);
  expect(opened.problems).toEqual([]);
});

test('a mark of the strip leads to its section', async () => {
  const { page } = opened;
  await page.locator('svg.strip a[href="#late-2"]').focus();
  await page.keyboard.press('Enter');
  await expect
    .poll(() => page.evaluate<number>(`document.querySelector('#late-2').getBoundingClientRect().top`))
    .toBeLessThan(200);
});

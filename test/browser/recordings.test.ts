import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { AnswerReport } from '../../src/model/report.js';
import type { CpuSpan, Picture } from '../../src/model/picture.js';
import { renderHtml } from '../../src/reports/html/index.js';
import { listRecordings, reportOf } from '../support/reports.js';
import { listProblems, measureOverflow } from './accessibility.js';
import { measurePictures, type Measured } from './measure-lanes.js';
import { openBrowser, type TestBrowser } from './open-page.js';

let browser: TestBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
});

/** Stretches of a CPU that a reader tells apart. */
const joinAlike = (spans: readonly CpuSpan[]): { from: number; to: number }[] => {
  const joined: CpuSpan[] = [];
  for (const span of spans) {
    const last = joined.at(-1);
    const isAlike =
      last?.to === span.from &&
      last.kind === span.kind &&
      (span.kind === 'idle' || (last.process === span.process && last.tid === span.tid));
    if (isAlike) joined[joined.length - 1] = { ...last, to: span.to };
    else joined.push(span);
  }
  return joined;
};

const expectSizes = (
  measured: readonly Measured[],
  spans: readonly { from: number; to: number }[],
  { nsPerPixel, picture, lane }: { nsPerPixel: number; picture: Picture; lane: string },
): void => {
  expect(measured.length, lane).toBe(spans.length);
  spans.forEach(({ from, to }, i) => {
    if (picture.hidden > 0) return;
    const found = measured[i]!;
    expect(Math.abs(found.from - from) / nsPerPixel, `${lane}: beginning of stretch ${i}`).toBeLessThan(1);
    expect(Math.abs(found.to - found.from - (to - from)) / nsPerPixel, `${lane}: width of stretch ${i}`).toBeLessThan(
      1,
    );
  });
};

const expectPictures = async (report: AnswerReport, page: Parameters<typeof measurePictures>[0]): Promise<void> => {
  const measured = await measurePictures(page);
  const lates = report.answer.instances.flatMap(({ late }) => late);
  expect(measured.map(({ id }) => id)).toEqual(lates.map((_, i) => `late-${i + 1}`));
  measured.forEach(({ nsPerPixel, sender, cpus }, i) => {
    const picture = report.pictures.find(({ late }) => late === lates[i]!.id)!;
    expectSizes(sender, picture.sender, { nsPerPixel, picture, lane: 'sender' });
    expect(cpus.map(({ name }) => name)).toEqual(picture.cpus.map(({ cpu }) => (cpu === null ? 'CPUs' : `CPU ${cpu}`)));
    picture.cpus.forEach(({ spans }, lane) => {
      expectSizes(cpus[lane]!.spans, joinAlike(spans), { nsPerPixel, picture, lane: cpus[lane]!.name });
    });
  });
};

/** What a page says, without what only a script could have made. */
const READ = `document.querySelector('main').innerText.replace(/\\s+/g, ' ')`;

describe('the report of each recording', () => {
  test.each(listRecordings())('%s', async (name) => {
    const report = await reportOf(name);
    const html = renderHtml(report, { zone: 'utc', generatedAt: null });
    expect(renderHtml(report, { zone: 'utc', generatedAt: null })).toBe(html);

    const { page, problems } = await browser.open(html);
    expect(await listProblems(page)).toEqual([]);
    await expectPictures(report, page);
    await browser.screenshot(page, `${name}-light`, { fullPage: true });

    await page.emulateMedia({ colorScheme: 'dark' });
    expect(await listProblems(page)).toEqual([]);
    await browser.screenshot(page, `${name}-dark`);

    await page.setViewportSize({ width: 400, height: 900 });
    expect(await measureOverflow(page)).toBe(0);
    await browser.screenshot(page, `${name}-narrow`);
    expect(problems).toEqual([]);
  });

  test.each(['sigstop', 'vm-paused'])('%s without scripts: the same, but for zooming', async (name) => {
    const html = renderHtml(await reportOf(name), { zone: 'utc', generatedAt: null });
    const { page: scripted } = await browser.open(html);
    await scripted.evaluate(`document.querySelectorAll('.zoom').forEach((bar) => bar.remove())`);
    const text = await scripted.evaluate<string>(READ);
    const { page, problems } = await browser.openWithoutScripts(html);
    expect(await page.locator('.zoom').count()).toBe(0);
    expect(await page.evaluate<string>(READ)).toBe(text);
    expect(await listProblems(page)).toEqual([]);
    expect(problems).toEqual([]);
  });

  test('on paper everything is opened and nothing is wider than the page', async () => {
    const html = renderHtml(await reportOf('rt-hog'), { zone: 'utc', generatedAt: null });
    const { page, problems } = await browser.open(html, { media: 'print', width: 720 });
    expect(await measureOverflow(page)).toBe(0);
    const hidden = await page.evaluate<number>(
      `[...document.querySelectorAll('details > div, details > p')].filter((part) => part.getBoundingClientRect().height === 0).length`,
    );
    expect(hidden).toBe(0);
    await browser.screenshot(page, 'rt-hog-print', { fullPage: true });
    expect(problems).toEqual([]);
  });
});

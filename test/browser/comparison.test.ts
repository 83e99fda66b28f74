import { afterAll, beforeAll, expect, test } from 'vitest';
import type { Page } from 'playwright-core';
import type { Comparison, Estimate } from '../../src/model/comparison.js';
import { renderComparisonHtml } from '../../src/reports/comparison-html/index.js';
import { manyComparison, schedulersComparison } from '../reports/comparison-html/scenes.js';
import * as scenes from '../reports/comparison/scenes.js';
import { listProblems, measureOverflow } from './accessibility.js';
import { openBrowser, type TestBrowser } from './open-page.js';

let browser: TestBrowser;

beforeAll(async () => {
  browser = await openBrowser();
});

afterAll(async () => {
  await browser.close();
});

const show = (comparison: Comparison): string => renderComparisonHtml(comparison, { zone: 'utc', generatedAt: null });

const unfold = `document.querySelectorAll('details').forEach((each) => { each.open = true })`;

test('every made-up comparison can be read by all, and loads nothing', async () => {
  for (const [name, comparison] of Object.entries(scenes.everyComparison())) {
    const { page, problems } = await browser.open(show(comparison), { width: 380 });
    expect(await measureOverflow(page), name).toBe(0);
    await page.evaluate(unfold);
    expect(await listProblems(page), name).toEqual([]);
    expect(await measureOverflow(page), name).toBe(0);
    expect(problems, name).toEqual([]);
  }
});

const pictured = {
  schedulers: schedulersComparison(),
  settings: scenes.settingsComparison(),
};

for (const [name, comparison] of Object.entries(pictured))
  test(`${name}: light, dark, narrow and printed`, async () => {
    const html = show(comparison);
    for (const theme of ['light', 'dark'] as const) {
      const { page, problems } = await browser.open(html, { theme });
      expect(await listProblems(page)).toEqual([]);
      expect(await measureOverflow(page)).toBe(0);
      await browser.screenshot(page, `comparison-${name}-${theme}`, { fullPage: true });
      expect(problems).toEqual([]);
    }
    const { page, problems } = await browser.open(html, { width: 380 });
    await browser.screenshot(page, `comparison-${name}-narrow`, { fullPage: true });
    // A4 between its margins.
    await page.setViewportSize({ width: 688, height: 1000 });
    await page.emulateMedia({ media: 'print' });
    expect(await measureOverflow(page)).toBe(0);
    await browser.screenshot(page, `comparison-${name}-print`, { fullPage: true });
    await page.emulateMedia({ media: 'screen' });
    expect(problems).toEqual([]);
  });

interface MeasuredAxis {
  /** Words and place (pixels) of each tick, from the left. */
  readonly ticks: readonly (readonly [string, number])[];
  readonly rows: readonly {
    readonly caps: readonly number[];
    readonly points: readonly number[];
    readonly dots: readonly number[];
    readonly bars: readonly { readonly left: number; readonly right: number; readonly height: number }[];
    readonly dashed: number;
  }[];
}

/** The pictures below a caption, in pixels of the screen. */
const measurePlot = (page: Page, id: string): Promise<MeasuredAxis> =>
  page.evaluate<MeasuredAxis>(`(() => {
    const table = document.getElementById('${id}').closest('table');
    const box = (element) => element.getBoundingClientRect();
    const middle = (element) => (box(element).left + box(element).right) / 2;
    const all = (root, selector) => [...root.querySelectorAll(selector)];
    return {
      ticks: all(table.tHead, 'text').map((text) => [text.textContent, middle(text.nextElementSibling)]),
      rows: all(table, 'tbody tr:not(.part)').map((row) => ({
        caps: all(row, 'line.interval').filter((line) => line.getAttribute('x1') === line.getAttribute('x2')).map(middle),
        points: all(row, '.point, .open').map(middle),
        dots: all(row, '.dot').map(middle),
        bars: all(row, '.bar').map((bar) => ({ left: box(bar).left, right: box(bar).right, height: box(bar).height })),
        dashed: all(row, 'line.bound').length,
      })),
    };
  })()`);

/** What a tick says, as a share. */
const readShare = (label: string): number => Number(label.replace(/[ %,]/g, '')) / 100;

/** Where the axis, by its own ticks, has a value. */
const placeOnLog = ({ ticks }: MeasuredAxis, read: (label: string) => number): ((value: number) => number) => {
  const named = ticks.map(([label, at]) => [read(label), at] as const).filter(([value]) => value > 0);
  const [[least, left], [most, right]] = [named[0]!, named.at(-1)!];
  return (value) => left + (Math.log(value / least) / Math.log(most / least)) * (right - left);
};

const expectNear = (found: readonly number[], expected: readonly number[]): void => {
  expect(found.length).toBe(expected.length);
  const [a, b] = [found, expected].map((places) => [...places].sort((x, y) => x - y));
  a!.forEach((at, index) => {
    expect(Math.abs(at - b![index]!), `${at} and ${b![index]!}`).toBeLessThan(1.5);
  });
};

test('late rates, their intervals and sessions stand where their numbers are on the axis', async () => {
  const comparison = schedulersComparison();
  for (const width of [1200, 400]) {
    const { page } = await browser.open(show(comparison), { width });
    const plot = await measurePlot(page, 'late-rates');
    const place = placeOnLog(plot, readShare);
    const none = plot.ticks[0]![1];
    expect(plot.rows).toHaveLength(4);
    comparison.groups.forEach(({ name, rates: { late_rate } }, index) => {
      const { caps, points, dots, dashed } = plot.rows[index]!;
      const isBound = late_rate.method === 'rule-of-three';
      const ends = isBound ? [late_rate.upper] : [late_rate.lower, late_rate.upper];
      expectNear(
        caps,
        ends.flatMap((end) => (end === null ? [] : [place(end)])),
      );
      expectNear(points, isBound ? [] : [place(late_rate.value!)]);
      expect(dashed).toBe(isBound ? 1 : 0);
      const sessions = comparison.sessions.filter(({ group }) => group === name);
      expect(dots).toHaveLength(sessions.length);
      expectNear(
        dots.filter((at) => at > none + 40),
        sessions.flatMap(({ late, gaps }) => (late > 0 ? [place(late / gaps)] : [])),
      );
    });
  }
});

test('ratios and differences stand where their numbers are, with the line of no difference', async () => {
  const comparison = scenes.clearComparison();
  const [{ ratio, difference }] = comparison.pairs as [Comparison['pairs'][number]];
  const { page } = await browser.open(show(comparison));
  const ratios = await measurePlot(page, 'ratios');
  const place = placeOnLog(ratios, Number);
  const all = ({ lower, upper }: Estimate): number[] => [lower!, upper!];
  expectNear(ratios.rows[0]!.caps, all(ratio).map(place));
  expectNear(ratios.rows[0]!.points, [place(ratio.value!)]);
  const same = `(() => { const box = document.querySelectorAll('td .same')[0].getBoundingClientRect(); return (box.left + box.right) / 2 })()`;
  expectNear([await page.evaluate<number>(same)], [place(1)]);
  const differences = await measurePlot(page, 'differences');
  const [first, last] = [differences.ticks[0]!, differences.ticks.at(-1)!];
  const slope = (last[1] - first[1]) / (Number(last[0]) - Number(first[0]));
  const placeEven = (value: number): number => first[1] + (value * 100 - Number(first[0])) * slope;
  expectNear(differences.rows[0]!.caps, all(difference).map(placeEven));
});

test('bars of the distributions are as long as the bins and as high as the logarithm of their share', async () => {
  const comparison = schedulersComparison();
  const { page } = await browser.open(show(comparison));
  const plot = await measurePlot(page, 'distributions');
  const units: Readonly<Record<string, number>> = { µs: 1e3, ms: 1e6, s: 1e9 };
  const readNs = (label: string): number => {
    const [, amount = '', unit = ''] = /^(\d+) (\S+)$/.exec(label) ?? [];
    return Number(amount) * (units[unit] ?? 0);
  };
  const place = placeOnLog(plot, readNs);
  const { distribution, gaps } = comparison.groups[0]!;
  const bars = plot.rows[0]!.bars;
  expect(bars).toHaveLength(distribution.length);
  const whole = bars[0]!.height / (1 + Math.log10(distribution[0]!.gaps / gaps) / 5);
  distribution.forEach(({ fromNs, toNs, gaps: count }, index) => {
    const { left, right, height } = bars[index]!;
    if (fromNs !== null && Number(fromNs) >= 1000)
      expectNear([left, right], [place(Number(fromNs)), place(Number(toNs))]);
    expect(Math.abs(height - whole * (1 + Math.log10(count / gaps) / 5))).toBeLessThan(1.5);
  });
});

test('time of causes: bars begin at zero and are as long as their time', async () => {
  const comparison = scenes.clearComparison();
  const { page } = await browser.open(show(comparison));
  const plot = await measurePlot(page, 'causes-plot');
  const zero = plot.ticks.find(([label]) => label === '0 s')![1];
  const [label, at] = plot.ticks.at(-1)!;
  const perSecond = (at - zero) / Number(label.replace(' s', ''));
  const bars = plot.rows.flatMap((row) => row.bars);
  // In the order of the causes, and of the groups in each.
  const seconds = [4.52, 0.1624, 0.0402, 0.0524];
  expectNear(
    bars.map(({ left }) => left),
    seconds.map(() => zero),
  );
  expectNear(
    bars.map(({ right }) => right),
    seconds.map((time) => zero + Math.max(time * perSecond, 1)),
  );
});

test('without scripts everything is there', async () => {
  const { page, problems } = await browser.openWithoutScripts(show(schedulersComparison()), { width: 900 });
  expect(await page.locator('script').count()).toBe(0);
  expect(await page.locator('figure.plot').count()).toBe(5);
  await page.locator('summary', { hasText: 'The same in numbers' }).click();
  expect(
    await page
      .getByRole('cell', { name: /^15,116 \(42 %\)$/ })
      .first()
      .isVisible(),
  ).toBe(true);
  expect(problems).toEqual([]);
});

test('the keyboard reaches links, what is folded and what scrolls', async () => {
  const { page } = await browser.open(show(schedulersComparison()));
  const reached = new Set<string>();
  for (let i = 0; i < 30; i += 1) {
    await page.keyboard.press('Tab');
    reached.add(await page.evaluate<string>(`document.activeElement.tagName + '.' + document.activeElement.className`));
  }
  expect([...reached]).toEqual(expect.arrayContaining(['A.skip', 'A.', 'DIV.scroll', 'SUMMARY.']));
});

test('hostile names are text', async () => {
  const { page, problems } = await browser.open(show(scenes.hostileComparison()));
  expect(await page.locator('img, iframe, object, embed, form, script').count()).toBe(0);
  expect(await page.locator('[onerror], [onload], [onclick]').count()).toBe(0);
  expect(await page.evaluate<string>(`document.documentElement.textContent`)).not.toMatch(/(?!\n)[\p{Cc}\p{Cf}]/u);
  expect(problems).toEqual([]);
});

test('50 groups and 1,000 sessions: opened at once, and no wider than the page', async () => {
  const html = show(manyComparison());
  const start = performance.now();
  const { page, problems } = await browser.open(html);
  await page.evaluate(`document.body.offsetHeight`);
  expect(performance.now() - start).toBeLessThan(3000);
  expect(await measureOverflow(page)).toBe(0);
  await browser.screenshot(page, 'comparison-many');
  expect(problems).toEqual([]);
});

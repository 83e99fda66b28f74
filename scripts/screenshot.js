// @ts-check
/**
 * scripts/screenshot [RECORDING]
 *
 * Makes docs/images/report-light.png and report-dark.png: the report of a recording in traces/ (rt-hog unless told), as Debian's chromium shows its second late
 * advertisement. It takes what `npm run build` built.
 */
import { existsSync, mkdirSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { chromium } from 'playwright-core';

const ROOT = fileURLToPath(new URL('..', import.meta.url));
const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';
const BUILT = join(ROOT, 'dist/reports/html/index.js');

/** What is shown: the answer and the strip, then the picture of one late advertisement. */
const PARTS = ['body > header', '#answer', 'section:has(> #instance-1) > figure'];
const WIDTH = 1100;
const LARGEST = 300_000;

/** @param {string} message @returns {never} */
const fail = (message) => {
  console.error(message);
  process.exit(1);
};

const recording = process.argv[2] ?? 'rt-hog';
if (!existsSync(CHROMIUM)) fail(`${CHROMIUM} is missing. On Debian: apt-get install chromium`);
if (!existsSync(BUILT)) fail('dist/ is missing: npm run build');
if (!existsSync(join(ROOT, 'traces', recording))) fail(`there is no recording traces/${recording}`);

const { analyzeForReports } = await import(pathToFileURL(join(ROOT, 'dist/reporting.js')).href);
const { requestOf } = await import(pathToFileURL(join(ROOT, 'dist/model/request.js')).href);
const { renderHtml } = await import(pathToFileURL(BUILT).href);

process.chdir(ROOT);
const report = await analyzeForReports(requestOf({ files: [`traces/${recording}`] }));
const folder = mkdtempSync(join(tmpdir(), 'whylate-screenshot-'));
const file = join(folder, 'report.html');
writeFileSync(file, renderHtml(report, { zone: 'utc', generatedAt: null }));

const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
try {
  const images = join(ROOT, 'docs/images');
  mkdirSync(images, { recursive: true });
  for (const theme of /** @type {const} */ (['light', 'dark'])) {
    const page = await browser.newPage({ viewport: { width: WIDTH, height: 900 }, colorScheme: theme });
    await page.goto(pathToFileURL(file).href);
    for (const part of PARTS) if ((await page.locator(part).count()) === 0) fail(`the report has no ${part}`);
    // The tables between the strip and the worst late advertisement take room that a picture for a README does not have.
    await page.addStyleTag({
      content:
        'section:has(> #instance-1) > :not(h2, p, figure:first-of-type, #late-2), figure > details, .zoom, nav, #late-2 > :not(h3, dl, figure), section:has(> #instance-1) ~ *, footer { display: none !important }',
    });
    const height = await page.evaluate('document.documentElement.scrollHeight');
    const path = join(images, `report-${theme}.png`);
    await page.setViewportSize({ width: WIDTH, height: Math.min(Number(height), 1600) });
    await page.screenshot({ path });
    const { size } = statSync(path);
    if (size > LARGEST) fail(`${path} has ${size} bytes, more than ${LARGEST}`);
    console.log(`${path} ${size}`);
    await page.close();
  }
} finally {
  await browser.close();
  rmSync(folder, { recursive: true, force: true });
}

/** Debian's chromium, driven through playwright-core, for tests of reports: no page may ask for anything but its own file. */
import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { chromium, type Browser, type BrowserContext, type Page } from 'playwright-core';

const CHROMIUM = process.env['CHROMIUM_PATH'] ?? '/usr/bin/chromium';

const KEEPS_SCREENSHOTS = process.env['WHYLATE_SCREENSHOTS'] !== undefined;

export interface OpenOptions {
  readonly theme?: 'light' | 'dark';
  /** CSS pixels */
  readonly width?: number;
  readonly height?: number;
  readonly media?: 'screen' | 'print';
}

/** A document in the browser. */
export interface OpenPage {
  readonly page: Page;
  /** Console errors and warnings, errors of scripts, requests for anything else, dialogs: there must be none. */
  readonly problems: readonly string[];
}

export interface TestBrowser {
  /** Shows a document; the next one takes its place. */
  open(html: string, options?: OpenOptions): Promise<OpenPage>;
  /** The same with scripts off. */
  openWithoutScripts(html: string, options?: OpenOptions): Promise<OpenPage>;
  /** Writes a picture of what is shown to the folder in WHYLATE_SCREENSHOTS, of the whole page where that is wanted; without it only of the window, to a folder that is removed at the end. */
  screenshot(page: Page, name: string, options?: { fullPage?: boolean }): Promise<string>;
  close(): Promise<void>;
}

/** One page of a browser context, used for one document after the other. */
class Tab {
  #page: Promise<Page> | null = null;
  #url = '';
  #problems: string[] = [];

  constructor(
    readonly context: Promise<BrowserContext>,
    readonly folder: string,
  ) {}

  async #start(): Promise<Page> {
    const context = await this.context;
    const page = await context.newPage();
    await page.route('**/*', async (route) => {
      const url = route.request().url();
      if (url === this.#url) return route.continue();
      this.#problems.push(`asked for ${url.slice(0, 200)}`);
      return route.abort();
    });
    page.on('console', (message) => {
      if (message.type() === 'error' || message.type() === 'warning')
        this.#problems.push(`console: ${message.text().slice(0, 300)}`);
    });
    page.on('pageerror', (error) => this.#problems.push(`error: ${error.message}`));
    page.on('dialog', (dialog) => {
      this.#problems.push(`dialog: ${dialog.message()}`);
      void dialog.dismiss();
    });
    return page;
  }

  async open(
    html: string,
    { theme = 'light', width = 1200, height = 900, media = 'screen' }: OpenOptions,
  ): Promise<OpenPage> {
    this.#page ??= this.#start();
    const page = await this.#page;
    const file = join(this.folder, 'report.html');
    writeFileSync(file, html);
    this.#problems = [];
    this.#url = pathToFileURL(file).href;
    await page.setViewportSize({ width, height });
    await page.emulateMedia({ colorScheme: theme, media });
    await page.goto(this.#url, { waitUntil: 'load' });
    return { page, problems: this.#problems };
  }
}

/**
 * Start the browser; once per test file.
 *
 * @throws where there is none
 */
export const openBrowser = async (): Promise<TestBrowser> => {
  if (!existsSync(CHROMIUM))
    throw new Error(`${CHROMIUM} is missing: the reports are tested in it. On Debian: apt-get install chromium`);
  const browser: Browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox', '--disable-gpu'] });
  const folder = mkdtempSync(join(tmpdir(), 'whylate-browser-'));
  const pictures = process.env['WHYLATE_SCREENSHOTS'] ?? folder;
  mkdirSync(pictures, { recursive: true });
  const withScripts = new Tab(browser.newContext({ reducedMotion: 'reduce' }), folder);
  let withoutScripts: Tab | null = null;
  return {
    open: (html, options = {}) => withScripts.open(html, options),
    openWithoutScripts: (html, options = {}) => {
      withoutScripts ??= new Tab(browser.newContext({ javaScriptEnabled: false, reducedMotion: 'reduce' }), folder);
      return withoutScripts.open(html, options);
    },
    screenshot: async (page, name, { fullPage = false } = {}) => {
      const path = join(pictures, `${name}.png`);
      await page.screenshot({ path, fullPage: fullPage && KEEPS_SCREENSHOTS });
      return path;
    },
    close: async () => {
      await browser.close();
      rmSync(folder, { recursive: true, force: true });
    },
  };
};

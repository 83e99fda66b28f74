/** Checks of a document that is open in the browser: what axe would look at, and what this project asks of its pages. */
import type { Page } from 'playwright-core';

/** Runs in the page; it returns what is wrong. Text, as tests know no DOM. */
const CHECKS = String.raw`(() => {
  const problems = [];
  const say = (text) => problems.length < 40 && problems.push(text);
  const all = (selector) => [...document.querySelectorAll(selector)];
  const textOf = (ids) => (ids ?? '').split(/\s+/).map((id) => document.getElementById(id)?.textContent ?? '').join(' ').trim();
  const nameOf = (element) => (element.getAttribute('aria-label') ?? (textOf(element.getAttribute('aria-labelledby')) || element.textContent)).trim();
  const show = (element) => element.outerHTML.slice(0, 120);

  if (document.documentElement.lang === '') say('the document has no language');
  if (document.title.trim() === '') say('the document has no title');
  for (const [selector, count] of [['main', 1], ['h1', 1], ['body > header', 1], ['body > footer', 1]])
    if (all(selector).length !== count) say(selector + ': ' + all(selector).length);

  let level = 0;
  for (const heading of all('h1, h2, h3, h4, h5, h6')) {
    const next = Number(heading.tagName[1]);
    if (next > level + 1) say('heading out of order: ' + show(heading));
    if (heading.textContent.trim() === '') say('empty heading');
    level = next;
  }

  const ids = new Set();
  for (const { id } of all('[id]')) {
    if (ids.has(id)) say('id twice: ' + id);
    ids.add(id);
  }
  for (const attribute of ['aria-labelledby', 'aria-describedby', 'aria-controls'])
    for (const element of all('[' + attribute + ']'))
      for (const id of element.getAttribute(attribute).split(/\s+/)) if (!ids.has(id)) say(attribute + ' leads nowhere: ' + id);
  for (const link of all('a')) {
    const href = link.getAttribute('href') ?? '';
    if (!href.startsWith('#') || !ids.has(href.slice(1))) say('link leads nowhere: ' + href);
    if (nameOf(link) === '') say('link without text: ' + show(link));
  }

  for (const svg of all('svg')) {
    if (svg.parentElement.closest('svg')) continue;
    if (svg.getAttribute('aria-hidden') === 'true') {
      if (svg.querySelector('a, [tabindex]')) say('hidden picture can be reached: ' + show(svg));
      continue;
    }
    const role = svg.getAttribute('role');
    if (role !== 'img' && role !== 'group') say('picture without role: ' + show(svg));
    if (role === 'img' && svg.querySelector('a[href], [tabindex]')) say('links inside an image: ' + show(svg));
    if (textOf(svg.getAttribute('aria-labelledby')) === '') say('picture without name: ' + show(svg));
  }
  for (const image of all('img')) if (!image.alt) say('image without text');
  for (const element of all('button, summary, [role=group], [role=region], nav, [tabindex="0"]')) if (nameOf(element) === '') say('no name: ' + show(element));
  for (const element of all('[tabindex]')) if (Number(element.getAttribute('tabindex')) > 0) say('tab order: ' + show(element));
  for (const table of all('table')) {
    if ((table.caption?.textContent ?? '').trim() === '') say('table without caption: ' + show(table));
    if (table.querySelector('th') === null) say('table without headers');
    for (const head of table.querySelectorAll('th')) if (!['col', 'row', 'colgroup', 'rowgroup'].includes(head.scope)) say('header without scope: ' + show(head));
    const widths = new Set([...table.rows].map((row) => [...row.cells].reduce((sum, { colSpan }) => sum + colSpan, 0)));
    if (widths.size > 1) say('rows of different lengths: ' + table.caption?.textContent);
  }

  const parse = (color) => {
    const numbers = (color.match(/[\d.]+/g) ?? []).map(Number);
    return color.startsWith('rgb') ? [...numbers.slice(0, 3), numbers[3] ?? 1] : null;
  };
  const over = ([r, g, b, a], below) => [r, g, b].map((part, i) => part * a + below[i] * (1 - a));
  const luminance = (color) =>
    color
      .map((part) => part / 255)
      .map((part) => (part <= 0.04045 ? part / 12.92 : ((part + 0.055) / 1.055) ** 2.4))
      .reduce((sum, part, i) => sum + part * [0.2126, 0.7152, 0.0722][i], 0);
  const contrast = (a, b) => {
    const [x, y] = [luminance(a), luminance(b)].sort((m, n) => n - m);
    return (x + 0.05) / (y + 0.05);
  };
  const backgrounds = new Map();
  const backgroundOf = (element) => {
    if (element === null) return [255, 255, 255];
    const known = backgrounds.get(element);
    if (known) return known;
    const color = parse(getComputedStyle(element).backgroundColor) ?? [0, 0, 0, 0];
    const found = color[3] === 1 ? color.slice(0, 3) : over(color, backgroundOf(element.parentElement));
    backgrounds.set(element, found);
    return found;
  };
  const root = getComputedStyle(document.documentElement);
  const variable = (name) => {
    const probe = document.createElement('span');
    probe.style.color = 'var(' + name + ')';
    document.body.append(probe);
    const color = parse(getComputedStyle(probe).color);
    probe.remove();
    return color.slice(0, 3);
  };
  const seen = new Set();
  const judge = (foreground, background, style, what) => {
    const large = parseFloat(style.fontSize) >= 24 || (parseFloat(style.fontSize) >= 18.66 && Number(style.fontWeight) >= 700);
    const key = [foreground, background, large].join();
    if (seen.has(key)) return;
    seen.add(key);
    const ratio = contrast(foreground, background);
    if (ratio < (large ? 3 : 4.5)) say('contrast ' + ratio.toFixed(2) + ' of ' + what);
  };
  const walker = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
  while (walker.nextNode()) {
    const element = walker.currentNode.parentElement;
    if (walker.currentNode.data.trim() === '' || element.closest('script, style, title, desc')) continue;
    const style = getComputedStyle(element);
    if (element.closest('svg') && element.namespaceURI.endsWith('svg')) {
      if (element.classList.contains('on')) continue;
      const color = parse(style.fill);
      if (color) judge(over(color, backgroundOf(element.closest('svg'))), backgroundOf(element.closest('svg')), style, show(element));
    } else {
      const background = backgroundOf(element);
      judge(over(parse(style.color), background), background, style, show(element));
    }
  }
  for (let i = 1; i <= 9; i += 1) {
    const ratio = contrast(variable('--on-fill'), variable('--fill-' + i));
    if (ratio < 4.5) say('contrast ' + ratio.toFixed(2) + ' of text on fill ' + i);
    const shape = contrast(variable('--page'), variable('--fill-' + i));
    if (shape < 3) say('contrast ' + shape.toFixed(2) + ' of fill ' + i + ' on the page');
  }
  if (root.colorScheme === '') say('no color scheme');
  return problems;
})()`;

/** What is wrong with the document for those who use a keyboard or a screen reader, or see little: nothing, it should be. */
export const listProblems = (page: Page): Promise<string[]> => page.evaluate<string[]>(CHECKS);

/** How much wider the document is than the window (CSS pixels); 0 where nothing has to be scrolled sideways. */
export const measureOverflow = (page: Page): Promise<number> =>
  page.evaluate<number>('Math.max(0, document.documentElement.scrollWidth - document.documentElement.clientWidth)');

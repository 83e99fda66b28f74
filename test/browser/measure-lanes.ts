/** The pictures of a page as a reader with a ruler sees them. */
import type { Page } from 'playwright-core';

/** A rectangle in a lane: from where to where (ns after the previous advertisement, by the axis's labels). */
export interface Measured {
  readonly from: number;
  readonly to: number;
}

export interface MeasuredPicture {
  readonly id: string;
  /** One pixel on the screen is so many ns. */
  readonly nsPerPixel: number;
  readonly sender: readonly Measured[];
  /** By lane; in what `name` says. */
  readonly cpus: readonly { readonly name: string; readonly spans: readonly Measured[] }[];
}

/** Runs in the page: edges of rectangles and ticks with their words, in pixels. */
const MEASURE = String.raw`(() => {
  const edges = (element) => {
    const { left, right } = element.getBoundingClientRect();
    return [left, right];
  };
  return [...document.querySelectorAll('svg.picture')].filter(({ id }, i) => true).flatMap((svg) => {
    const titleId = svg.querySelector('title')?.id ?? '';
    if (!titleId.endsWith('-picture-title')) return [];
    const ticks = [...svg.querySelectorAll('g.at > line.grid')].map((line) => [line.parentElement.querySelector('text').textContent, edges(line)[0]]);
    const names = [...svg.querySelectorAll('text.end > title')].map(({ textContent }) => textContent);
    const rects = (lane) => [...lane.querySelectorAll('rect:not(.over)')].map(edges);
    return [{
      id: titleId.replace(/-picture-title$/, ''),
      ticks,
      names,
      sender: rects(svg.querySelector('g.lane.sender')),
      cpus: [...svg.querySelectorAll('g.lane.cpu')].map(rects),
    }];
  });
})()`;

interface Raw {
  readonly id: string;
  readonly ticks: readonly (readonly [string, number])[];
  readonly names: readonly string[];
  readonly sender: readonly (readonly [number, number])[];
  readonly cpus: readonly (readonly (readonly [number, number])[])[];
}

const UNITS: Readonly<Record<string, number>> = { ns: 1, µs: 1e3, ms: 1e6, s: 1e9 };

const parseLength = (text: string): number => {
  const [, amount = '', unit = ''] = /^([\d.]+) (\S+)$/.exec(text) ?? [];
  return Number(amount) * (UNITS[unit] ?? NaN);
};

/** All pictures of the page, measured with the scale that their axes show. */
export const measurePictures = async (page: Page): Promise<MeasuredPicture[]> => {
  const pictures = await page.evaluate<Raw[]>(MEASURE);
  return pictures.map(({ id, ticks, names, sender, cpus }) => {
    const [first, last] = [ticks[0], ticks.at(-1)];
    if (first === undefined || last === undefined || first === last) throw new Error(`no scale in ${id}`);
    const [from, to] = [parseLength(first[0]), parseLength(last[0])];
    const nsPerPixel = (to - from) / (last[1] - first[1]);
    const toTime = (pixel: number): number => from + (pixel - first[1]) * nsPerPixel;
    const measure = ([left, right]: readonly [number, number]): Measured => ({ from: toTime(left), to: toTime(right) });
    return {
      id,
      nsPerPixel,
      sender: sender.map(measure),
      cpus: cpus.map((spans, i) => ({ name: names[i] ?? '', spans: spans.map(measure) })),
    };
  });
};

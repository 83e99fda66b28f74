import { formatNs } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from './safe-html.js';

/** From a value to a place in a picture. */
export interface Scale {
  readonly from: number;
  readonly to: number;
  (value: number): number;
}

/** A number in an attribute: two decimals, without zeros that say nothing. */
export const formatPlace = (value: number): string => String(Math.round(value * 100) / 100 + 0);

const makeScale = (from: number, to: number, place: (value: number) => number): Scale =>
  Object.assign((value: number) => place(value), { from, to });

/**
 * Even: equal differences are equally long.
 *
 * @param start place of `from`, in the picture's units; `end` that of `to`
 */
export const makeLinearScale = (from: number, to: number, start: number, end: number): Scale => {
  const by = to === from ? 0 : (end - start) / (to - from);
  return makeScale(from, to, (value) => start + (value - from) * by);
};

/** Logarithmic: equal ratios are equally long; what is less than `from` (> 0) stands at its place. */
export const makeLogScale = (from: number, to: number, start: number, end: number): Scale => {
  const by = to === from ? 0 : (end - start) / Math.log(to / from);
  return makeScale(from, to, (value) => start + Math.log(Math.max(value, from) / from) * by);
};

/** The step, of 1, 2 or 5 times a power of ten, that gives at most `most` steps in a range. */
export const chooseStep = (range: number, most: number): number => {
  const rough = range / Math.max(most, 1);
  const power = 10 ** Math.floor(Math.log10(rough));
  return ([1, 2, 5].find((factor) => factor * power >= rough * 0.999_999) ?? 10) * power;
};

/** Round values from `from` to `to`, at most about `most`. */
export const listTicks = (from: number, to: number, most: number): number[] => {
  if (!(to > from)) return [from];
  const step = chooseStep(to - from, most);
  const first = Math.ceil(from / step - 1e-9);
  const last = Math.floor(to / step + 1e-9);
  return Array.from({ length: last - first + 1 }, (_, i) => (first + i) * step);
};

/** Powers of ten from `from` to `to` (> 0), and 2 and 5 times them where few would be left. */
export const listLogTicks = (from: number, to: number): number[] => {
  const factors = to / from > 1e3 ? [1] : [1, 2, 5];
  const ticks: number[] = [];
  for (let power = 10 ** Math.floor(Math.log10(from)); power <= to; power *= 10)
    for (const factor of factors) if (factor * power >= from && factor * power <= to) ticks.push(factor * power);
  return ticks;
};

/**
 * An axis along the bottom: a line, ticks, and lines up to `top`.
 *
 * @param ticks values on the scale
 * @param label how a value is written; lengths in ns unless told otherwise
 */
export const renderBottomAxis = (
  scale: Scale,
  ticks: readonly number[],
  { top, bottom, label = formatNs }: { top: number; bottom: number; label?: (value: number) => string },
): SafeHtml =>
  html`<g
    >${ticks.map(
      (tick) =>
        html`<g class="at" transform="translate(${formatPlace(scale(tick))} 0)"
          ><line class="grid" y1="${top}" y2="${bottom}" /><text class="small dim mid" y="${bottom + 15}"
            >${label(tick)}</text
          ></g
        >`,
    )}<line
      class="axis"
      x1="${formatPlace(scale(scale.from))}"
      x2="${formatPlace(scale(scale.to))}"
      y1="${bottom}"
      y2="${bottom}"
  /></g>`;

/** An axis along the left: ticks' labels, and lines across to `right`. */
export const renderLeftAxis = (
  scale: Scale,
  ticks: readonly number[],
  { left, right, label = formatNs }: { left: number; right: number; label?: (value: number) => string },
): SafeHtml =>
  html`<g
    >${ticks.map((tick) => {
      const y = formatPlace(scale(tick));
      return html`<line class="grid" x1="${left}" x2="${right}" y1="${y}" y2="${y}" /><text
          class="small dim end"
          x="${left - 6}"
          y="${formatPlace(scale(tick) + 4)}"
          >${label(tick)}</text
        >`;
    })}</g
  >`;

/** What a picture is called, and what it shows in a sentence or two. */
export interface SvgParts {
  /** Unique in the document. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  /** Units of the picture; one is about one CSS pixel on a wide screen. */
  readonly width: number;
  readonly height: number;
  readonly body: HtmlValue;
  /** Class of the svg. */
  readonly kind?: string;
  /** Whether there are links in it: its parts are then not hidden from screen readers. */
  readonly interactive?: boolean;
  /** Whether it may be stretched in one direction. */
  readonly isStretched?: boolean;
}

/** A picture in a box of its own that scrolls where the page is too narrow, with a name for screen readers. */
export const renderSvg = ({
  id,
  title,
  description,
  width,
  height,
  body,
  kind = 'picture',
  interactive = false,
  isStretched = false,
}: SvgParts): SafeHtml =>
  html`<div class="scroll" role="group" tabindex="0" aria-label="${title}">
    <svg
      class="${kind}"
      role="${interactive ? 'group' : 'img'}"
      aria-labelledby="${id}-title ${id}-desc"
      viewBox="0 0 ${width} ${height}"
      ${isStretched && html`preserveAspectRatio="none"`}
    >
      <title id="${id}-title">${title}</title>
      <desc id="${id}-desc">${description}</desc>
      ${body}
    </svg>
  </div>`;

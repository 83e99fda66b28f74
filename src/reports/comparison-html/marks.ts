import type { Estimate } from '../../model/comparison.js';
import { html, type HtmlValue, SafeHtml } from '../html/safe-html.js';
import { percent, type Scale } from './scales.js';

/** Shapes around the point 0, 0, some 10 pixels in size. */
const SHAPES = {
  arrowLeft: 'M-4 0L4 -5V5Z',
  arrowRight: 'M4 0L-4 -5V5Z',
  diamond: 'M0 -6L5 0L0 6L-5 0Z',
  triangle: 'M0 -5L5 4H-5Z',
  square: 'M-4 -4H4V4H-4Z',
  cross: 'M-4 -4L4 4M-4 4L4 -4',
} as const;

export type Shape = keyof typeof SHAPES;

/** A shape's path alone, for legends. */
export const renderShape = (shape: Shape, kind: string): SafeHtml =>
  html`<path class="${kind}" d="${new SafeHtml(SHAPES[shape])}" />`;

/** A shape at a place: `at` in percent, `y` in pixels. */
export const renderShapeAt = (shape: Shape, kind: string, at: number, y: number): SafeHtml =>
  html`<svg x="${percent(at)}" y="${y}" class="here">${renderShape(shape, kind)}</svg>`;

const line = (kind: string, from: number, to: number, y: number): SafeHtml =>
  html`<line class="${kind}" x1="${percent(from)}" x2="${percent(to)}" y1="${y}" y2="${y}" />`;

const cap = (kind: string, at: number, y: number): SafeHtml =>
  html`<line class="${kind}" x1="${percent(at)}" x2="${percent(at)}" y1="${y - 6}" y2="${y + 6}" />`;

const LEFT = 0.8;
const RIGHT = 99.2;

/** Both ends, or an arrow where one is not known. */
const renderEnds = ({ lower, upper }: Estimate, { place }: Scale, y: number): HtmlValue => {
  if (lower === null && upper === null) return null;
  const from = lower === null ? LEFT : place(lower);
  const to = upper === null ? RIGHT : place(upper);
  return [
    line('interval', Math.min(from, to), Math.max(from, to), y),
    lower === null ? renderShapeAt('arrowLeft', 'solid', LEFT, y) : cap('interval', from, y),
    upper === null ? renderShapeAt('arrowRight', 'solid', RIGHT, y) : cap('interval', to, y),
  ];
};

/**
 * An estimate on an axis: a point and its interval; an open point where there is no interval; where nothing was seen a dashed line from none to
 * the most there could be.
 *
 * @param fill number of the point's colour
 * @param y pixels from the top
 */
export const renderEstimate = (estimate: Estimate, scale: Scale, fill: number, y: number): HtmlValue => {
  const { value, upper, method } = estimate;
  if (method === 'rule-of-three')
    return upper === null
      ? null
      : [
          line('bound', scale.place(0), scale.place(upper), y),
          cap('interval', scale.place(upper), y),
          renderShapeAt('arrowLeft', 'solid', scale.place(0), y),
        ];
  const hasInterval = estimate.lower !== null || upper !== null;
  return [
    renderEnds(estimate, scale, y),
    value === null ? null : renderShapeAt('diamond', hasInterval ? `point f${fill}` : 'open', scale.place(value), y),
  ];
};

/** Numbers an axis must hold to show an estimate. */
export const valuesOf = ({ value, lower, upper, method }: Estimate): number[] =>
  (method === 'rule-of-three' ? [upper] : [value, lower, upper]).flatMap((each) => (each === null ? [] : [each]));

const MIDDLE = 'translate(10 10)';

/** Legend of estimates; only what is drawn. */
export const explainEstimates = (
  estimates: readonly Estimate[],
  confidence: string,
): { readonly mark: SafeHtml; readonly words: string }[] => {
  const bounds = estimates.filter(({ method }) => method === 'rule-of-three');
  const others = estimates.filter(({ method, value }) => method !== 'rule-of-three' && value !== null);
  const whole = others.filter(({ lower, upper }) => lower !== null || upper !== null);
  return [
    ...(whole.length > 0
      ? [
          {
            mark: html`<line class="interval" x1="1" x2="19" y1="10" y2="10" /><g transform="${MIDDLE}"
                >${renderShape('diamond', 'point f9')}</g
              >`,
            words: `what was seen, and its interval (${confidence})`,
          },
        ]
      : []),
    ...(whole.length < others.length
      ? [
          {
            mark: html`<g transform="${MIDDLE}">${renderShape('diamond', 'open')}</g>`,
            words: 'what was seen; too few sessions for an interval',
          },
        ]
      : []),
    ...(bounds.length > 0
      ? [
          {
            mark: html`<line class="bound" x1="2" x2="17" y1="10" y2="10" /><line
                class="interval"
                x1="18"
                x2="18"
                y1="4"
                y2="16"
              /><g transform="translate(5 10)">${renderShape('arrowLeft', 'solid')}</g>`,
            words: `none seen: at most this (${confidence})`,
          },
        ]
      : []),
  ];
};

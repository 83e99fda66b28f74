import { html, type SafeHtml } from './safe-html.js';
import { LEFT } from './time-axis.js';

/** Height of a usual lane. */
export const LANE = 24;

/** Room between two lanes. */
export const LANE_GAP = 5;

/** One row of a picture; what is in it counts from its own top. */
export interface Lane {
  readonly height: number;
  /** Class of its group. */
  readonly kind: 'cpu' | 'sender' | 'counted' | 'point';
  readonly name: SafeHtml;
  /** Stretches: they are stretched with the time when a reader zooms. */
  readonly time: SafeHtml;
  /** Texts and marks (`class="at"`): they keep their shape. */
  readonly labels: SafeHtml;
}

/** Characters that fit left of a lane. */
const NAME_LENGTH = 18;

/** A text cut to so many characters. */
export const cutText = (text: string, length: number): string => {
  const chars = Array.from(text);
  return chars.length > length ? `${chars.slice(0, length - 1).join('')}…` : text;
};

/** The name of a lane, cut where it is too long; whole for a pointer. */
export const renderLaneName = (name: string): SafeHtml => {
  const short = cutText(name, NAME_LENGTH);
  return html`<text class="end" x="${LEFT - 8}" y="16">${short}<title>${name}</title></text>`;
};

import type { JudgedGaps } from '../../model/request.js';
import { formatCounted, formatNs } from '../format.js';
import { groupGaps, type GapColumn } from './columns.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace, type Scale } from './svg.js';

export interface GapScales {
  readonly x: Scale;
  readonly y: Scale;
  /** Columns are split here: what is usual, and what is later (ns). */
  readonly bend: number;
  /** A time (ns after the base) in words. */
  readonly when: (at: number) => string;
  /** How many columns; null: a dot for each gap. */
  readonly columns: number | null;
}

const drawColumn = (column: GapColumn, { x, y, when }: GapScales, kind: string): SafeHtml => {
  const { from, to, count, shortest, longest, leastLateness, mostLateness } = column;
  const [top, bottom] = [y(mostLateness), y(leastLateness)];
  const lengths = count === 1 ? formatNs(longest) : `${formatNs(shortest)} to ${formatNs(longest)}`;
  const title = `${when(from)} to ${when(to)}: ${formatCounted(count, 'gap')}, ${lengths}`;
  return html`<rect
    class="${kind}"
    x="${formatPlace(x(from))}"
    width="${formatPlace(x(to) - x(from))}"
    y="${formatPlace(top - 1)}"
    height="${formatPlace(bottom - top + 2)}"
    ><title>${title}</title></rect
  >`;
};

/** Every gap: a dot each, or how long they were from the shortest to the longest in columns, the late ones apart. */
export const drawGaps = (gaps: JudgedGaps, scales: GapScales): SafeHtml => {
  const { x, y, bend, columns } = scales;
  if (columns === null) {
    const dots = Array.from(gaps.at, (at, i) => `M${formatPlace(x(at))} ${formatPlace(y(gaps.lateness[i] ?? 0))}h0`);
    return html`<path class="dots" d="${dots.join('')}" />`;
  }
  const range = { from: x.from, to: x.to, columns };
  const usual = groupGaps(gaps, { ...range, keep: (lateness) => lateness < bend });
  const late = groupGaps(gaps, { ...range, keep: (lateness) => lateness >= bend });
  return html`${usual.map((column) => drawColumn(column, scales, 'gaps'))}${late.map((column) => drawColumn(column, scales, 'gaps late'))}`;
};

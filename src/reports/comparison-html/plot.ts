import { html, type HtmlValue, SafeHtml } from '../html/safe-html.js';
import { percent, type Scale } from './scales.js';

export interface PlotRow {
  /** What it is of, in words. */
  readonly title: string;
  /** Begins a part of the rows, which has this title. */
  readonly part?: string;
  /** The picture in words. */
  readonly description: string;
  readonly label: HtmlValue;
  /** Elements of a picture whose lengths along are percents and across are pixels. */
  readonly picture: HtmlValue;
  /** The numbers it shows. */
  readonly numbers: HtmlValue;
}

export interface PlotParts {
  /** Unique in the document. */
  readonly id: string;
  readonly caption: HtmlValue;
  readonly scale: Scale;
  /** Headers of the three columns. */
  readonly headers: readonly [string, string, string];
  /** Height of a row's picture in pixels. */
  readonly height: number;
  readonly rows: readonly PlotRow[];
  /** What the marks mean, and what was left out. */
  readonly after?: HtmlValue;
}

const AXIS_HEIGHT = 22;

const anchorOf = (at: number): HtmlValue => (at > 97 ? 'end' : at < 2 ? 'start' : 'mid');

const renderAxis = (scale: Scale): SafeHtml =>
  html`<svg class="across" height="${AXIS_HEIGHT}" aria-hidden="true" focusable="false">
    ${scale.ticks.map(
      ({ at, label, isMajor }) =>
        html`<text class="small dim ${anchorOf(at)}${isMajor ? '' : ' minor'}" x="${percent(at)}" y="13">${label}</text
          ><line class="axis" x1="${percent(at)}" x2="${percent(at)}" y1="17" y2="22" />`,
    )}
  </svg>`;

/** Lines behind all rows, as a background: it has the height of each row, whatever stands in it. */
const styleGrid = ({ ticks, columnEnds }: Scale): SafeHtml => {
  const fill = (color: string, place: string): string =>
    `linear-gradient(var(--${color}),var(--${color})) ${place} no-repeat`;
  const layers = [
    ...ticks.filter(({ at }) => at > columnEnds).map(({ at }) => fill('line', `${percent(at)} 0/1px 100%`)),
    ...(columnEnds > 0 ? [fill('raised', `0 0/${percent(columnEnds)} 100%`)] : []),
  ];
  return new SafeHtml(`--grid:${layers.join(',')}`);
};

const renderRow = (row: PlotRow, id: string, height: number): SafeHtml =>
  html`<tr>
    <th scope="row">${row.label}</th>
    <td>
      <svg class="across" height="${height}" role="img" aria-labelledby="${id}t ${id}d">
        <title id="${id}t">${row.title}</title>
        <desc id="${id}d">${row.description}</desc>
        ${row.picture}
      </svg>
    </td>
    <td>${row.numbers}</td>
  </tr>`;

/** Rows in parts, each in a body of its own with its title. */
const splitParts = (rows: readonly PlotRow[]): { title: string | null; rows: { row: PlotRow; index: number }[] }[] => {
  const parts: { title: string | null; rows: { row: PlotRow; index: number }[] }[] = [];
  for (const [index, row] of rows.entries()) {
    if (index === 0 || row.part !== undefined) parts.push({ title: row.part ?? null, rows: [] });
    parts.at(-1)?.rows.push({ row, index });
  }
  return parts;
};

/** Pictures below each other on one axis, each with its name and numbers beside it: a table for those who read, not look. */
export const renderPlot = ({ id, caption, scale, headers, height, rows, after = null }: PlotParts): SafeHtml => {
  const [what, along, numbers] = headers;
  return html`<figure class="plot">
    <table style="${styleGrid(scale)}">
      <caption id="${id}">
        ${caption}
      </caption>
      <thead>
        <tr>
          <th scope="col">${what}</th>
          <th scope="col">${along}${renderAxis(scale)}</th>
          <th scope="col">${numbers}</th>
        </tr>
      </thead>
      ${splitParts(rows).map(
        (part) =>
          html`<tbody>
            ${
              part.title !== null &&
              html`<tr class="part">
                <th colspan="3" scope="rowgroup">${part.title}</th>
              </tr>`
            }
            ${part.rows.map(({ row, index }) => renderRow(row, `${id}-${index}`, height))}
          </tbody>`,
      )}
    </table>
    ${after}
  </figure>`;
};

/** A legend: what each mark means. */
export const renderLegend = (entries: readonly { readonly mark: SafeHtml; readonly words: string }[]): SafeHtml =>
  html`<ul class="key">
    ${entries.map(
      ({ mark, words }) =>
        html`<li><svg viewBox="0 0 20 20" aria-hidden="true" focusable="false">${mark}</svg>${words}</li>`,
    )}
  </ul>`;

import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';

/** Columns that paper has room for; a wider table would make all else small. */
const COLUMNS_ON_PAPER = 7;

/**
 * What is seen on demand.
 *
 * @param columns of the widest table in it: a very wide one is not printed
 */
export const renderFold = (summary: string, body: HtmlValue, columns = 0): SafeHtml =>
  columns > COLUMNS_ON_PAPER
    ? html`<details class="unprinted">
        <summary>${summary}</summary>
        ${body}
      </details>`
    : html`<details>
        <summary>${summary}</summary>
        ${body}
      </details>`;

import { html, type HtmlValue, SafeHtml } from './safe-html.js';

const NEW_LINE = new SafeHtml('\n');

export interface Column {
  readonly header: string;
  /** Numbers stand right. */
  readonly align?: 'left' | 'right';
  /** Text that is broken into lines. */
  readonly long?: boolean;
}

export interface TableParts {
  readonly caption: string;
  readonly columns: readonly Column[];
  /** As many cells each as there are columns. */
  readonly rows: readonly (readonly HtmlValue[])[];
  /** Which column names its row, from 0; -1 for none. */
  readonly rowHeader?: number;
}

/** Classes that say which columns stand right (`r1` ...) and which are broken into lines (`l1` ...): one place instead of every cell. */
const nameColumns = (columns: readonly Column[]): string =>
  columns
    .map(({ align, long }, i) => (align === 'right' ? `r${i + 1}` : long === true ? `l${i + 1}` : ''))
    .filter((name) => name !== '')
    .join(' ');

/** A table with a caption and headers, in a box that scrolls where the page is too narrow. */
export const renderTable = ({ caption, columns, rows, rowHeader = 0 }: TableParts): SafeHtml => {
  const head = columns.map(({ header }) => html`<th scope="col">${header}</th>`);
  const body = rows.map((row) => {
    const cells = row.map((cell, i) => (i === rowHeader ? html`<th scope="row">${cell}</th>` : html`<td>${cell}</td>`));
    return [
      html`<tr>
        ${cells}
      </tr>`,
      NEW_LINE,
    ];
  });
  const table = html`<table class="${nameColumns(columns)}">
    <caption>
      ${caption}
    </caption>
    <thead>
      <tr>
        ${head}
      </tr>
    </thead>
    <tbody>
      ${body}
    </tbody>
  </table>`;
  return html`<div class="scroll" role="group" tabindex="0" aria-label="${caption}">${table}</div>`;
};

import { formatCount, formatCulprit, formatDuration, formatMargin, formatShare } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { anchorOf } from './late-text.js';
import { html, type SafeHtml } from './safe-html.js';
import { renderTable } from './table.js';

/** A longer table is folded away. */
const OPEN = 100;

/**
 * A row per late advertisement.
 *
 * @param detailed numbers of those that have a section; the others have their place here
 */
export const renderLateTable = (
  late: readonly NumberedLate[],
  detailed: ReadonlySet<number>,
  times: Times,
): SafeHtml => {
  const table = renderTable({
    caption: 'Late advertisements',
    columns: [
      { header: '#', align: 'right' },
      { header: 'left at' },
      { header: 'late by', align: 'right' },
      { header: 'margin to a takeover', align: 'right' },
      { header: 'sure', align: 'right' },
      { header: 'cause' },
      { header: 'culprit' },
    ],
    rows: late.map(({ number, late: one }) => [
      detailed.has(number)
        ? html`<a href="#${anchorOf(number)}">#${number}</a>`
        : html`<span id="${anchorOf(number)}">#${number}</span>`,
      times.format(one.sentNs),
      formatDuration(one.latenessNs),
      formatMargin(one.marginToTakeoverNs),
      formatShare(one.confidence),
      one.cause,
      formatCulprit(one.culprit),
    ]),
  });
  return late.length <= OPEN
    ? table
    : html`<details class="many">
        <summary>Table of all ${formatCount(late.length)} late advertisements</summary>
        ${table}
      </details>`;
};

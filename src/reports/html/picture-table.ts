import type { CpuSpan, Picture } from '../../model/picture.js';
import { formatCount, formatNs, formatShare } from '../format.js';
import { describeSenderSpan } from './lane-sender.js';
import { html, type HtmlValue, type SafeHtml } from './safe-html.js';
import { renderTable } from './table.js';

/** Listed of one sender, and of one CPU. */
const LISTED_SPANS = 40;
const LISTED_PROCESSES = 6;

const listEvents = (picture: Picture): { at: number; what: string }[] =>
  [
    ...picture.packets.map(({ which, point, at }) => ({
      at,
      what: point === 'send' ? `${which} advertisement sent` : `${which} advertisement at ${point}`,
    })),
    ...picture.takeovers.map(({ by, at }) => ({ at, what: `takeover by ${by}` })),
  ].sort((a, b) => a.at - b.at);

/** The longest stretches, still in time order. */
const chooseLongest = (spans: Picture['sender']): Picture['sender'] => {
  if (spans.length <= LISTED_SPANS) return spans;
  const longest = new Set([...spans].sort((a, b) => b.to - b.from - (a.to - a.from)).slice(0, LISTED_SPANS));
  return spans.filter((span) => longest.has(span));
};

/** Time by what a CPU was for: each process, idle, not known. */
const sumCpu = (spans: readonly CpuSpan[]): [string, number][] => {
  const sums = new Map<string, number>();
  const add = (who: string, ns: number): void => {
    if (ns > 0) sums.set(who, (sums.get(who) ?? 0) + ns);
  };
  for (const { kind, process, ns, from, to } of spans) {
    if (process !== null) add(process, ns);
    add(
      kind === 'idle' ? 'idle' : kind === 'unknown' ? 'not known' : 'others',
      to - from - (process === null ? 0 : ns),
    );
  }
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};

const listCpuRows = ({ cpus, length }: Picture): HtmlValue[][] =>
  cpus.flatMap(({ cpu, spans }) =>
    sumCpu(spans)
      .slice(0, LISTED_PROCESSES)
      .map(([who, ns]) => [cpu === null ? 'CPUs' : `CPU ${cpu}`, who, formatNs(ns), formatShare(ns / length)]),
  );

/** The facts of a picture as tables, folded away. */
export const renderPictureTables = (picture: Picture, others: number): SafeHtml => {
  const spans = chooseLongest(picture.sender);
  const left = picture.sender.length - spans.length;
  return html`<details>
    <summary>The picture as tables</summary>
    ${renderTable({
      caption: `What happened, by time after the previous advertisement${picture.hidden > 0 ? ', on a clock that stood still with the VM' : ''}`,
      columns: [{ header: 'after', align: 'right' }, { header: 'what' }],
      rows: listEvents(picture).map(({ at, what }) => [formatNs(at), what]),
    })}${
      spans.length === 0
        ? html`<p>The trace does not show the sender in this time.</p>`
        : renderTable({
            caption: `What the sender did${left > 0 ? `; the longest ${formatCount(spans.length)} of ${formatCount(picture.sender.length)} stretches` : ''}`,
            columns: [
              { header: 'from', align: 'right' },
              { header: 'to', align: 'right' },
              { header: 'length', align: 'right' },
              { header: 'what' },
            ],
            rows: spans.map((span) => [
              formatNs(span.from),
              formatNs(span.to),
              formatNs(span.to - span.from),
              describeSenderSpan(span),
            ]),
          })
    }${
      picture.cpus.length === 0
        ? html`<p>The trace does not show who ran on the CPUs in this time.</p>`
        : renderTable({
            caption: `Who had each CPU, the longest first${others > 0 ? `; ${formatCount(others)} CPUs with less to do with it are left out` : ''}`,
            columns: [
              { header: 'CPU' },
              { header: 'who' },
              { header: 'time', align: 'right' },
              { header: 'share', align: 'right' },
            ],
            rows: listCpuRows(picture),
          })
    }
  </details>`;
};

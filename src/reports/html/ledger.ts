import type { LateAdvertisement, LedgerEntry, LedgerState } from '../../model/answer.js';
import { formatCounted, formatDuration, formatShare } from '../format.js';
import { LETTER_OF_STATE } from '../vocabulary.js';
import { anchorOf } from './late-text.js';
import { html, type HtmlValue, type SafeHtml } from './safe-html.js';
import { renderStateRect, renderStateSwatch } from './states.js';
import { formatPlace, renderSvg } from './svg.js';
import { renderTable } from './table.js';

/** Parts listed of one ledger; the shorter ones are summed up. */
const LISTED_PARTS = 30;

const size = ({ ns }: LedgerEntry): number => Math.abs(Number(ns));

const WIDTH = 1000;
const HEIGHT = 28;

/** Parts of a bar: neighbours of one state as one; what is not longer than nothing has no place in it. */
const toParts = (ledger: readonly LedgerEntry[]): { state: LedgerState; ns: number }[] => {
  const parts: { state: LedgerState; ns: number }[] = [];
  for (const { state, ns } of ledger) {
    if (Number(ns) <= 0) continue;
    const last = parts.at(-1);
    if (last?.state === state) last.ns += Number(ns);
    else parts.push({ state, ns: Number(ns) });
  }
  return parts;
};

const sumByState = (ledger: readonly LedgerEntry[]): [LedgerState, number][] => {
  const sums = new Map<LedgerState, number>();
  for (const { state, ns } of ledger) sums.set(state, (sums.get(state) ?? 0) + Number(ns));
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1));
};

/** The lateness as a bar: its parts in order of time, as long as their shares. */
export const renderLedgerBar = (number: number, { ledger, latenessNs }: LateAdvertisement): SafeHtml | null => {
  const parts = toParts(ledger);
  if (parts.length === 0) return null;
  const total = parts.reduce((sum, { ns }) => sum + ns, 0);
  const shares = sumByState(ledger).map(([state, ns]): [LedgerState, string] => [
    state,
    `${state} ${formatDuration(String(ns))}, ${formatShare(ns / Number(latenessNs))}`,
  ]);
  let x = 0;
  const rects = parts.map(({ state, ns }) => {
    const width = (ns / total) * WIDTH;
    const title = `${state}, ${formatDuration(String(ns))}`;
    const text = width >= state.length * 7 + 8 ? state : width >= 10 ? LETTER_OF_STATE[state] : '';
    const drawn = html`${renderStateRect(state, { x: formatPlace(x), width: formatPlace(width), height: HEIGHT, title })}${text !== '' && html`<text class="on mid" x="${formatPlace(x + width / 2)}" y="18.5">${text}</text>`}`;
    x += width;
    return drawn;
  });
  const bar = renderSvg({
    id: `${anchorOf(number)}-bar`,
    title: `Ledger of #${number}`,
    description: shares.map(([, text]) => text).join('; '),
    width: WIDTH,
    height: HEIGHT,
    kind: 'bar',
    isStretched: true,
    body: rects,
  });
  return html`${bar}
    <ul class="legend">
      ${shares.map(([state, text]) => html`<li>${renderStateSwatch(state)}${text}</li>`)}
    </ul>`;
};

const listShown = (ledger: readonly LedgerEntry[]): readonly LedgerEntry[] => {
  if (ledger.length <= LISTED_PARTS) return ledger;
  const longest = new Set([...ledger].sort((a, b) => size(b) - size(a)).slice(0, LISTED_PARTS));
  return ledger.filter((entry) => longest.has(entry));
};

/** Rows of evidence that are in the page, from 0, as links. */
const linkEvidence = (number: number, evidence: readonly number[], listed: number): HtmlValue =>
  evidence.map((index) =>
    index < listed ? html` <a href="#${anchorOf(number)}-${index + 1}">[${index + 1}]</a>` : ` [${index + 1}]`,
  );

/**
 * The parts of a ledger in time order: state, length, share of the lateness, who and what, evidence.
 *
 * @param listed rows of evidence that are in the page
 */
export const renderLedgerTable = (number: number, late: LateAdvertisement, listed: number): SafeHtml => {
  const shown = listShown(late.ledger);
  const others = late.ledger.filter((entry) => !shown.includes(entry));
  const sum = others.reduce((total, { ns }) => total + BigInt(ns), 0n);
  const lateness = Number(late.latenessNs);
  return html`${renderTable({
    caption: `Parts of the lateness of #${number}, in order of time`,
    columns: [
      { header: 'state' },
      { header: 'time', align: 'right' },
      { header: 'share', align: 'right' },
      { header: 'who and what' },
      { header: 'evidence' },
    ],
    rows: shown.map((entry) => [
      html`<span class="nowrap">${renderStateSwatch(entry.state)}${entry.state}</span>`,
      `${entry.bound === 'up-to' ? 'up to ' : ''}${formatDuration(entry.ns)}`,
      lateness > 0 ? formatShare(Number(entry.ns) / lateness) : '',
      [entry.process, entry.syscall, entry.target, entry.cpu === null ? null : `CPU ${entry.cpu}`]
        .filter((part) => part !== null)
        .join(' '),
      linkEvidence(number, entry.evidence, listed),
    ]),
  })}${
    others.length > 0 &&
    html`<p class="muted">And ${formatCounted(others.length, 'shorter part')}, ${formatDuration(sum)} together.</p>`
  }`;
};

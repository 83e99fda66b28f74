import type { LateAdvertisement, LedgerState } from '../../model/answer.js';
import type { Picture } from '../../model/picture.js';
import { PACKET_MARKS } from './lane-points.js';
import { lookUpProcess, renderProcessSwatch, type ProcessLooks } from './processes.js';
import { html, type SafeHtml } from './safe-html.js';
import { renderStateSwatch, UNCOUNTED_IN_WORDS } from './states.js';

/** Processes listed; the others ran for less. */
const LISTED = 8;

const listProcesses = ({ cpus }: Picture): string[] => {
  const sums = new Map<string, number>();
  for (const { spans } of cpus)
    for (const { kind, process, ns } of spans)
      if (kind === 'busy' && process !== null) sums.set(process, (sums.get(process) ?? 0) + ns);
  return [...sums].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).map(([process]) => process);
};

const swatch = (inner: SafeHtml): SafeHtml =>
  html`<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true" focusable="false">${inner}</svg>`;

/** Plain looks, and what they mean. */
const listLines = ({ sender, cpus }: Picture): [SafeHtml, string][] => {
  const kinds = new Set(sender.filter(({ state }) => state === null).map(({ kind }) => kind));
  const cpuKinds = new Set(cpus.flatMap(({ spans }) => spans.map(({ kind }) => kind)));
  const line = (name: string): SafeHtml => swatch(html`<rect class="${name}" x="1" width="18" y="8" height="5" />`);
  return [
    ...(cpuKinds.has('idle') ? [[line('idle'), 'idle CPU'] as [SafeHtml, string]] : []),
    ...(cpuKinds.has('unknown') ? [[line('unknown'), 'who ran is not known'] as [SafeHtml, string]] : []),
    ...[...kinds].map((kind): [SafeHtml, string] => [line(kind), `sender ${UNCOUNTED_IN_WORDS[kind]}`]),
    [swatch(html`<g transform="translate(10 10)">${PACKET_MARKS.previous}</g>`), 'previous advertisement'],
    [swatch(html`<g transform="translate(10 11)">${PACKET_MARKS.late}</g>`), 'the late one'],
  ];
};

/** What the colours, letters and marks of a picture mean. */
export const renderPictureLegend = (picture: Picture, late: LateAdvertisement, looks: ProcessLooks): SafeHtml => {
  const culprit = late.culprit?.process ?? null;
  const processes = listProcesses(picture);
  const named = processes.filter((process) => looks.has(process)).slice(0, LISTED);
  const states = new Set<LedgerState>([
    ...picture.sender.flatMap(({ state }) => (state === null ? [] : [state])),
    ...late.ledger.map(({ state }) => state),
  ]);
  return html`<ul class="legend">
    ${named.map(
      (process) =>
        html`<li>
          ${renderProcessSwatch(lookUpProcess(looks, process), process === culprit)}${process}${process === culprit && html`<strong> (culprit, outlined)</strong>`}
        </li>`,
    )}${processes.length > named.length && html`<li>${renderProcessSwatch(lookUpProcess(new Map(), ''), false)}other processes</li>`}${[
      ...states,
    ].map(
      (state) => html`<li>${renderStateSwatch(state)}${state}</li>`,
    )}${listLines(picture).map(([mark, words]) => html`<li>${mark}${words}</li>`)}
  </ul>`;
};

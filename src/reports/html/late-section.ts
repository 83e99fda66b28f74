import type { Picture } from '../../model/picture.js';
import {
  formatCounted,
  formatCulprit,
  formatDuration,
  formatInstance,
  formatNs,
  formatShare,
  NOTHING,
} from '../format.js';
import { describeMargin, type NumberedLate } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { WHERE_IN_WORDS } from '../vocabulary.js';
import { CAUSE_IN_WORDS } from './cause-words.js';
import { chooseCpus } from './cpu-spans.js';
import { anchorOf, describeConfidence, describePicture } from './late-text.js';
import { renderLedgerBar, renderLedgerTable } from './ledger.js';
import { renderPictureLegend } from './picture-legend.js';
import { renderPictureTables } from './picture-table.js';
import { renderPicture } from './picture.js';
import type { ProcessLooks } from './processes.js';
import { html, type SafeHtml } from './safe-html.js';
import { renderTable } from './table.js';

/** Rows of evidence listed of one late advertisement, and where there are many. */
const LISTED_EVIDENCE = 20;
const LISTED_OF_MANY = 8;

/** CPUs drawn in one picture, and where there are many pictures. */
const DRAWN_CPUS = 8;
const DRAWN_OF_MANY = 4;

/** A picture is drawn a second time, closer, where the lateness is less than this share of it. */
const CLOSE_UP = 0.25;

export interface SectionParts {
  readonly numbered: NumberedLate;
  readonly picture: Picture | undefined;
  readonly looks: ProcessLooks;
  readonly times: Times;
  readonly manyInstances: boolean;
  /** Stretches of CPUs in one picture at most. */
  readonly mostSpans: number;
  /** Whether there is room for more CPUs, second pictures and more evidence. */
  readonly isSpacious: boolean;
}

const renderFacts = ({ numbered: { instance, late }, times, manyInstances }: SectionParts): SafeHtml => {
  const culprit = formatCulprit(late.culprit);
  const { parent = null, cgroup = null } = late.culprit ?? {};
  const fact = (term: string, value: SafeHtml | string | null): SafeHtml | null =>
    value === null
      ? null
      : html`<dt>${term}</dt>
          <dd>${value}</dd>`;
  return html`<dl class="facts">
    ${fact('virtual router', manyInstances ? formatInstance(instance) : null)}${fact(
      'left at',
      `${times.format(late.sentNs)}, ${formatDuration(late.gapNs)} after the one before (measured at ${late.measuredAt})`,
    )}${fact(
      'late by',
      html`<strong${late.severity === 'takeover' && html` class="bad"`}>${formatDuration(late.latenessNs)}</strong>, ${describeMargin(late)}`,
    )}${fact('cause', html`<strong>${late.cause}</strong>: ${CAUSE_IN_WORDS[late.cause]} (${WHERE_IN_WORDS[late.where]})`)}${fact(
      'culprit',
      culprit === NOTHING
        ? null
        : html`<strong>${culprit}</strong
            >${parent !== null && `, started by ${parent}`}${cgroup !== null && `, control group ${cgroup}`}`,
    )}${fact(
      'contributors',
      late.contributors.length > 1
        ? late.contributors.map(({ process, share }) => `${process} ${formatShare(share)}`).join(', ')
        : null,
    )}${fact('confidence', `${describeConfidence(late.confidence)} (${formatShare(late.confidence)})`)}
  </dl>`;
};

/** From a little before what was late; null where the whole picture shows it well enough. */
const findCloseUp = ({ due, length, hidden }: Picture): number | null => {
  const window = 1.5 * (length - due);
  return hidden === 0 && window > 0 && window < CLOSE_UP * length ? length - window : null;
};

const renderPictures = ({
  numbered: { number, instance, late },
  picture,
  looks,
  mostSpans,
  isSpacious,
}: SectionParts): SafeHtml => {
  if (picture === undefined) return html`<p class="muted">There is no picture of the time before it.</p>`;
  const id = anchorOf(number);
  const { cpus, others } = chooseCpus(picture.cpus, {
    named: new Set(late.ledger.flatMap(({ cpu }) => (cpu === null ? [] : [cpu]))),
    processes: new Set(
      [late.culprit?.process ?? null, ...instance.senders.map(({ process }) => process)].filter(
        (name) => name !== null,
      ),
    ),
    most: isSpacious ? DRAWN_CPUS : DRAWN_OF_MANY,
  });
  const drawn = { ...picture, cpus };
  const description = describePicture(drawn, late);
  const shared = { picture: drawn, late, looks, mostSpans };
  const from = isSpacious ? findCloseUp(picture) : null;
  return html`<figure>
    ${renderPicture({ ...shared, id: `${id}-picture`, title: `The time before #${number}`, description })}${
      from !== null &&
      renderPicture({
        ...shared,
        id: `${id}-close`,
        title: `The last ${formatNs(picture.length - from)} before #${number}, closer`,
        description,
        from,
      })
    }
    <figcaption>
      ${renderPictureLegend(drawn, late, looks)}Times are after the previous
      advertisement.${
        picture.hidden > 0 &&
        ' The VM stood still with its clock: that time is not to scale, and when in this time it was is not known.'
      }${others > 0 && ` ${formatCounted(others, 'CPU')} with less to do with it are not drawn.`}
    </figcaption>
    ${renderPictureTables(drawn, others)}
  </figure>`;
};

const renderEvidence = ({ number, late: { evidence } }: NumberedLate, times: Times, most: number): SafeHtml | null => {
  if (evidence.length === 0) return null;
  const listed = evidence.slice(0, most);
  const others = evidence.length - listed.length;
  return html`<details open>
    <summary>Evidence: ${formatCounted(evidence.length, 'row')} of the inputs</summary>
    ${renderTable({
      caption: `Rows of the inputs that show it, #${number}`,
      columns: [{ header: 'row' }, { header: 'input and line' }, { header: 'time' }, { header: 'text', long: true }],
      rows: listed.map(({ input, line, num, ns, text }, i) => [
        html`<span id="${anchorOf(number)}-${i + 1}">[${i + 1}]</span>`,
        `${input}:${line}${num === null ? '' : ` (event ${num})`}`,
        html`<span class="nowrap">${times.format(ns)}</span>`,
        html`<code>${text}</code>`,
      ]),
    })}${others > 0 && html`<p class="muted">And ${formatCounted(others, 'more row')}.</p>`}
  </details>`;
};

/** All that is known of one late advertisement. */
export const renderLateSection = (parts: SectionParts): SafeHtml => {
  const {
    numbered: { number, late },
    times,
  } = parts;
  const id = anchorOf(number);
  const most = parts.isSpacious ? LISTED_EVIDENCE : LISTED_OF_MANY;
  return html`<section id="${id}" class="late" aria-labelledby="${id}-head">
    <h3 id="${id}-head">
      #${number} ${late.severity === 'takeover' && html`<span class="tag bad">takeover</span> `}${late.summary}
    </h3>
    ${renderFacts(parts)}${renderPictures(parts)}
    <h4>Where the ${formatDuration(late.latenessNs)} went</h4>
    ${renderLedgerBar(number, late)}${renderLedgerTable(number, late, Math.min(most, late.evidence.length))}${
      late.advice.length > 0 &&
      html`<h4>What to do</h4>
        <ul>
          ${late.advice.map((advice) => html`<li>${advice}</li>`)}
        </ul>`
    }${renderEvidence(parts.numbered, times, most)}
    <p class="muted">id ${late.id}</p>
  </section>`;
};

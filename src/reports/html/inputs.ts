import type { Answer, AnswerInput, AnswerInstance } from '../../model/answer.js';
import { formatCount, formatCounted, formatDuration, formatInstance, formatSeconds, NOTHING } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import { chooseCounters } from '../terminal/severities.js';
import type { Times } from '../terminal/times.js';
import { TAKEOVER_IN_WORDS } from '../vocabulary.js';
import { anchorOf } from './late-text.js';
import { html, type HtmlValue, type SafeHtml } from './safe-html.js';
import { renderTable, type TableParts } from './table.js';

const describeLoss = ({ loss }: AnswerInput): HtmlValue => {
  if (!loss.known) return 'not known';
  return loss.dropped === 0 ? 'none' : html`<strong class="bad">${formatCounted(loss.dropped, 'record')} lost</strong>`;
};

/** A table, or nothing where it would have no rows. */
const renderFilled = (parts: TableParts): SafeHtml | null => (parts.rows.length === 0 ? null : renderTable(parts));

const renderInputTable = ({ inputs }: Answer, times: Times): SafeHtml | null =>
  renderFilled({
    caption: 'Inputs',
    columns: [
      { header: 'file', long: true },
      { header: 'what' },
      { header: 'records', align: 'right' },
      { header: 'from' },
      { header: 'to' },
      { header: 'lost' },
    ],
    rows: inputs.map((input) => [
      input.path,
      `${input.role}${input.name === undefined ? '' : ` ${input.name}`} (${input.kind})`,
      formatCount(input.records),
      input.firstNs === null ? NOTHING : times.format(input.firstNs),
      input.lastNs === null ? NOTHING : times.format(input.lastNs),
      describeLoss(input),
    ]),
  });

/** What a reader needs to judge the answer: inputs and their losses, oddities, assumptions, clocks. */
export const renderInputs = (answer: Answer, times: Times): SafeHtml =>
  html`<section aria-labelledby="inputs">
    <h2 id="inputs">What the answer stands on</h2>
    ${times.heading !== '' && html`<p>Times: ${times.heading}.</p>`}${renderInputTable(answer, times)}${renderFilled({
      caption: 'Out of the ordinary in the inputs',
      columns: [
        { header: 'what' },
        { header: 'kind' },
        { header: 'count', align: 'right' },
        { header: 'meaning', long: true },
      ],
      rows: chooseCounters(answer.counters).map(({ name, severity, count, help }) => [
        name,
        severity === 'notice' ? severity : html`<strong class="bad">${severity}</strong>`,
        formatCount(count),
        help,
      ]),
    })}${renderFilled({
      caption: 'Looked late and was not',
      columns: [
        { header: 'time' },
        { header: 'what' },
        { header: 'clock' },
        { header: 'by', align: 'right' },
        { header: 'in words', long: true },
      ],
      rows: answer.artefacts.map(({ atNs, kind, clock, ns, summary }) => [
        times.format(atNs),
        kind,
        clock,
        formatDuration(ns),
        summary,
      ]),
    })}${renderFilled({
      caption: 'Assumed',
      columns: [{ header: 'what' }, { header: 'why', long: true }],
      rows: answer.assumptions.map(({ what, why }) => [what, why]),
    })}${renderFilled({
      caption: 'Clocks: what is added to their times',
      columns: [
        { header: 'clock' },
        { header: 'from' },
        { header: 'offset', align: 'right' },
        { header: 'give or take', align: 'right' },
      ],
      rows: answer.clocks.flatMap(({ name, segments }) =>
        segments.map(({ fromNs, offsetNs, uncertaintyNs }) => [
          name,
          times.format(fromNs),
          formatDuration(offsetNs),
          formatDuration(uncertaintyNs),
        ]),
      ),
    })}
  </section>`;

/** What each point saw of an instance. */
export const renderPoints = (instance: AnswerInstance): SafeHtml | null =>
  renderFilled({
    caption: `What each point saw of ${formatInstance(instance)}`,
    columns: [
      { header: 'point' },
      { header: 'advertisements', align: 'right' },
      { header: 'lost', align: 'right' },
      { header: 'gap p50', align: 'right' },
      { header: 'p99', align: 'right' },
      { header: 'max', align: 'right' },
    ],
    rows: instance.points.map(({ name, advertisements, lost, gapsNs }) => [
      name,
      formatCount(advertisements),
      formatCount(lost),
      ...(gapsNs === null
        ? [NOTHING, NOTHING, NOTHING]
        : [gapsNs.p50, gapsNs.p99, gapsNs.max].map((gap) => `${formatSeconds(gap)} s`)),
    ]),
  });

/** Takeovers listed. */
const LISTED_TAKEOVERS = 200;

/** Who became master, when, and after what. */
export const renderTakeovers = (
  { takeovers }: AnswerInstance,
  late: readonly NumberedLate[],
  times: Times,
): SafeHtml | null => {
  const numbers = new Map(late.map(({ number, late: { id } }) => [id, number]));
  const more = takeovers.length - LISTED_TAKEOVERS;
  return renderFilled({
    caption: `Takeovers${more > 0 ? `: the first ${LISTED_TAKEOVERS} of ${formatCount(takeovers.length)}` : ''}`,
    columns: [{ header: 'at' }, { header: 'by' }, { header: 'after', long: true }],
    rows: takeovers.slice(0, LISTED_TAKEOVERS).map(({ atNs, by, after, late: id }) => {
      const number = id === null ? undefined : numbers.get(id);
      return [
        times.format(atNs),
        by,
        number === undefined
          ? TAKEOVER_IN_WORDS[after]
          : html`${TAKEOVER_IN_WORDS[after]} (<a href="#${anchorOf(number)}">#${number}</a>)`,
      ];
    }),
  });
};

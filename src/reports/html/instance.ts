import type { AnswerInstance } from '../../model/answer.js';
import type { JudgedGaps } from '../../model/request.js';
import { formatCount, formatDuration, formatInstance, type Zone } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { renderPoints, renderTakeovers } from './inputs.js';
import { renderLateTable } from './late-table.js';
import { renderMaps } from './maps.js';
import { html, type SafeHtml } from './safe-html.js';
import { renderStrip } from './strip.js';

export interface InstanceParts {
  /** From 1, in the answer's order. */
  readonly index: number;
  readonly instance: AnswerInstance;
  readonly gaps: JudgedGaps | undefined;
  readonly late: readonly NumberedLate[];
  /** Numbers of those that have a section of their own. */
  readonly detailed: ReadonlySet<number>;
  readonly sections: readonly SafeHtml[];
  readonly times: Times;
  readonly zone: Zone;
}

/** Address of an instance's place in the page. */
export const anchorOfInstance = (index: number): string => `instance-${index}`;

const describeInstance = ({ version, priority, intervalNs, masterDownNs, senders }: AnswerInstance): string =>
  [
    version === null ? '' : `VRRPv${version}`,
    priority === null ? '' : `priority ${priority}`,
    `interval ${formatDuration(intervalNs)}`,
    `takeover after ${formatDuration(masterDownNs)} of silence`,
    senders.length === 0 ? '' : `sent by ${senders.map(({ process, tid }) => `${process} (${tid})`).join(', then ')}`,
  ]
    .filter((fact) => fact !== '')
    .join(', ');

/** One virtual router of one sender: its gaps over time, its late advertisements, when they happen, and each of them. */
export const renderInstance = ({
  index,
  instance,
  gaps,
  late,
  detailed,
  sections,
  times,
  zone,
}: InstanceParts): SafeHtml => {
  const id = anchorOfInstance(index);
  const past = late.filter(({ late: { severity } }) => severity === 'takeover').length;
  return html`<section aria-labelledby="${id}">
    <h2 id="${id}">${formatInstance(instance)}</h2>
    <p>${describeInstance(instance)}</p>
    <p>
      ${
        late.length === 0
          ? html`<strong class="good">No late advertisement</strong> of ${formatCount(instance.advertisements)}.`
          : html`<strong class="warn">${formatCount(late.length)} late</strong> of
              ${formatCount(instance.advertisements)}${past > 0 && html`, <strong class="bad">${formatCount(past)} long enough for a takeover</strong>`}.`
      }
    </p>
    ${gaps !== undefined && renderStrip({ id: `${id}-strip`, instance, gaps, late, times, zone })}${late.length > 0 && renderLateTable(late, detailed, times)}${renderTakeovers(instance, late, times)}${renderPoints(instance)}${
      late.length > 0 &&
      gaps !== undefined &&
      html`<h3>When it happens</h3>
        ${renderMaps(id, instance, gaps, zone)}`
    }${
      sections.length < late.length &&
      html`<p>
        Of ${formatCount(late.length)} late advertisements the worst are told one by one:
        ${formatCount(sections.length)}.
      </p>`
    }${sections}
  </section>`;
};

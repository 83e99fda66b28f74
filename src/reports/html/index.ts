import type { AnswerReport } from '../../model/report.js';
import type { Zone } from '../format.js';
import { formatInstance } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import { chooseTimes, type Times } from '../terminal/times.js';
import { writeAnswer, writeTitle, writeUnknown } from './answer-text.js';
import { renderInputs } from './inputs.js';
import { anchorOfInstance, renderInstance } from './instance.js';
import { renderLateSection } from './late-section.js';
import { renderPage } from './page.js';
import { chooseProcessLooks } from './processes.js';
import { html, type SafeHtml } from './safe-html.js';
import { ZOOM_SCRIPT } from './zoom-script.js';

/** Late advertisements told one by one, with a picture. */
const DETAILED = 100;

/** Stretches of CPUs in all pictures together: what keeps a page small. */
const MOST_SPANS = 10_000;
const MOST_SPANS_IN_ONE = 1200;

/** With more of them, pictures show fewer CPUs and are drawn once, and less evidence is listed. */
const SPACIOUS = 40;

export interface HtmlOptions {
  readonly zone: Zone;
  /** When the page was made (ISO 8601); null: not printed. */
  readonly generatedAt: string | null;
}

const numberLate = ({ answer }: AnswerReport): NumberedLate[][] => {
  let number = 0;
  return answer.instances.map((instance) =>
    instance.late.map((late) => {
      number += 1;
      return { number, instance, late };
    }),
  );
};

const chooseDetailed = (late: readonly NumberedLate[]): ReadonlySet<number> =>
  new Set(
    [...late]
      .sort((a, b) => Number(BigInt(b.late.latenessNs) - BigInt(a.late.latenessNs)) || a.number - b.number)
      .slice(0, DETAILED)
      .map(({ number }) => number),
  );

const renderAnswer = ({ answer }: AnswerReport, times: Times): SafeHtml => {
  const unknown = writeUnknown(answer);
  return html`<section aria-labelledby="answer" class="box">
      <h2 id="answer">The answer</h2>
      ${writeAnswer(answer, times).map((sentences) => html`<p class="lead">${sentences.join(' ')}</p>`)}
      ${unknown.length > 0 && html`<p>${unknown.join(' ')}</p>`}${times.heading !== '' && html`<p class="muted">Times: ${times.heading}.</p>`}
    </section>
    ${
      answer.instances.length > 0 &&
      html`<nav aria-label="In this report">
        <ul>
          ${answer.instances.map(
            (instance, i) => html`<li><a href="#${anchorOfInstance(i + 1)}">${formatInstance(instance)}</a></li>`,
          )}
          <li><a href="#inputs">What the answer stands on</a></li>
        </ul>
      </nav>`
    }`;
};

/**
 * The report of an analysis as one HTML document that loads nothing: the answer, each instance's gaps over time, a picture of the time before each of the worst
 * late advertisements, and what the answer stands on. The same report gives the same bytes.
 */
export const renderHtml = (report: AnswerReport, { zone, generatedAt }: HtmlOptions): string => {
  const { answer, gaps, pictures } = report;
  const times = chooseTimes(answer, zone);
  const numbered = numberLate(report);
  const detailed = chooseDetailed(numbered.flat());
  const pictureOf = new Map(
    pictures.flatMap((picture) => (picture.late === null ? [] : [[picture.late, picture] as const])),
  );
  const told = numbered.flat().filter(({ number }) => detailed.has(number));
  const looks = chooseProcessLooks(
    answer,
    told.flatMap(({ late }) => pictureOf.get(late.id) ?? []),
  );
  const mostSpans = Math.min(MOST_SPANS_IN_ONE, Math.floor(MOST_SPANS / Math.max(1, detailed.size)));
  const instances = answer.instances.map((instance, i) => {
    const late = numbered[i] ?? [];
    const sections = late
      .filter(({ number }) => detailed.has(number))
      .map((one) =>
        renderLateSection({
          numbered: one,
          picture: pictureOf.get(one.late.id),
          looks,
          times,
          manyInstances: answer.instances.length > 1,
          mostSpans,
          isSpacious: detailed.size <= SPACIOUS,
        }),
      );
    return renderInstance({ index: i + 1, instance, gaps: gaps[i], late, detailed, sections, times, zone });
  });
  return renderPage({
    title: writeTitle(answer),
    version: answer.tool.version,
    generatedAt,
    body: html`${renderAnswer(report, times)}${instances}${renderInputs(answer, times)}`,
    script: ZOOM_SCRIPT,
  });
};

import type { Answer, AnswerInstance } from '../../model/answer.js';
import { displayText } from '../../model/display.js';
import { formatCount, formatCounted, formatDuration } from '../format.js';
import { TAKEOVER_IN_WORDS } from '../vocabulary.js';
import type { NumberedLate } from './late-rows.js';
import type { Page } from './page.js';
import { chooseCounters, STYLE_OF_SEVERITY } from './severities.js';
import { span } from './spans.js';
import type { Times } from './times.js';

/** Who became master, when, and after what. */
export const writeTakeovers = (
  page: Page,
  { takeovers }: AnswerInstance,
  lates: readonly NumberedLate[],
  times: Times,
): void => {
  for (const { atNs, by, after, late } of takeovers) {
    const number = lates.find((candidate) => candidate.late.id === late)?.number;
    const why = `${TAKEOVER_IN_WORDS[after]}${number === undefined ? '' : ` (#${number})`}`;
    page.line([span('takeover', 'bad'), span(` at ${times.format(atNs)} by ${displayText(by)}, ${why}`)], {
      indent: 2,
      hang: 2,
    });
  }
};

/** Clocks that were set or stopped. */
const writeArtefacts = (page: Page, { artefacts }: Answer, times: Times): void => {
  if (artefacts.length > 0) page.heading('Looked late and was not');
  for (const { atNs, kind, clock, ns, summary } of artefacts) {
    page.line(
      `${times.format(atNs)} ${displayText(kind)} of ${displayText(clock)} by ${formatDuration(ns)}: ${displayText(summary)}`,
      { indent: 2, hang: 2 },
    );
  }
};

const writeCounters = (page: Page, { counters }: Answer): void => {
  const shown = chooseCounters(counters);
  if (shown.length > 0) page.heading('Out of the ordinary in the inputs');
  for (const { name, severity, count, help } of shown) {
    page.line(
      [
        span(severity, STYLE_OF_SEVERITY[severity]),
        span(` ${displayText(name)}: ${formatCount(count)}. ${displayText(help)}`),
      ],
      { indent: 2, hang: 2 },
    );
  }
};

const writeAssumptions = (page: Page, { assumptions }: Answer): void => {
  if (assumptions.length > 0) page.heading('Assumed');
  for (const { what, why } of assumptions) {
    page.line(`${displayText(what)}: ${displayText(why)}`, { indent: 2, hang: 2 });
  }
};

const writeClocks = (page: Page, { clocks }: Answer): void => {
  if (clocks.length > 0) page.heading('Clocks');
  for (const { name, segments } of clocks) {
    const parts = segments.map(
      ({ offsetNs, uncertaintyNs }) => `${formatDuration(offsetNs)} ± ${formatDuration(uncertaintyNs)}`,
    );
    const stepped = segments.length > 1 ? ` in ${formatCounted(segments.length, 'segment')}` : '';
    page.line(`${displayText(name)}: add${stepped} ${parts.join(', then ')} to its times`, { indent: 2, hang: 2 });
  }
};

/** What a reader needs to judge the answer: clock artefacts, counters above info, assumptions, offsets of clocks. */
export const writeNotices = (page: Page, answer: Answer, times: Times): void => {
  writeArtefacts(page, answer, times);
  writeCounters(page, answer);
  writeAssumptions(page, answer);
  writeClocks(page, answer);
};

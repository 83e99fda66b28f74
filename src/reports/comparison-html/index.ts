import type { Comparison } from '../../model/comparison.js';
import { formatCounted, type Zone } from '../format.js';
import { renderPage } from '../html/page.js';
import { html, SafeHtml } from '../html/safe-html.js';
import { renderAnswer } from './answer.js';
import { type GroupMark, markGroups, showName } from './identity.js';
import { buildSections } from './sections.js';
import { STYLE } from './style.js';
import type { Telling } from './text-report.js';

export interface ComparisonHtmlOptions {
  /** Zone of the times in it. */
  readonly zone: Zone;
  /** When it is made (ISO 8601); null leaves it out. */
  readonly generatedAt: string | null;
}

/** Names longer than this (characters) make way for letters in tables. */
const LONGEST_NAME = 40;

const chooseTelling = (marks: ReadonlyMap<string, GroupMark>): Telling => {
  const isLong = [...marks.values()].some(({ name }) => name.length > LONGEST_NAME);
  return { label: (group) => (isLong ? (marks.get(group)?.letter ?? group) : group), all: true, hint: '' };
};

const nameComparison = ({ sessions, by }: Comparison): string => {
  const count = formatCounted(sessions.length, 'session');
  return by.length === 0
    ? `Late advertisements in ${count}`
    : `Late advertisements in ${count}, by ${by.map(showName).join(' and ')}`;
};

/**
 * A comparison as a page: one file that loads nothing and runs no script. The answer first; then pictures, each with its numbers beside it, and all
 * tables of the text report.
 */
export const renderComparisonHtml = (comparison: Comparison, { zone, generatedAt }: ComparisonHtmlOptions): string => {
  const marks = markGroups(comparison.groups);
  const sections = buildSections(comparison, { marks, telling: chooseTelling(marks), zone });
  return renderPage({
    title: nameComparison(comparison),
    version: comparison.tool.version,
    generatedAt,
    body: html`<style>
        ${new SafeHtml(STYLE)}
      </style>
      ${renderAnswer(comparison, marks)}
      <nav aria-label="Parts of the report">
        <ul>
          ${sections.map(({ id, title }) => html`<li><a href="#${id}">${title}</a></li>`)}
        </ul>
      </nav>
      ${sections.map(
        ({ id, title, body }) =>
          html`<section aria-labelledby="${id}">
            <h2 id="${id}">${title}</h2>
            ${body}
          </section>`,
      )}`,
  });
};

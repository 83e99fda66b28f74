import type { Comparison } from '../../model/comparison.js';
import { formatCounted } from '../format.js';
import { html, type SafeHtml } from '../html/safe-html.js';
import { renderTable } from '../html/table.js';
import { renderBlocks, renderPieces, withoutHeading } from './blocks.js';
import { renderFold } from './fold.js';
import { type GroupMark, shortenName, showName } from './identity.js';
import type { Block, Telling } from './text-report.js';
import { buildDoubts, tellValue } from './text-report.js';

/** Groups that have a column each at most; of more, each value has its groups behind it. */
const COLUMNS = 6;

/** What is said of the order alone: that of a comparison whose order is told less that of one whose is not. */
const splitDoubts = (
  comparison: Comparison,
  telling: Telling,
): { settings: readonly Block[]; order: readonly Block[] } => {
  const settings = buildDoubts({ ...comparison, order: { ...comparison.order, summary: null } }, telling);
  return {
    settings: withoutHeading(settings),
    order: withoutHeading(buildDoubts(comparison, telling).slice(settings.length)),
  };
};

const renderConfounders = ({ confounders, groups }: Comparison, marks: ReadonlyMap<string, GroupMark>): SafeHtml =>
  renderTable({
    caption: 'Settings that are the same within each group and differ between groups',
    columns: [
      { header: 'setting' },
      ...groups.map(({ name }) => {
        const mark = marks.get(name);
        return { header: mark === undefined ? showName(name) : shortenName(mark) };
      }),
    ],
    rows: confounders.map(({ name, values }) => [
      html`<span class="name">${showName(name)}</span>`,
      ...groups.map((group) => {
        const found = values.find((value) => value.group === group.name);
        return found === undefined ? null : renderPieces(tellValue(found.value));
      }),
    ]),
  });

/** Other settings that differ between the groups: what a difference may come from. */
export const renderOtherSettings = (
  comparison: Comparison,
  marks: ReadonlyMap<string, GroupMark>,
  telling: Telling,
): SafeHtml => {
  const { settings } = splitDoubts(comparison, telling);
  const { groups, confounders } = comparison;
  if (confounders.length === 0) return renderBlocks(settings, 'Other settings');
  const texts = settings.filter(({ kind }) => kind !== 'item');
  const listed =
    groups.length <= COLUMNS
      ? renderConfounders(comparison, marks)
      : renderFold(
          `${formatCounted(confounders.length, 'setting')} with the values in each group`,
          renderBlocks(
            settings.filter(({ kind }) => kind === 'item'),
            '',
          ),
        );
  return html`${renderBlocks(texts.slice(0, 1), '')}${listed}${renderBlocks(texts.slice(1), '')}`;
};

/** What the order of the sessions makes doubtful; nothing where groups took turns. */
export const renderOrderDoubts = (comparison: Comparison, telling: Telling): SafeHtml =>
  renderBlocks(splitDoubts(comparison, telling).order, 'Order of the sessions');

import type { AnswerInstance } from '../../model/answer.js';
import { displayText } from '../../model/display.js';
import { formatCount, formatInstance, formatSeconds, NOTHING } from '../format.js';
import type { Page } from './page.js';
import type { Span } from './spans.js';
import { span } from './spans.js';
import type { Column } from './table.js';
import { writeTable } from './table.js';

const number = (header: string, name: string): Column => ({
  header,
  align: 'right',
  alone: (cell) => [span(`${name} `), cell],
});

const COLUMNS: readonly Column[] = [
  { header: 'point', align: 'left', alone: (cell: Span) => [cell] },
  number('advertisements', 'advertisements'),
  number('lost', 'lost'),
  number('gap p50', 'gap p50'),
  number('p99', 'p99'),
  number('max', 'max'),
];

/** What each point saw of an instance. */
export const writeClosing = (page: Page, instance: AnswerInstance): void => {
  page.heading(`Seen of ${formatInstance(instance)}`);
  if (instance.points.length === 0) page.line('no point', { indent: 2 });
  writeTable(
    page,
    COLUMNS,
    instance.points.map(({ name, advertisements, lost, gapsNs }) => [
      span(displayText(name)),
      span(formatCount(advertisements)),
      span(formatCount(lost), lost > 0 ? 'warn' : 'plain'),
      ...(gapsNs === null
        ? [span(NOTHING), span(NOTHING), span(NOTHING)]
        : [gapsNs.p50, gapsNs.p99, gapsNs.max].map((gap) => span(`${formatSeconds(gap)} s`))),
    ]),
    { indent: 2, header: instance.points.length > 0 },
  );
};

import type { Cause } from '../../model/answer.js';
import type { ComparedGroup, Comparison, Estimate } from '../../model/comparison.js';
import { formatCount, formatNs, formatRate } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { type GroupMark, keepUnits, renderGroupName, tellGroup } from './identity.js';
import { renderEstimate, valuesOf } from './marks.js';
import { type PlotRow, renderPlot } from './plot.js';
import { createLinearScale, percent, type Scale } from './scales.js';
import { describeTime } from './text-report.js';

/** Groups whose bars stand side by side at most; the table has all. */
const DRAWN = 8;

const HEIGHT = 26;
const BAR = { top: 5, height: 16 };

type GroupCause = ComparedGroup['causes'][number];

const findCause = ({ causes }: ComparedGroup, cause: Cause): GroupCause | undefined =>
  causes.find((candidate) => candidate.cause === cause);

/** By the time of all groups together, the longest first. */
const orderCauses = (groups: readonly ComparedGroup[]): Cause[] => {
  const times = new Map<Cause, bigint>();
  for (const { cause, ns } of groups.flatMap(({ causes }) => causes))
    times.set(cause, (times.get(cause) ?? 0n) + BigInt(ns));
  return [...times].sort(([, a], [, b]) => (a > b ? -1 : a < b ? 1 : 0)).map(([cause]) => cause);
};

const renderBar = (estimate: Estimate, fill: number, scale: Scale): HtmlValue => {
  const { value, method } = estimate;
  const zero = scale.place(0);
  const end = scale.place(value ?? 0);
  const { top, height } = BAR;
  return [
    value !== null &&
      method !== 'rule-of-three' &&
      html`<rect
        class="bar f${fill}"
        x="${percent(Math.min(zero, end))}"
        y="${top}"
        width="${percent(Math.max(Math.abs(end - zero), 0.2))}"
        height="${height}"
      />`,
    renderEstimate({ ...estimate, value: method === 'rule-of-three' ? value : null }, scale, fill, top + height / 2),
    html`<line class="axis" x1="${percent(zero)}" x2="${percent(zero)}" y2="100%" />`,
  ];
};

const buildRow = (
  cause: Cause,
  found: GroupCause | undefined,
  mark: GroupMark,
  scale: Scale,
  confidence: number,
): PlotRow => {
  const told = found === undefined ? 'none' : describeTime(found.nsPerHour, confidence);
  const late = found === undefined ? null : `${formatCount(found.late)} late`;
  return {
    title: `${cause}: ${tellGroup(mark)}`,
    description: found === undefined ? 'None.' : `${told} an hour; the cause of ${late ?? ''} advertisements.`,
    label: renderGroupName(mark),
    picture:
      found === undefined
        ? html`<line class="axis" x1="${percent(scale.place(0))}" x2="${percent(scale.place(0))}" y2="100%" />`
        : renderBar(found.nsPerHour, mark.fill, scale),
    numbers: html`<span class="figures">${keepUnits(told)}</span
      >${late !== null && html` <span class="muted">${late}</span>`}`,
  };
};

/** Time of each cause for an hour recorded, group by group. */
export const renderCauses = (
  { groups, statistics: { confidence } }: Comparison,
  marks: ReadonlyMap<string, GroupMark>,
): SafeHtml => {
  const drawn = groups.slice(0, DRAWN);
  const scale = createLinearScale(
    drawn.flatMap(({ causes }) => causes.flatMap(({ nsPerHour }) => valuesOf(nsPerHour))),
    formatNs,
  );
  const rows = orderCauses(drawn).flatMap((cause) =>
    drawn.flatMap((group, index) => {
      const mark = marks.get(group.name);
      if (mark === undefined) return [];
      const row = buildRow(cause, findCause(group, cause), mark, scale, confidence);
      return [index === 0 ? { ...row, part: cause } : row];
    }),
  );
  if (rows.length === 0) return html`<p>Nothing was late in these groups.</p>`;
  return renderPlot({
    id: 'causes-plot',
    caption: html`<strong>Time each cause took from late advertisements</strong>, for an hour recorded. Lines are
      intervals (${formatRate(confidence)}).`,
    scale,
    headers: ['group', 'time an hour', 'in numbers'],
    height: HEIGHT,
    rows,
    after:
      groups.length > DRAWN &&
      html`<p class="muted">
        The first ${formatCount(DRAWN)} of ${formatCount(groups.length)} groups are drawn; the table has all.
      </p>`,
  });
};

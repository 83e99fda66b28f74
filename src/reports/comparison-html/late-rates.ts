import type { ComparedGroup, Comparison } from '../../model/comparison.js';
import { formatCount, formatCounted, formatRate } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { type ComparedSession, rateOf, renderDots, thin } from './dots.js';
import { type GroupMark, keepUnits, renderGroupName, tellGroup } from './identity.js';
import { explainEstimates, renderEstimate, valuesOf } from './marks.js';
import { type PlotRow, renderLegend, renderPlot } from './plot.js';
import { createLogScale, type Scale } from './scales.js';
import { describeRate } from './text-report.js';

/** Groups and sessions that are drawn at most; the tables have all. */
const DRAWN_GROUPS = 60;
const DRAWN_SESSIONS = 3000;

const HEIGHT = 64;
const INTERVAL_AT = 15;
const DOTS = { middle: 43, half: 15 };

const tellSessions = (sessions: readonly ComparedSession[]): string => {
  const rates = sessions.map(rateOf);
  const none = rates.filter((rate) => rate === 0).length;
  const unknown = rates.filter((rate) => rate === null).length;
  const parts = [
    ...(none > 0 ? [`none late in ${formatCount(none)}`] : []),
    ...(unknown > 0 ? [`no gaps in ${formatCount(unknown)}`] : []),
  ];
  return `${formatCounted(sessions.length, 'session')}${parts.length === 0 ? '' : `, ${parts.join(', ')}`}`;
};

interface Drawing {
  readonly scale: Scale;
  readonly confidence: number;
  readonly mostDots: number;
}

const buildRow = (
  group: ComparedGroup,
  mark: GroupMark,
  sessions: readonly ComparedSession[],
  { scale, confidence, mostDots }: Drawing,
): PlotRow => {
  const rate = group.gaps === 0 ? 'no gaps' : describeRate(group.rates.late_rate, confidence);
  const told = tellSessions(sessions);
  const byRate = [...sessions].sort((a, b) => (rateOf(a) ?? -1) - (rateOf(b) ?? -1));
  return {
    title: `Late rate of ${tellGroup(mark)}`,
    description: `${rate}; dots: ${told}.`,
    label: html`${renderGroupName(mark)}${mark.isBaseline && html` <span class="muted">baseline</span>`}`,
    picture: [
      renderDots(thin(byRate, mostDots), scale, { fill: mark.fill, ...DOTS }),
      group.gaps > 0 && renderEstimate(group.rates.late_rate, scale, mark.fill, INTERVAL_AT),
    ],
    numbers: html`<span class="figures">${keepUnits(rate)}</span><br /><span class="muted">${told}</span>`,
  };
};

const tellLeftOut = (groups: number, sessions: number, mostDots: number, largest: number): HtmlValue => [
  groups > DRAWN_GROUPS &&
    html`<p class="muted">The first ${formatCount(DRAWN_GROUPS)} of ${formatCount(groups)} groups are drawn.</p>`,
  largest > mostDots &&
    html`<p class="muted">
      Of ${formatCount(sessions)} sessions at most ${formatCount(mostDots)} of a group are drawn, evenly from the least
      late to the latest.
    </p>`,
];

const groupSessions = (sessions: readonly ComparedSession[]): Map<string, ComparedSession[]> => {
  const groups = new Map<string, ComparedSession[]>();
  for (const session of sessions) {
    const others = groups.get(session.group);
    if (others === undefined) groups.set(session.group, [session]);
    else others.push(session);
  }
  return groups;
};

/** Late rates: each group's with its interval, and below it the sessions it is made of. */
export const renderLateRates = (
  { groups, sessions, statistics }: Comparison,
  marks: ReadonlyMap<string, GroupMark>,
): SafeHtml => {
  const drawn = groups.slice(0, DRAWN_GROUPS);
  const rates = sessions.flatMap((session) => rateOf(session) ?? []);
  const estimates = drawn.filter(({ gaps }) => gaps > 0).map(({ rates: { late_rate } }) => late_rate);
  const scale = createLogScale(
    [...rates, ...estimates.flatMap(valuesOf)].map((rate) => Math.min(rate, 1)),
    { zero: 'none', format: formatRate },
  );
  const mostDots = Math.max(1, Math.floor(DRAWN_SESSIONS / Math.max(drawn.length, 1)));
  const sessionsOf = groupSessions(sessions);
  const largest = Math.max(0, ...[...sessionsOf.values()].map(({ length }) => length));
  const rows = drawn.flatMap((group) => {
    const mark = marks.get(group.name);
    const drawing = { scale, confidence: statistics.confidence, mostDots };
    return mark === undefined ? [] : [buildRow(group, mark, sessionsOf.get(group.name) ?? [], drawing)];
  });
  return renderPlot({
    id: 'late-rates',
    caption: html`<strong>Late advertisements among all</strong>, of each group and of each of its sessions. The axis is
      logarithmic. Groups that differ should do so in most of their sessions, not in a single one.`,
    scale,
    headers: ['group', 'late rate', `rate (${formatRate(statistics.confidence)} interval)`],
    height: HEIGHT,
    rows,
    after: [
      renderLegend([
        ...explainEstimates(estimates, formatRate(statistics.confidence)),
        { mark: html`<circle class="dot f9" cx="10" cy="10" r="4" />`, words: 'a session' },
      ]),
      tellLeftOut(groups.length, sessions.length, mostDots, largest),
    ],
  });
};

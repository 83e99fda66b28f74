import type { AnswerInstance } from '../../model/answer.js';
import type { JudgedGaps } from '../../model/request.js';
import { formatCount, formatCounted, formatDuration, formatNs, formatSignedNs, type Zone } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import type { Times } from '../terminal/times.js';
import { makeStripScale } from './strip-scale.js';
import { listClockTicks } from './clock-ticks.js';
import { groupGaps } from './columns.js';
import { cutText } from './lane.js';
import { drawGaps } from './strip-gaps.js';
import { html, type SafeHtml } from './safe-html.js';
import { drawLateMarks, STRIP_MARKS } from './strip-marks.js';
import { formatPlace, makeLinearScale, renderLeftAxis, renderSvg, type Scale } from './svg.js';
import { renderTable } from './table.js';

const WIDTH = 1000;
const LEFT = 78;
const RIGHT = 972;
const TOP = 30;
const BOTTOM = 236;

/** So many gaps have a dot each; more are drawn as columns of a pixel. */
const DOTS = 1500;

/** Rows of the table of the same. */
const PERIODS = 24;

export interface StripParts {
  readonly id: string;
  readonly instance: AnswerInstance;
  readonly gaps: JudgedGaps;
  readonly late: readonly NumberedLate[];
  readonly times: Times;
  readonly zone: Zone;
}

/** Where the time of an instance begins and ends, with a little room (ns after the base). */
const findRange = ({ gaps, instance, late }: StripParts): { from: number; to: number } => {
  const after = (ns: string): number => Number(BigInt(ns) - gaps.baseNs);
  let [from, to] = [Infinity, -Infinity];
  const add = (at: number): void => {
    from = Math.min(from, at);
    to = Math.max(to, at);
  };
  add((gaps.at[0] ?? 0) - (gaps.gap[0] ?? 0));
  for (const at of gaps.at) add(at);
  for (const { late: one } of late) add(after(one.sentNs));
  for (const { atNs } of instance.takeovers) add(after(atNs));
  const room = Math.max((to - from) * 0.01, 100_000_000);
  return { from: from - room, to: to + room };
};

const drawLimit = (masterDown: number, y: Scale): SafeHtml => {
  const place = formatPlace(y(masterDown));
  return html`<line class="limit" x1="${LEFT}" x2="${RIGHT}" y1="${place}" y2="${place}" />`;
};

/** Characters of a router's name. */
const NAME = 24;

/** Takeovers named in the picture; with more there are only lines. */
const NAMED_TAKEOVERS = 8;

const drawTakeovers = ({ instance: { takeovers }, gaps: { baseNs } }: StripParts, x: Scale): SafeHtml => {
  const places = takeovers.map(({ atNs }) => formatPlace(x(Number(BigInt(atNs) - baseNs))));
  return html`${[...new Set(places)].map(
    (place) =>
      html`<g class="at marker takeover" transform="translate(${place} 0)"
        ><line y1="${TOP - 12}" y2="${BOTTOM}" />${STRIP_MARKS.flag}</g
      >`,
  )}${
    takeovers.length <= NAMED_TAKEOVERS &&
    takeovers.map(
      ({ by }, i) =>
        html`<g class="at" transform="translate(${places[i] ?? 0} 0)"
          ><text
            class="small${Number(places[i]) > RIGHT - 110 && ' end'}"
            x="${Number(places[i]) > RIGHT - 110 ? -6 : 14}"
            y="${TOP - 16}"
            >${cutText(by, NAME)}</text
          ></g
        >`,
    )
  }`;
};

const describe = ({ instance, gaps, late }: StripParts, columns: boolean): string =>
  `${formatCounted(gaps.at.length, 'gap')} between advertisements over time; the higher, the more a gap was longer than the interval of ${formatDuration(instance.intervalNs)}, on a logarithmic scale. ` +
  (columns ? 'Each column shows the shortest and the longest gap of its time. ' : '') +
  `${late.length === 0 ? 'None was late.' : `${formatCount(late.length)} were late; they are marked, and the marks lead to what is known of them.`} ` +
  `The line of the takeover is at ${formatDuration(instance.masterDownNs)} of silence.`;

const renderPeriods = ({ gaps, late, times, instance }: StripParts, range: { from: number; to: number }): SafeHtml => {
  const rows = groupGaps(gaps, { ...range, columns: Math.min(PERIODS, gaps.at.length) });
  const ends = late.map(({ late: { sentNs } }) => Number(BigInt(sentNs) - gaps.baseNs));
  const when = (at: number): string => times.format(String(gaps.baseNs + BigInt(Math.round(at))));
  return html`<details>
    <summary>The strip as a table</summary>
    ${renderTable({
      caption: `Gaps between advertisements by time; the interval is ${formatDuration(instance.intervalNs)}`,
      columns: [
        { header: 'from' },
        { header: 'to' },
        { header: 'gaps', align: 'right' },
        { header: 'shortest', align: 'right' },
        { header: 'longest', align: 'right' },
        { header: 'late', align: 'right' },
      ],
      rows: rows.map(({ from, to, count, shortest, longest }) => [
        when(from),
        when(to),
        formatCount(count),
        formatNs(shortest),
        formatNs(longest),
        formatCount(ends.filter((at) => at >= from && at < to).length),
      ]),
    })}
  </details>`;
};

/** All gaps of an instance over time, with the late ones, the limit of a takeover, and takeovers. */
export const renderStrip = (parts: StripParts): SafeHtml => {
  const { id, instance, gaps, late, times, zone } = parts;
  if (gaps.at.length === 0) return html`<p class="muted">There is no gap: only one advertisement was seen.</p>`;
  const range = findRange(parts);
  const masterDown = Number(instance.masterDownNs) - Number(instance.intervalNs);
  const most = late.reduce((max, { late: { latenessNs } }) => Math.max(max, Number(latenessNs)), masterDown);
  const x = makeLinearScale(range.from, range.to, LEFT, RIGHT);
  const bend = Math.max(
    1_000_000,
    late.reduce((min, { late: one }) => Math.min(min, Number(one.latenessNs)), Number(instance.intervalNs) / 10),
  );
  const { scale: y, ticks: levels, floor } = makeStripScale({ bend, most }, { bottom: BOTTOM - 8, top: TOP });
  const when = (at: number): string => times.format(String(gaps.baseNs + BigInt(Math.round(at))));
  const ticks = listClockTicks(gaps.baseNs, { ...range, most: 9, zone });
  const columns = gaps.at.length > DOTS;
  const body = html`<clipPath id="${id}-clip"
      ><rect x="${LEFT}" y="0" width="${RIGHT - LEFT}" height="${BOTTOM + 2}" /></clipPath
    >${renderLeftAxis(y, levels, {
      left: LEFT,
      right: RIGHT,
      label: (tick) => (tick === floor ? 'in time' : formatSignedNs(tick)),
    })}${ticks.map(
      ({ at, label }) =>
        html`<g class="at" transform="translate(${formatPlace(x(at))} 0)"
          ><line class="axis" y1="${BOTTOM}" y2="${BOTTOM + 5}" /><text class="small dim mid" y="${BOTTOM + 18}"
            >${label}</text
          ></g
        >`,
    )}<line class="axis" x1="${LEFT}" x2="${RIGHT}" y1="${BOTTOM}" y2="${BOTTOM}" /><g clip-path="url(#${id}-clip)"
      ><g class="time">${drawGaps(gaps, { x, y, bend, when, columns: columns ? RIGHT - LEFT : null })}</g></g
    >${drawTakeovers(parts, x)}${drawLateMarks(late, { x, y, baseNs: gaps.baseNs })}${drawLimit(masterDown, y)}`;
  return html`<figure>
    ${renderSvg({
      id,
      title: 'All gaps over time',
      description: describe(parts, columns),
      width: WIDTH,
      height: BOTTOM + 26,
      kind: 'strip zoomable',
      interactive: true,
      body,
    })}
    <figcaption>
      <ul class="legend">
        <li>${STRIP_MARKS.gapSwatch(columns)}${columns ? 'gaps, shortest to longest' : 'a gap'}</li>
        <li>${STRIP_MARKS.lateSwatch}late</li>
        <li>${STRIP_MARKS.pastSwatch}late enough for a takeover</li>
        <li>${STRIP_MARKS.limitSwatch}from here on a backup takes over</li>
        <li>${STRIP_MARKS.flagSwatch}another router took over</li>
      </ul>
      How much longer than the interval each gap was, on a logarithmic scale.
    </figcaption>
    ${renderPeriods(parts, range)}
  </figure>`;
};

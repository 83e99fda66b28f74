import type { AnswerInstance, Cause } from '../../model/answer.js';
import type { JudgedGaps } from '../../model/request.js';
import { formatCount, formatTimeOfDay, NOTHING, type Zone } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from './safe-html.js';
import { renderOffsets } from './offsets.js';
import { renderTable } from './table.js';

/** Shades of a heat table: `.heat-1` to `.heat-5`. */
const SHADES = 5;

const QUARTER = 900_000_000_000n;

/** Hours of the day of times, in the zone; whole quarters of an hour are looked up once. */
const makeHourOf = (zone: Zone): ((ns: bigint) => number) => {
  const known = new Map<bigint, number>();
  return (ns) => {
    const quarter = ns / QUARTER;
    const hour = known.get(quarter) ?? Number(formatTimeOfDay(quarter * QUARTER, zone).slice(0, 2));
    known.set(quarter, hour);
    return hour;
  };
};

const renderHeat = (count: number, most: number): HtmlValue => {
  if (count === 0) return NOTHING;
  const shade = Math.max(1, Math.ceil((count / most) * SHADES));
  return html`<span class="heat heat-${shade}">${formatCount(count)}</span>`;
};

/** From the first hour with gaps to the last; of all hours, where there are gaps in most of them. */
const listHours = (gapsOfHour: readonly number[]): number[] => {
  const used = gapsOfHour.flatMap((count, hour) => (count > 0 ? [hour] : []));
  const [first = 0, last = 23] = [used[0], used.at(-1)];
  return Array.from({ length: last - first + 1 }, (_, i) => first + i);
};

/** How often each cause was met in each hour of the day. */
const renderHours = ({ late }: AnswerInstance, gaps: JudgedGaps, zone: Zone): SafeHtml => {
  const hourOf = makeHourOf(zone);
  const gapsOfHour = Array.from({ length: 24 }, () => 0);
  const count = (hours: number[], hour: number): void => {
    hours[hour] = (hours[hour] ?? 0) + 1;
  };
  for (const at of gaps.at) count(gapsOfHour, hourOf(gaps.baseNs + BigInt(Math.round(at))));
  const causes = new Map<Cause, number[]>();
  for (const { cause, sentNs } of late) {
    const hours = causes.get(cause) ?? Array.from({ length: 24 }, () => 0);
    count(hours, hourOf(BigInt(sentNs)));
    causes.set(cause, hours);
  }
  const hours = listHours(gapsOfHour);
  const most = Math.max(...[...causes.values()].flat());
  const sum = (values: readonly number[]): number => values.reduce((total, value) => total + value, 0);
  const rows = [...causes].sort(([a, x], [b, y]) => sum(y) - sum(x) || (a < b ? -1 : 1));
  return renderTable({
    caption: 'Late advertisements by cause and hour of the day',
    columns: [
      { header: 'cause' },
      ...hours.map((hour) => ({ header: String(hour).padStart(2, '0'), align: 'right' }) as const),
      { header: 'all', align: 'right' },
    ],
    rows: [
      ...rows.map(([cause, counts]) => [
        cause,
        ...hours.map((hour) => renderHeat(counts[hour] ?? 0, most)),
        formatCount(sum(counts)),
      ]),
      ['gaps in all', ...hours.map((hour) => formatCount(gapsOfHour[hour] ?? 0)), formatCount(sum(gapsOfHour))],
    ],
  });
};

/** When an instance's advertisements were late: by hour, and by part of the second. */
export const renderMaps = (id: string, instance: AnswerInstance, gaps: JudgedGaps, zone: Zone): SafeHtml =>
  html`${renderHours(instance, gaps, zone)}${renderOffsets(id, instance, gaps)}`;

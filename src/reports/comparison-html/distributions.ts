import type { ComparedGroup, Comparison } from '../../model/comparison.js';
import { formatCount, formatDuration, formatRate, NOTHING } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { type GroupMark, renderGroupName, tellGroup } from './identity.js';
import { createLatenessScale, type LatenessScale } from './lateness-scale.js';
import { renderShape, renderShapeAt, type Shape } from './marks.js';
import { type PlotRow, renderLegend, renderPlot } from './plot.js';
import { percent, spanDecades, trimTick } from './scales.js';

/** Groups that are drawn at most; the table has all. */
const DRAWN = 30;

const TOP = 8;
const BARS = 84;
const MARKS_AT = 103;
const HEIGHT = 112;

type Quantile = keyof NonNullable<ComparedGroup['latenessNs']>;

const QUANTILES: readonly { readonly of: Quantile; readonly name: string; readonly shape: Shape }[] = [
  { of: 'p50', name: 'median', shape: 'diamond' },
  { of: 'p99', name: 'p99', shape: 'triangle' },
  { of: 'p999', name: 'p99.9', shape: 'square' },
  { of: 'max', name: 'max', shape: 'cross' },
];

const kindOf = (shape: Shape): string => (shape === 'cross' ? 'mark' : 'solid');

/** Shares on a logarithm: a single gap among a hundred thousand is seen beside the others. */
interface Heights {
  readonly least: number;
  readonly heightOf: (share: number) => number;
}

const createHeights = (groups: readonly ComparedGroup[]): Heights => {
  const shares = groups.flatMap(({ distribution, gaps }) =>
    distribution.map((bin) => bin.gaps / Math.max(gaps, bin.gaps)),
  );
  const { from } = spanDecades([...shares, 1]);
  return { least: from, heightOf: (share) => Math.max(0, 1 - Math.log10(share) / from) * BARS };
};

const shareOf = (bin: { gaps: number }, { gaps }: ComparedGroup): number => bin.gaps / Math.max(gaps, bin.gaps, 1);

const renderBars = (group: ComparedGroup, fill: number, scale: LatenessScale, { heightOf }: Heights): HtmlValue =>
  group.distribution.map((bin) => {
    const { from, to } = scale.stretch(bin.fromNs, bin.toNs);
    const height = Math.max(1.5, Math.round(heightOf(shareOf(bin, group)) * 10) / 10);
    return html`<rect
      class="bar f${fill}"
      x="${percent(from)}"
      y="${TOP + BARS - height}"
      width="${percent(Math.max(to - from, 0.3))}"
      height="${height}"
      ><title>${tellBin(bin)}: ${formatCount(bin.gaps)} gaps (${formatRate(shareOf(bin, group))})</title></rect
    >`;
  });

/** Lines for each hundredth part, with the share at the right. */
const renderShares = ({ least, heightOf }: Heights): HtmlValue =>
  Array.from({ length: -least + 1 }, (_, index) => -index)
    .filter((exponent) => exponent % (least < -4 ? 2 : 1) === 0)
    .map((exponent) => {
      const share = Number(`1e${exponent}`);
      const y = TOP + BARS - Math.round(heightOf(share) * 10) / 10;
      return html`<line class="grid" x2="100%" y1="${y}" y2="${y}" /><text
          class="small dim end halo"
          x="100%"
          y="${y + (exponent === 0 ? 9 : -2)}"
          >${trimTick(formatRate(share))}</text
        >`;
    });

/** `early`, `up to 1 µs`, `100 to 158 µs`. */
export const tellBin = ({ fromNs, toNs }: { fromNs: string | null; toNs: string }): string =>
  fromNs === null
    ? 'early'
    : fromNs === '0'
      ? `up to ${formatDuration(toNs)} late`
      : `${formatDuration(fromNs)} to ${formatDuration(toNs)} late`;

const tellQuantiles = ({ latenessNs }: ComparedGroup): string =>
  latenessNs === null
    ? 'no gaps'
    : QUANTILES.map(({ of, name }) => `${name} ${formatDuration(latenessNs[of])}`).join(', ');

const renderQuantiles = ({ latenessNs }: ComparedGroup): SafeHtml =>
  html`<dl class="quantiles">
    ${QUANTILES.map(
      ({ of, name }) =>
        html`<div>
          <dt>${name}</dt>
          <dd>${latenessNs === null ? NOTHING : formatDuration(latenessNs[of])}</dd>
        </div>`,
    )}
  </dl>`;

const buildRow = (group: ComparedGroup, mark: GroupMark, scale: LatenessScale, heights: Heights): PlotRow => ({
  title: `Lateness of the gaps of ${tellGroup(mark)}`,
  description: `${formatCount(group.gaps)} gaps: ${tellQuantiles(group)}. The table below has the number of gaps in each bar.`,
  label: html`${renderGroupName(mark)} <span class="muted">${formatCount(group.gaps)} gaps</span>`,
  picture: [
    renderShares(heights),
    renderBars(group, mark.fill, scale, heights),
    html`<line class="axis" x2="100%" y1="${TOP + BARS}" y2="${TOP + BARS}" />`,
    group.latenessNs !== null &&
      QUANTILES.map(({ of, shape }) =>
        renderShapeAt(shape, kindOf(shape), scale.place(Number(group.latenessNs?.[of] ?? 0)), MARKS_AT),
      ),
  ],
  numbers: renderQuantiles(group),
});

/** How many gaps are how late, a picture for each group on one axis. */
export const renderDistributions = ({ groups }: Comparison, marks: ReadonlyMap<string, GroupMark>): SafeHtml => {
  const drawn = groups.slice(0, DRAWN);
  const scale = createLatenessScale(drawn);
  const heights = createHeights(drawn);
  return renderPlot({
    id: 'distributions',
    caption: html`<strong>How late all gaps are</strong>, early ones and punctual ones too. Both directions are
      logarithmic: each line up is ${heights.least < -4 ? 'a hundred' : 'ten'} times the gaps, so that the few that
      matter are seen.`,
    scale,
    headers: ['group', 'lateness', 'in numbers'],
    height: HEIGHT,
    rows: drawn.flatMap((group) => {
      const mark = marks.get(group.name);
      return mark === undefined ? [] : [buildRow(group, mark, scale, heights)];
    }),
    after: [
      renderLegend(
        QUANTILES.map(({ name, shape }) => ({
          mark: html`<g transform="translate(10 10)">${renderShape(shape, kindOf(shape))}</g>`,
          words: name,
        })),
      ),
      groups.length > DRAWN &&
        html`<p class="muted">
          The first ${formatCount(DRAWN)} of ${formatCount(groups.length)} groups are drawn; the table has all.
        </p>`,
    ],
  });
};

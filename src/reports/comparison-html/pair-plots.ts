import type { ComparedPair, Comparison, Estimate } from '../../model/comparison.js';
import { formatNumber, formatRate, formatSigned, NOTHING } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { PAIR_VERDICT_IN_WORDS } from '../vocabulary.js';
import { type GroupMark, keepUnits, renderBadge, tellGroup } from './identity.js';
import { explainEstimates, renderEstimate, valuesOf } from './marks.js';
import { renderLegend, renderPlot } from './plot.js';
import { createLinearScale, createLogScale, percent, type Scale } from './scales.js';
import { describeDifference, describeRatio } from './text-report.js';

const HEIGHT = 46;
const MIDDLE = 23;

type Marks = ReadonlyMap<string, GroupMark>;

interface PairPlot {
  readonly id: string;
  readonly caption: HtmlValue;
  readonly along: string;
  readonly scale: Scale;
  /** Where two groups that are late alike would stand. */
  readonly same: number;
  readonly estimateOf: (pair: ComparedPair) => Estimate;
  readonly describe: (pair: ComparedPair) => string;
}

const renderPairLabel = (a: GroupMark, b: GroupMark, verdict: ComparedPair['verdict']): SafeHtml =>
  html`<span class="who">${renderBadge(b)} against ${renderBadge(a)}</span>
    <span class="muted">${PAIR_VERDICT_IN_WORDS[verdict]}</span>`;

const renderPairs = (pairs: readonly ComparedPair[], marks: Marks, confidence: string, plot: PairPlot): SafeHtml => {
  const { id, caption, along, scale, same, estimateOf, describe } = plot;
  const at = percent(scale.place(same));
  return renderPlot({
    id,
    caption,
    scale,
    headers: ['groups', along, `in numbers (${confidence} interval)`],
    height: HEIGHT,
    rows: pairs.flatMap((pair) => {
      const [a, b] = [marks.get(pair.a), marks.get(pair.b)];
      if (a === undefined || b === undefined) return [];
      const told = describe(pair);
      return [
        {
          title: `${along}: ${tellGroup(b)} against ${tellGroup(a)}`,
          description: `${told === NOTHING ? 'not known' : told}; ${PAIR_VERDICT_IN_WORDS[pair.verdict]}.`,
          label: renderPairLabel(a, b, pair.verdict),
          picture: [
            html`<line class="same" x1="${at}" x2="${at}" y2="100%" />`,
            renderEstimate(estimateOf(pair), scale, b.fill, MIDDLE),
          ],
          numbers: html`<span class="figures">${keepUnits(told)}</span>`,
        },
      ];
    }),
    after: renderLegend([
      ...explainEstimates(pairs.map(estimateOf), confidence),
      { mark: html`<line class="same" x1="10" x2="10" y1="1" y2="19" />`, words: 'no difference' },
    ]),
  });
};

/** Axes of ratios end where the last interval does, and always show the same rate. */
const ratioScale = (pairs: readonly ComparedPair[]): Scale =>
  createLogScale([0.5, 2, ...pairs.flatMap(({ ratio }) => valuesOf(ratio))], { zero: '0', format: formatNumber });

/** By how much the groups of each pair differ: how many times the rate, and how many percentage points. */
export const renderPairPlots = (
  pairs: readonly ComparedPair[],
  marks: Marks,
  { confidence }: Comparison['statistics'],
): SafeHtml => {
  const drawn = pairs.filter(({ verdict }) => verdict !== 'none-late');
  if (drawn.length === 0) return html``;
  const sure = formatRate(confidence);
  return html`${renderPairs(drawn, marks, sure, {
    id: 'ratios',
    caption: html`<strong>How many times the rate.</strong> Left of the line at 1: less often late; right of it: more
      often. An interval that crosses the line may be no difference at all; the verdict comes from how the sessions
      rank.`,
    along: 'times the late rate',
    scale: ratioScale(drawn),
    same: 1,
    estimateOf: ({ ratio }) => ratio,
    describe: ({ ratio }) => (ratio.value === 0 ? 'none was late' : describeRatio(ratio, confidence)),
  })}${renderPairs(drawn, marks, sure, {
    id: 'differences',
    caption: html`<strong>How many percentage points more or less.</strong> The same as a difference: what it means in
      late advertisements.`,
    along: 'difference of late rates, percentage points',
    scale: createLinearScale(
      drawn.flatMap(({ difference }) => valuesOf(difference)),
      (value) => formatSigned(value * 100),
    ),
    same: 0,
    estimateOf: ({ difference }) => difference,
    describe: ({ difference }) => describeDifference(difference),
  })}`;
};

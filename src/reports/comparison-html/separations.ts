import type { Comparison, SettingSeparation } from '../../model/comparison.js';
import { formatCount, formatNumber, formatProbability } from '../format.js';
import { html, type SafeHtml } from '../html/safe-html.js';
import { SEPARATION_IN_WORDS } from '../vocabulary.js';
import { keepUnits, showName } from './identity.js';
import { type PlotRow, renderLegend, renderPlot } from './plot.js';
import { createLinearScale, percent, type Scale } from './scales.js';

/** Settings that are drawn; the table has more. */
const DRAWN = 20;

const HEIGHT = 22;

const kindOf = ({ verdict }: SettingSeparation): string => (verdict === 'separates' ? 'bar f1' : 'hollow');

const buildRow = (setting: SettingSeparation, scale: Scale): PlotRow => {
  const { names, separation, verdict, adjustedP } = setting;
  const [first = '', ...others] = names;
  const zero = scale.place(0);
  const told = `${formatNumber(separation)}, ${SEPARATION_IN_WORDS[verdict]}`;
  return {
    title: `Separation by ${showName(first)}`,
    description: `${told}, adjusted p ${formatProbability(adjustedP)}.`,
    label: html`<span class="name">${showName(first)}</span
      >${others.length > 0 && html` <span class="muted">and ${formatCount(others.length)} that go with it</span>`}`,
    picture: html`<rect
      class="${kindOf(setting)}"
      x="${percent(zero)}"
      y="5"
      width="${percent(Math.max(scale.place(separation) - zero, 0.2))}"
      height="12"
    />`,
    numbers: html`<span class="figures">${keepUnits(told)}</span>`,
  };
};

/** How well each setting tells late from punctual sessions, the best first. */
export const renderSeparations = ({ settings }: Comparison): SafeHtml => {
  if (settings.length === 0) return html``;
  const scale = createLinearScale([0, 1], formatNumber);
  return renderPlot({
    id: 'separations',
    caption: html`<strong>How well each setting tells late sessions from punctual ones</strong>: 0 not at all, 1 wholly.
      Settings that go together cannot be told apart.`,
    scale,
    headers: ['setting', 'separation', 'in numbers'],
    height: HEIGHT,
    rows: settings.slice(0, DRAWN).map((setting) => buildRow(setting, scale)),
    after: [
      renderLegend([
        { mark: html`<rect class="bar f1" x="1" y="5" width="18" height="10" />`, words: 'separates' },
        { mark: html`<rect class="hollow" x="1" y="5" width="18" height="10" />`, words: 'may be chance' },
      ]),
      settings.length > DRAWN &&
        html`<p class="muted">
          The first ${formatCount(DRAWN)} of ${formatCount(settings.length)} settings are drawn.
        </p>`,
    ],
  });
};

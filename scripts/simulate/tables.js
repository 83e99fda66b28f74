// @ts-check
import { lateDistribution } from '../../dist/comparison/statistics/beta-binomial.js';
import { noneInTrials } from '../../dist/comparison/statistics/binomial-intervals.js';
import { contrastOf, powerOf } from '../../dist/comparison/statistics/power.js';
import { ALPHA, GAPS } from './runs.js';
import { CURVE } from './scenarios.js';

/** @typedef {import('./scenarios.js').Result} Result */

const percent = (/** @type {number} */ share) => `${(100 * share).toFixed(1)} %`;

/**
 * @param {Result} result
 * @param {string} name
 */
const shareOf = ({ counts }, name) => percent((counts[name] ?? 0) / (counts['runs'] ?? 1));

/** @param {readonly (readonly string[])[]} rows the first is the heading */
const table = ([heading = [], ...rows]) =>
  [heading, heading.map(() => '---'), ...rows].map((row) => `| ${row.join(' | ')} |`).join('\n');

const model = (/** @type {Result} */ { mean, sessions }) => [
  percent(mean).replace('0.0 %', '0.02 %'),
  String(sessions),
];

/** @param {readonly Result[]} results */
const falseAlarms = (results) =>
  table([
    ['mean late rate', 'sessions a group', 'groups', 'false alarms', 'with advertisements taken for independent'],
    ...results.map((result) => [
      ...model(result),
      String(result.groups),
      shareOf(result, 'found'),
      shareOf(result, 'found by independent advertisements'),
    ]),
  ]);

/** @param {readonly Result[]} results */
const verdicts = (results) => {
  const names = ['worse', 'better', 'no-difference-found', 'too-few-sessions', 'sessions needed told'];
  return table([
    ['sessions a group', ...names],
    ...results.map((result) => [String(result.sessions), ...names.map((name) => shareOf(result, name))]),
  ]);
};

/** @param {readonly Result[]} results */
const curve = (results) => {
  let largest = 0;
  const rows = CURVE.sessions.map((sessions) => [
    String(sessions),
    ...CURVE.ratios.map((ratio) => {
      const result = results.find((one) => one.sessions === sessions && one.ratio === ratio);
      const contrast = result && contrastOf(result, GAPS, ratio);
      if (!result || !contrast) return '-';
      const told = powerOf(contrast, sessions, sessions, ALPHA);
      largest = Math.max(largest, Math.abs(told - (result.counts['found'] ?? 0) / (result.counts['runs'] ?? 1)));
      return `${shareOf(result, 'found')} (${percent(told)})`;
    }),
  ]);
  const heading = ['sessions a group', ...CURVE.ratios.map((ratio) => `${ratio} times`)];
  return `${table([heading, ...rows])}\n\nlargest error of what power.ts tells (in brackets): ${percent(largest)}`;
};

/** @param {readonly Result[]} results */
const coverage = (results) => {
  const names = [
    'rate',
    'rate, percentile',
    'rate, BCa',
    'rate, expanded percentile',
    'difference',
    'no difference',
    'ratio',
    "Cliff's delta",
  ];
  return table([
    ['mean late rate', 'sessions', ...names],
    ...results.map((result) => [
      ...model(result),
      ...names.map((name) => {
        const [covered = 0, above = 0, below = 0] = ['covered', 'above', 'below'].map((side) => result.counts[`${name}: ${side}`]);
        return percent(covered / (covered + above + below));
      }),
    ]),
  ]); // prettier-ignore
};

/** The highest mean late rate with which nothing is late in one of twenty comparisons, beside the rule of three. */
const noneLate = () => {
  const rows = [0, 0.0001, 0.001, 0.005].map((icc) => {
    let [low, high] = [1e-7, 0.1];
    while (high / low > 1 + 1e-9) {
      const mean = Math.sqrt(low * high);
      if ((lateDistribution({ mean, icc }, GAPS)[0] ?? 0) ** 5 > 0.05) low = mean;
      else high = mean;
    }
    const told = noneInTrials(5 * GAPS, 0.95).upper ?? 0;
    return [String(icc), `${(100 * low).toFixed(3)} %`, `${(100 * told).toFixed(3)} %`, (low / told).toFixed(1)];
  });
  return table([['intra-session correlation', 'highest late rate', 'rule of three', 'times'], ...rows]);
};

const TITLES = {
  'false-alarms': 'False alarms, no difference between groups',
  power: 'Verdicts where the second group is late twice as often',
  curve: 'Power: how often so many times the late rate is found',
  'none-late': 'Nothing late in 5 sessions: what the late rate may be (95 %), by calculation',
  coverage: 'Intervals of 95 %: how often they contain the truth (difference and ratio: twice the rate)',
};

/**
 * @param {import('./scenarios.js').Part} part
 * @param {readonly Result[]} results
 */
export const describe = (part, results) => {
  const make = { 'false-alarms': falseAlarms, power: verdicts, curve, coverage, 'none-late': noneLate }[part];
  return `${TITLES[part]}:\n\n${make(results.filter((result) => result.part === part))}`;
};

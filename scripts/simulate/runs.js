// @ts-check
/** What one scenario counts in so many runs. Everything comes from the seed. */
import { findDifference, judgePair } from '../../dist/comparison/difference.js';
import { pooledRate } from '../../dist/comparison/statistics/beta-binomial.js';
import { cliffsDelta } from '../../dist/comparison/statistics/cliffs-delta.js';
import {
  estimateDifference,
  estimateQuotient,
  estimateRatio,
  ratioOfSums,
} from '../../dist/comparison/statistics/cluster-bootstrap.js';
import { holm } from '../../dist/comparison/statistics/holm.js';
import { mannWhitney } from '../../dist/comparison/statistics/mann-whitney.js';
import { normalSurvival } from '../../dist/comparison/statistics/normal.js';
import { contrastOf, sessionsNeeded } from '../../dist/comparison/statistics/power.js';
import { Resamples } from '../../dist/comparison/statistics/resamples.js';
import { drawLate } from '../../dist/comparison/statistics/samplers.js';
import { makeRandom } from '../../dist/model/random.js';
import { bca, expandedPercentile, percentile } from './other-intervals.js';

/** Advertisements of one session: an hour of one a second. */
export const GAPS = 3600;
export const ALPHA = 0.05;
const CONFIDENCE = 0.95;
const DRAWS = 2000;

/**
 * @typedef {object} Scenario
 * @property {'verdicts' | 'power' | 'coverage'} kind
 * @property {number} mean of the sessions' late rates
 * @property {number} icc intra-session correlation
 * @property {number} sessions in each group
 * @property {number} ratio how many times as late the last group is
 * @property {number} groups
 *
 * @typedef {Record<string, number>} Counts
 * @typedef {{ late: number, gaps: number }} Session
 */

/**
 * @param {Counts} counts
 * @param {string} name
 */
const count = (counts, name) => {
  counts[name] = (counts[name] ?? 0) + 1;
};

/**
 * @param {{ mean: number, icc: number }} model
 * @param {number} sessions
 * @param {() => number} random
 * @returns {Session[]}
 */
const drawGroup = (model, sessions, random) =>
  Array.from({ length: sessions }, () => ({ late: drawLate(model, GAPS, random), gaps: GAPS }));

/**
 * What is wrong, for comparison: two proportions of all advertisements, as if these were independent.
 * @param {readonly Session[]} a
 * @param {readonly Session[]} b
 */
const naiveP = (a, b) => {
  const [x, y, both] = [pooledRate(a) ?? 0, pooledRate(b) ?? 0, pooledRate([...a, ...b]) ?? 0];
  const error = Math.sqrt(both * (1 - both) * (1 / (a.length * GAPS) + 1 / (b.length * GAPS)));
  return error > 0 ? 2 * normalSurvival(Math.abs(x - y) / error) : 1;
};

/**
 * Verdicts of `compare`: of the groups held against each other, Holm's correction over the pairs.
 * @param {Scenario} scenario
 * @param {Counts} counts
 * @param {() => number} random
 */
const countVerdicts = ({ mean, icc, sessions, ratio, groups }, counts, random) => {
  const drawn = Array.from({ length: groups }, (_, group) =>
    drawGroup({ mean: group === groups - 1 ? mean * ratio : mean, icc }, sessions, random),
  );
  const pairs = drawn.flatMap((b, j) => drawn.slice(0, j).map((a) => ({ a, b })));
  const differences = pairs.map(({ a, b }) => findDifference(a, b, { alpha: ALPHA / pairs.length }));
  const adjusted = holm(differences.map(({ p }) => p));
  const verdicts = differences.map((difference, k) => {
    const { a, b } = pairs[k] ?? { a: [], b: [] };
    return judgePair(difference, adjusted[k] ?? 1, { a: pooledRate(a), b: pooledRate(b) }, ALPHA);
  });
  if (groups === 2) {
    count(counts, verdicts[0] ?? '');
    const needed = differences[0]?.power.sessionsNeeded ?? Number.POSITIVE_INFINITY;
    const contrast = contrastOf({ mean, icc }, GAPS, 2);
    const truth = contrast && sessionsNeeded(contrast, ALPHA);
    if (truth && needed >= truth / 2 && needed <= truth * 2) count(counts, 'sessions needed told');
  }
  if (verdicts.some((verdict) => verdict === 'worse' || verdict === 'better')) count(counts, 'found');
  if (pairs.some(({ a, b }) => naiveP(a, b) < ALPHA / pairs.length))
    count(counts, 'found by independent advertisements');
};

/**
 * How often the test finds that the second group is later.
 * @param {Scenario} scenario
 * @param {Counts} counts
 * @param {() => number} random
 */
const countFound = ({ mean, icc, sessions, ratio }, counts, random) => {
  const rates = (/** @type {number} */ own) =>
    drawGroup({ mean: own, icc }, sessions, random).map(({ late }) => late / GAPS);
  const { u, p } = mannWhitney(rates(mean), rates(mean * ratio));
  if (p < ALPHA && u > sessions ** 2 / 2) count(counts, 'found');
};

/**
 * How often intervals contain the truth; for those that miss, to which side.
 * @param {Scenario} scenario
 * @param {Counts} counts
 * @param {() => number} random
 */
const countCovered = ({ mean, icc, sessions, ratio }, counts, random) => {
  const models = [mean, mean, mean * ratio].map((own) => ({ mean: own, icc }));
  const drawn = models.map((model) => drawGroup(model, sessions, random));
  const columns = drawn.map((group) => Float64Array.from(group, ({ late }) => late));
  const gaps = new Float64Array(sessions).fill(GAPS);
  const resamples = columns.map(() => new Resamples(sessions, DRAWS, Math.floor(random() * 2 ** 32)));
  const [a, b, c] = columns.map((column, k) => ratioOfSums(/** @type {Resamples} */ (resamples[k]), column, gaps));
  if (!a || !b || !c) return;
  /**
   * @param {string} name
   * @param {number} truth
   * @param {{ lower: number | null, upper: number | null }} interval
   */
  const check = (name, truth, { lower, upper }) => {
    if (lower === null || upper === null) count(counts, `${name}: none`);
    else if (lower > truth) count(counts, `${name}: above`);
    else if (upper < truth) count(counts, `${name}: below`);
    else count(counts, `${name}: covered`);
  };
  check('rate', mean, estimateRatio(a, CONFIDENCE));
  check('difference', mean * (ratio - 1), estimateDifference(a, c, CONFIDENCE));
  check('no difference', 0, estimateDifference(a, b, CONFIDENCE));
  check('ratio', ratio, estimateQuotient(a, c, CONFIDENCE));
  check('rate, percentile', mean, percentile(a, CONFIDENCE));
  check('rate, BCa', mean, bca(a, [...(columns[0] ?? [])], CONFIDENCE));
  check('rate, expanded percentile', mean, expandedPercentile(a, CONFIDENCE));
  const contrast = contrastOf({ mean, icc }, GAPS, ratio);
  const delta = cliffsDelta([...(columns[0] ?? [])], [...(columns[2] ?? [])], CONFIDENCE);
  if (contrast) check("Cliff's delta", 2 * contrast.favour - 1, delta);
};

/**
 * @param {Scenario} scenario
 * @param {number} runs
 * @param {number} seed
 * @returns {Counts}
 */
export const simulate = (scenario, runs, seed) => {
  const random = makeRandom(seed);
  /** @type {Counts} */
  const counts = { runs };
  const run = { verdicts: countVerdicts, power: countFound, coverage: countCovered }[scenario.kind];
  for (let k = 0; k < runs; k++) run(scenario, counts, random);
  return counts;
};

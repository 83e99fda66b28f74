// @ts-check
/**
 * scripts/simulate/truth.js [--runs N] [--seed N] [--jobs N] [--only PART,...] [--json]
 *
 * What `compare` says of sessions whose truth is known: late rates of sessions from a beta distribution (mean 1 %, intra-session correlation 0.005,
 * 3,600 advertisements a session, unless something else stands there). Parts: false-alarms, power, curve, coverage, none-late. The same seed gives the same
 * counts. Exit code 1 where more than 6 % of the comparisons without a difference raise an alarm, or fewer than 80 % find a mean that is doubled with 20
 * sessions each. Needs `npm run build`.
 */
import { parseArgs } from 'node:util';
import { simulateAll } from './pool.js';
import { PARTS, boundsBroken, scenariosOf } from './scenarios.js';
import { describe } from './tables.js';

const { values } = parseArgs({
  options: {
    runs: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    jobs: { type: 'string', default: '2' },
    only: { type: 'string', default: PARTS.join(',') },
    json: { type: 'boolean', default: false },
  },
});
const [runs, seed, jobs] = [values.runs, values.seed, values.jobs].map(Number);
const parts = PARTS.filter((part) => values.only.split(',').includes(part));
const isCount = (/** @type {number | undefined} */ number) => Number.isInteger(number) && Number(number) > 0;
if (!isCount(runs) || !Number.isInteger(seed) || !isCount(jobs) || parts.length !== values.only.split(',').length) {
  console.error(`usage: truth.js [--runs N] [--seed N] [--jobs N] [--only ${PARTS.join(',')}] [--json]`);
  process.exit(2);
}
const scenarios = scenariosOf(parts);
const counts = await simulateAll(scenarios, Number(runs), Number(seed), Number(jobs));
const results = scenarios.map((scenario, k) => ({ ...scenario, counts: counts[k] ?? {} }));
const broken = boundsBroken(results);
if (values.json) console.log(JSON.stringify({ runs, seed, results, broken }));
else console.log([`${runs} runs of each, seed ${seed}`, ...parts.map((part) => describe(part, results))].join('\n\n'));
for (const sentence of broken) console.error(sentence);
if (broken.length > 0) process.exitCode = 1;

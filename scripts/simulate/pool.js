// @ts-check
import { Worker, isMainThread, parentPort } from 'node:worker_threads';
import { fileURLToPath } from 'node:url';
import { simulate } from './runs.js';

/**
 * @typedef {import('./runs.js').Scenario} Scenario
 * @typedef {import('./runs.js').Counts} Counts
 * @typedef {{ scenario: number, of: Scenario, runs: number, seed: number }} Task
 */

/** Runs of one task; what comes out does not depend on the number of threads. */
const AT_A_TIME = 100;

/**
 * @param {readonly Scenario[]} scenarios
 * @param {number} runs of each
 * @param {number} seed
 * @returns {Task[]}
 */
const plan = (scenarios, runs, seed) =>
  scenarios.flatMap((of, scenario) =>
    Array.from({ length: Math.ceil(runs / AT_A_TIME) }, (_, part) => ({
      scenario,
      of,
      runs: Math.min(AT_A_TIME, runs - part * AT_A_TIME),
      seed: seed * 1_000_003 + scenario * 1009 + part,
    })),
  );

/**
 * Simulates each scenario so many times, in so many threads.
 * @param {readonly Scenario[]} scenarios
 * @param {number} runs
 * @param {number} seed
 * @param {number} jobs
 * @returns {Promise<Counts[]>} in the order of the scenarios
 */
export const simulateAll = async (scenarios, runs, seed, jobs) => {
  const tasks = plan(scenarios, runs, seed);
  /** @type {Counts[]} */
  const totals = scenarios.map(() => ({}));
  const add = (/** @type {Task} */ { scenario }, /** @type {Counts} */ counts) => {
    const total = totals[scenario] ?? {};
    for (const [name, count] of Object.entries(counts)) total[name] = (total[name] ?? 0) + count;
  };
  let next = 0;
  const work = () =>
    new Promise((/** @type {(value: void) => void} */ resolve, reject) => {
      const worker = new Worker(fileURLToPath(import.meta.url));
      /** @type {Task | undefined} */
      let task;
      const give = () => {
        task = tasks[next++];
        if (task) worker.postMessage(task);
        else void worker.terminate().then(() => resolve());
      };
      worker.on('message', (/** @type {Counts} */ counts) => {
        if (task) add(task, counts);
        give();
      });
      worker.on('error', reject);
      give();
    });
  await Promise.all(Array.from({ length: jobs }, work));
  return totals;
};

if (!isMainThread && parentPort) {
  const port = parentPort;
  port.on('message', (/** @type {Task} */ { of, runs, seed }) => port.postMessage(simulate(of, runs, seed)));
}

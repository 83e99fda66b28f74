import type { RunOrder } from '../model/comparison.js';
import type { SessionGroup } from './groups.js';
import { runsTest } from './statistics/runs-test.js';

const REMEDY =
  'whatever else changed meanwhile looks like the difference; record them in turn (arms in a session script)';

/**
 * How the sessions of groups lie in time: mixed, or in blocks that something else may have changed between.
 *
 * @param alpha so improbable is an order that is pointed out
 * @param seed for the random orders that many groups are held against
 */
export const judgeOrder = (groups: readonly SessionGroup[], alpha: number, seed: number): RunOrder => {
  const dated: { name: string; start: bigint }[] = [];
  for (const { name, sessions } of groups)
    for (const { startNs } of sessions) {
      if (startNs === null)
        return { kind: 'unknown', runs: 0, p: null, summary: 'Not all sessions say when they were recorded.' };
      dated.push({ name, start: BigInt(startNs) });
    }
  if (groups.length < 2) return { kind: 'mixed', runs: groups.length, p: null, summary: null };
  const labels = dated.sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0)).map(({ name }) => name);
  const { runs, p } = runsTest(labels, seed);
  if (runs === groups.length && labels.length > groups.length) {
    const order = [...new Set(labels)].join(', then all of ');
    return { kind: 'blocks', runs, p, summary: `The sessions were recorded in blocks, all of ${order}: ${REMEDY}.` };
  }
  if (p < alpha) {
    const summary = `The sessions of a group were recorded close together, which a random order seldom does: ${REMEDY}.`;
    return { kind: 'clustered', runs, p, summary };
  }
  return { kind: 'mixed', runs, p, summary: null };
};

// @ts-check
/** What the answer to a stretched recording must be, told from the answer to the recording itself. */

/**
 * @typedef {import('../../src/model/answer.js').Answer} Answer
 * @typedef {import('../../src/model/answer.js').AnswerInstance} Instance
 * @typedef {import('../../src/model/answer.js').LateAdvertisement} Late
 * @typedef {import('./recording.js').Recording} Recording
 * @typedef {import('./stretch.js').Plan} Plan
 *
 * @typedef {{ late: Late, lateness: bigint, stretched: boolean }} Expected
 */

const SECOND = 1_000_000_000n;
/** Of the lateness of a stretched gap, at most this share may stay unexplained (percent). */
const MAX_UNEXPLAINED = 5n;

/**
 * @param {Answer} answer to the stretched recording
 * @param {Answer} once to the recording itself
 * @param {Recording} recording
 * @param {Plan} plan
 * @returns {string[]} what is wrong; empty when all is right
 */
export function checkAnswer(answer, once, recording, plan) {
  const base = BigInt(recording.baseSeconds) * SECOND;
  const from = base + BigInt(plan.from);
  const to = base + BigInt(plan.to);
  const more = plan.copies - 1;
  /** @type {<T>(items: readonly T[], timeOf: (item: T) => string) => T[]} */
  const unroll = (items, timeOf) => {
    const body = items.filter((item) => BigInt(timeOf(item)) >= from && BigInt(timeOf(item)) < to);
    return [
      ...items.filter((item) => BigInt(timeOf(item)) < from),
      ...Array.from({ length: plan.copies }, () => body).flat(),
      ...items.filter((item) => BigInt(timeOf(item)) >= to),
    ];
  };
  const problems = [];
  if (answer.instances.length !== once.instances.length) {
    problems.push(`${answer.instances.length} instances instead of ${once.instances.length}`);
  }
  for (const before of once.instances) {
    const name = `${before.source}`;
    const after = answer.instances.find(({ source }) => source === before.source);
    if (!after) {
      problems.push(`${name}: no such instance`);
      continue;
    }
    const expected = unroll(before.late, ({ sentNs }) => sentNs).map((late) => {
      const stretched = BigInt(late.previousNs) < from && BigInt(late.sentNs) >= to;
      const added = stretched ? BigInt(more) * (to - from) : 0n;
      return { late, lateness: BigInt(late.latenessNs) + added, stretched };
    });
    problems.push(...checkLate(after, expected).map((problem) => `${name}: ${problem}`));
    const takeovers = unroll(before.takeovers, ({ atNs }) => atNs).length;
    if (after.takeovers.length !== takeovers) {
      problems.push(`${name}: ${after.takeovers.length} takeovers instead of ${takeovers}`);
    }
  }
  return problems;
}

/**
 * @param {Instance} instance
 * @param {readonly Expected[]} expected
 */
function checkLate(instance, expected) {
  const problems = [];
  if (instance.late.length !== expected.length) {
    problems.push(`${instance.late.length} late advertisements instead of ${expected.length}`);
  }
  for (const [i, late] of instance.late.entries()) {
    const problem = expected[i] ? compare(late, expected[i]) : null;
    if (problem) problems.push(`${late.id}: ${problem}`);
    const broken = checkLedger(late);
    if (broken) problems.push(`${late.id}: ${broken}`);
  }
  return problems;
}

/**
 * @param {Late} late
 * @param {Expected} expected
 */
function compare(late, { late: wanted, lateness, stretched }) {
  if (BigInt(late.latenessNs) !== lateness) return `${late.latenessNs} ns late instead of ${lateness}`;
  if (late.cause !== wanted.cause) return `${late.cause} instead of ${wanted.cause}`;
  if (late.severity !== (stretched ? 'takeover' : wanted.severity)) return `severity ${late.severity}`;
  const { culprit } = late;
  if (culprit?.process !== wanted.culprit?.process || culprit?.target !== wanted.culprit?.target) {
    return `blames ${culprit?.process ?? culprit?.target} instead of ${wanted.culprit?.process ?? wanted.culprit?.target}`;
  }
  const largest = (/** @type {Late} */ { ledger }) => ledger.reduce((a, b) => (BigInt(b.ns) > BigInt(a.ns) ? b : a));
  if (largest(late).state !== largest(wanted).state) {
    return `largest part is ${largest(late).state} instead of ${largest(wanted).state}`;
  }
  return null;
}

/** @param {Late} late */
function checkLedger({ ledger, latenessNs }) {
  let sum = 0n;
  let unexplained = 0n;
  let at = 0n;
  for (const entry of ledger) {
    const ns = BigInt(entry.ns);
    sum += ns;
    if (entry.state === 'unexplained') unexplained += ns;
    if (ns < 0n && entry.state !== 'in-flight') return `negative ${entry.state}`;
    if (BigInt(entry.fromNs) < at) return `ledger overlaps at ${entry.fromNs}`;
    at = BigInt(entry.toNs);
  }
  if (sum !== BigInt(latenessNs)) return `ledger adds up to ${sum}, not ${latenessNs}`;
  if (unexplained * 100n > sum * MAX_UNEXPLAINED) return `${unexplained} of ${sum} ns unexplained`;
  return null;
}

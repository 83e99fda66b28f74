// @ts-check
/**
 * @typedef {'false-alarms' | 'power' | 'curve' | 'coverage' | 'none-late'} Part
 * @typedef {import('./runs.js').Scenario & { part: Part, bound: { least: number, most: number } | null }} Planned
 * @typedef {Planned & { counts: import('./runs.js').Counts }} Result
 */

/** @type {readonly Part[]} */
export const PARTS = ['false-alarms', 'power', 'curve', 'coverage', 'none-late'];
/** Sessions of each group, and how many times as late the second one is. */
export const CURVE = { sessions: [3, 4, 5, 7, 10, 15, 20, 30, 50], ratios: [1.5, 2, 3, 5] };

/** The model. */
const USUAL = { mean: 0.01, icc: 0.005 };
/** Nine sessions of ten have nothing late. */
const RARE = { mean: 0.0002, icc: 0.005 };
/** More than half of the sessions have nothing late; the others differ much. */
const UNEVEN = { mean: 0.001, icc: 0.005 };
const FALSE_ALARMS = { least: 0, most: 0.06 };
const ENOUGH = { least: 0.8, most: 1 };

/** @type {readonly Planned[]} */
const ALL = [
  ...[5, 20].flatMap((sessions) => [
    /** @type {const} */ ({ part: 'false-alarms', kind: 'verdicts', ...USUAL, sessions, ratio: 1, groups: 2, bound: FALSE_ALARMS }),
    /** @type {const} */ ({ part: 'false-alarms', kind: 'verdicts', ...USUAL, sessions, ratio: 1, groups: 3, bound: FALSE_ALARMS }),
    /** @type {const} */ ({ part: 'false-alarms', kind: 'verdicts', ...RARE, sessions, ratio: 1, groups: 2, bound: FALSE_ALARMS }),
  ]),
  ...[5, 10, 20, 50].map((sessions) =>
    /** @type {const} */ ({ part: 'power', kind: 'verdicts', ...USUAL, sessions, ratio: 2, groups: 2, bound: sessions === 20 ? ENOUGH : null }),
  ),
  ...CURVE.ratios.flatMap((ratio) =>
    CURVE.sessions.map((sessions) =>
      /** @type {const} */ ({ part: 'curve', kind: 'power', ...USUAL, sessions, ratio, groups: 2, bound: null }),
    ),
  ),
  ...[USUAL, UNEVEN].flatMap((model) =>
    [3, 5, 10, 20].map((sessions) =>
      /** @type {const} */ ({ part: 'coverage', kind: 'coverage', ...model, sessions, ratio: 2, groups: 2, bound: null }),
    ),
  ),
]; // prettier-ignore

/** @param {readonly Part[]} parts */
export const scenariosOf = (parts) => ALL.filter(({ part }) => parts.includes(part));

/**
 * @param {readonly Result[]} results
 * @returns {string[]} a sentence for each bound that does not hold
 */
export const boundsBroken = (results) =>
  results.flatMap(({ bound, counts, mean, sessions, groups, ratio }) => {
    const share = (counts['found'] ?? 0) / (counts['runs'] ?? 1);
    if (!bound || (share >= bound.least && share <= bound.most)) return [];
    const limit = share < bound.least ? `at least ${bound.least}` : `at most ${bound.most}`;
    return [
      `${groups} groups of ${sessions} sessions, mean ${mean}, ratio ${ratio}: found in ${share}, should be ${limit}`,
    ];
  });

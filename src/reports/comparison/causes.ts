import type { Cause } from '../../model/answer.js';
import type { ComparedGroup, ComparedPair, Comparison } from '../../model/comparison.js';
import { NOTHING } from '../format.js';
import type { Block, DocumentColumn, Pieces, Telling } from './document.js';
import { heading, note, quote, say, takeFirst } from './document.js';
import { describeTime, describeTimeDifference, NO_INTERVAL, NO_INTERVAL_IN_FULL } from './estimates.js';

/** Pairs of which the differences are listed, where there are several. */
const LISTED_PAIRS = 10;

/** Causes in the order of the differences they make, or of their time where there are several pairs. */
const orderCauses = (groups: readonly ComparedGroup[], pair: ComparedPair | null): Cause[] => {
  const times = new Map<Cause, bigint>();
  for (const { causes } of groups)
    for (const { cause, ns } of causes) times.set(cause, (times.get(cause) ?? 0n) + BigInt(ns));
  const byTime = [...times].sort(([, a], [, b]) => (a > b ? -1 : a < b ? 1 : 0)).map(([cause]) => cause);
  return [...new Set([...(pair?.causes ?? []).map(({ cause }) => cause), ...byTime])];
};

const tellTime = (cause: Cause, { causes }: ComparedGroup, confidence: number): Pieces => {
  const found = causes.find((candidate) => candidate.cause === cause);
  return [say(found === undefined ? 'none' : describeTime(found.nsPerHour, confidence))];
};

const tellDifference = (cause: Cause, { causes }: ComparedPair, confidence: number): Pieces => {
  const found = causes.find((candidate) => candidate.cause === cause);
  return [say(found === undefined ? NOTHING : describeTimeDifference(found.nsPerHour, confidence))];
};

const CAUSE: DocumentColumn = { header: say('cause'), align: 'left' };

const DIFFERENCE: DocumentColumn = { header: say('difference'), align: 'left', before: 'difference ' };

const buildSideBySide = (
  { groups, statistics: { confidence } }: Comparison,
  pair: ComparedPair | null,
  { label }: Telling,
): Block => ({
  kind: 'table',
  columns: [
    CAUSE,
    ...groups.map(({ name }): DocumentColumn => ({
      header: quote(label(name)),
      align: 'left',
      before: `${label(name)} `,
    })),
    ...(pair === null ? [] : [DIFFERENCE]),
  ],
  rows: orderCauses(groups, pair).map((cause) => [
    [say(cause)],
    ...groups.map((group) => tellTime(cause, group, confidence)),
    ...(pair === null ? [] : [tellDifference(cause, pair, confidence)]),
  ]),
});

const buildDifferences = ({ pairs, statistics: { confidence } }: Comparison, telling: Telling): Block[] =>
  takeFirst(pairs, LISTED_PAIRS, telling)
    .listed.filter(({ causes }) => causes.length > 0)
    .flatMap((pair) => [
      heading([
        say('Difference in each cause: ', 'heading'),
        quote(telling.label(pair.b), 'heading'),
        say(' against ', 'heading'),
        quote(telling.label(pair.a), 'heading'),
      ]),
      {
        kind: 'table',
        columns: [CAUSE, DIFFERENCE],
        rows: pair.causes.map(({ cause }) => [[say(cause)], tellDifference(cause, pair, confidence)]),
      },
    ]);

/** Through which causes the groups are late, side by side, and the difference each makes. */
export const buildCauses = (comparison: Comparison, telling: Telling): Block[] => {
  const { groups, pairs } = comparison;
  if (groups.every(({ causes }) => causes.length === 0)) return [];
  const [first, ...others] = pairs;
  const only = first === undefined || others.length > 0 ? null : first;
  const estimates = [...groups, ...pairs].flatMap(({ causes }) => causes.map(({ nsPerHour }) => nsPerHour));
  return [
    heading('Causes: time in the ledgers for an hour recorded'),
    buildSideBySide(comparison, only, telling),
    ...(only === null ? buildDifferences(comparison, telling) : []),
    ...(estimates.some(({ method }) => method === 'none') ? [note(`${NO_INTERVAL}: ${NO_INTERVAL_IN_FULL}`)] : []),
  ];
};

import type { ComparedGroup, ComparedPair, Comparison, FigureTest, PairVerdict } from '../../model/comparison.js';
import { formatCount, formatCounted, formatNumber, formatProbability, formatRate, NOTHING } from '../format.js';
import type { Style } from '../terminal/spans.js';
import { FIGURE_IN_WORDS, PAIR_VERDICT_IN_WORDS } from '../vocabulary.js';
import type { Block, DocumentColumn, Pieces, Telling } from './document.js';
import { heading, joinPieces, note, paragraph, quote, say, takeFirst } from './document.js';
import { describeDelta, describeDifference, describeRatio } from './estimates.js';

/** Pairs told in full unless all are asked for; the verdict on each stands at the top. */
const LISTED_PAIRS = 10;

export const STYLE_OF_VERDICT: Readonly<Record<PairVerdict, Style>> = {
  worse: 'bad',
  better: 'good',
  'no-difference-found': 'plain',
  'too-few-sessions': 'warn',
  'none-late': 'good',
};

const tellRates = (pair: ComparedPair, confidence: number, { label }: Telling): Pieces => {
  const ratio = describeRatio(pair.ratio, confidence);
  const withoutLate = ratio === NOTHING ? pair.a : pair.ratio.value === 0 ? pair.b : null;
  const by =
    withoutLate === null ? [say(`; ${ratio}`)] : [say('; no ratio, for none was late in '), quote(label(withoutLate))];
  return [say(`Late rate: ${describeDifference(pair.difference)}`), ...by, say('.')];
};

const COLUMNS: readonly DocumentColumn[] = [
  { header: say('figure of a session'), align: 'left' },
  { header: say('p'), align: 'right', before: 'p ' },
  { header: say('adjusted p'), align: 'right', before: 'adjusted p ' },
  { header: say('U'), align: 'right', before: 'U ' },
  { header: say("Cliff's delta (above 0: later)"), align: 'left', before: "Cliff's delta " },
];

const buildTests = (tests: readonly FigureTest[], { confidence, alpha }: Comparison['statistics']): Block => ({
  kind: 'table',
  columns: COLUMNS,
  rows: tests.map(({ figure, isPrimary, u, p, adjustedP, cliffsDelta }) => [
    [say(`${FIGURE_IN_WORDS[figure]}${isPrimary ? ' (decides)' : ''}`)],
    [say(formatProbability(p))],
    [say(formatProbability(adjustedP), adjustedP <= alpha ? 'strong' : 'plain')],
    [say(formatCount(u))],
    [say(describeDelta(cliffsDelta, confidence))],
  ]),
});

const noteApproximate = (tests: readonly FigureTest[]): Block[] => {
  const figures = tests.filter(({ method }) => method === 'normal').map(({ figure }) => FIGURE_IN_WORDS[figure]);
  return figures.length === 0 ? [] : [note(`p by the normal approximation: ${figures.join('; ')}`)];
};

/** `: 12 more each`; nothing where there are as many. */
const tellMore = (needed: number, a: ComparedGroup, b: ComparedGroup, { label }: Telling): Pieces => {
  const [moreOfA, moreOfB] = [a, b].map(({ sessions }) => Math.max(needed - sessions, 0));
  if (moreOfA === moreOfB) return moreOfA === 0 ? [] : [say(`: ${formatCount(moreOfA ?? 0)} more each`)];
  const parts = [
    { more: moreOfA ?? 0, name: a.name },
    { more: moreOfB ?? 0, name: b.name },
  ].filter(({ more }) => more > 0);
  return [
    say(': '),
    ...joinPieces(
      parts.map(({ more, name }) => [say(`${formatCount(more)} more of `), quote(label(name))]),
      ', ',
    ),
  ];
};

const describeSizes = (a: ComparedGroup, b: ComparedGroup): string =>
  a.sessions === b.sessions
    ? `${formatCount(a.sessions)} in each`
    : `${formatCount(a.sessions)} and ${formatCount(b.sessions)} sessions`;

/**
 * How likely a difference that matters would have been found, and the sessions it takes.
 *
 * @param aimed how probably they would find it
 */
const tellPower = (
  { verdict, power }: ComparedPair,
  a: ComparedGroup,
  b: ComparedGroup,
  aimed: number,
  telling: Telling,
): Pieces => {
  const opening = verdict === 'too-few-sessions' ? 'Too few sessions to tell: ' : 'Sessions: ';
  const { ratio, reached, sessionsNeeded } = power;
  const change = ratio === 2 ? 'a doubling' : `a rate ${formatNumber(ratio)} times as high`;
  const found = reached === null ? '' : `with ${describeSizes(a, b)} ${change} is found with ${formatRate(reached)}; `;
  if (sessionsNeeded === null) return [say(`${opening}${found}how many are needed cannot be said from these rates.`)];
  return [
    say(
      `${opening}${found}${formatCount(sessionsNeeded)} in each would find ${found === '' ? change : 'it'} ` +
        `with ${formatRate(aimed)}`,
    ),
    ...tellMore(sessionsNeeded, a, b, telling),
    say('.'),
  ];
};

/** Where something was found, or nothing was late, what could have been found says nothing. */
const isPowerTold = (verdict: PairVerdict): boolean =>
  verdict === 'no-difference-found' || verdict === 'too-few-sessions';

const buildPair = (pair: ComparedPair, { groups, statistics }: Comparison, telling: Telling): Block[] => {
  const [a, b] = [pair.a, pair.b].map((name) => groups.find((group) => group.name === name));
  return [
    heading([
      quote(telling.label(pair.b), 'heading'),
      say(' against ', 'heading'),
      quote(telling.label(pair.a), 'heading'),
      say(': ', 'heading'),
      say(PAIR_VERDICT_IN_WORDS[pair.verdict], STYLE_OF_VERDICT[pair.verdict]),
    ]),
    ...(pair.verdict === 'none-late' ? [] : [paragraph(tellRates(pair, statistics.confidence, telling))]),
    ...(pair.tests.length > 0 ? [buildTests(pair.tests, statistics), ...noteApproximate(pair.tests)] : []),
    ...(isPowerTold(pair.verdict) && a !== undefined && b !== undefined
      ? [paragraph(tellPower(pair, a, b, statistics.power, telling))]
      : []),
  ];
};

/** Each pair: by how much the rates differ, what the tests say, how many sessions it would take. */
export const buildPairs = (comparison: Comparison, telling: Telling): Block[] => {
  const { listed, left } = takeFirst(comparison.pairs, LISTED_PAIRS, telling);
  return [
    ...listed.flatMap((pair) => buildPair(pair, comparison, telling)),
    ...(left > 0 ? [paragraph(`…and ${formatCounted(left, 'more pair')}${telling.hint}`)] : []),
  ];
};

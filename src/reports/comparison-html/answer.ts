import type { ComparedPair, Comparison, PairVerdict } from '../../model/comparison.js';
import { formatCount, formatCounted, formatNumber, formatProbability } from '../format.js';
import { html, type HtmlValue, type SafeHtml } from '../html/safe-html.js';
import { renderTable } from '../html/table.js';
import { PAIR_VERDICT_IN_WORDS } from '../vocabulary.js';
import { renderFold } from './fold.js';
import { type GroupMark, renderBadge, renderGroupName, showName } from './identity.js';

/** Verdicts that are told at once; the others are behind a click. */
const TOLD = 6;
const LISTED = 2000;

type Marks = ReadonlyMap<string, GroupMark>;

/** A sign and a colour for each verdict; the words beside it say the same. */
const LOOK_OF_VERDICT: Readonly<Record<PairVerdict, { readonly sign: string; readonly kind: string }>> = {
  worse: { sign: '▲', kind: 'bad' },
  better: { sign: '▼', kind: 'good' },
  'no-difference-found': { sign: '=', kind: 'muted' },
  'too-few-sessions': { sign: '?', kind: 'warn' },
  'none-late': { sign: '✓', kind: 'good' },
};

/** What a verdict means for whoever has to decide. */
const tellMeaning = ({ verdict, tests, power }: ComparedPair): string => {
  const p = tests.find(({ isPrimary }) => isPrimary)?.adjustedP;
  const times = power.ratio === 2 ? 'twice the rate' : `${formatNumber(power.ratio)} times the rate`;
  switch (verdict) {
    case 'worse':
    case 'better':
      return p === undefined
        ? 'Chance alone would seldom make such a difference.'
        : `If both were late alike, chance would make such a difference with a probability of ${formatProbability(p)}.`;
    case 'no-difference-found':
      return `That is no proof that there is none: one of ${times} would most likely have been found, a smaller one may be there.`;
    case 'too-few-sessions':
      return power.sessionsNeeded === null
        ? 'Do not decide on this yet: record more sessions of both.'
        : `Do not decide on this yet: it takes ${formatCounted(power.sessionsNeeded, 'session')} of each to find ${times}.`;
    case 'none-late':
      return 'There is nothing to tell them apart by. What is rarer than the bounds below may have been missed.';
  }
};

const renderVerdict = (pair: ComparedPair, marks: Marks, summary: string): SafeHtml => {
  const [a, b] = [marks.get(pair.a), marks.get(pair.b)];
  const { sign, kind } = LOOK_OF_VERDICT[pair.verdict];
  return html`<li class="is-${kind}">
    <p class="verdict">
      <span class="tag ${kind}"><span aria-hidden="true">${sign} </span>${PAIR_VERDICT_IN_WORDS[pair.verdict]}</span>
      ${b !== undefined && renderGroupName(b)} against ${a !== undefined && renderGroupName(a)}
    </p>
    <p>${pair.summary !== summary && html`${pair.summary} `}<span class="muted">${tellMeaning(pair)}</span></p>
  </li>`;
};

/** Pairs that differ first; each kind as it was. */
const orderPairs = (pairs: readonly ComparedPair[]): ComparedPair[] => {
  const isShown = ({ verdict }: ComparedPair): boolean => verdict === 'worse' || verdict === 'better';
  return [...pairs.filter(isShown), ...pairs.filter((pair) => !isShown(pair))];
};

/** The other pairs as a table, more than a list can be read of. */
const renderOthers = (pairs: readonly ComparedPair[], marks: Marks): SafeHtml => {
  const listed = pairs.slice(0, LISTED);
  return renderFold(formatCounted(pairs.length, 'more pair'), [
    renderTable({
      caption: 'Verdicts on the other pairs',
      columns: [{ header: 'groups' }, { header: 'verdict' }, { header: 'in words', long: true }],
      rows: listed.map((pair) => {
        const [a, b] = [marks.get(pair.a), marks.get(pair.b)];
        return [
          html`${b !== undefined && renderBadge(b)} against ${a !== undefined && renderBadge(a)}`,
          PAIR_VERDICT_IN_WORDS[pair.verdict],
          pair.summary,
        ];
      }),
    }),
    pairs.length > listed.length &&
      html`<p class="muted">…and ${formatCount(pairs.length - listed.length)} more: compare --json has all.</p>`,
  ]);
};

const renderVerdicts = ({ pairs, summary }: Comparison, marks: Marks): HtmlValue => {
  if (pairs.length === 0) return null;
  const ordered = orderPairs(pairs);
  const others = ordered.slice(TOLD);
  return [
    html`<ul class="verdicts">
      ${ordered.slice(0, TOLD).map((pair) => renderVerdict(pair, marks, summary))}
    </ul>`,
    others.length > 0 && renderOthers(others, marks),
  ];
};

const tellCutOff = ({ sessions }: Comparison): HtmlValue => {
  const count = sessions.filter(({ isCutOff }) => isCutOff).length;
  return (
    count > 0 &&
    html`<li>${formatCounted(count, 'session')} ${count === 1 ? 'was' : 'were'} cut off: what is there counts.</li>`
  );
};

const tellTooFew = ({ pairs }: Comparison): HtmlValue => {
  const count = pairs.filter(({ verdict }) => verdict === 'too-few-sessions').length;
  if (count === 0) return false;
  return pairs.length === 1
    ? html`<li>There are too few sessions to tell: not finding a difference says nothing here.</li>`
    : html`<li>Of ${formatCount(count)} of ${formatCount(pairs.length)} pairs there are too few sessions to tell.</li>`;
};

const tellLoss = ({ groups }: Comparison): HtmlValue => {
  const count = groups.reduce((sum, { loss }) => sum + loss.sessionsWithLoss, 0);
  return count > 0 && html`<li>Recordings of ${formatCounted(count, 'session')} lost records.</li>`;
};

const tellConfounders = ({ by, confounders, groups }: Comparison): HtmlValue => {
  if (groups.length < 2 || confounders.length === 0) return false;
  const names = by.map((name, index) => [index > 0 && ' and ', html`<span class="name">${showName(name)}</span>`]);
  return html`<li>
    <a href="#settings">${formatCounted(confounders.length, 'other setting')}</a>
    ${confounders.length === 1 ? 'differs' : 'differ'} together with ${names}: a difference may come from there.
  </li>`;
};

const tellOrder = ({ groups, order }: Comparison): HtmlValue =>
  groups.length > 1 &&
  (order.kind === 'blocks' || order.kind === 'clustered') &&
  html`<li>
    <a href="#order">Order</a>: ${order.summary ?? 'sessions of one group were run close together in time.'}
  </li>`;

const renderCautions = (comparison: Comparison): HtmlValue => {
  const items = [tellConfounders, tellOrder, tellTooFew, tellCutOff, tellLoss]
    .map((tell) => tell(comparison))
    .filter((each) => each !== false && each !== null);
  return (
    items.length > 0 &&
    html`<div class="box" role="note" aria-labelledby="cautions">
      <h2 class="plain warn" id="cautions">Before you rely on it</h2>
      <ul>
        ${items}
      </ul>
    </div>`
  );
};

/** What it comes to: the answer, the verdict on each pair, and what makes it doubtful. */
export const renderAnswer = (comparison: Comparison, marks: Marks): SafeHtml =>
  html`<p class="lead"><strong>${comparison.summary}</strong></p>
    ${renderVerdicts(comparison, marks)}${renderCautions(comparison)}`;

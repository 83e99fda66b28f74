import type { Comparison } from '../../model/comparison.js';
import { formatCount, formatCounted, formatSecond, formatZone, type Zone } from '../format.js';
import { html, type SafeHtml } from '../html/safe-html.js';
import type { ComparedSession } from './dots.js';
import { type GroupMark, renderGroupName } from './identity.js';

/** Sessions that are drawn at most, the first ones. */
const DRAWN = 2000;

/** Stretches that are told in words. */
const TOLD = 24;

type Marks = ReadonlyMap<string, GroupMark>;

interface Dated {
  readonly session: ComparedSession;
  readonly start: bigint;
}

const listDated = (sessions: readonly ComparedSession[]): Dated[] =>
  sessions
    .flatMap((session) => (session.startNs === null ? [] : [{ session, start: BigInt(session.startNs) }]))
    .sort((a, b) => (a.start < b.start ? -1 : a.start > b.start ? 1 : 0));

/** `5 of A, 5 of B` */
const tellStretches = (dated: readonly Dated[], marks: Marks): string => {
  const stretches: { letter: string; count: number }[] = [];
  for (const { session } of dated) {
    const letter = marks.get(session.group)?.letter ?? '?';
    const last = stretches.at(-1);
    if (last?.letter === letter) last.count += 1;
    else stretches.push({ letter, count: 1 });
  }
  const told = stretches.slice(0, TOLD).map(({ letter, count }) => `${formatCount(count)} of ${letter}`);
  const more = stretches.length - told.length;
  return `${told.join(', ')}${more > 0 ? ` and ${formatCount(more)} more stretches` : ''}`;
};

const renderSession = ({ group, late }: ComparedSession, marks: Marks): SafeHtml => {
  const { letter = '?', fill = 9 } = marks.get(group) ?? {};
  return html`<i class="b${fill}${late > 0 ? ' had' : ''}">${letter}</i>`;
};

/** Sessions in the order they were run, a letter each: blocks of one group are seen. */
export const renderOrder = ({ sessions }: Comparison, marks: Marks, zone: Zone): SafeHtml => {
  const dated = listDated(sessions);
  const [first, last] = [dated[0], dated.at(-1)];
  if (first === undefined || last === undefined) return html`<p>When the sessions were run is not known.</p>`;
  const drawn = dated.slice(0, DRAWN);
  const used = new Set(drawn.map(({ session }) => session.group));
  const undated = sessions.length - dated.length;
  const from = formatSecond(String(first.start), zone);
  const to = formatSecond(String(last.start), zone);
  return html`<figure>
    <figcaption id="order-caption">
      <strong>Sessions in the order they were run</strong>, from ${from} to ${to}
      (${formatZone(String(first.start), zone)}). Groups that take turns can be compared; where one follows the other,
      whatever else changed meanwhile is compared too. A bar below a letter: something was late.
    </figcaption>
    <div class="order" role="img" aria-labelledby="order-caption" aria-describedby="order-told">
      ${drawn.map(({ session }) => renderSession(session, marks))}
    </div>
    <ul class="key">
      ${[...marks].filter(([name]) => used.has(name)).map(([, mark]) => html`<li>${renderGroupName(mark)}</li>`)}
    </ul>
    <p class="muted" id="order-told">
      In turn:
      ${tellStretches(dated, marks)}.${undated > 0 && ` When it was run is not known of ${formatCounted(undated, 'session')}.`}${drawn.length < dated.length && ` The first ${formatCount(DRAWN)} of ${formatCount(dated.length)} are drawn.`}
    </p>
  </figure>`;
};

import { formatCount, formatRate } from '../format.js';
import type { Comparison } from '../../model/comparison.js';
import { html, type SafeHtml } from '../html/safe-html.js';
import { percent, type Scale } from './scales.js';

export type ComparedSession = Comparison['sessions'][number];

interface Dot {
  readonly session: ComparedSession;
  readonly at: number;
  readonly rate: number;
}

const DOT_RADIUS = 3;

/** Dots this near each other (percent) would hide each other on one line. */
const NEAR = 1.2;

/** Places for sessions without anything late: a column is wider than a dot. */
const PLACES_OF_NONE = [5.5, 3.8, 7.2, 2.1, 8.9];

/** 0, 1, -1, 2, -2, ... */
const alternate = (index: number): number => (index % 2 === 1 ? (index + 1) / 2 : -index / 2);

/** Late ones among the gaps of a session, 0 to 1; null without gaps. */
export const rateOf = ({ late, gaps }: ComparedSession): number | null => (gaps > 0 ? late / gaps : null);

/** Some of them, evenly, where there are more than can be drawn. */
export const thin = <T>(list: readonly T[], most: number): readonly T[] =>
  list.length <= most
    ? list
    : Array.from({ length: most }, (_, index) => list[Math.floor((index * list.length) / most)]).flatMap((each) =>
        each === undefined ? [] : [each],
      );

/** Dots that are near each other, as stacks. */
const stack = (dots: readonly Dot[]): Dot[][] => {
  const stacks: Dot[][] = [];
  let begin = Number.NEGATIVE_INFINITY;
  for (const dot of dots) {
    if (dot.at - begin > NEAR) {
      stacks.push([]);
      begin = dot.at;
    }
    stacks.at(-1)?.push(dot);
  }
  return stacks;
};

const renderDot = ({ session, rate }: Dot, at: number, y: number, fill: number): SafeHtml =>
  html`<circle class="dot f${fill}" cx="${percent(at)}" cy="${Math.round(y * 10) / 10}" r="${DOT_RADIUS}"
    ><title>
      ${session.path}: ${formatCount(session.late)} of ${formatCount(session.gaps)} gaps late (${formatRate(rate)})
    </title></circle
  >`;

/**
 * A dot for each session at its late rate, stacked where they would hide each other.
 *
 * @param middle pixels from the top; `half`: room above and below
 */
export const renderDots = (
  sessions: readonly ComparedSession[],
  scale: Scale,
  { fill, middle, half }: { fill: number; middle: number; half: number },
): SafeHtml => {
  const dots = sessions
    .flatMap((session) => {
      const rate = rateOf(session);
      return rate === null ? [] : [{ session, rate, at: scale.place(rate) }];
    })
    .sort((a, b) => a.rate - b.rate);
  const none = dots.filter(({ rate }) => rate === 0);
  const rows = Math.ceil(none.length / PLACES_OF_NONE.length);
  const stepOf = (count: number): number => Math.min(2 * DOT_RADIUS, count < 2 ? 0 : (2 * half) / (count - 1));
  const late = stack(dots.filter(({ rate }) => rate > 0)).flatMap((together) =>
    together.map((dot, index) => renderDot(dot, dot.at, middle + alternate(index) * stepOf(together.length), fill)),
  );
  const places = PLACES_OF_NONE.length;
  return html`${none.map((dot, index) =>
    renderDot(
      dot,
      PLACES_OF_NONE[index % places] ?? 0,
      middle + alternate(Math.floor(index / places)) * stepOf(rows),
      fill,
    ),
  )}${late}`;
};

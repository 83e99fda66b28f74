import { formatCounted, formatDuration } from '../format.js';
import type { NumberedLate } from '../terminal/late-rows.js';
import { anchorOf } from './late-text.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace, type Scale } from './svg.js';

const LATE = html`<path class="late-mark" d="M0-7L6.5 5H-6.5Z" />`;
const PAST = html`<path class="past-mark" d="M0-9L8 0L0 9L-8 0Z" />`;
const FLAG = html`<path class="flag" d="M0 8L11 13L0 18Z" />`;

const swatch = (inner: SafeHtml, y = 10): SafeHtml =>
  html`<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <g transform="translate(10 ${y})">${inner}</g>
  </svg>`;

/** Marks of a strip, and the same for its legend. */
export const STRIP_MARKS = {
  flag: FLAG,
  gapSwatch: (columns: boolean): SafeHtml =>
    swatch(
      columns
        ? html`<rect class="gaps" x="-1.5" y="-7" width="3" height="14" />`
        : html`<path class="dots" d="M0 0h0" />`,
    ),
  lateSwatch: swatch(LATE, 11),
  pastSwatch: swatch(PAST),
  limitSwatch: swatch(html`<path class="limit" d="M-9 0H9" />`),
  flagSwatch: swatch(html`<path class="flag" d="M-3-8L8-3L-3 2Z" /><path class="flag" d="M-3-8V9" />`),
} as const;

/** With more marks than this, those close together are one. */
const MOST_MARKS = 120;
/** Width of what is then one mark. */
const TOGETHER = 8;

/** Marks that can be reached by key; with more, the table below is the way. */
const MOST_STOPS = 30;

interface Mark {
  readonly worst: NumberedLate;
  readonly place: number;
  readonly count: number;
}

const groupMarks = (late: readonly NumberedLate[], x: Scale, baseNs: bigint): Mark[] => {
  const placed = late.map((worst): Mark => ({ worst, place: x(Number(BigInt(worst.late.sentNs) - baseNs)), count: 1 }));
  if (placed.length <= MOST_MARKS) return placed;
  const groups = new Map<number, Mark>();
  for (const mark of placed) {
    const key = Math.floor(mark.place / TOGETHER);
    const known = groups.get(key);
    if (known === undefined) groups.set(key, mark);
    else {
      const worse = BigInt(mark.worst.late.latenessNs) > BigInt(known.worst.late.latenessNs) ? mark : known;
      groups.set(key, { ...worse, count: known.count + 1 });
    }
  }
  return [...groups.values()];
};

/** A mark per late advertisement, or per several close together, that leads to what is known of it. */
export const drawLateMarks = (
  late: readonly NumberedLate[],
  { x, y, baseNs }: { x: Scale; y: Scale; baseNs: bigint },
): SafeHtml => {
  const marks = groupMarks(late, x, baseNs);
  return html`<g
    >${marks.map(({ worst: { number, late: one }, place, count }) => {
      const text = `${count > 1 ? `${formatCounted(count, 'late advertisement')}, the worst ` : ''}#${number}: ${formatDuration(one.latenessNs)} late, ${one.cause}`;
      return html`<g class="at" transform="translate(${formatPlace(place)} ${formatPlace(y(Number(one.latenessNs)))})"
        ><a href="#${anchorOf(number)}" aria-label="${text}" ${marks.length > MOST_STOPS && html` tabindex="-1"`}
          ><title>${text}</title>${one.severity === 'takeover' ? PAST : LATE}</a
        ></g
      >`;
    })}</g
  >`;
};

import type { AnswerInstance } from '../../model/answer.js';
import type { JudgedGaps } from '../../model/request.js';
import { formatCount, formatShare } from '../format.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace, listTicks, makeLinearScale, renderBottomAxis, renderLeftAxis, renderSvg } from './svg.js';
import { renderTable } from './table.js';

const SECOND = 1_000_000_000;
const SLOTS = 50;
const SLOT_MS = 1000 / SLOTS;

const WIDTH = 1000;
const LEFT = 78;
const RIGHT = 968;
const TOP = 12;
const BOTTOM = 140;

interface Slots {
  readonly late: readonly number[];
  readonly all: readonly number[];
}

/** In which part of its second each advertisement was due. */
const countSlots = ({ late, intervalNs }: AnswerInstance, { baseNs, at, lateness }: JudgedGaps): Slots => {
  const slots = { late: Array.from({ length: SLOTS }, () => 0), all: Array.from({ length: SLOTS }, () => 0) };
  const count = (into: number[], rest: number): void => {
    const slot = Math.min(SLOTS - 1, Math.floor(((((rest % SECOND) + SECOND) % SECOND) / SECOND) * SLOTS));
    into[slot] = (into[slot] ?? 0) + 1;
  };
  const base = Number(baseNs % BigInt(SECOND));
  for (let i = 0; i < at.length; i += 1)
    count(slots.all, base + ((at[i] ?? 0) % SECOND) - ((lateness[i] ?? 0) % SECOND));
  for (const { previousNs } of late)
    count(slots.late, Number((BigInt(previousNs) + BigInt(intervalNs)) % BigInt(SECOND)));
  return slots;
};

const nameSlot = (slot: number): string => `${slot * SLOT_MS} to ${(slot + 1) * SLOT_MS} ms`;

/** In which 20 ms of the second the late ones were due: what happens once a second shows here. */
export const renderOffsets = (id: string, instance: AnswerInstance, gaps: JudgedGaps): SafeHtml => {
  const { late, all } = countSlots(instance, gaps);
  const total = all.reduce((sum, count) => sum + count, 0);
  const lates = late.reduce((sum, count) => sum + count, 0);
  const expected = all.map((count) => (total === 0 ? 0 : (count / total) * lates));
  const most = Math.max(1, ...late, ...expected);
  const x = makeLinearScale(0, SLOTS, LEFT, RIGHT);
  const y = makeLinearScale(0, most, BOTTOM, TOP);
  const width = (RIGHT - LEFT) / SLOTS - 2;
  const bars = late.map(
    (count, slot) =>
      count > 0 &&
      html`<rect
        class="late-bar"
        x="${formatPlace(x(slot) + 1)}"
        width="${formatPlace(width)}"
        y="${formatPlace(y(count))}"
        height="${formatPlace(BOTTOM - y(count))}"
        ><title>${nameSlot(slot)}: ${formatCount(count)} late of ${formatCount(all[slot] ?? 0)}</title></rect
      >`,
  );
  const outline = expected.map(
    (count, slot) =>
      `${slot === 0 ? 'M' : 'L'}${formatPlace(x(slot))} ${formatPlace(y(count))}H${formatPlace(x(slot + 1))}`,
  );
  const ticks = listTicks(0, most, 4).filter((tick) => Number.isInteger(tick));
  const body = html`${renderLeftAxis(y, ticks, { left: LEFT, right: RIGHT, label: formatCount })}${renderBottomAxis(
      x,
      listTicks(0, SLOTS, 10),
      { top: BOTTOM, bottom: BOTTOM, label: (slot) => `${slot * SLOT_MS} ms` },
    )}${bars}<path class="expected" d="${outline.join('')}" />`;
  const used = late.flatMap((count, slot) => (count > 0 ? [slot] : []));
  return html`<figure>
    ${renderSvg({
      id: `${id}-offsets`,
      title: 'Part of the second in which the late ones were due',
      description: `Bars: late advertisements by the 20 ms of the second in which they were due; ${formatCount(used.length)} of ${SLOTS} have any. Line: how many there would be if lateness did not care for the time. The table below holds the same numbers.`,
      width: WIDTH,
      height: BOTTOM + 22,
      body,
    })}
    <figcaption>
      Late advertisements by the part of the second in which they were due, in steps of ${SLOT_MS} ms. The line shows
      how many there would be if the part of the second did not matter: bars far above it point to something that
      happens at regular times.
    </figcaption>
    <details>
      <summary>The same as a table</summary>
      ${renderTable({
        caption: 'Late advertisements by the part of the second in which they were due',
        columns: [
          { header: 'part of the second' },
          { header: 'late', align: 'right' },
          { header: 'of', align: 'right' },
          { header: 'share', align: 'right' },
        ],
        rows: used.map((slot) => {
          const [count, of] = [late[slot] ?? 0, all[slot] ?? 0];
          return [
            nameSlot(slot),
            formatCount(count),
            formatCount(of),
            of === 0 ? '' : formatShare(Math.min(1, count / of)),
          ];
        }),
      })}
    </details>
  </figure>`;
};

import type { LedgerEntry, LedgerState } from '../../model/answer.js';
import type { Picture, SenderSpan } from '../../model/picture.js';
import { formatNs } from '../format.js';
import { LETTER_OF_STATE } from '../vocabulary.js';
import { LANE, renderLaneName, type Lane } from './lane.js';
import { html, type SafeHtml } from './safe-html.js';
import { renderStateRect, UNCOUNTED_IN_WORDS } from './states.js';
import { formatPlace } from './svg.js';
import { placeSpan, type TimeAxis } from './time-axis.js';

const LETTER_ROOM = 10;
const roomOf = (text: string): number => text.length * 7 + 8;

const renderLabel = (state: LedgerState, x: number, width: number): SafeHtml | null => {
  if (width < LETTER_ROOM) return null;
  const text = width >= roomOf(state) ? state : LETTER_OF_STATE[state];
  return html`<text class="on mid at" transform="translate(${formatPlace(x + width / 2)} 16)">${text}</text>`;
};

/** What the sender did in a stretch, and what it counts as. */
export const describeSenderSpan = ({ kind, state, syscall }: SenderSpan): string =>
  `${state === null ? UNCOUNTED_IN_WORDS[kind] : `${state} (${kind})`}${syscall === null ? '' : `, in ${syscall}`}`;

/** The sender's lane: the states of the ledger, with a thin line where it slept as planned. */
export const drawSenderLane = ({ sender }: Picture, axis: TimeAxis): Lane => {
  const labels: (SafeHtml | null)[] = [];
  const rects = sender.map((span) => {
    const placed = placeSpan(axis, span);
    if (placed === null) return null;
    const { x, width, room } = placed;
    const title = `${describeSenderSpan(span)}, ${formatNs(span.from)} to ${formatNs(span.to)}, ${formatNs(span.to - span.from)}`;
    const at = { x: formatPlace(x), width: formatPlace(width) };
    if (span.state !== null) {
      labels.push(renderLabel(span.state, x, room));
      return renderStateRect(span.state, { ...at, height: LANE, title });
    }
    const [y, height] = span.kind === 'asleep' ? [19, 3] : span.kind === 'away' ? [15, 7] : [6, 16];
    return html`<rect class="${span.kind}" x="${at.x}" width="${at.width}" y="${y}" height="${height}"
      ><title>${title}</title></rect
    >`;
  });
  const missing = html`<text class="small dim at" transform="translate(${formatPlace(axis.scale(axis.from) + 8)} 16)"
    >not in the trace in this time</text
  >`;
  return {
    height: LANE,
    kind: 'sender',
    name: renderLaneName('sender'),
    time: html`${rects}`,
    labels: html`${sender.length === 0 ? missing : labels}`,
  };
};

/** Whether the sender's lane leaves out a part that was counted. */
const isShown = (entry: LedgerEntry, sender: readonly SenderSpan[]): boolean =>
  sender.some(({ state }) => state === entry.state);

/** A lane of what was counted, in its own time, where the sender's lane does not show all of it; null where it does. */
export const drawCountedLane = (
  { sender, fromNs, length }: Picture,
  ledger: readonly LedgerEntry[],
  axis: TimeAxis,
): Lane | null => {
  const least = length / 500;
  if (ledger.every((entry) => Number(entry.ns) < least || isShown(entry, sender))) return null;
  const labels: (SafeHtml | null)[] = [];
  const rects = ledger.map((entry) => {
    const from = Math.max(Number(BigInt(entry.fromNs) - BigInt(fromNs)), axis.from);
    const to = Number(BigInt(entry.toNs) - BigInt(fromNs));
    if (to <= from) return null;
    const x = axis.placeGapTime(from);
    const width = axis.placeGapTime(to) - x;
    labels.push(renderLabel(entry.state, x, width));
    return renderStateRect(entry.state, {
      x: formatPlace(x),
      width: formatPlace(width),
      height: LANE,
      title: `${entry.state}, ${formatNs(Number(entry.ns))}`,
    });
  });
  return {
    height: LANE,
    kind: 'counted',
    name: renderLaneName('counted as late'),
    time: html`${rects}`,
    labels: html`${labels}`,
  };
};

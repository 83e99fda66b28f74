import type { LedgerState } from '../../model/answer.js';
import type { SenderSpan } from '../../model/picture.js';
import { LETTER_OF_STATE } from '../vocabulary.js';
import { html, type SafeHtml } from './safe-html.js';

/** How a state is filled: a colour by number, and a pattern over it. */
interface Look {
  readonly fill: number;
  readonly over: 'hatch' | 'dots' | null;
}

const look = (fill: number, over: Look['over'] = null): Look => ({ fill, over });

/** No two states look alike; those outside the sender have a pattern, and all have their letter. */
const LOOK_OF_STATE: Readonly<Record<LedgerState, Look>> = {
  running: look(3),
  ready: look(2),
  blocked: look(4),
  stopped: look(5),
  throttled: look(8),
  paging: look(7),
  overslept: look(1),
  rearmed: look(6),
  absent: look(9, 'hatch'),
  sending: look(3, 'dots'),
  queued: look(8, 'dots'),
  'vcpu-silent': look(7, 'hatch'),
  'vm-paused': look(4, 'hatch'),
  'in-flight': look(1, 'dots'),
  lost: look(5, 'hatch'),
  unexplained: look(9),
};

/** What the sender did where nothing is counted, in words. */
export const UNCOUNTED_IN_WORDS: Readonly<Record<SenderSpan['kind'], string>> = {
  running: 'on a CPU, not counted',
  sending: 'sending, not counted',
  asleep: 'asleep as planned',
  away: 'off the CPU, not counted',
  absent: 'no sender, not counted',
};

/** A rectangle from the top of its lane in the look of a state, with what a pointer over it is told. */
export const renderStateRect = (
  state: LedgerState,
  { x, width, height, title }: { x: string; width: string; height: number; title: string },
): SafeHtml => {
  const { fill, over } = LOOK_OF_STATE[state];
  const rect = html`<rect class="f${fill}" x="${x}" width="${width}" height="${height}"><title>${title}</title></rect>`;
  if (over === null) return rect;
  return html`${rect}<rect class="over" fill="url(#${over})" x="${x}" width="${width}" height="${height}" />`;
};

/** A letter for lists and legends in the look of its state. */
export const renderStateSwatch = (state: LedgerState): SafeHtml =>
  html`<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    ${renderStateRect(state, {
      x: '0',
      width: '20',
      height: 20,
      title: state,
    })}
    <text class="on mid" x="10" y="14.5">${LETTER_OF_STATE[state]}</text>
  </svg>`;

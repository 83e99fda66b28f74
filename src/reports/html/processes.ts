import type { Answer } from '../../model/answer.js';
import type { Picture } from '../../model/picture.js';
import { html, type SafeHtml } from './safe-html.js';
import { COLORS } from './style-pictures.js';
import { GREY } from './style-themes.js';

/** How a process is shown in all pictures of a page. */
export interface ProcessLook {
  /** Number of the fill. */
  readonly fill: number;
  /** Stands in stretches too short for the name; empty for those that share the grey. */
  readonly letter: string;
}

const OTHER: ProcessLook = { fill: GREY, letter: '' };

/** Looks of processes by name. */
export type ProcessLooks = ReadonlyMap<string, ProcessLook>;

export const lookUpProcess = (looks: ProcessLooks, process: string): ProcessLook => looks.get(process) ?? OTHER;

/** Colours for the culprits first, then for those that ran longest in the pictures. */
export const chooseProcessLooks = (answer: Answer, pictures: readonly Picture[]): ProcessLooks => {
  const weights = new Map<string, number>();
  const add = (process: string | null | undefined, weight: number): void => {
    if (typeof process === 'string') weights.set(process, (weights.get(process) ?? 0) + weight);
  };
  for (const { cpus } of pictures)
    for (const { spans } of cpus) for (const { process, ns, kind } of spans) if (kind === 'busy') add(process, ns);
  for (const { late } of answer.instances)
    for (const { culprit, latenessNs } of late) add(culprit?.process, Number(latenessNs) * 1e6);
  const order = [...weights].sort(([a, x], [b, y]) => y - x || (a < b ? -1 : 1)).slice(0, COLORS);
  return new Map(order.map(([process], i) => [process, { fill: i + 1, letter: String.fromCharCode(65 + i) }]));
};

/** The look of a process for a legend. */
export const renderProcessSwatch = ({ fill, letter }: ProcessLook, isCulprit: boolean): SafeHtml =>
  html`<svg class="swatch" viewBox="0 0 20 20" aria-hidden="true" focusable="false">
    <rect class="f${fill}${isCulprit ? ' culprit' : ''}" x="1" y="1" width="18" height="18" />
    <text class="on mid" x="10" y="14.5">${letter}</text>
  </svg>`;

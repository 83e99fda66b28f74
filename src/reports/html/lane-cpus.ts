import type { CpuSpan, Picture } from '../../model/picture.js';
import { formatNs } from '../format.js';
import { mergeCpuSpans } from './cpu-spans.js';
import { lookUpProcess, type ProcessLooks } from './processes.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace } from './svg.js';
import { placeSpan, type TimeAxis } from './time-axis.js';
import { LANE, renderLaneName, type Lane } from './lane.js';

/** A letter or a name needs so much room in a stretch. */
const LETTER_ROOM = 11;
const roomOf = (text: string): number => text.length * 7 + 8;

/** Stretches narrower than this have no title: a pointer cannot be held over them. */
const TITLE_ROOM = 1.5;

const describeSpan = ({ from, to, kind, process, tid, ns }: CpuSpan): string => {
  const time = `${formatNs(from)} to ${formatNs(to)}`;
  if (kind === 'idle') return `idle, ${time}`;
  if (process === null) return `${kind === 'busy' ? 'busy, by whom is not known' : 'not known who ran'}, ${time}`;
  return `${process}${tid === null ? '' : ` (${tid})`}, ${time}, ran ${formatNs(ns)}`;
};

/** A lane per CPU: who ran. The culprit's stretches are outlined and the tallest; idle is a thin line. */
export const drawCpuLanes = (
  cpus: Picture['cpus'],
  axis: TimeAxis,
  { looks, culprit, least }: { looks: ProcessLooks; culprit: string | null; least: number },
): Lane[] =>
  cpus.map(({ cpu, spans }) => {
    const labels: SafeHtml[] = [];
    const rects = mergeCpuSpans(spans, least).map((span) => {
      const placed = placeSpan(axis, span);
      if (placed === null) return null;
      const { x, width, room } = placed;
      const at = html`x="${formatPlace(x)}" width="${formatPlace(width)}"`;
      const title = width < TITLE_ROOM ? null : html`<title>${describeSpan(span)}</title>`;
      if (span.kind === 'idle') return html`<rect class="idle" ${at} y="19" height="3">${title}</rect>`;
      if (span.kind === 'unknown' || span.process === null)
        return html`<rect class="unknown" ${at} y="6" height="16">${title}</rect>`;
      const { fill, letter } = lookUpProcess(looks, span.process);
      const isCulprit = span.process === culprit;
      const label = room >= roomOf(span.process) ? span.process : room >= LETTER_ROOM ? letter : '';
      if (label !== '')
        labels.push(
          html`<text class="on mid at" transform="translate(${formatPlace(x + room / 2)} 16)">${label}</text>`,
        );
      return isCulprit
        ? html`<rect class="f${fill} culprit" ${at} y="1" height="22">${title}</rect>`
        : html`<rect class="f${fill}" ${at} y="4" height="18">${title}</rect>`;
    });
    return {
      height: LANE,
      kind: 'cpu',
      name: renderLaneName(cpu === null ? 'CPUs' : `CPU ${cpu}`),
      time: html`${rects}`,
      labels: html`${labels}`,
    };
  });

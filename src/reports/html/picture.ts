import type { LateAdvertisement } from '../../model/answer.js';
import type { Picture } from '../../model/picture.js';
import { formatNs } from '../format.js';
import { chooseLeast } from './cpu-spans.js';
import { drawCpuLanes } from './lane-cpus.js';
import { drawPointLanes } from './lane-points.js';
import { drawCountedLane, drawSenderLane } from './lane-sender.js';
import { LANE_GAP, type Lane } from './lane.js';
import { drawMarkers } from './markers.js';
import type { ProcessLooks } from './processes.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace, listTicks, renderBottomAxis, renderSvg } from './svg.js';
import { LEFT, makeTimeAxis, PICTURE_WIDTH, RIGHT, type TimeAxis } from './time-axis.js';

/** The time that the reference clock does not show, as a stretch with a length of its own. */
const drawHidden = (
  { hidden }: Picture,
  axis: TimeAxis,
  { top, bottom }: { top: number; bottom: number },
): SafeHtml | null => {
  if (axis.hidden === null) return null;
  const { start, end } = axis.hidden;
  return html`<rect
    class="stood-still"
    x="${formatPlace(start)}"
    width="${formatPlace(end - start)}"
    y="${top}"
    height="${bottom - top}"
    ><title>VM stood still ${formatNs(hidden)}</title></rect
  >`;
};

export interface PictureParts {
  /** Unique in the document. */
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly picture: Picture;
  readonly late: LateAdvertisement;
  readonly looks: ProcessLooks;
  /** Stretches of CPUs to be drawn at most. */
  readonly mostSpans: number;
  /** Shown from here on (ns after the picture's beginning). */
  readonly from?: number;
}

const chooseTicks = (axis: TimeAxis): number[] => {
  const ticks = listTicks(axis.from, axis.to, 8);
  return axis.hidden === null ? ticks : ticks.filter((tick) => tick <= (axis.hidden?.at ?? 0));
};

/** The time before a late advertisement: who ran on each CPU, what the sender did, when the packets passed the points. */
export const renderPicture = ({
  id,
  title,
  description,
  picture,
  late,
  looks,
  mostSpans,
  from = 0,
}: PictureParts): SafeHtml => {
  const axis = makeTimeAxis(picture, from);
  const least = chooseLeast(picture.cpus, picture.length - from, mostSpans);
  const counted = drawCountedLane(picture, late.ledger, axis);
  const lanes: Lane[] = [
    ...drawCpuLanes(picture.cpus, axis, { looks, culprit: late.culprit?.process ?? null, least }),
    drawSenderLane(picture, axis),
    ...(counted === null ? [] : [counted]),
    ...drawPointLanes(picture, axis),
  ];
  const markers = drawMarkers(picture, axis);
  let y = markers.height;
  const placed = lanes.map((lane) => {
    const top = y;
    y += lane.height + LANE_GAP;
    return { ...lane, top };
  });
  const bottom = y;
  const hidden = drawHidden(picture, axis, { top: markers.height, bottom });
  const clip = html`<clipPath id="${id}-clip"
    ><rect x="${LEFT}" y="0" width="${RIGHT - LEFT}" height="${bottom + 20}"
  /></clipPath>`;
  const axes = renderBottomAxis(axis.scale, chooseTicks(axis), { top: markers.height, bottom });
  const names = placed.map(({ top, name }) => html`<g transform="translate(0 ${top})">${name}</g>`);
  const drawTimes = (lanes: typeof placed): SafeHtml[] =>
    lanes.map(({ top, kind, time }) => html`<g class="lane ${kind}" transform="translate(0 ${top})">${time}</g>`);
  const below = drawTimes(placed.filter(({ kind }) => kind !== 'counted'));
  const above = drawTimes(placed.filter(({ kind }) => kind === 'counted'));
  const labels = placed.map((lane) => html`<g transform="translate(0 ${lane.top})">${lane.labels}</g>`);
  const times = html`<g clip-path="url(#${id}-clip)"><g class="time">${below}${hidden}${above}</g></g>`;
  const body = html`${clip}${axes}${names}${times}${markers.draw(bottom)}${labels}`;
  return renderSvg({
    id,
    title,
    description,
    width: PICTURE_WIDTH,
    height: bottom + 22,
    body,
    kind: 'picture zoomable',
  });
};

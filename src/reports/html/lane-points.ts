import type { Picture, PicturePacket } from '../../model/picture.js';
import { formatNs } from '../format.js';
import { LANE, LANE_GAP, renderLaneName, type Lane } from './lane.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace } from './svg.js';
import type { TimeAxis } from './time-axis.js';

/** What the marks of packets look like: a ring for the previous one, a triangle for the late one. */
export const PACKET_MARKS: Readonly<Record<PicturePacket['which'], SafeHtml>> = {
  previous: html`<circle class="packet previous" r="5" />`,
  late: html`<path class="packet late" d="M0-7L6.5 5H-6.5Z" />`,
};

/** The points that saw one of the two, from the sender outward. */
const listPoints = ({ packets }: Picture): string[] => [...new Set(packets.map(({ point }) => point))];

/** From one point to the next, slanting where the packet took long. */
const drawWay = (
  { packets }: Picture,
  [point, next]: readonly [string, string | undefined],
  axis: TimeAxis,
): SafeHtml =>
  html`${(['previous', 'late'] as const).map((which) => {
    const [from, to] = [point, next].map((name) => packets.find((one) => one.which === which && one.point === name));
    if (from === undefined || to === undefined || to.at < axis.from) return null;
    const places = [from, to].map(({ at }) => formatPlace(axis.scale(Math.max(at, axis.from))));
    return html`<path class="way" d="M${places[0] ?? 0} ${LANE / 2}L${places[1] ?? 0} ${LANE * 1.5 + LANE_GAP}" />`;
  })}`;

/** A lane per point: when the previous and the late advertisement passed it. */
export const drawPointLanes = (picture: Picture, axis: TimeAxis): Lane[] =>
  listPoints(picture).map((point, i, points) => {
    const marks = picture.packets
      .filter((packet) => packet.point === point && packet.at >= axis.from)
      .map(({ which, at }) => {
        const verb = point === 'send' ? 'sent' : `at ${point}`;
        const title = `${which} advertisement ${verb}, ${formatNs(at)}`;
        return html`<g class="at" transform="translate(${formatPlace(axis.scale(at))} 12)"
          ><title>${title}</title>${PACKET_MARKS[which]}</g
        >`;
      });
    return {
      height: LANE,
      kind: 'point',
      name: renderLaneName(point === 'send' ? 'send call' : `at ${point}`),
      time: html`<path
          class="grid"
          d="M${formatPlace(axis.scale(axis.from))} 12H${formatPlace(axis.scale(axis.to))}"
        />${drawWay(picture, [point, points[i + 1]], axis)}`,
      labels: html`${marks}`,
    };
  });

import type { Picture } from '../../model/picture.js';
import { formatNs } from '../format.js';
import { cutText } from './lane.js';
import { html, type SafeHtml } from './safe-html.js';
import { formatPlace } from './svg.js';
import { LEFT, RIGHT, type TimeAxis } from './time-axis.js';

/** Characters of a router's name. */
const NAME = 24;

/** A vertical line through all lanes with a word above. */
export interface Marker {
  readonly x: number;
  readonly text: string;
  readonly kind: 'due' | 'down' | 'stood' | 'takeover' | 'sent' | 'received';
}

const listMoments = (picture: Picture, axis: TimeAxis): Marker[] => {
  const late = picture.packets.filter(({ which }) => which === 'late');
  const sent = late[0];
  const received = late.length > 1 ? late.at(-1) : undefined;
  return [
    { x: axis.placeGapTime(picture.due), text: `due ${formatNs(picture.due)}`, kind: 'due' },
    { x: axis.placeGapTime(picture.masterDown), text: `backup’s limit ${formatNs(picture.masterDown)}`, kind: 'down' },
    ...picture.takeovers.map(({ by, at }): Marker => ({
      x: axis.scale(at),
      text: `takeover by ${cutText(by, NAME)}`,
      kind: 'takeover',
    })),
    ...(axis.hidden === null
      ? []
      : [{ x: axis.hidden.start, text: `VM stood still ${formatNs(picture.hidden)}`, kind: 'stood' } as const]),
    ...(sent === undefined ? [] : [{ x: axis.scale(sent.at), text: 'sent', kind: 'sent' } as const]),
    ...(received === undefined ? [] : [{ x: axis.scale(received.at), text: 'received', kind: 'received' } as const]),
  ];
};

/** Lines this close share their text. */
const TOUCHING = 3;

/** Moments in what is shown, from left to right; sent and received as one where they are one to the eye. */
export const listMarkers = (picture: Picture, axis: TimeAxis): Marker[] => {
  const shown = listMoments(picture, axis)
    .filter(({ x }) => x >= LEFT - 0.5 && x <= RIGHT + 0.5)
    .sort((a, b) => a.x - b.x);
  const sent = shown.find(({ kind }) => kind === 'sent');
  const received = shown.find(({ kind }) => kind === 'received');
  if (sent === undefined || received === undefined || received.x - sent.x > TOUCHING) return shown;
  return shown.flatMap((marker) =>
    marker === sent ? [] : marker === received ? [{ ...received, text: 'sent, received' }] : [marker],
  );
};

const ROW = 15;

interface Placed extends Marker {
  readonly row: number;
  readonly isLeft: boolean;
}

/** Texts in as many rows as keep them apart; those far right stand left of their line. */
const placeMarkers = (markers: readonly Marker[]): Placed[] => {
  const taken: [number, number][][] = [];
  return markers.map((marker) => {
    const width = marker.text.length * 6.2 + 10;
    const isLeft = marker.x + width > RIGHT + 10;
    const [start, end] = isLeft ? [marker.x - width, marker.x] : [marker.x, marker.x + width];
    let row = 0;
    while (taken[row]?.some(([from, to]) => start < to && end > from) === true) row += 1;
    taken[row] = [...(taken[row] ?? []), [start, end]];
    return { ...marker, row, isLeft };
  });
};

/** The markers, and the height that their texts take above the lanes. */
export const drawMarkers = (
  picture: Picture,
  axis: TimeAxis,
): { readonly height: number; readonly draw: (bottom: number) => SafeHtml } => {
  const placed = placeMarkers(listMarkers(picture, axis));
  const height = (Math.max(0, ...placed.map(({ row }) => row)) + 1) * ROW + 4;
  return {
    height,
    draw: (bottom) =>
      html`${placed.map(
        ({ x, text, kind, row, isLeft }) =>
          html`<g class="at marker ${kind}" transform="translate(${formatPlace(x)} 0)"
            ><line y1="${row * ROW + 3}" y2="${bottom}" /><text
              class="small${isLeft ? ' end' : ''}"
              x="${isLeft ? -4 : 4}"
              y="${row * ROW + 12}"
              >${text}</text
            ></g
          >`,
      )}`,
  };
};

import type { AnswerInstance, Takeover } from '../../model/answer.js';
import { TAKEOVER_IN_WORDS } from '../vocabulary.js';
import type { Axis } from './axis.js';
import type { TraceEvent } from './trace-writer.js';
import { SAME_NS, type Window } from './windows.js';

interface PlacedPacket {
  readonly at: number;
  /** The late advertisement it is of; null for a punctual one. */
  readonly late: string | null;
}

/** The advertisement that ends one window begins the next one: it is one event. */
const joinSame = (packets: readonly PlacedPacket[]): PlacedPacket[] => {
  const joined: PlacedPacket[] = [];
  for (const packet of [...packets].sort((a, b) => a.at - b.at)) {
    const last = joined.at(-1);
    if (last && packet.at - last.at <= SAME_NS)
      joined[joined.length - 1] = { at: last.at, late: last.late ?? packet.late };
    else joined.push(packet);
  }
  return joined;
};

/** The advertisements in the windows of an instance, by the point where they were seen; the send calls first. */
export const collectAdvertisements = (
  windows: readonly Window[],
  points: readonly string[],
): { readonly point: string; readonly events: readonly TraceEvent[] }[] => {
  const seen = new Map<string, PlacedPacket[]>(points.map((point) => [point, []]));
  for (const { picture, from } of windows)
    for (const { which, point, at } of picture.packets) {
      const packets = seen.get(point) ?? [];
      packets.push({ at: from + at, late: which === 'late' ? picture.late : null });
      seen.set(point, packets);
    }
  return [...seen]
    .filter(([, packets]) => packets.length > 0)
    .map(([point, packets]) => ({
      point,
      events: joinSame(packets).map(({ at, late }) => ({
        at,
        name: late === null ? 'advertisement' : 'late advertisement',
        category: null,
        args: { late: late === null ? null : { text: late } },
      })),
    }));
};

const isShown = (at: number, { late }: Takeover, windows: readonly Window[]): boolean =>
  late !== null || windows.some(({ from, to }) => at >= from && at <= to);

/** The takeovers from an instance; where not everything is shown, those in its windows and after late advertisements. */
export const collectTakeovers = (
  { takeovers }: AnswerInstance,
  windows: readonly Window[],
  axis: Axis,
  { all }: { all: boolean },
): TraceEvent[] =>
  takeovers
    .map((takeover) => ({ takeover, at: axis.toOffset(takeover.atNs) }))
    .filter(({ takeover, at }) => all || isShown(at, takeover, windows))
    .sort((a, b) => a.at - b.at)
    .map(({ takeover, at }) => ({
      at,
      name: `takeover by ${takeover.by}`,
      category: takeover.after,
      args: {
        by: takeover.by,
        after: TAKEOVER_IN_WORDS[takeover.after],
        late: takeover.late === null ? null : { text: takeover.late },
      },
    }));

import type { AnswerInstance } from '../../model/answer.js';
import { formatInstance } from '../format.js';
import type { Axis } from './axis.js';
import type { Flows } from './flows.js';
import { collectAdvertisements, collectTakeovers } from './instants.js';
import type { LatePlaces } from './late-places.js';
import { makeLateSlices, makeLedgerSlices } from './late-slices.js';
import { collectSenderSpans, makeSenderSlice } from './sender-slices.js';
import { makeEach, writeSlices, type Slice } from './slices.js';
import type { TraceEvent, TraceWriter, Track } from './trace-writer.js';
import type { Window } from './windows.js';

/** What the tracks of one instance are made of. */
export interface InstanceParts {
  readonly instance: AnswerInstance;
  readonly windows: readonly Window[];
  /** Whether another instance has the same virtual router and source, as with unicast peers. */
  readonly isAmbiguous: boolean;
  readonly rank: number;
}

/** What the tracks of all instances share. */
export interface TraceContext {
  readonly axis: Axis;
  readonly places: LatePlaces;
  readonly flows: Flows;
  readonly all: boolean;
}

const nameInstance = ({ instance, isAmbiguous }: InstanceParts): string => {
  const { vrid, source, destination } = instance;
  return `whylate VRID ${vrid ?? '?'} ${source ?? '?'}${isAmbiguous ? ` to ${destination}` : ''}`;
};

/** Write the group of tracks of one instance; those on which nothing happens are left out. */
export const writeInstanceTracks = (
  writer: TraceWriter,
  parts: InstanceParts,
  { axis, places, flows, all }: TraceContext,
): void => {
  const { instance, windows } = parts;
  const addSlices = (definition: Track, rows: readonly (readonly Slice[])[]): void => {
    for (const slices of rows)
      if (slices.length > 0) writeSlices(writer, writer.defineTrack({ ...definition, isRow: rows.length > 1 }), slices);
  };
  const addInstants = (definition: Track, events: readonly TraceEvent[]): void => {
    if (events.length === 0) return;
    const track = writer.defineTrack(definition);
    for (const event of events) writer.writeInstant(track, event);
  };

  const group = writer.defineTrack({
    parent: null,
    rank: parts.rank,
    name: nameInstance(parts),
    description: formatInstance(instance),
  });
  addSlices(
    {
      parent: group,
      rank: 1,
      name: 'late advertisements',
      description: 'From when each was due until it was seen, named by the cause.',
    },
    makeLateSlices(instance.late, places, flows),
  );
  addSlices(
    { parent: group, rank: 2, name: 'ledger', description: 'What the time of each gap went to besides planned sleep.' },
    makeLedgerSlices(instance.late, axis),
  );
  const spans = collectSenderSpans(windows);
  if (spans.length > 0) {
    const track = writer.defineTrack({
      parent: group,
      rank: 3,
      name: 'sender',
      description: 'What the sender did; the category is the state in the ledger.',
    });
    writeSlices(writer, track, makeEach(spans, makeSenderSlice));
  }
  const advertisements = collectAdvertisements(
    windows,
    instance.points.map(({ name }) => name),
  );
  if (advertisements.length > 0) {
    const parent = writer.defineTrack({
      parent: group,
      rank: 4,
      name: 'advertisements',
      description: 'Where and when they were seen; "send" are the system calls.',
    });
    advertisements.forEach(({ point, events }, rank) => {
      addInstants({ parent, rank, name: point, description: 'Advertisements seen here.' }, events);
    });
  }
  addInstants(
    { parent: group, rank: 5, name: 'takeovers', description: 'When another router became master.' },
    collectTakeovers(instance, windows, axis, { all }),
  );
};

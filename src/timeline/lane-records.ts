import type { NameTable } from '../model/event-batch.js';
import type { Cpus } from './cpus.js';
import type { LaneSpan } from './lane.js';
import { addOccupancy, type Occupancy } from './occupancy.js';
import { PackedRecords } from './packed-records.js';
import type { ProcessTable } from './processes.js';
import type { LaneRecord, Segment } from './segments.js';

/** Shorter absences are not worth a record (ns). */
const MIN_ABSENCE = 200_000;
const MAX_RECORDS = 512;
/** The sender's timer cannot have been due earlier than this before one interval after its last send (ns). */
const DUE_SLACK = 50_000_000;

/**
 * Who ran on the CPUs a sender left and came back on, while it was away: at most {@link MAX_RECORDS} stretches a lane.
 *
 * @param from start of the window, ns
 * @param interval the sender's advertisement interval, ns
 */
export const recordLanes = (
  cpus: Cpus,
  processes: ProcessTable,
  names: NameTable | null,
  segments: readonly Segment[],
  from: number,
  interval: number,
): Map<number, PackedRecords> => {
  const ranges = new Map<number, { from: number; to: number }>();
  const widen = (lane: number, start: number, end: number): void => {
    const known = ranges.get(lane);
    if (known) {
      known.from = Math.min(known.from, start);
      known.to = Math.max(known.to, end);
    } else ranges.set(lane, { from: start, to: end });
  };
  for (const segment of segments) {
    if (segment.kind !== 'wait' && segment.kind !== 'off') continue;
    const start = segment.kind === 'wait' ? Math.max(segment.from, from + interval - DUE_SLACK) : segment.from;
    if (segment.to - start < MIN_ABSENCE) continue;
    if (segment.lane >= 0) widen(segment.lane, start, segment.to);
    if (segment.laneIn >= 0) widen(segment.laneIn, start, segment.to);
    if (segment.wokenLane >= 0) widen(segment.wokenLane, Math.max(start, segment.wokenAt ?? start), segment.to);
  }
  const records = new Map<number, PackedRecords>();
  for (const [id, range] of ranges) {
    const spans = cpus.lanes[id]?.spans(range.from, range.to, MAX_RECORDS) ?? [];
    records.set(id, new PackedRecords(spans.map((span) => nameThreads(span, processes, names))));
  }
  return records;
};

/**
 * Who ran on every CPU in a stretch of time, for a picture.
 *
 * @param most about so many stretches a lane: shorter ones are joined
 */
export const recordPicture = (
  cpus: Cpus,
  processes: ProcessTable,
  names: NameTable | null,
  from: number,
  to: number,
  most: number,
): Map<number, PackedRecords> =>
  new Map(
    cpus.lanes.map((lane) => [
      lane.id,
      new PackedRecords(
        joinShort(lane.spans(from, to), (to - from) / most).map((span) => nameThreads(span, processes, names)),
      ),
    ]),
  );

/** Stretches shorter than `least` (ns) joined with their neighbours until they are not; long ones stay as they are. */
const joinShort = (spans: readonly LaneSpan[], least: number): LaneSpan[] => {
  const out: { from: number; to: number; occupancy: Occupancy }[] = [];
  for (const { from, to, occupancy } of spans) {
    const last = out.at(-1);
    if (last && to - from < least && last.to - last.from < least) {
      addOccupancy(last.occupancy, occupancy);
      last.to = to;
    } else out.push({ from, to, occupancy });
  }
  return out;
};

const nameThreads = (span: LaneSpan, processes: ProcessTable, names: NameTable | null): LaneRecord => ({
  from: span.from,
  to: span.to,
  idleNs: span.occupancy.idleNs,
  unknownNs: span.occupancy.unknownNs,
  longestIdleNs: span.occupancy.longestIdleNs,
  threads: [...span.occupancy.threads].map(([tid, { comm, ns }]) => ({
    tid,
    process: (comm === 0 ? '' : (names?.nameOf(comm) ?? '')) || processes.nameOf(tid),
    ns,
  })),
});

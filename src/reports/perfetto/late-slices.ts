import type { LateAdvertisement, LedgerEntry } from '../../model/answer.js';
import type { Axis } from './axis.js';
import type { Flows } from './flows.js';
import type { LatePlaces } from './late-places.js';
import { spread, type Slice, type Stretch } from './slices.js';
import type { Arguments } from './trace-writer.js';

const NOWHERE: Stretch = { from: 0, to: 0 };

const describeLate = (late: LateAdvertisement): Arguments => ({
  id: { text: late.id },
  summary: { text: late.summary },
  severity: late.severity,
  cause: late.cause,
  where: late.where,
  confidence: { real: late.confidence },
  lateness_ns: BigInt(late.latenessNs),
  gap_ns: BigInt(late.gapNs),
  margin_to_takeover_ns: BigInt(late.marginToTakeoverNs),
  measured_at: late.measuredAt,
  culprit_process: late.culprit?.process ?? null,
  culprit_pid: late.culprit?.pid ?? null,
  culprit_tid: late.culprit?.tid ?? null,
  culprit_parent: late.culprit?.parent ?? null,
  culprit_cgroup: late.culprit?.cgroup ?? null,
  culprit_syscall: late.culprit?.syscall ?? null,
  culprit_target: late.culprit?.target ?? null,
});

/**
 * A slice for each late advertisement of an instance, named by its cause, from when it was due until it was seen; in rows
 * without overlaps.
 *
 * A reader draws an arrow from the slice that begins first. Where the culprit's slice began only after the advertisement was
 * due, the arrow leads to an instant at the end of the slice instead.
 */
export const makeLateSlices = (late: readonly LateAdvertisement[], places: LatePlaces, flows: Flows): Slice[][] => {
  const placed = late
    .map((one) => ({ one, ...(places.get(one) ?? NOWHERE) }))
    .sort((a, b) => a.from - b.from)
    .map((one) => [one]);
  return spread(placed).map((row) => row.map(({ one, from, to }) => makeLateSlice(one, { from, to }, flows)));
};

const makeLateSlice = (late: LateAdvertisement, { from, to }: Stretch, flows: Flows): Slice => {
  const slice: Slice = { at: from, to, name: late.cause, category: late.severity, args: describeLate(late) };
  const flow = flows.into(late);
  if (flow === null) return slice;
  const flowsIn = [flow.id];
  return flow.source.from <= from
    ? { ...slice, flowsIn }
    : { ...slice, atEnd: { at: to, name: 'seen', category: late.severity, args: {}, flowsIn } };
};

const describeEntry = (entry: LedgerEntry, late: string): Arguments => ({
  late: { text: late },
  state: entry.state,
  ns: BigInt(entry.ns),
  bound: entry.bound,
  cause: entry.cause,
  process: entry.process,
  syscall: entry.syscall,
  target: entry.target,
  cpu: entry.cpu,
});

/** A slice for each entry of the ledgers of an instance, named by its state; in rows without overlaps. */
export const makeLedgerSlices = (late: readonly LateAdvertisement[], axis: Axis): Slice[][] =>
  spread(
    late.map(({ id, ledger }) =>
      ledger.map((entry) => ({ id, entry, from: axis.toOffset(entry.fromNs), to: axis.toOffset(entry.toNs) })),
    ),
  ).map((row) =>
    row.map(({ id, entry, from, to }) => ({
      at: from,
      to,
      name: entry.state,
      category: entry.cause,
      args: describeEntry(entry, id),
    })),
  );

import type { CpuSpan } from '../../model/picture.js';
import type { CpuLane } from './cpu-lanes.js';
import type { Flows } from './flows.js';
import { makeEach, writeSlices, type Slice } from './slices.js';
import type { TraceWriter } from './trace-writer.js';

const toSlice = (span: CpuSpan, flows: Flows): Slice => ({
  at: span.from,
  to: span.to,
  name: span.kind === 'unknown' ? 'unknown' : (span.process ?? 'unknown'),
  category: null,
  args: { tid: span.tid, ns: span.tid === null ? null : span.ns },
  flowsOut: flows.outOf(span),
});

/** Write the group of CPUs, a track for each. */
export const writeCpuTracks = (writer: TraceWriter, lanes: readonly CpuLane[], flows: Flows): void => {
  if (lanes.length === 0) return;
  const group = writer.defineTrack({
    parent: null,
    name: 'CPUs',
    rank: 0,
    description: 'Who had each CPU of the sending machine. Where nothing is drawn it was idle, or no window is there.',
  });
  for (const { name, rank, spans } of lanes) {
    const track = writer.defineTrack({
      parent: group,
      name,
      rank,
      description: 'The process that had it for most of each slice.',
    });
    writeSlices(
      writer,
      track,
      makeEach(spans, (span) => toSlice(span, flows)),
    );
  }
};

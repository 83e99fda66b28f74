import type { AnswerInstance } from '../../model/answer.js';
import type { AnswerReport } from '../../model/report.js';
import { makeAxis } from './axis.js';
import { collectCpuLanes } from './cpu-lanes.js';
import { writeCpuTracks } from './cpu-tracks.js';
import { findFlows } from './flows.js';
import { writeInstanceTracks } from './instance-tracks.js';
import { placeLateOnes } from './late-places.js';
import { TraceWriter } from './trace-writer.js';
import { placeWindows, type Window } from './windows.js';

const isNamedLike = (a: AnswerInstance, b: AnswerInstance): boolean =>
  a !== b && a.vrid === b.vrid && a.source === b.source;

/**
 * A native Perfetto trace (protobuf, track events) of a report, for ui.perfetto.dev and trace_processor: who had each CPU, and by
 * instance its late advertisements, their ledgers, what the sender did, the advertisements and the takeovers. Times are ns
 * since 1970 on the reference clock. The same report makes the same bytes.
 *
 * @param all show every picture of the report; else only those of late advertisements
 */
export const renderPerfetto = (report: AnswerReport, { all }: { all: boolean }): Uint8Array => {
  const shown = { ...report, pictures: report.pictures.filter(({ late }) => all || late !== null) };
  const { instances } = report.answer;
  const axis = makeAxis(shown);
  const windows = placeWindows(shown, axis);
  const windowsOf = new Map<number | null, Window[]>();
  for (const window of windows) {
    const known = windowsOf.get(window.instance);
    if (known) known.push(window);
    else windowsOf.set(window.instance, [window]);
  }
  const lanes = collectCpuLanes(windows);
  const places = placeLateOnes(instances, windowsOf, axis);
  const flows = findFlows(instances, places, lanes, axis);

  const writer = new TraceWriter(axis);
  // At equal times an arrow's source has to come before its end.
  writeCpuTracks(writer, lanes, flows);
  instances.forEach((instance, index) => {
    writeInstanceTracks(
      writer,
      {
        instance,
        windows: windowsOf.get(index) ?? [],
        isAmbiguous: instances.some((other) => isNamedLike(instance, other)),
        rank: index + 1,
      },
      { axis, places, flows, all },
    );
  });
  return writer.finish();
};

import type { Answer } from '../model/answer.js';
import { formatDuration } from '../model/duration.js';
import { convert } from '../time/offsets.js';
import { writeTime, type Frame } from './compose.js';
import type { ClockedPoint } from './clocks.js';
import { placeOf } from './stations.js';

type Artefact = Answer['artefacts'][number];

const sayStep = (ns: number): string =>
  `set ${ns >= 0 ? 'forward' : 'back'} by ${formatDuration(BigInt(Math.round(Math.abs(ns))))}`;

/** Steps of a clock inside the VM against the trace's. */
const pointSteps = (point: ClockedPoint, frame: Frame): Artefact[] =>
  point.clock.slice(1).map((segment, i) => {
    const before = point.clock[i];
    const ns = Math.round((before?.offset ?? 0) - segment.offset);
    return {
      atNs: writeTime(frame, convert(point.clock, segment.from)),
      kind: 'clock-step',
      clock: point.name,
      ns: String(ns),
      summary: `the clock of ${point.name} was ${sayStep(ns)} against the trace's; its gaps across this moment are measured on the trace's clock`,
    };
  });

/**
 * What looks like lateness and is none: clocks inside the VM that were set. (A clock outside that parts from the VM's for
 * good shows a VM that stood still, which is reported as the late advertisement it caused.)
 */
export const composeArtefacts = (frame: Frame): Artefact[] => {
  const points = frame.trace
    ? frame.points.filter((point, i) => placeOf(point, i) === 'vm').flatMap((point) => pointSteps(point, frame))
    : [];
  const trace = (frame.trace?.clockSteps ?? []).map(({ from, to }): Artefact => {
    const ns = to - from;
    return {
      atNs: writeTime(frame, to),
      kind: 'clock-step',
      clock: 'trace',
      ns: String(ns),
      summary: `the clock of the trace was ${sayStep(ns)}; time across this moment that did not pass counts for no lateness inside the VM`,
    };
  });
  return [...points, ...trace].sort((a, b) => (BigInt(a.atNs) < BigInt(b.atNs) ? -1 : 1));
};

import type { Loss } from '../model/advertisement.js';
import type { AnswerInstance } from '../model/answer.js';
import { groupBy } from '../model/group-by.js';
import type { Picture } from '../model/picture.js';
import type { AnalyzeRequest, JudgedGaps } from '../model/request.js';
import type { SendWindow } from '../timeline/segments.js';
import type { TraceSummary } from '../timeline/timeline.js';
import type { ClockedPoint } from './clocks.js';
import { composeInstance, writeTime, type Frame } from './compose.js';
import { drawPicture, type Drawn } from './draw.js';
import { diagnose, type Diagnosis, type Evidence } from './diagnose.js';
import type { Instance, TimingRules } from './instance.js';
import { judgeGaps, type Judged, type LateGap } from './judge.js';
import { findTakeovers, type FoundTakeover } from './takeovers.js';
import type { ClockedVitals } from './vitals-clock.js';

/** What a trace tells a diagnosis. */
export interface DiagnosedTrace {
  readonly windows: readonly SendWindow[];
  readonly summary: TraceSummary;
  readonly loss: Loss;
}

/** What became of all instances; the lists go by those of the answer. */
export interface DiagnosedInstances {
  readonly instances: AnswerInstance[];
  readonly takeovers: FoundTakeover[][];
  readonly judged: JudgedGaps[];
}

/** Which pictures are drawn, and who takes them. */
export interface DrawnPictures {
  readonly onPicture?: (picture: Picture) => void;
  readonly everyPicture?: boolean;
}

/** Judge the gaps of every instance, diagnose the late ones, and compose what was asked for. */
export const diagnoseInstances = (
  instances: readonly Instance[],
  trace: DiagnosedTrace | null,
  points: readonly ClockedPoint[],
  vitals: ClockedVitals | null,
  rules: TimingRules,
  frame: Frame,
  request: AnalyzeRequest,
  { onPicture, everyPicture }: DrawnPictures = {},
): DiagnosedInstances => {
  const windowsOf = groupBy(trace?.windows ?? [], ({ attempt }) => attempt.tid);
  const evidence: Evidence = {
    instances,
    points,
    windowsOf,
    trace: trace?.summary ?? null,
    traceDropped: trace?.loss.dropped ?? 0,
    vitals,
  };
  const gaps = new Map<Instance, Judged>();
  const diagnoses = new Map<LateGap, Diagnosis>();
  for (const instance of instances) {
    const judged = judgeGaps(instance, instances, points, rules, trace?.summary.clockSteps);
    gaps.set(instance, judged);
    for (const gap of judged.late) diagnoses.set(gap, diagnose(gap, instance, evidence));
  }
  const takeovers = findTakeovers(
    instances,
    rules,
    (instance) => gaps.get(instance)?.late ?? [],
    (gap) => diagnoses.get(gap)?.verdict.cause === 'path-loss',
  );
  const isAllAsked = request.sinceNs === null && request.untilNs === null;
  const inTime = (time: number): boolean => isAllAsked || isInTime(BigInt(writeTime(frame, time)), request);
  const asked = instances.filter(
    (instance) =>
      (request.vrid === null || instance.vrid === request.vrid) &&
      (request.sender === null || instance.source === request.sender),
  );
  const takenFrom = new Map(
    asked.map((instance) => [instance, (takeovers.get(instance) ?? []).filter(({ at }) => inTime(at))]),
  );
  const composed = asked.map((instance) => {
    const late = (gaps.get(instance)?.late ?? [])
      .filter((gap) => inTime(gap.next.time))
      .flatMap((gap) => diagnoses.get(gap) ?? []);
    const composed = composeInstance(instance, late, takenFrom.get(instance) ?? [], frame);
    if (onPicture) {
      const taken = takenFrom.get(instance) ?? [];
      const idOf = new Map(late.map((diagnosis, i) => [diagnosis.gap.next, composed.late[i]?.id ?? null]));
      const punctual = everyPicture ? (gaps.get(instance)?.all ?? []).filter(({ next }) => !idOf.has(next)) : [];
      const drawn: Drawn[] = [
        ...late,
        ...punctual.map((gap) => ({ gap, ledger: [], windows: gap.next.send ? [gap.next.send] : [] })),
      ];
      for (const one of drawn.sort((a, b) => a.gap.next.time - b.gap.next.time))
        onPicture(drawPicture(one, idOf.get(one.gap.next) ?? null, taken, frame));
    }
    return composed;
  });
  const judged = asked.map((instance) => {
    const all = (gaps.get(instance)?.all ?? []).filter(({ at }) => inTime(at)).sort((a, b) => a.at - b.at);
    return {
      baseNs: frame.base,
      at: Float64Array.from(all, ({ at }) => at),
      gap: Float64Array.from(all, ({ gap }) => gap),
      lateness: Float64Array.from(all, ({ lateness }) => lateness),
    };
  });
  return { instances: composed, takeovers: [...takenFrom.values()], judged };
};

const isInTime = (time: bigint, { sinceNs, untilNs }: AnalyzeRequest): boolean =>
  (sinceNs === null || time >= sinceNs) && (untilNs === null || time <= untilNs);

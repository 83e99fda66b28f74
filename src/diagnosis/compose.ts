import type {
  Answer,
  AnswerClock,
  AnswerInput,
  AnswerInstance,
  AnswerPoint,
  Evidence as EvidenceRow,
  LateAdvertisement,
  Takeover,
} from '../model/answer.js';
import { displayText } from '../model/display.js';
import { absoluteFrom, ns } from '../time/ns.js';
import { convert, quantile, type OffsetSegment } from '../time/offsets.js';
import type { Witness } from '../timeline/segments.js';
import { advise } from './advice.js';
import { absentAt, isMissedAt } from './capture-misses.js';
import type { Diagnosis } from './diagnose.js';
import type { Instance } from './instance.js';
import type { ClockedPoint } from './clocks.js';
import { gapsAt } from './judge.js';
import type { Piece } from './piece.js';
import type { FoundTakeover } from './takeovers.js';
import { causeOf } from './verdict.js';
import { summarize } from './words.js';
import type { TraceSummary } from '../timeline/timeline.js';

/** How times of an analysis are written: reference base, and where the trace's rows stand. */
export interface Frame {
  /** ns since the epoch of the reference clock's base. */
  readonly base: bigint;
  /** In which file, and there in which line, a line of the trace stands; null without a trace. */
  readonly locate: ((line: number) => { readonly path: string; readonly line: number }) | null;
  readonly trace: TraceSummary | null;
  readonly points: readonly ClockedPoint[];
}

/** A reference time (ns from the base) as the answer writes it. */
export const writeTime = (frame: Frame, time: number): string => absoluteFrom(frame.base, ns(time)).toString();

const length = (value: number): string => BigInt(Math.round(value)).toString();

const MAX_EVIDENCE = 24;
/** Rows of counters are shown for so many parts of a ledger, the largest. */
const MAX_COUNTED = 4;

/** One late advertisement of the answer. */
export const composeLate = (diagnosis: Diagnosis, instance: Instance, frame: Frame): LateAdvertisement => {
  const { gap, ledger, verdict } = diagnosis;
  const rows: EvidenceRow[] = [];
  const indexOf = new Map<string, number>();
  const add = (input: string, line: number, num: number | null, time: number, text: string): number | null => {
    const key = `${input} ${String(line)}`;
    const known = indexOf.get(key);
    if (known !== undefined) return known;
    if (rows.length >= MAX_EVIDENCE) return null;
    indexOf.set(key, rows.length);
    rows.push({ input, line, num, ns: writeTime(frame, time), text: displayText(text) });
    return rows.length - 1;
  };
  const addWitness = (witness: Witness): number | null => {
    const place = frame.locate?.(witness.line);
    if (!place) return null;
    return add(place.path, place.line, witness.num < 0 ? null : witness.num, witness.time, witness.text);
  };

  const leading = new Set(verdict.leading.map((piece) => piece.from));
  const order = [...ledger].sort((a, b) => Number(leading.has(b.from)) - Number(leading.has(a.from)) || b.ns - a.ns);
  const evidenceOf = new Map<Piece, number[]>();
  for (const piece of order) {
    evidenceOf.set(
      piece,
      piece.witnesses.map(addWitness).filter((index) => index !== null),
    );
  }
  for (const piece of order.slice(0, MAX_COUNTED)) {
    const told = (diagnosis.support.get(piece) ?? []).map((row) => add(row.input, row.line, null, row.time, row.text));
    evidenceOf.get(piece)?.push(...told.filter((index) => index !== null));
  }
  for (const row of packetRows(diagnosis, frame)) add(row.input, row.line, null, row.time, row.text);
  for (const row of aliveRows(diagnosis, frame)) addWitness(row);

  const id = `${String(instance.vrid ?? 'unknown')}-${instance.family}-${instance.source ?? instance.destination}-${String(gap.ordinal)}`;
  const margin = gap.masterDown - gap.gap;
  // A verdict that accuses nobody takes back what its leading parts would say.
  const accused = (piece: Piece): boolean => verdict.cause !== 'insufficient-evidence' || !leading.has(piece.from);
  return {
    id,
    sentNs: writeTime(frame, gap.next.time),
    previousNs: writeTime(frame, gap.previous.time),
    measuredAt: frame.points[gap.point]?.name ?? 'send',
    gapNs: length(gap.gap),
    latenessNs: length(gap.lateness),
    severity: margin <= 0 ? 'takeover' : 'late',
    marginToTakeoverNs: length(margin),
    where: verdict.where,
    cause: verdict.cause,
    culprit: verdict.culprit,
    confidence: verdict.confidence,
    contributors: verdict.contributors,
    ledger: ledger.map((piece) => ({
      state: piece.state,
      fromNs: writeTime(frame, piece.from),
      toNs: writeTime(frame, piece.to),
      ns: length(piece.ns),
      bound: piece.bound,
      cause: accused(piece) ? causeOf(piece) : 'insufficient-evidence',
      process: piece.culprit?.process ?? piece.process,
      syscall: piece.syscall,
      target: piece.target,
      cpu: piece.cpu,
      evidence: evidenceOf.get(piece) ?? [],
    })),
    evidence: rows,
    summary: summarize(diagnosis, frame.trace),
    advice: advise(verdict, gap.point < 0, frame.trace?.sharedRings),
  };
};

interface PacketRow {
  input: string;
  line: number;
  time: number;
  text: string;
}

const packetRows = ({ gap }: Diagnosis, frame: Frame): PacketRow[] => {
  const rows: PacketRow[] = [];
  for (const [advertisement, which] of [
    [gap.previous, 'previous'],
    [gap.next, 'late'],
  ] as const) {
    advertisement.seen.forEach((packet, i) => {
      const point = frame.points[i];
      if (!packet || !point) return;
      const text = `${which} advertisement at ${point.name}: vrid ${String(packet.vrid)} priority ${String(packet.priority)} from ${packet.source}`;
      rows.push({ input: point.path, line: packet.packet, time: convert(point.clock, packet.time), text });
    });
  }
  return rows;
};

/** Rows that show other CPUs of the VM alive, where the cause is not known. */
const aliveRows = ({ verdict, windows }: Diagnosis, frame: Frame): Witness[] => {
  if (verdict.cause !== 'insufficient-evidence') return [];
  return windows.flatMap((window) =>
    window.alive.slice(0, 4).map(({ lane, switches, last }) => {
      const cpu = frame.trace?.cpuNumber(lane) ?? null;
      const name = cpu === null ? 'a CPU' : `CPU ${String(cpu)}`;
      return {
        ...last,
        text: `${name} was alive: last of its ${String(switches)} switches since the previous advertisement`,
      };
    }),
  );
};

/** An instance of the answer. */
export const composeInstance = (
  instance: Instance,
  diagnoses: readonly Diagnosis[],
  takeovers: readonly FoundTakeover[],
  frame: Frame,
): AnswerInstance => {
  const late = diagnoses.map((diagnosis) => composeLate(diagnosis, instance, frame));
  const idOf = new Map(diagnoses.map((diagnosis, i) => [diagnosis.gap, late[i]?.id ?? null]));
  return {
    vrid: instance.vrid,
    family: instance.family,
    version: instance.version,
    source: instance.source,
    destination: instance.destination,
    priority: instance.priority,
    intervalNs: length(instance.interval),
    masterDownNs: length(instance.masterDown),
    senders: composeSenders(instance, frame),
    advertisements: instance.advertisements.length,
    points: composePoints(instance, frame),
    late,
    takeovers: takeovers.map((takeover): Takeover => ({
      atNs: writeTime(frame, takeover.at),
      by: takeover.by,
      after: takeover.after,
      late: takeover.late === null ? null : (idOf.get(takeover.late) ?? null),
    })),
  };
};

const composeSenders = (instance: Instance, frame: Frame): AnswerInstance['senders'] => {
  const byTid = new Map<number, { process: string; tid: number; from: number; to: number }>();
  for (const { send } of instance.advertisements) {
    if (!send) continue;
    const { tid, comm, time } = send.attempt;
    const known = byTid.get(tid);
    if (known) known.to = time;
    else byTid.set(tid, { process: comm, tid, from: time, to: time });
  }
  return [...byTid.values()].map(({ process, tid, from, to }) => ({
    process,
    tid,
    fromNs: writeTime(frame, from),
    toNs: writeTime(frame, to),
  }));
};

const composePoints = (instance: Instance, frame: Frame): AnswerPoint[] => {
  const points: AnswerPoint[] = [];
  const sends = instance.advertisements.filter((advertisement) => advertisement.send !== null);
  if (sends.length > 0) points.push(composePoint('send', instance, -1, sends.length, instance.failed.length));
  frame.points.forEach((point, i) => {
    const seen = instance.advertisements.filter((advertisement) => advertisement.seen[i]);
    if (seen.length === 0) return;
    const absent = absentAt(instance, i);
    const missed = absent.filter((advertisement) => isMissedAt(advertisement, i)).length;
    const composed = composePoint(point.name, instance, i, seen.length, absent.length - missed);
    points.push(missed > 0 ? { ...composed, missed } : composed);
  });
  return points;
};

const composePoint = (
  name: string,
  instance: Instance,
  point: number,
  advertisements: number,
  lost: number,
): AnswerPoint => {
  const gaps = gapsAt(instance.advertisements, point).map(({ gap }) => gap);
  return {
    name,
    advertisements,
    lost,
    gapsNs:
      gaps.length === 0
        ? null
        : { p50: length(quantile(gaps, 0.5)), p99: length(quantile(gaps, 0.99)), max: length(quantile(gaps, 1)) },
  };
};

/** The clocks of all points, absolute. */
export const composeClocks = (frame: Frame): AnswerClock[] =>
  frame.points
    .filter((point) => point.clock.length > 0)
    .map((point) => composeClock(point.name, point.clock, point.capture.baseNs, frame.base));

/**
 * A clock, absolute.
 *
 * @param baseNs what its times count from (ns since 1970)
 * @param referenceNs what the reference's times count from
 */
export const composeClock = (
  name: string,
  segments: readonly OffsetSegment[],
  baseNs: bigint,
  referenceNs: bigint,
): AnswerClock => ({
  name,
  segments: segments.map((segment) => ({
    fromNs: absoluteFrom(baseNs, ns(segment.from)).toString(),
    offsetNs: (referenceNs - baseNs + BigInt(Math.round(segment.offset))).toString(),
    driftPpm: segment.driftPpm,
    uncertaintyNs: length(segment.uncertainty),
  })),
});

/** An empty answer with the tool's name. */
export const startAnswer = (version: string, inputs: AnswerInput[]): Answer => ({
  schemaVersion: 1,
  tool: { name: 'whylate', version },
  inputs,
  counters: [],
  assumptions: [],
  clocks: [],
  artefacts: [],
  instances: [],
});

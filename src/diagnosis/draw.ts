import type { CpuSpan, Picture, PicturePacket, SenderSpan } from '../model/picture.js';
import { convert } from '../time/offsets.js';
import type { LaneRecord, Segment, SendWindow } from '../timeline/segments.js';
import { writeTime, type Frame } from './compose.js';
import type { LateGap } from './judge.js';
import type { Piece } from './piece.js';
import type { FoundTakeover } from './takeovers.js';

/** A picture has so many stretches of the sender at most; the short ones are then part of their neighbours. */
const MOST_SENDER_SPANS = 400;

const KIND_OF: Readonly<Record<Segment['kind'], SenderSpan['kind']>> = {
  run: 'running',
  send: 'sending',
  wait: 'asleep',
  off: 'away',
};

/** What a picture is made of: of a late gap, or of one that was judged. */
export interface Drawn {
  readonly gap: Pick<LateGap, 'previous' | 'next' | 'point' | 'gap' | 'interval' | 'masterDown'>;
  readonly ledger: readonly Piece[];
  readonly windows: readonly SendWindow[];
}

/**
 * The time before an advertisement as a picture needs it.
 *
 * @param id of the late advertisement; null for a punctual one
 */
export const drawPicture = (
  { gap, ledger, windows }: Drawn,
  id: string | null,
  takeovers: readonly FoundTakeover[],
  frame: Frame,
): Picture => {
  const packets = listPackets(gap, frame);
  const from = Math.min(gap.previous.time, ...packets.map(({ at }) => at));
  const to = Math.max(gap.next.time, ...packets.map(({ at }) => at));
  return {
    late: id,
    fromNs: writeTime(frame, from),
    length: Math.round(to - from),
    hidden: hiddenTime(gap, frame),
    due: Math.round(gap.previous.time + gap.interval - from),
    masterDown: Math.round(gap.previous.time + gap.masterDown - from),
    cpus: drawCpus(windows, from, to, frame),
    sender: drawSender(windows, ledger, from, to),
    packets: packets.map((packet) => ({ ...packet, at: Math.round(packet.at - from) })),
    takeovers: takeovers
      .filter(({ at }) => at > from && at <= to)
      .map(({ by, at }) => ({ by, at: Math.round(at - from) })),
  };
};

/** Clocks drift by less than this in a gap (ns). */
const DRIFT = 1_000_000;

const hiddenTime = ({ previous, next, point, gap }: Drawn['gap'], { points }: Frame): number => {
  const [a, b, at] = [previous.seen[point], next.seen[point], points[point]];
  if (!a || !b || !at) return 0;
  const hidden = gap - (convert(at.clock, b.time) - convert(at.clock, a.time));
  return hidden > DRIFT ? Math.round(hidden) : 0;
};

/** With `at` on the reference clock. */
const listPackets = ({ previous, next }: Drawn['gap'], { points }: Frame): PicturePacket[] =>
  (
    [
      ['previous', previous],
      ['late', next],
    ] as const
  ).flatMap(([which, { send, seen }]) => [
    ...(send ? [{ which, point: 'send', at: send.attempt.time }] : []),
    ...seen.flatMap((packet, i) => {
      const point = points[i];
      return packet && point ? [{ which, point: point.name, at: convert(point.clock, packet.time) }] : [];
    }),
  ]);

const drawCpus = (windows: readonly SendWindow[], from: number, to: number, { trace }: Frame): Picture['cpus'] => {
  const lanes = new Map<number, CpuSpan[]>();
  for (const { picture } of windows)
    for (const [lane, records] of picture ?? []) {
      const spans = [...records].flatMap((record) => toCpuSpan(record, from, to));
      lanes.set(lane, [...(lanes.get(lane) ?? []), ...spans]);
    }
  return [...lanes]
    .filter(([, spans]) => spans.some(({ kind }) => kind !== 'unknown'))
    .map(([lane, spans]) => ({ cpu: trace?.cpuNumber(lane) ?? null, spans }))
    .sort((a, b) => (a.cpu ?? Number.MAX_SAFE_INTEGER) - (b.cpu ?? Number.MAX_SAFE_INTEGER));
};

const toCpuSpan = (record: LaneRecord, from: number, to: number): CpuSpan[] => {
  const start = Math.max(record.from, from);
  const end = Math.min(record.to, to);
  if (end <= start) return [];
  const total = record.to - record.from;
  const longest = record.threads.reduce<LaneRecord['threads'][number] | null>(
    (a, b) => (a === null || b.ns > a.ns ? b : a),
    null,
  );
  const kind = 2 * record.unknownNs > total ? 'unknown' : 2 * record.idleNs > total ? 'idle' : 'busy';
  return [
    {
      from: Math.round(start - from),
      to: Math.round(end - from),
      kind,
      process:
        longest === null ? null : longest.process === '' ? `kernel thread ${String(longest.tid)}` : longest.process,
      tid: longest?.tid ?? null,
      ns: Math.round(Math.min(longest?.ns ?? 0, end - start)),
    },
  ];
};

const drawSender = (
  windows: readonly SendWindow[],
  ledger: readonly Piece[],
  from: number,
  to: number,
): SenderSpan[] => {
  const edges = [...new Set(ledger.flatMap((piece) => [piece.from, piece.to]))].sort((a, b) => a - b);
  const spans: SenderSpan[] = [];
  const add = (kind: SenderSpan['kind'], syscall: string | null, start: number, end: number): void => {
    let at = Math.max(start, from);
    const last = Math.min(end, to);
    for (const edge of [...edges.filter((one) => one > at && one < last), last]) {
      if (edge <= at) continue;
      const middle = (at + edge) / 2;
      const state = ledger.find((piece) => piece.from <= middle && piece.to > middle)?.state ?? null;
      append(spans, { from: Math.round(at - from), to: Math.round(edge - from), kind, state, syscall });
      at = edge;
    }
  };
  for (const { segments } of windows)
    for (const { kind, call, from: start, to: end } of segments ?? [])
      add(KIND_OF[kind], call === '' ? null : call, start, end);
  for (const piece of ledger) if (piece.state === 'absent') add('absent', null, piece.from, piece.to);
  spans.sort((a, b) => a.from - b.from);
  return thin(withoutOverlaps(spans), to - from);
};

/** Neighbours that say the same are one. */
const append = (spans: SenderSpan[], span: SenderSpan): void => {
  const last = spans.at(-1);
  if (last?.to === span.from && last.kind === span.kind && last.state === span.state && last.syscall === span.syscall)
    spans[spans.length - 1] = { ...last, to: span.to };
  else spans.push(span);
};

const withoutOverlaps = (spans: readonly SenderSpan[]): SenderSpan[] => {
  const out: SenderSpan[] = [];
  let end = 0;
  for (const span of spans) {
    const start = Math.max(span.from, end);
    if (span.to <= start) continue;
    append(out, { ...span, from: start });
    end = span.to;
  }
  return out;
};

/** Leave out the shortest until few enough are left; what was before them goes on. */
const thin = (spans: readonly SenderSpan[], length: number): SenderSpan[] => {
  let kept = [...spans];
  for (let least = length / 10_000; kept.length > MOST_SENDER_SPANS; least *= 2) {
    const longer: SenderSpan[] = [];
    for (const span of kept) {
      const last = longer.at(-1);
      if (last && span.to - span.from < least) longer[longer.length - 1] = { ...last, to: span.to };
      else append(longer, span);
    }
    kept = longer;
  }
  return kept;
};

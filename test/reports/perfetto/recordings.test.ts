import { describe, expect, it } from 'vitest';
import type { AnswerReport } from '../../../src/model/report.js';
import { renderPerfetto } from '../../../src/reports/perfetto/index.js';
import { listRecordings, reportOf } from '../../support/reports.js';
import { decodeTrace, flowsOf, instantsOf, slicesOf, type DecodedEvent } from './decode.js';

const escape = (text: string): string => text.replace(/[?().]/g, '\\$&');

const lengthOf = ({ at, end }: DecodedEvent): bigint => end - at;

const absolute = (value: bigint): bigint => (value < 0n ? -value : value);

interface ShownSpan {
  readonly name: string;
  readonly from: number;
  readonly to: number;
}

/** What the pictures show of each CPU, in order of time; ns after the first picture. */
const spansByLane = ({ pictures }: AnswerReport, base: bigint): Map<string, ShownSpan[]> => {
  const lanes = new Map<string, ShownSpan[]>();
  for (const { fromNs, cpus } of pictures) {
    const start = Number(BigInt(fromNs) - base);
    cpus.forEach(({ cpu, spans }, i) => {
      const lane = cpu === null ? (i === 0 ? 'cpu ?' : `cpu ? (${String(i + 1)})`) : `cpu ${String(cpu)}`;
      const shown = spans.map(({ kind, process, from, to }) => ({
        name: kind === 'busy' ? (process ?? 'unknown') : kind,
        from: start + from,
        to: start + to,
      }));
      lanes.set(lane, [...(lanes.get(lane) ?? []), ...shown]);
    });
  }
  for (const spans of lanes.values()) spans.sort((a, b) => a.from - b.from);
  return lanes;
};

/** Time by who had a CPU. */
const timesOf = (spans: readonly ShownSpan[]): Map<string, number> => {
  const times = new Map<string, number>();
  for (const { name, from, to } of spans) times.set(name, (times.get(name) ?? 0) + to - from);
  return times;
};

const isDisjoint = (spans: readonly ShownSpan[]): boolean =>
  spans.every(({ from }, i) => from >= (spans[i - 1]?.to ?? 0));

describe.each(listRecordings())('%s as a Perfetto trace', (name) => {
  const made = reportOf(name, { everyPicture: true });

  it('nests, and its CPUs tell the times of the pictures', async () => {
    const report = await made;
    const trace = decodeTrace(renderPerfetto(report, { all: true }));
    expect(trace.clock).toBe(1);
    const base = report.pictures.map(({ fromNs }) => BigInt(fromNs)).reduce((a, b) => (b < a ? b : a));
    const lanes = spansByLane(report, base);
    expect(trace.tracks.filter(({ path }) => /^CPUs \/ /.test(path)).map((track) => track.name)).toEqual([
      ...[...lanes.keys()].sort(),
    ]);
    for (const [lane, spans] of lanes) {
      const slices = slicesOf(trace, new RegExp(`^CPUs / ${escape(lane)}$`)).map(({ name, at, end }) => ({
        name,
        from: Number(at - base),
        to: Number(end - base),
      }));
      const shown = spans.filter(({ name }) => name !== 'idle');
      if (isDisjoint(spans)) expect(timesOf(slices)).toEqual(timesOf(shown));
      expect(isDisjoint(slices)).toBe(true);
      for (const slice of slices) {
        const vouched = shown.filter(({ name, from, to }) => name === slice.name && from < slice.to && to > slice.from);
        expect(Math.min(...vouched.map(({ from }) => from))).toBeLessThanOrEqual(slice.from);
        expect(Math.max(...vouched.map(({ to }) => to))).toBeGreaterThanOrEqual(slice.to);
      }
    }
  });

  it('shows each late advertisement as long as the answer says', async () => {
    const { answer, pictures } = await made;
    const trace = decodeTrace(renderPerfetto(await made, { all: false }));
    for (const { vrid, source, late } of answer.instances) {
      const slices = slicesOf(
        trace,
        new RegExp(`^whylate VRID ${escape(`${String(vrid ?? '?')} ${source ?? '?'}`)} / late advertisements$`),
      );
      expect(slices.map(({ args }) => args['id'])).toEqual(late.map(({ id }) => id));
      late.forEach((one, i) => {
        const slice = slices[i]!;
        const picture = pictures.find(({ late }) => late === one.id)!;
        const seenAt = (which: 'previous' | 'late'): bigint => {
          const packet = picture.packets.find((packet) => packet.which === which && packet.point === one.measuredAt)!;
          return BigInt(picture.fromNs) + BigInt(packet.at);
        };
        const shown = seenAt('late') - seenAt('previous');
        const lateness = BigInt(one.latenessNs);
        expect(lengthOf(slice)).toBe(picture.hidden > 0 && lateness > shown ? shown : lateness);
        expect(slice.end).toBe(seenAt('late'));
        expect(slice).toMatchObject({ name: one.cause, category: one.severity, depth: 0 });
        expect(slice.args).toMatchObject({ lateness_ns: lateness, confidence: one.confidence });
      });
    }
  });

  it('shows each ledger entry in its place', async () => {
    const { answer } = await made;
    const trace = decodeTrace(renderPerfetto(await made, { all: false }));
    const slices = slicesOf(trace, / \/ ledger$/);
    const entries = answer.instances.flatMap(({ late }) => late.flatMap(({ ledger }) => ledger));
    const rows = slices.map(({ at, end, name, args }) => [String(at), String(end), name, String(args['ns'])].join());
    expect(rows.sort()).toEqual(entries.map(({ fromNs, toNs, state, ns }) => [fromNs, toNs, state, ns].join()).sort());
  });

  it('leads each arrow from the culprit to the late advertisement', async () => {
    const { answer } = await made;
    const trace = decodeTrace(renderPerfetto(await made, { all: false }));
    const culprits = new Set(answer.instances.flatMap(({ late }) => late.map(({ culprit }) => culprit?.process)));
    for (const { from, to } of flowsOf(trace)) {
      expect(culprits).toContain(from.name);
      expect(from.at <= to.at).toBe(true);
    }
  });

  it('tells whose every picture is, and shows its advertisements once', async () => {
    const report = await made;
    const trace = decodeTrace(renderPerfetto(report, { all: true }));
    const shown = instantsOf(trace, / \/ advertisements \/ /);
    const packets = report.pictures.flatMap(({ fromNs, packets }) =>
      packets.map(({ point, at }) => ({ point, at: BigInt(fromNs) + BigInt(at) })),
    );
    const points = new Set(packets.map(({ point }) => point));
    for (const point of points) {
      const instants = instantsOf(trace, new RegExp(` / advertisements / ${point}$`)).map(({ at }) => at);
      for (const packet of packets.filter((one) => one.point === point))
        expect(instants.some((at) => absolute(at - packet.at) <= 2n)).toBe(true);
      for (const [i, at] of instants.entries()) expect(at - (instants[i - 1] ?? 0n)).not.toBe(0n);
    }
    expect(shown.filter(({ name }) => name === 'late advertisement').length).toBeGreaterThanOrEqual(
      report.answer.instances.reduce((sum, { late }) => sum + late.length, 0),
    );
    expect(instantsOf(trace, / \/ takeovers$/)).toHaveLength(
      report.answer.instances.reduce((sum, { takeovers }) => sum + takeovers.length, 0),
    );
  });

  it('comes out the same every time, and smaller around the late ones only', async () => {
    const report = await made;
    const whole = renderPerfetto(report, { all: true });
    expect(Buffer.compare(whole, renderPerfetto(report, { all: true }))).toBe(0);
    const late = renderPerfetto(report, { all: false });
    const only = { ...report, pictures: report.pictures.filter((picture) => picture.late !== null) };
    expect(Buffer.compare(late, renderPerfetto(only, { all: false }))).toBe(0);
    expect(late.length).toBeLessThanOrEqual(whole.length);
  });
});

import { describe, expect, it } from 'vitest';
import type { AnswerReport } from '../../../src/model/report.js';
import { renderPerfetto } from '../../../src/reports/perfetto/index.js';
import { answerOf, instanceOf, START_NS } from '../builders.js';
import { everythingAnswer, hostileAnswer } from '../answers.js';
import { busy, contendedLate, contendedPicture, idle, MS, pictureOf, reportWith } from './builders.js';
import { decodeTrace, flowsOf, instantsOf, slicesOf, type DecodedTrace } from './decode.js';

const SECOND = 1000 * MS;

const traceOf = (report: AnswerReport, all = true): DecodedTrace => decodeTrace(renderPerfetto(report, { all }));

const HOSTILE = '<img src=x onerror=alert(1)>\u001b[31m\u009b2J\u202egpj\u202c\u200b\n\u0000';

// eslint-disable-next-line no-control-regex
const CONTROLS = /[\u0000-\u001f\u007f-\u009f\u200b-\u200f\u2028-\u202e\u2066-\u2069]/;

describe('a Perfetto trace', () => {
  it('is valid where nothing was late, and where there is no instance', () => {
    const trace = traceOf({ answer: answerOf([instanceOf([])]), gaps: [], pictures: [] }, false);
    expect(trace.tracks.map(({ path }) => path)).toEqual(['whylate VRID 205 192.168.205.8']);
    expect(traceOf({ answer: answerOf([]), gaps: [], pictures: [] }).tracks).toEqual([]);
  });

  it('has lanes for CPUs, and for each instance its late ones, ledger, sender, advertisements and takeovers', () => {
    const report = reportWith([contendedPicture()], [contendedLate()]);
    const [instance] = report.answer.instances;
    instance!.takeovers.push({
      atNs: String(START_NS + 1_900_000_000n),
      by: '192.168.205.9',
      after: 'late',
      late: null,
    });
    const trace = traceOf(report, false);
    const root = 'whylate VRID 205 192.168.205.8';
    expect(trace.tracks.map(({ path }) => path)).toEqual([
      'CPUs',
      'CPUs / cpu 0',
      root,
      `${root} / late advertisements`,
      `${root} / ledger`,
      `${root} / sender`,
      `${root} / advertisements`,
      `${root} / advertisements / send`,
      `${root} / takeovers`,
    ]);
    const [late] = slicesOf(trace, /late advertisements$/);
    expect(late).toMatchObject({
      name: 'cpu-contention',
      category: 'late',
      at: START_NS + 1_000_000_000n,
      end: START_NS + 2_000_000_000n,
      args: {
        id: '205-ipv4-192.168.205.8-0',
        lateness_ns: 1_000_000_000n,
        gap_ns: 2_000_000_000n,
        margin_to_takeover_ns: 1_609_375_000n,
        severity: 'late',
        where: 'sender-vm',
        cause: 'cpu-contention',
        confidence: 0.97,
        culprit_process: 'hog',
        culprit_pid: 7n,
        measured_at: 'receiver',
      },
    });
    expect(slicesOf(trace, /ledger$/)[0]).toMatchObject({
      name: 'ready',
      args: { state: 'ready', ns: 1_000_000_000n, process: 'hog', bound: 'exact', cpu: 0n },
    });
    expect(slicesOf(trace, /sender$/)).toMatchObject([
      { name: 'asleep (epoll_wait)', category: null, args: { syscall: 'epoll_wait' } },
      { name: 'away', category: 'ready', args: { state: 'ready' } },
    ]);
    expect(instantsOf(trace, /advertisements \/ send$/)).toMatchObject([
      { name: 'advertisement', at: START_NS },
      { name: 'late advertisement', at: START_NS + 2_000_000_000n },
    ]);
    expect(instantsOf(trace, /takeovers$/)).toMatchObject([{ name: 'takeover by 192.168.205.9' }]);
  });

  it('leads an arrow from the slice of the culprit to the late one, or into it where it began later', () => {
    const early = reportWith([contendedPicture()], [contendedLate()]);
    const [flow] = flowsOf(traceOf(early));
    expect(flow?.from).toMatchObject({ name: 'hog', args: { tid: 3n, ns: 1_000_000_000n } });
    expect(flow?.to).toMatchObject({ name: 'cpu-contention', isInstant: false });
    const spans = [idle(0, SECOND), busy('other', SECOND, SECOND + MS), busy('hog', SECOND + MS, 2 * SECOND)];
    const [later] = flowsOf(
      traceOf(reportWith([contendedPicture(0, { cpus: [{ cpu: 0, spans }] })], [contendedLate()])),
    );
    expect(later?.to).toMatchObject({ isInstant: true, depth: 1, at: START_NS + 2_000_000_000n });
    expect(flowsOf(traceOf(reportWith([contendedPicture()], [contendedLate(0, 'nobody')])))).toEqual([]);
  });

  it('tells the time of a CPU once where windows overlap, and keeps CPUs without a number apart', () => {
    const lanes = [
      { cpu: null, spans: [busy('a', 0, SECOND), busy('b', SECOND, 2 * SECOND)] },
      { cpu: null, spans: [busy('c', 0, 2 * SECOND)] },
    ];
    const trace = traceOf(
      reportWith([
        pictureOf({ cpus: lanes }),
        pictureOf({ cpus: lanes, fromNs: String(START_NS + BigInt(SECOND)) }),
        pictureOf({ cpus: [{ cpu: 12, spans: [] }] }),
      ]),
    );
    expect(trace.tracks.filter(({ parent }) => parent === '1').map(({ name }) => name)).toEqual([
      'cpu 12',
      'cpu ?',
      'cpu ? (2)',
    ]);
    expect(slicesOf(trace, /cpu \?$/).map(({ name, at, end }) => [name, Number(end - at) / SECOND])).toEqual([
      ['a', 1],
      ['b', 2],
    ]);
    expect(slicesOf(trace, /cpu \? \(2\)$/).map(({ name, at, end }) => [name, Number(end - at) / SECOND])).toEqual([
      ['c', 3],
    ]);
  });

  it('keeps names from traces inert', () => {
    const picture = contendedPicture(0, {
      cpus: [{ cpu: 0, spans: [busy(HOSTILE, 0, 2 * SECOND)] }],
      sender: [{ from: 0, to: SECOND, kind: 'away', state: 'blocked', syscall: HOSTILE }],
      packets: [{ which: 'late', point: HOSTILE, at: SECOND }],
    });
    const late = { ...contendedLate(0, HOSTILE), summary: HOSTILE };
    const instance = instanceOf([late], {
      source: HOSTILE,
      takeovers: [{ atNs: late.sentNs, by: HOSTILE, after: 'late', late: late.id }],
    });
    const trace = traceOf({ answer: answerOf([instance]), gaps: [], pictures: [picture] });
    expect(trace.texts.filter((text) => text.includes('<img src=x onerror=alert(1)>\\x1b[31m')).length).toBeGreaterThan(
      5,
    );
    expect(trace.texts.filter((text) => CONTROLS.test(text))).toEqual([]);
    const hostile = traceOf({ answer: hostileAnswer(), gaps: [], pictures: [] });
    expect(hostile.texts.filter((text) => CONTROLS.test(text))).toEqual([]);
  });

  it('shows every cause', () => {
    const answer = everythingAnswer();
    const trace = traceOf({ answer, gaps: [], pictures: [] });
    expect(new Set(slicesOf(trace, /late advertisements$/).map(({ name }) => name))).toEqual(
      new Set(answer.instances.flatMap(({ late }) => late.map(({ cause }) => cause))),
    );
  });

  it('takes clocks without a date as they are, and moves times below zero', () => {
    const at = (start: bigint): DecodedTrace =>
      traceOf(
        reportWith([pictureOf({ fromNs: String(start) }), pictureOf({ fromNs: String(start + 10n * BigInt(SECOND)) })]),
      );
    const first = ({ tracks }: DecodedTrace): bigint => tracks.find(({ name }) => name === 'send')!.events[0]!.at;
    expect(at(START_NS).clock).toBe(1);
    expect(first(at(START_NS))).toBe(START_NS);
    expect(at(5n).clock).toBe(6);
    expect(first(at(5n))).toBe(5n);
    expect(first(at(0n))).toBe(0n);
    expect(first(at(-7n * BigInt(SECOND)))).toBe(0n);
  });

  it('tells instances to several unicast peers apart', () => {
    const late = contendedLate();
    const other = {
      ...late,
      sentNs: String(BigInt(late.sentNs) + 5n),
      previousNs: String(BigInt(late.previousNs) + 5n),
    };
    const report: AnswerReport = {
      answer: answerOf([
        instanceOf([late], { destination: '10.0.0.2' }),
        instanceOf([other], { destination: '10.0.0.3' }),
      ]),
      gaps: [],
      pictures: [contendedPicture(), contendedPicture(0, { fromNs: String(START_NS + 5n) })],
    };
    const trace = traceOf(report);
    for (const [destination, shift] of [
      ['10.0.0.2', 0n],
      ['10.0.0.3', 5n],
    ] as const)
      expect(
        instantsOf(trace, new RegExp(`8 to ${destination} / advertisements / send$`)).map((event) => event.at),
      ).toEqual([START_NS + shift, START_NS + BigInt(2 * SECOND) + shift]);
  });

  it('finds whose a punctual advertisement is by the gap that it ended', () => {
    const two = instanceOf([], { vrid: 51, source: '192.168.205.9' });
    const report: AnswerReport = {
      answer: answerOf([instanceOf([]), two]),
      gaps: [[], [2 * SECOND + 0.4]].map((at) => ({
        baseNs: START_NS,
        at: Float64Array.from(at),
        gap: Float64Array.from(at, () => 2 * SECOND),
        lateness: Float64Array.from(at, () => 0),
      })),
      pictures: [pictureOf()],
    };
    const trace = traceOf(report);
    expect(instantsOf(trace, /^whylate VRID 51 .*send$/)).toHaveLength(2);
    expect(instantsOf(trace, /^whylate VRID 205 /)).toEqual([]);
  });

  it('takes less than 3 kB for a late one of 20 stretches on CPUs and 20 of the sender', () => {
    const cpus = [0, 1].map((cpu) => ({
      cpu,
      spans: Array.from({ length: 10 }, (_, i) => busy(`process${String(i)}`, i * 200 * MS, (i * 200 + 150) * MS)),
    }));
    const sender = Array.from({ length: 20 }, (_, i) => ({
      from: i * 100 * MS,
      to: (i + 1) * 100 * MS,
      kind: i % 2 === 0 ? ('asleep' as const) : ('running' as const),
      state: null,
      syscall: i % 2 === 0 ? 'epoll_wait' : null,
    }));
    const indices = Array.from({ length: 1000 }, (_, i) => i);
    const report = reportWith(
      indices.map((i) => contendedPicture(i, { cpus, sender })),
      indices.map((i) => contendedLate(i, 'process7')),
    );
    const bytes = renderPerfetto(report, { all: false });
    expect(bytes.length).toBeLessThan(3_000_000);
    const trace = decodeTrace(bytes);
    expect(slicesOf(trace, /late advertisements$/)).toHaveLength(1000);
    expect(slicesOf(trace, /^CPUs/)).toHaveLength(20_000);
    expect(flowsOf(trace)).toHaveLength(1000);
  });
});

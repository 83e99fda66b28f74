import fc from 'fast-check';
import { expect, it } from 'vitest';
import type { CpuSpan, Picture, SenderSpan } from '../../../src/model/picture.js';
import { renderPerfetto } from '../../../src/reports/perfetto/index.js';
import { START_NS } from '../builders.js';
import { contendedLate, reportWith } from './builders.js';
import { decodeTrace, flowsOf, slicesOf } from './decode.js';

/** Stretches that follow each other with or without holes; some have no length. */
const stretches = <T>(of: fc.Arbitrary<T>): fc.Arbitrary<(T & { from: number; to: number })[]> =>
  fc.array(fc.tuple(fc.nat(30), fc.nat(60), of), { maxLength: 8 }).map((parts) => {
    let at = 0;
    return parts.map(([hole, length, value]) => {
      const from = at + hole;
      at = from + length;
      return { ...value, from, to: at };
    });
  });

const cpuSpan = fc.record({
  kind: fc.constantFrom<CpuSpan['kind']>('busy', 'idle', 'unknown'),
  process: fc.constantFrom('hog', 'other', null),
  tid: fc.constantFrom(1, -1, null),
  ns: fc.nat(60),
});

const senderSpan = fc.record({
  kind: fc.constantFrom<SenderSpan['kind']>('running', 'sending', 'asleep', 'away', 'absent'),
  state: fc.constantFrom<SenderSpan['state']>('running', 'ready', null),
  syscall: fc.constantFrom('write', null),
});

const picture: fc.Arbitrary<Picture> = fc.record({
  late: fc.constantFrom('205-ipv4-192.168.205.8-0', '205-ipv4-192.168.205.8-1', null),
  fromNs: fc.integer({ min: -300, max: 300 }).map((shift) => String(START_NS + BigInt(shift))),
  length: fc.integer({ min: 500, max: 900 }),
  hidden: fc.constant(0),
  due: fc.nat(900),
  masterDown: fc.nat(900),
  cpus: fc.array(fc.record({ cpu: fc.constantFrom(0, 1, null), spans: stretches(cpuSpan) }), { maxLength: 3 }),
  sender: stretches(senderSpan),
  packets: fc.array(
    fc.record({
      which: fc.constantFrom('previous', 'late'),
      point: fc.constantFrom('send', 'receiver'),
      at: fc.nat(900),
    }),
    { maxLength: 4 },
  ),
  takeovers: fc.constant([]),
});

/** Late advertisements that may overlap. */
const lates = fc.array(fc.integer({ min: -2_000_000_000, max: 2_000_000_000 }), { maxLength: 4 }).map((shifts) =>
  shifts.map((shift, index) => {
    const late = contendedLate(index);
    const move = (ns: string): string => String(BigInt(ns) - BigInt(index) * 10_000_000_000n + BigInt(shift));
    return {
      ...late,
      sentNs: move(late.sentNs),
      previousNs: move(late.previousNs),
      ledger: late.ledger.map((entry) => ({ ...entry, fromNs: move(entry.fromNs), toNs: move(entry.toNs) })),
    };
  }),
);

/** Every ns of which a picture tells that a CPU was so. */
const timesTold = (
  pictures: readonly Picture[],
  cpu: number,
  isSo: (kind: CpuSpan['kind']) => boolean,
): Set<number> => {
  const times = new Set<number>();
  for (const { fromNs, cpus } of pictures)
    for (const { spans } of cpus.filter((lane) => lane.cpu === cpu))
      for (const { from, to } of spans.filter(({ kind }) => isSo(kind)))
        for (let ns = from; ns < to; ns++) times.add(Number(BigInt(fromNs) - START_NS) + ns);
  return times;
};

it('nests whatever the pictures are, and covers as much of each CPU as they do', () => {
  fc.assert(
    fc.property(fc.array(picture, { maxLength: 6 }), lates, (pictures, late) => {
      const report = reportWith(pictures, late);
      const bytes = renderPerfetto(report, { all: true });
      expect(Buffer.compare(bytes, renderPerfetto(report, { all: true }))).toBe(0);
      const trace = decodeTrace(bytes);
      flowsOf(trace);
      for (const cpu of [0, 1]) {
        const told = timesTold(pictures, cpu, () => true);
        const idle = timesTold(pictures, cpu, (kind) => kind === 'idle');
        const busy = timesTold(pictures, cpu, (kind) => kind !== 'idle');
        const slices = slicesOf(trace, new RegExp(`^CPUs / cpu ${String(cpu)}$`));
        const shown = slices.reduce((sum, { at, end }) => sum + Number(end - at), 0);
        expect(shown).toBeLessThanOrEqual(busy.size);
        expect(shown).toBeGreaterThanOrEqual(told.size - idle.size);
      }
      expect(slicesOf(trace, /late advertisements$/)).toHaveLength(late.length);
      expect(slicesOf(trace, /ledger$/)).toHaveLength(late.length);
    }),
    { numRuns: 100 },
  );
}, 60_000);

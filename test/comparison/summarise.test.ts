/** Figures of real recordings, against the answers they are made of. */
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { analyze } from '../../src/analysis.js';
import { unpackLateness } from '../../src/comparison/lateness.js';
import { summariseAnswer } from '../../src/comparison/summarise.js';
import type { Answer } from '../../src/model/answer.js';
import { requestOf, type JudgedGaps } from '../../src/model/request.js';
import type { SessionFigures } from '../../src/model/session-figures.js';

const TRACES = join(import.meta.dirname, '../../traces');
const THRESHOLD_NS = 100_000_000;

const figuresOf = async (
  name: string,
): Promise<{ answer: Answer; gaps: readonly JudgedGaps[]; figures: SessionFigures }> => {
  let gaps: readonly JudgedGaps[] = [];
  const answer = await analyze(requestOf({ files: [join(TRACES, name)] }), {
    onGaps: (judged) => {
      gaps = judged;
    },
  });
  return { answer, gaps, figures: summariseAnswer(answer, gaps, { vrid: null, pid: null }) };
};

describe.each(['clean', 'sigstop', 'cfs-hogs', 'pathloss', 'flood', 'restart', 'vm-paused', 'openstack-crime-story'])(
  'the figures of %s',
  (name) => {
    const made = figuresOf(name);

    it('tell every gap that was judged, in order of time', async () => {
      const { answer, gaps } = await made;
      expect(gaps).toHaveLength(answer.instances.length);
      gaps.forEach(({ baseNs, at, gap, lateness }, i) => {
        const instance = answer.instances[i];
        expect([...at]).toEqual([...at].sort((a, b) => a - b));
        expect(gap).toHaveLength(at.length);
        const late = [...lateness].flatMap((ns, k) =>
          ns > THRESHOLD_NS ? [`${String(baseNs + BigInt(Math.round(at[k] ?? 0)))} ${String(Math.round(ns))}`] : [],
        );
        const reported = instance?.late.map(({ sentNs, latenessNs }) => `${sentNs} ${latenessNs}`) ?? [];
        expect(late.sort()).toEqual(reported.sort());
      });
    });

    it('are those of the sender', async () => {
      const { answer, figures } = await made;
      const late = answer.instances.flatMap((instance) => instance.late);
      expect(figures.late).toBe(late.length);
      expect(figures.pastMasterDown).toBe(late.filter(({ severity }) => severity === 'takeover').length);
      const lateness = unpackLateness(figures.lateness);
      expect(lateness).toHaveLength(figures.gaps);
      expect(lateness?.filter((ns) => ns > THRESHOLD_NS)).toHaveLength(late.length);
    });

    it('split the lateness among causes to the nanosecond', async () => {
      const { answer, figures } = await made;
      const late = answer.instances.flatMap((instance) => instance.late);
      const sum = (lengths: readonly string[]): bigint => lengths.reduce((all, ns) => all + BigInt(ns), 0n);
      expect(sum(figures.causes.map(({ ns }) => ns))).toBe(sum(late.map(({ latenessNs }) => latenessNs)));
      for (const one of late) {
        const byCause = new Map<string, bigint>();
        for (const { cause, ns } of one.ledger) byCause.set(cause, (byCause.get(cause) ?? 0n) + BigInt(ns));
        const largest = [...byCause].reduce((a, b) => (b[1] > a[1] ? b : a));
        expect(largest[0]).toBe(one.cause);
      }
    });
  },
);

it('blames whom the answer blames', async () => {
  const { figures } = await figuresOf('sigstop');
  expect(figures.culprits).toEqual([
    expect.objectContaining({ cause: 'stopped', process: 'bash', syscall: 'kill', late: figures.late }),
  ]);
  expect(figures.measuredAt).toEqual(['receiver']);
  expect(figures.loss.map(({ role, name, known }) => [role, name, known])).toEqual([
    ['trace', null, true],
    ['capture', 'sender', true],
    ['capture', 'receiver', true],
  ]);
});

it('covers the time in which gaps were judged', async () => {
  const { figures } = await figuresOf('clean');
  const span = BigInt(figures.lastNs ?? 0) - BigInt(figures.firstNs ?? 0);
  expect(Number(span - BigInt(figures.recordedNs))).toBeLessThan(2);
  expect(Math.abs(Number(span) / 1e9 - figures.gaps)).toBeLessThan(0.1 * figures.gaps);
});

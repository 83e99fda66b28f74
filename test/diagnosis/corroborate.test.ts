import { describe, expect, it } from 'vitest';
import { corroborate, type Corroborated, type OtherAccount } from '../../src/diagnosis/corroborate.js';
import type { AnswerInstance, Cause, LateAdvertisement } from '../../src/model/answer.js';
import { instanceOf, late, MS, row } from '../reports/builders.js';

/** The other trace's clock is behind by this. */
const BEHIND = 5_000_000_000n;
const OTHER = 'strace\u001b[2J.txt';

const lateBy = (cause: Cause, confidence: number, input: string, index = 1): LateAdvertisement => {
  const made = late({
    index,
    cause,
    parts: [[cause === 'stopped' ? 'stopped' : 'unexplained', 700n * MS]],
    summary: 'It was late.',
  });
  const evidence = [row(7, BigInt(made.sentNs) - 300n * MS, `what ${input} shows`, { input })];
  return { ...made, confidence, evidence, ledger: made.ledger.map((entry) => ({ ...entry, evidence: [0] })) };
};

/** The same on the other clock. */
const onOtherClock = (one: LateAdvertisement): LateAdvertisement => {
  const move = (ns: string): string => String(BigInt(ns) - BEHIND);
  return {
    ...one,
    sentNs: move(one.sentNs),
    previousNs: move(one.previousNs),
    ledger: one.ledger.map((entry) => ({ ...entry, fromNs: move(entry.fromNs), toNs: move(entry.toNs) })),
    evidence: one.evidence.map((evidence) => ({ ...evidence, ns: move(evidence.ns) })),
  };
};

const told = (
  main: readonly LateAdvertisement[],
  other: readonly LateAdvertisement[],
  more: Partial<OtherAccount> = {},
  instance: Partial<AnswerInstance> = {},
): Corroborated =>
  corroborate([instanceOf([...main])], {
    path: OTHER,
    instances: [instanceOf(other.map(onOtherClock), instance)],
    toMain: (ns) => BigInt(ns) + BEHIND,
    coversMain: () => true,
    ...more,
  });

const oneOf = ({ instances }: Corroborated): LateAdvertisement => instances[0]!.late[0]!;
const MAIN = 'trace.jsonl.gz';

describe('what another trace says of a late advertisement', () => {
  it('adds its evidence, on the main clock, where both name the same cause', () => {
    const main = lateBy('stopped', 0.9, MAIN);
    const { instances, ...counts } = told([main], [lateBy('stopped', 0.97, OTHER)]);
    expect(counts).toEqual({ unmatched: 0, contradicted: 0 });
    const { evidence, confidence, summary, ...rest } = instances[0]!.late[0]!;
    expect(rest).toEqual({ ...rest, cause: 'stopped', latenessNs: main.latenessNs, ledger: main.ledger });
    expect(evidence.map(({ input, ns }) => [input, ns])).toEqual([
      [MAIN, main.evidence[0]!.ns],
      [OTHER, main.evidence[0]!.ns],
    ]);
    expect(confidence).toBe(0.97);
    expect(summary).toBe('It was late. strace\\x1b[2J.txt shows the same.');
  });

  it('stands in for a main trace that cannot tell, on its clock and with the rows of both', () => {
    const theirs = lateBy('stopped', 0.6, OTHER);
    const adopted = oneOf(told([lateBy('insufficient-evidence', 0.2, MAIN)], [theirs]));
    expect(adopted).toMatchObject({ cause: 'stopped', where: 'sender-vm', confidence: 0.6, sentNs: theirs.sentNs });
    expect(adopted.ledger).toEqual(theirs.ledger);
    expect(adopted.evidence[adopted.ledger[0]!.evidence[0]!]!.input).toBe(OTHER);
    expect(adopted.evidence.map(({ input }) => input)).toEqual([OTHER, MAIN]);
  });

  it('changes nothing where it cannot tell itself', () => {
    const main = lateBy('stopped', 0.9, MAIN);
    expect(oneOf(told([main], [lateBy('insufficient-evidence', 0.2, OTHER)]))).toEqual(main);
  });

  it('takes confidence from another cause, and is told', () => {
    const result = told([lateBy('stopped', 0.9, MAIN)], [lateBy('cpu-contention', 0.8, OTHER)]);
    expect(result.contradicted).toBe(1);
    expect(oneOf(result)).toMatchObject({ cause: 'stopped', confidence: 0.54 });
    expect(oneOf(result).summary).toContain('rather points to cpu-contention');
  });

  it('is believed instead where it is far surer', () => {
    const result = told([lateBy('timer-late', 0.5, MAIN)], [lateBy('stopped', 0.97, OTHER)]);
    expect(result.contradicted).toBe(1);
    expect(oneOf(result)).toMatchObject({ cause: 'stopped', confidence: 0.97 });
    expect(oneOf(result).summary).toContain('The main trace rather points to timer-late');
  });

  it('is not taken for that of another advertisement, another router, or one that the main trace saw in time', () => {
    const main = lateBy('insufficient-evidence', 0.2, MAIN);
    const later = lateBy('stopped', 0.97, OTHER, 2);
    const result = told([main], [later]);
    expect(result.instances[0]!.late).toEqual([main]);
    expect(result.unmatched).toBe(1);
    const elsewhere = told([main], [lateBy('stopped', 0.97, OTHER)], {}, { vrid: 206 });
    expect(elsewhere.instances[0]!.late).toEqual([main]);
  });

  it('stands alone where the main trace was not recording', () => {
    const result = told([lateBy('stopped', 0.9, MAIN)], [lateBy('stopped', 0.97, OTHER, 2)], {
      coversMain: () => false,
    });
    expect(result.unmatched).toBe(0);
    expect(result.instances[0]!.late.map(({ id }) => id)).toHaveLength(2);
    expect(new Set(result.instances[0]!.late.map(({ id }) => id)).size).toBe(2);
  });

  it('is of the same router where it does not know its sends’ destination', () => {
    const result = told(
      [lateBy('insufficient-evidence', 0.2, MAIN)],
      [lateBy('stopped', 0.97, OTHER)],
      {},
      {
        destination: 'not-recorded',
        vrid: null,
        source: null,
      },
    );
    expect(oneOf(result).cause).toBe('stopped');
  });
});
